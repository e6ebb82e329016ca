"""Where CFIs of apps on epub.js lead, which show another tree and count text nodes their own way."""

import pytest

from placekeeper.positions.cfi.resolve import EPUBJS, resolve, write_epubjs
from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Item, Spine
from tests.positions.cfi_books import COMMENT, Page, Pages, book_of, document_of

EXACT, ELEMENT, RESOURCE = Precision.EXACT, Precision.ELEMENT, Precision.RESOURCE

TABLE = ("table", "", (("tr", "", (("td", "c", ("cell",)),)),))
REPARSED_TABLE = ("table", "", (("tbody", "", (("tr", "", (("td", "c", ("cell",)),)),)),))
LINES = ("p", "x'y", (("b", "", ("bold",)), " one", ("br", "", ()), ("br", "", ()), "two", COMMENT, "three"))
# as files are parsed: body (3), table (4), tr (5), td (6), p (7), b (8), br (9), br (10), pre (11), img (12), p (13)
PAGE = document_of(TABLE, LINES, ("pre", "", ("\nkept",)), ("img", "", ()), ("p", "", ("LOST", "end\U0001f600.")))
SHOWN = document_of(REPARSED_TABLE, LINES, ("pre", "", ("kept",)), ("img", "", ()), ("p", "", ("end\U0001f600.",)))
BOOK = book_of(PAGE, reparsed=SHOWN)


def place(local: str, book: Pages = BOOK) -> Place:
    return resolve(f"epubcfi(/6/2!{local})", book, EPUBJS)


@pytest.mark.parametrize(
    ("local", "offset"),
    [
        ("/4/2/2/2/2/1:2", 2),
        ("/4/4/1:2", 10),
        ("/4/4/3:0", 12),
        ("/4/4/5:2", 17),
        ("/4/4/2/1:1", 5),
        ("/4/6/1:0", 21),
        ("/4/10/1:0", 29),
        ("/4/10/1:5", 33),
        ("/4/4,/3:0,/5:2", 12),
    ],
)
def test_text(local: str, offset: int) -> None:
    """The k-th text node is meant, in the tree that is shown; offsets come out in the text of the file."""
    assert Place(Point(0, offset)) == place(local)


@pytest.mark.parametrize(
    ("local", "point"),
    [
        ("/4", Point(0, 0, 3)),
        ("/4/2/2/2/2", Point(0, 0, 6)),
        ("/4/2/2/2/2[c]", Point(0, 0, 6)),
        ("/4/4/4", Point(0, 12, 9)),
        ("/4/4/6", Point(0, 12, 10)),
        ("/4/8", Point(0, 25, 12)),
        ("/4/8/1:0", Point(0, 25, 12)),
    ],
)
def test_elements(local: str, point: Point) -> None:
    """An element of the tree that is shown is the one of the file that begins there under the same name."""
    found = place(local)

    assert (point.offset, point.element) == (found.point.offset, found.point.element)


@pytest.mark.parametrize(
    ("local", "precision"),
    [
        ("/4/4/9:0", ELEMENT),
        ("/4/4/1:9", ELEMENT),
        ("/4/40/1:0", ELEMENT),
        ("/4/2/2/2/4[c]/1:1", EXACT),
        ("/2/2/1:0", RESOURCE),
        ("", RESOURCE),
    ],
)
def test_what_does_not_fit(local: str, precision: Precision) -> None:
    """Missing text nodes, long offsets and places outside the text are less sure; an id still corrects steps."""
    assert precision == place(local).precision


@pytest.mark.parametrize(
    ("point", "cfi"),
    [
        (Point(0, 2), "epubcfi(/6/2!/4/2/2/2/2/1:2)"),
        (Point(0, 0, 6), "epubcfi(/6/2!/4/2/2/2/2)"),
        (Point(0, 9), "epubcfi(/6/2!/4/4/1:1)"),
        (Point(0, 17), "epubcfi(/6/2!/4/4/5:2)"),
        (Point(0, 12, 10), "epubcfi(/6/2!/4/4/6)"),
        (Point(0, 20), None),
        (Point(0, 25, 12), "epubcfi(/6/2!/4/8)"),
        (Point(0, 27), None),
        (Point(0, 33), "epubcfi(/6/2!/4/10/1:5)"),
        (Point(0, 34), "epubcfi(/6/2!/4/10/1:6)"),
        (Point(0, 0, 3), "epubcfi(/6/2!/4)"),
    ],
)
def test_writing(point: Point, cfi: str | None) -> None:
    """No ids are written, and nothing where the character is not shown."""
    assert cfi == write_epubjs(point, BOOK)


def test_item_among_itemrefs() -> None:
    """epub.js counts itemrefs only and does not look at the first step."""
    items = (Item(index=0, step=2), Item(index=1, step=6))
    book = Pages(Spine(items=items, step=8), book_of(PAGE, PAGE, reparsed=SHOWN).pages)

    assert Place(Point(1, 5)) == resolve("epubcfi(/2/4!/4/4/2/1:1)", book, EPUBJS)
    assert "epubcfi(/8/4!/4/4/2/1:1)" == write_epubjs(Point(1, 5), book)
    with pytest.raises(NoPlace):
        resolve("epubcfi(/8/6!/4)", book, EPUBJS)


def test_nothing_is_shown() -> None:
    """Where it is not known what epub.js shows, only the resource is known, and nothing is written."""
    known = book_of(PAGE, None)
    book = Pages(known.spine, {0: Page(known.spine.items[0], PAGE, None)})

    found = place("/4/4/1:1", book)
    assert (Point(0, 0), RESOURCE) == (found.point, found.precision)
    assert write_epubjs(Point(0, 3), book) is None
    assert write_epubjs(Point(1, 0), book) is None


def test_start_of_a_resource_without_text() -> None:
    """The start of a resource without text is its body; without a body there is no CFI."""
    empty = document_of(("img", "", ()))

    assert "epubcfi(/6/2!/4)" == write_epubjs(Point(0, 0), book_of(empty))
    assert write_epubjs(Point(0, 0), book_of(Document())) is None


def test_unknown_writer() -> None:
    """A CFI that fits only as epub.js counts is read so, and is less sure; one that fits the specification is read by that."""
    assert (Point(0, 13), EXACT) == ((found := resolve("epubcfi(/6/2!/4/4/7:1)", BOOK)).point, found.precision)
    assert (Point(0, 2), ELEMENT) == ((found := resolve("epubcfi(/6/2!/4/2/2/2/2/1:2)", BOOK)).point, found.precision)
