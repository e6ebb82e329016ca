"""Reading locators: which hint counts, how sure the place is then, what happens when hints contradict each other."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes import quote
from placekeeper.positions.readium.locator_read import read_locator, scope_of
from tests.positions.readium_books import DOCUMENTS, Book, document_of, el
from tests.positions.test_locator import FOREIGN

CHAPTER = document_of(
    [
        "\n  ",
        el("h1", "The chapter", id="top"),
        "\n  ",
        el("p", "It was a dark night. ", el("b", "Rain fell."), " It was late."),
        "\n  ",
        el("p", "He said: it was so. It was.", id="he"),
        "\n  ",
        el("p", el("img", id="pic"), id="empty"),
        el("p", "a\U0001f600b wide", id="wide"),
        "\n",
    ]
)
TEXT = CHAPTER.text
BOOK = Book([CHAPTER, None, document_of([el("p", "Other words.")]), CHAPTER], changes={3: {"href": "text/ch0.xhtml"}})


def cfi(value: str) -> Place:
    """Stands for a CFI engine: knows one CFI."""
    if value != "epubcfi(/6/2!/4/4/1:9)":
        raise NoPlace(f"no such CFI: {value}")
    return Place(Point(0, TEXT.index("dark")), Precision.EXACT)


SCOPE = scope_of(BOOK, resolve_cfi=cfi, find_quote=quote.find)


def read(href: str = "text/ch0.xhtml", text: dict[str, Any] | None = None, **locations: Any) -> Place:
    return read_locator({"href": href, "type": "application/xhtml+xml", "locations": locations, "text": text or {}}, SCOPE)


def place(offset: int, precision: Precision, element: int | None = None) -> tuple[Point, Precision]:
    return Point(0, offset, element), precision


def found(result: Place) -> tuple[Point, Precision]:
    assert result.precision is Precision.EXACT or result.reason
    return result.point, result.precision


def dom(selector: str, node: int, offset: int) -> dict[str, Any]:
    return {"start": {"cssSelector": selector, "textNodeIndex": node, "charOffset": offset}}


def test_dom_range() -> None:
    """A DOM range leads to the character: text node children are counted from 0, offsets in UTF-16 units."""
    assert place(TEXT.index(" It was late"), Precision.EXACT) == found(read(domRange=dom("p:nth-child(2)", 1, 0)))
    assert place(TEXT.index("b wide"), Precision.EXACT) == found(read(domRange=dom("#wide", 0, 3)))


@pytest.mark.parametrize("wrong", [dom("p", 9, 0), dom("p", 0, 999), dom("#nowhere", 0, 0), dom("p:hover", 0, 0)])
def test_broken_dom_range(wrong: dict[str, Any]) -> None:
    """A DOM range that leads nowhere is one hint less."""
    assert place(10, Precision.PROGRESSION) == found(read(domRange=wrong, progression=10 / len(TEXT)))


def test_dom_range_of_an_element_without_text() -> None:
    """A DOM range in an element that has no text leads to the element."""
    assert place(CHAPTER.starts[CHAPTER.ids["pic"]], Precision.ELEMENT, CHAPTER.ids["pic"]) == found(
        read(domRange=dom("#pic", 0, 0))
    )


def test_partial_cfi() -> None:
    """The part of a CFI behind `!` is read with the steps of the spine in front, a CFI among the fragments as it is."""
    expected = place(TEXT.index("dark"), Precision.EXACT)

    assert expected == found(read(partialCfi="/4/4/1:9"))
    assert expected == found(read(fragments=["nowhere", "epubcfi(/6/2!/4/4/1:9)"]))
    assert place(0, Precision.RESOURCE) == found(read(partialCfi="/4/99"))


def test_a_quotation_corrects_a_pointer() -> None:
    """Where other text stands than the locator quotes, the quotation is looked for and wins."""
    quoted = {"highlight": "He said: it"}

    assert place(TEXT.index("He said"), Precision.EXACT) == found(
        read(text=quoted, domRange=dom("h1", 0, 3), partialCfi="/4/4/1:9")
    )
    assert place(TEXT.index("dark"), Precision.EXACT) == found(read(text={"highlight": "Dark  night"}, partialCfi="/4/4/1:9"))


def test_a_pointer_whose_quotation_is_gone() -> None:
    """Where the quoted text is nowhere, the pointer's place is no more than a progression."""
    gone = {"highlight": "Zebras zoom zealously by the quay, unheard of."}

    assert place(TEXT.index("dark"), Precision.PROGRESSION) == found(read(text=gone, partialCfi="/4/4/1:9"))


