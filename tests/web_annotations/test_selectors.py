"""Which passage selectors mean, and what is said where they mean none, or none beyond doubt."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placekeeper.positions.cfi.ranges import write_range
from placekeeper.positions.point import Point
from tests.web_annotations.books import CFI, Library, by_type, check, fragment, looked_up, passages, quoted, text_of, urn
from tests.web_annotations.client import BOOK, WebClient, highlight
from tests.web_annotations.test_bad_input import JSON


@pytest.fixture(scope="module")
def app(shelves: Library) -> WebClient:
    """The app of an account that sees the library."""
    return shelves.app()


def test_marked_in_an_unknown_file(shelves: Library, app: WebClient) -> None:
    """A passage of a file that the library has not got is found by its words; by a pointer alone it is not looked for."""
    book, copy, _ = shelves.book("quotes")
    resource, start, end = next(passages(book, 3))
    pointer = fragment(book.translator.cfi(Point(resource, start)))
    made = app.post(highlight(BOOK, pointer, quoted(book, resource, start, end)))

    for there in (book, copy):
        assert "exact" == looked_up(app, made["id"], there)["target"]["placekeeper:precision"]
    bare = app.post(highlight(BOOK, pointer))
    assert "TextQuoteSelector" in app.get(f"{bare['id']}?source={urn(book)}", check=404)["detail"]


def test_not_there(shelves: Library, app: WebClient) -> None:
    """Words that a book has not got, and words that stand there often, are not found, and the answer says why."""
    book, copy, _ = shelves.book()
    for exact, why in (("a passage that no flat land has ever seen in print", "not in"), ("the", "times"), ("Zyzzyva", "not in")):
        made = app.post(highlight(urn(book), {"type": "TextQuoteSelector", "exact": exact}))
        for there in (book, copy):
            assert why in app.get(f"{made['id']}?source={urn(there)}", check=404)["detail"]
    for selector in ({"type": "CssSelector", "value": "p"}, "http://x.org/selector", 5):
        made = app.post(highlight(urn(book), selector))
        assert "selector" in app.get(f"{made['id']}?source={urn(book)}", check=404)["detail"]
    assert "selector" in app.get(f"{app.post(highlight(target=urn(book)))['id']}?source={urn(book)}", check=404)["detail"]


def test_only_a_number(shelves: Library, app: WebClient) -> None:
    """Where only a progression is known, it is said that it is no more than that, without words."""
    book, _, _ = shelves.book()
    made = app.post(highlight(urn(book), {"type": "ProgressionSelector", "value": 0.5}))
    target = looked_up(app, made["id"], book)["target"]

    assert "progression" == target["placekeeper:precision"]
    assert {"FragmentSelector", "ProgressionSelector"} == set(by_type(target))
    assert 0.5 == pytest.approx(by_type(target)["ProgressionSelector"]["value"], abs=0.01)


def test_words_that_repeat(shelves: Library, app: WebClient) -> None:
    """A pointer tells which of the places is meant that have the same words."""
    book, copy, _ = shelves.book()
    resource = 5
    text = text_of(book, resource)
    start = text.find("the ", text.find("the ", 500) + 1)
    cfi = fragment(write_range(resource, start, start + 3, book.translator.publication))
    made = app.post(highlight(urn(book), {"type": "TextQuoteSelector", "exact": text[start : start + 3]}, cfi))

    assert (resource, start, start + 3) == check(book, looked_up(app, made["id"], book)["target"])
    there = looked_up(app, made["id"], copy)["target"]
    assert text[start - 30 : start + 40] in text_of(copy, check(copy, there)[0])


def test_several_targets(shelves: Library, app: WebClient) -> None:
    """Of several targets, those come that are found."""
    book, _, _ = shelves.book()
    spots = list(passages(book, 6))[:2]
    targets: list[Any] = [{"source": urn(book), "selector": quoted(book, *spot)} for spot in spots]
    lost = {"source": BOOK, "selector": {"type": "TextQuoteSelector", "exact": "nowhere in this book at all, says he"}}
    made = app.post(highlight(target=[targets[0], "urn:x:1", lost, targets[1]]))

    assert spots == [check(book, target) for target in looked_up(app, made["id"], book)["target"]]


def test_amid_another_text(shelves: Library, app: WebClient) -> None:
    """Words of an unknown file that stand here amid another text are not found; where one side is another, only nearly."""
    book, _, _ = shelves.book()
    right = quoted(book, *next(passages(book, 3)))
    other = "surely nothing like that is printed in here"
    for changes, precision in (
        ({}, "exact"),
        ({"prefix": ""}, "exact"),
        ({"prefix": "", "suffix": ""}, "exact"),
        ({"prefix": other}, "element"),
        ({"suffix": other}, "element"),
        ({"prefix": other, "suffix": ""}, None),
        ({"prefix": other, "suffix": other}, None),
    ):
        made = app.post(highlight(BOOK, right | changes))
        if precision is None:
            assert "another text" in app.get(f"{made['id']}?source={urn(book)}", check=404)["detail"]
        else:
            assert precision == looked_up(app, made["id"], book)["target"]["placekeeper:precision"]


KEYS = ("type", "value", "exact", "prefix", "suffix", "refinedBy", "startSelector", "endSelector", "items", "conformsTo", "start")
VALUES = st.sampled_from([
    "TextQuoteSelector", "FragmentSelector", "RangeSelector", "ProgressionSelector", "the", "Flatland", "", " ", CFI,
    "epubcfi(/6/8!/4/2/4/1:3)",
    "epubcfi(/6/8!/4,/2/1:0,/4/1:9)", "epubcfi(", "epubcfi(/6/4000!/4)", "/body/DocFragment[4]/body/p",
    "/body/DocFragment[99]", "/FictionBook/body", 0.5, 1, -1, 2, 10**30, True, None,
])  # fmt: skip
SELECTORS = st.recursive(
    VALUES | JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(selector=SELECTORS, more=st.dictionaries(st.sampled_from(["@context", "via", "canonical", "body"]), JSON))
def test_any_selectors(shelves: Library, app: WebClient, selector: Any, more: dict[str, Any]) -> None:
    """Whatever stands in an annotation, it is found in a book, or it is said why not; and what is found is one passage."""
    book, copy, _ = shelves.book()
    made = app.post(highlight(target={"source": urn(book), "selector": selector, "x": [10**30, 1.5]}, **more))
    for there in (book, copy):
        answer = app.http.get(made["id"], params={"source": urn(there)})
        assert answer.status_code in {200, 404, 503}, answer.text
        if answer.status_code == 200 and "TextQuoteSelector" in by_type(answer.json()["target"]):
            check(there, answer.json()["target"])
    app.send("PUT", made["id"], highlight(target=urn(book), **more))
