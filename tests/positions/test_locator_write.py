"""Writing locators: they lead back to the point, and hold to what Readium's toolkits need."""

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.locator_read import Scope, read_locator, scope_of
from placekeeper.positions.readium.locator_write import write_locator
from placekeeper.positions.readium.selector import query
from tests.positions.readium_books import DOCUMENTS, Book, document_of, documents_of, el, library

CHAPTER = document_of(
    [
        el("p", "It was a dark night, and it was late when they came home.", id="p1"),
        "\n    ",
        el("p", "“No.”"),
        "\n    ",
        el("p", "“", el("i", "Yes"), ",” said he, who had not said a word in all these years.\n     More."),
        el("p", el("img", src="a.png")),
    ]
)
TEXT = CHAPTER.text
BOOK = Book(
    [CHAPTER, None],
    changes={0: {"href": "text/a b[1].xhtml", "length": 3000}, 1: {"media_type": "image/png"}},
    titles=("One",),
)
SCOPE = scope_of(BOOK)


def toolkit(document: Document, locator: dict[str, Any]) -> list[int]:
    """Where kotlin-toolkit finds the quotation: the raw text content of the selected element is all that it looks at."""
    root = query(document, locator["locations"]["cssSelector"])
    assert root is not None
    start, end = document.starts[root], document.ends[root]
    content, highlight, hits = document.text[start:end], locator["text"]["highlight"], []
    at = content.find(highlight)
    while at >= 0:
        hits.append(start + at)
        at = content.find(highlight, at + 1)
    return hits


def test_a_whole_locator() -> None:
    """A locator names resource, type, title, numbers, element, DOM offset and the raw text around the place."""
    offset = TEXT.index("late")

    assert {
        "href": "text/a%20b%5B1%5D.xhtml",
        "type": "application/xhtml+xml",
        "title": "One",
        "locations": {
            "progression": offset / len(TEXT),
            "position": 1,
            "totalProgression": offset / len(TEXT) * 3 / 8,
            "cssSelector": "#p1",
            "domRange": {"start": {"cssSelector": "#p1", "textNodeIndex": 0, "charOffset": offset}},
        },
        "text": {
            "before": TEXT[offset - 32 : offset],
            "highlight": "late when they came home.",
            "after": TEXT[offset + 25 : offset + 57],
        },
    } == write_locator(Point(0, offset), SCOPE)


def test_a_short_paragraph() -> None:
    """Where an element has fewer than 20 characters left, the selector names one around it that has more."""
    offset = TEXT.index("No.")
    locator = write_locator(Point(0, offset), SCOPE)

    assert "body" == locator["locations"]["cssSelector"]
    assert "body > p:nth-child(2)" == locator["locations"]["domRange"]["start"]["cssSelector"]
    assert len(locator["text"]["highlight"]) >= 20
    assert [offset] == toolkit(CHAPTER, locator)


def test_a_list_of_short_lines() -> None:
    """Where a quotation with what follows would stand in the element twice, the innermost element and its own text are taken."""
    document = document_of(
        [el("ol", *(part for _ in range(4) for part in ("\n            ", el("li", "II"), "\n            ", el("li", "I"))))]
    )
    scope = scope_of(Book([document]))
    for offset in (at for at, letter in enumerate(document.text) if letter == "I"):
        locator = write_locator(Point(0, offset), scope)

        assert offset in toolkit(document, locator)
        assert len(toolkit(document, locator)) <= 2  # both letters of one II
        assert Place(Point(0, offset)) == read_locator(locator, scope)


def test_indentation_is_not_quoted() -> None:
    """A quotation ends before an indentation, and begins behind one."""
    offset = TEXT.index("who had")

    assert "who had not said a word in all these years." == write_locator(Point(0, offset), SCOPE)["text"]["highlight"]
    indented = write_locator(Point(0, TEXT.index("\n    ") + 1), SCOPE)
    assert indented["text"]["highlight"].startswith("“No.”")
    assert Place(Point(0, TEXT.index("\n    ") + 1)) == read_locator(indented, SCOPE)


def test_an_image() -> None:
    """An element is named by its selector alone: a quotation would lead elsewhere."""
    point = Point(0, len(TEXT), CHAPTER.names.index("img"))
    locator = write_locator(point, SCOPE)

    assert "text" not in locator
    assert "body > p:nth-child(4) > img:nth-child(1)" == locator["locations"]["cssSelector"]
    assert (point, Precision.ELEMENT) == (read_locator(locator, SCOPE).point, read_locator(locator, SCOPE).precision)


def test_a_resource_without_text() -> None:
    """A resource without text has numbers only, and its own media type."""
    expected = {"progression": 0.0, "position": 4, "totalProgression": 3 / 8}

    assert {"href": "text/ch1.xhtml", "type": "image/png", "locations": expected} == write_locator(Point(1, 0), SCOPE)


def test_outside_the_reading_order() -> None:
    """A place in a resource that is not linear is told with the last position before it."""
    scope = scope_of(Book([CHAPTER, CHAPTER], changes={1: {"linear": False}}))

    assert 5 == write_locator(Point(1, 10), scope)["locations"]["position"]
    assert Place(Point(1, 10)) == read_locator(write_locator(Point(1, 10), scope), scope)