def test_selector_and_text() -> None:
    """Text within the element that the selector names is exact, though the text stands elsewhere too."""
    assert place(TEXT.rindex("It was"), Precision.EXACT) == found(read(text={"highlight": "It was"}, cssSelector="#he"))


def test_text_that_occurs_in_the_element_twice() -> None:
    """Text that the element has several times is told apart by its surroundings; if not by them, only the element is sure."""
    twice = {"highlight": "was"}

    assert place(TEXT.rindex("was"), Precision.EXACT) == found(read(text={**twice, "before": "so. It "}, cssSelector="#he"))
    assert place(TEXT.index("was so"), Precision.ELEMENT) == found(read(text=twice, cssSelector="#he"))


def test_quotation_alone() -> None:
    """A quotation that stands once in the resource is exact, far from the progression as it may be."""
    assert place(TEXT.index("Rain"), Precision.EXACT) == found(read(text={"highlight": "Rain fell"}, progression=0.99))
    assert place(TEXT.index("Rain"), Precision.EXACT) == found(read(text={"highlight": "Rain fell"}, cssSelector="#wide"))


def test_quotation_by_its_surroundings() -> None:
    """A quotation that stands several times is told apart by what stands before and after it."""
    assert place(TEXT.index("It was late"), Precision.EXACT) == found(read(text={"before": "fell.  ", "highlight": "It was"}))
    assert place(TEXT.index("It was late"), Precision.EXACT) == found(read(text={"highlight": "It was", "after": "\nlate."}))


def test_ambiguous_quotation() -> None:
    """If nothing tells the places apart, the nearest to the progression is taken, and no more is claimed than that."""
    at = TEXT.rindex("It was") + 2

    assert place(at - 2, Precision.PROGRESSION) == found(read(text={"highlight": "It was"}, progression=at / len(TEXT)))
    assert place(TEXT.index("It was"), Precision.RESOURCE) == found(read(text={"highlight": "It was"}))


def test_quotation_that_stands_everywhere() -> None:
    """A quotation that stands thousands of times is taken about where the progression is, and not as more than that."""
    document = document_of(["and more, " * 3000])
    value = {"href": "text/ch0.xhtml", "locations": {"progression": 0.7}, "text": {"highlight": "more", "before": "and "}}
    found_there = read_locator(value, scope_of(Book([document])))

    assert Precision.PROGRESSION == found_there.precision
    assert abs(found_there.point.offset - 21_000) < 10
    assert "at least 500 times" in found_there.reason


def test_quotation_with_other_white_space() -> None:
    """A quotation whose white space was collapsed on the way is found all the same."""
    assert place(TEXT.index("The chapter"), Precision.EXACT) == found(read(text={"highlight": "The chapter It was a dark"}))


def test_only_text_around() -> None:
    """A locator without highlight may still say what stands before and after."""
    assert place(TEXT.index("Rain"), Precision.EXACT) == found(read(text={"before": "dark night. ", "after": "Rain fell."}))
    assert place(TEXT.index("Rain"), Precision.EXACT) == found(read(text={"before": "dark night. "}))


def test_edited_quotation() -> None:
    """A quotation with small differences is found by the quote engine, where there is one."""
    edited = {"highlight": "It was the dark night. Rain fell. It is late."}
    result = read(text=edited)

    assert abs(result.point.offset - TEXT.index("It was a")) < 5
    assert result.reason
    alone = read_locator({"href": "text/ch0.xhtml", "type": "t", "text": edited}, scope_of(BOOK))
    assert place(0, Precision.RESOURCE) == found(alone)


def test_fragments() -> None:
    """Fragments are element ids, encoded or not, or text fragments; the href may carry one."""
    he = place(CHAPTER.starts[CHAPTER.ids["he"]], Precision.ELEMENT, CHAPTER.ids["he"])

    assert he == found(read(fragments=["t=5", "#he"]))
    assert he == found(read(href="text/ch0.xhtml#he"))
    assert place(TEXT.index("Rain"), Precision.EXACT) == found(read(fragments=[":~:text=Rain%20fell", "he"]))


def test_selector_alone() -> None:
    """A selector alone is the element, unless it names all of the text."""
    pic = CHAPTER.ids["pic"]

    assert place(CHAPTER.starts[pic], Precision.ELEMENT, pic) == found(read(cssSelector="#pic", progression=0.1))
    assert place(9, Precision.PROGRESSION) == found(read(cssSelector="body", progression=9 / len(TEXT)))
    assert place(9, Precision.PROGRESSION) == found(read(cssSelector="p:hover", progression=9 / len(TEXT)))


def test_numbers() -> None:
    """Progression, then position, then total progression: the last two only where they are in the resource."""
    half = len(TEXT) // 2

    assert place(half, Precision.PROGRESSION) == found(read(progression=half / len(TEXT), position=1, totalProgression=0.0))
    assert place(-(-2 * len(TEXT) // 5), Precision.PROGRESSION) == found(read(position=3, totalProgression=0.0))
    assert Precision.PROGRESSION == read(position=7, totalProgression=0.1).precision
    assert place(0, Precision.RESOURCE) == found(read(position=7, totalProgression=0.9))


def test_resource_without_text() -> None:
    """In a resource without text every locator is its start."""
    assert (Point(1, 0), Precision.RESOURCE) == found(read("text/ch1.xhtml", {"highlight": "It"}, progression=0.5))


def test_unknown_href() -> None:
    """With an href that is not there, position and total progression still count; without them the locator is refused."""
    assert Point(0, 0) == read("nowhere.xhtml", position=1).point
    assert Point(2, 0) == read("nowhere.xhtml", totalProgression=0.5).point
    for locations in ({}, {"position": 99}, {"progression": 0.5}):
        with pytest.raises(NoPlace):
            read("nowhere.xhtml", **locations)


def test_assumed_href_is_said() -> None:
    """What was assumed to find the resource is a part of the reason."""
    assert "text/ch2.xhtml" in read("EPUB/ch2.xhtml", {"highlight": "Other"}).reason


def test_file_that_stands_in_the_spine_twice() -> None:
    """Where the spine has a file twice, the position says which is meant; without one, the first."""
    assert [0, 3] == [read(position=position).point.resource for position in (1, 16)]


def test_legacy_cfi() -> None:
    """Palace's oldest locators name the manifest item and a CFI within it, or a progression in it."""
    legacy = {"@type": "LocatorLegacyCFI", "idref": "i0", "contentCFI": "/4/4/1:9", "progressWithinChapter": 0.5}

    assert place(TEXT.index("dark"), Precision.EXACT) == found(read_locator(legacy, SCOPE))
    assert Precision.PROGRESSION == read_locator({**legacy, "contentCFI": "/4/77"}, SCOPE).precision
    with pytest.raises(NoPlace):
        read_locator({**legacy, "idref": "i9"}, SCOPE)


def test_href_progression() -> None:
    """Palace's href and progression is read like any other locator."""
    value = {"@type": "LocatorHrefProgression", "href": "/text/ch0.xhtml", "progressWithinChapter": 10 / len(TEXT)}

    assert place(10, Precision.PROGRESSION) == found(read_locator(value, SCOPE))


HREFS = st.sampled_from(["text/ch0.xhtml", "text/ch1.xhtml", "ch2.xhtml", "x", "text/ch0.xhtml#he"])


@settings(derandomize=True, max_examples=400, deadline=None)
@given(FOREIGN, HREFS, st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_any_json_leads_somewhere_or_is_refused(value: Any, href: str, documents: list[Any]) -> None:
    """Any JSON at all leads to a place within the publication, or is refused."""
    scope = scope_of(Book(list(documents)), resolve_cfi=cfi, find_quote=quote.find)
    if isinstance(value, dict):
        value = {"href": href, **value}
    try:
        result = read_locator(value, scope)
    except NoPlace:
        return

    assert 0 <= result.point.offset <= len(documents[result.point.resource].text)