def test_without_positions() -> None:
    """Where there are no positions at all, the progression stands alone."""
    scope = scope_of(Book([CHAPTER], changes={0: {"linear": False}}))
    locations = write_locator(Point(0, 10), scope)["locations"]

    assert ("position" in locations, "totalProgression" in locations) == (False, False)
    assert 10 / len(TEXT) == locations["progression"]


@pytest.mark.parametrize("resource", [-1, 2, 10**9])
def test_no_such_resource(resource: int) -> None:
    """A point in a resource that does not exist is refused."""
    with pytest.raises(NoPlace):
        write_locator(Point(resource, 0), SCOPE)


def test_given_hints() -> None:
    """A CFI and fragments that are handed in are a part of the locator, unless they lead this project's reader elsewhere."""
    point = Point(0, 9)

    def knows(value: str) -> Place:
        return Place(point if value == "epubcfi(/6/2!/4/2/1:9)" else Point(0, 0))

    scope = Scope(BOOK, SCOPE.positions, SCOPE.hrefs, resolve_cfi=knows)
    assert "/4/2/1:9" == write_locator(point, scope, partial_cfi="/4/2/1:9")["locations"]["partialCfi"]
    assert ["p1"] == write_locator(point, SCOPE, fragments=["p1"])["locations"]["fragments"]


def test_deeper_than_selectors_reach() -> None:
    """Below hundreds of elements a place is told without selectors, by its text, and still leads back."""
    nodes: list[Any] = ["It was a dark night, and it was late."]
    for _ in range(400):
        nodes = [("b", {}, nodes)]
    scope = scope_of(Book([document_of(nodes)]))
    locator = write_locator(Point(0, 9), scope)

    assert "cssSelector" not in locator["locations"]
    assert Place(Point(0, 9)) == read_locator(locator, scope)


def test_a_file_that_stands_in_the_spine_twice() -> None:
    """The second copy of a file in the spine leads back to itself, by its position."""
    scope = scope_of(Book([CHAPTER, CHAPTER], changes={0: {"href": "a.xhtml"}, 1: {"href": "a.xhtml"}}))

    assert [Point(0, 20), Point(1, 20)] == [read_locator(write_locator(Point(i, 20), scope), scope).point for i in (0, 1)]


@settings(derandomize=True, max_examples=250, deadline=None)
@given(DOCUMENTS, st.data())
def test_locators_lead_back(document: Document, data: st.DataObject) -> None:
    """Every point of every document comes back from its locator: the character exactly, the element as an element."""
    scope = scope_of(Book([document_of(["before"]), document]))
    points = [Point(1, offset) for offset in data.draw(st.lists(st.integers(0, len(document.text)), max_size=8))]
    elements = [element for element in range(3, len(document.names)) if document.inside_body(element)]
    points += [Point(1, document.starts[element], element) for element in elements]
    for point in points:
        place = read_locator(write_locator(point, scope), scope)

        assert point == place.point
        if document.text:
            assert (Precision.EXACT if point.element is None else Precision.ELEMENT) == place.precision


@settings(derandomize=True, max_examples=250, deadline=None)
@given(DOCUMENTS, st.data())
def test_toolkits_find_the_quotation(document: Document, data: st.DataObject) -> None:
    """The quotation lies, as raw text, in the element that the selector names, at the place or behind its indentation."""
    scope = scope_of(Book([document]))
    if document.text.strip():
        offset = data.draw(st.integers(0, len(document.text) - 1))
        locator = write_locator(Point(0, offset), scope)
        visible = offset + len(document.text[offset:]) - len(document.text[offset:].lstrip())

        assert set(toolkit(document, locator)) & {offset, visible}
        assert len(locator["text"]["highlight"]) >= min(20, len(document.text) - visible) or [visible] == toolkit(
            document, locator
        )


def test_shared_books() -> None:
    """In every shared book, places come back exactly from their locators, and toolkits find nearly all by the quotation alone."""
    chance = random.Random(11)
    quoted = unique = 0
    for path, book in library():
        scope = scope_of(book)
        for index, document in chance.sample(list(documents_of(book)), 1) + list(documents_of(book))[:6]:
            length = len(document.text)
            for offset in {0, length, *(chance.randrange(length + 1) for _ in range(25))}:
                locator = write_locator(Point(index, offset), scope)
                place = read_locator(locator, scope)

                assert Point(index, offset) == place.point, path
                if document.text[offset : offset + 1].strip():
                    hits = toolkit(document, locator)
                    quoted += 1
                    unique += hits == [offset]
                    assert offset in hits, path

    assert unique / quoted > 0.99
    print(f"\nquotations that stand in their element once: {unique} of {quoted}")


def test_speed() -> None:
    """A locator of a parsed chapter is written and read in well under a millisecond."""
    paragraphs = [el("p", f"{number} It was a dark night, and it was late when they came home. " * 3) for number in range(500)]
    scope = scope_of(Book([document_of(["\n  ", *paragraphs])]))
    points = [Point(0, offset) for offset in range(0, 90_000, 300)]
    write_locator(points[0], scope)
    started = time.process_time()
    for point in points:
        read_locator(write_locator(point, scope), scope)
    each = (time.process_time() - started) / len(points)
    print(f"\nlocator written and read in {each * 1e6:.0f} microseconds")

    assert each < 0.001
