"""Where CFIs lead, in the dialect of the specification and foliate-js."""

import pytest

from placekeeper.positions.cfi.resolve import resolve, write
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Item, Spine
from tests.positions.cfi_books import COMMENT, Pages, book_of, document_of

EXACT, ELEMENT, RESOURCE = Precision.EXACT, Precision.ELEMENT, Precision.RESOURCE

# body (3): para05 (4) with em (5); an empty p (6); an image (7); a second para (8); deep (9) with b (10), i (11)
PAGE = document_of(
    ("p", "para05", ("xxx", ("em", "", ("yyy",)), "0123", COMMENT, "456789")),
    "\n",
    ("p", "", ()),
    ("img", "im", ()),
    ("p", "a]b", ("a\U0001f600b",)),
    ("div", "deep", (("b", "", ("bold",)), ("i", "", ("it",)), "after")),
)
BOOK = book_of(PAGE, PAGE, None, itemref_ids={1: "ct^"})


def place(local: str) -> Place:
    return resolve(f"epubcfi(/6/2!{local})", BOOK)


@pytest.mark.parametrize(
    ("local", "offset"),
    [
        ("/4/2[para05]/1:0", 0),
        ("/4/2[para05]/1:3", 3),
        ("/4/2[para05]/2/1:1", 4),
        ("/4/2[para05]/3:10", 16),
        ("/4/2[para05]/3", 6),
        ("/4/3:1", 17),
        ("/4/8/1:3", 19),
        ("/4/8/1:2", 18),
        ("/4/10/3:0", 24),
        ("/4/10/5:2", 28),
        ("/4/10/0", 20),
        ("/4/2/4", 16),
        ("/4/2[para05],/1:2,/3:4", 2),
        ("/4/2[para05],,/8/2/1:77", 0),
    ],
)
def test_text(local: str, offset: int) -> None:
    """Steps and UTF-16 offsets lead to a code point: comments vanish, empty chunks count, half a character is rounded down."""
    found = place(local)

    assert (offset, EXACT, "") == (found.point.offset, found.precision, found.reason)


@pytest.mark.parametrize(
    ("local", "element", "offset"),
    [
        ("/4", 3, 0),
        ("/4/2[para05]", 4, 0),
        ("/4/4", 6, 17),
        ("/4/4/1:0", 6, 17),
        ("/4/6[im]", 7, 17),
        ("/4/6/1:0", 7, 17),
        ("/4/10,/2,/5:1", 10, 20),
    ],
)
def test_elements(local: str, element: int, offset: int) -> None:
    """A CFI that stops at an element means its start: the first text inside or after it."""
    assert Place(Point(0, offset, element)) == place(local)


@pytest.mark.parametrize(
    ("local", "offset", "precision"),
    [
        ("/4/8[para05]/1:1", 1, EXACT),
        ("/4/99[para05]/3:1", 31, ELEMENT),
        ("/4/98[para05]/3:1", 7, EXACT),
        ("/4/98[para05]/1:9", 3, ELEMENT),
        ("/4/2[gone]/1:1", 1, ELEMENT),
        ("/4/8[a^]b]/1:1", 18, EXACT),
        ("/4/8[a%5Db]/1:1", 18, EXACT),
    ],
)
def test_ids_correct_steps(local: str, offset: int, precision: Precision) -> None:
    """An id that stands elsewhere is followed; exact remains only what still fits there, and the reason is told."""
    found = place(local)

    assert (offset, precision) == (found.point.offset, found.precision)
    assert bool(found.reason) == ("a%5D" not in local and "a^" not in local)


@pytest.mark.parametrize(
    ("local", "offset", "precision"),
    [
        ("/4/2/3:4[0123,456]", 10, EXACT),
        ("/4/2/3:4[x yyy,]", 10, ELEMENT),
        ("/4/2/3:2[0123,456]", 10, EXACT),
        ("/4/2/3:2[,456]", 10, EXACT),
        ("/4/2/3:4[0123]", 10, EXACT),
        ("/4/2/3:4[456]", 10, EXACT),
        ("/4/2/1:0[yyy0,1]", 7, EXACT),
        ("/4/3:0[89 ,a]", 17, EXACT),
        ("/4/2/1:1[x]", 1, EXACT),
        ("/4/10/5:4[t,]", 29, ELEMENT),
        ("/4/2/3:4[never;s=b]", 10, ELEMENT),
        ("/4/2/3:4[;s=b]", 10, EXACT),
    ],
)
def test_asserted_text(local: str, offset: int, precision: Precision) -> None:
    """Text that is asserted puts an offset right, across elements, where it stands once; else the place is less sure."""
    found = place(local)

    assert (offset, precision) == (found.point.offset, found.precision)


@pytest.mark.parametrize(
    ("local", "point", "precision"),
    [
        ("/4/2/1:4", Point(0, 3), ELEMENT),
        ("/4/2/1:99999999", Point(0, 3), ELEMENT),
        ("/4/2/9:0", Point(0, 16), ELEMENT),
        ("/4/2/8", Point(0, 0, 4), ELEMENT),
        ("/4/40/2/1:3", Point(0, 0, 3), ELEMENT),
        ("/8/2", Point(0, 0), RESOURCE),
        ("/2/2/1:3", Point(0, 0), RESOURCE),
        ("/4/2/3/2:1", Point(0, 7), ELEMENT),
        ("/4/2/2:1", Point(0, 3, 5), ELEMENT),
        ("/4/6@50:50", Point(0, 17, 7), ELEMENT),
        ("/4/6~2.5", Point(0, 17, 7), ELEMENT),
        ("/4/2/3~2.5", Point(0, 6), ELEMENT),
        ("/4/6!/4/2/1:1", Point(0, 17, 7), ELEMENT),
        ("", Point(0, 0), RESOURCE),
        (":3", Point(0, 0), RESOURCE),
    ],
)
def test_what_does_not_fit(local: str, point: Point, precision: Precision) -> None:
    """What leads too far, into other documents or nowhere ends at the nearest thing known, and says so."""
    found = place(local)

    assert (point, precision) == (found.point, found.precision)
    assert found.reason


def test_item_by_step_alone() -> None:
    """The id of an itemref is not believed, a wrong first step makes the place less sure, and a missing item is refused."""
    assert Place(Point(1, 1)) == resolve("epubcfi(/6/4[wrong]!/4/2/1:1)", BOOK)
    assert (Point(1, 1), ELEMENT) == ((found := resolve("epubcfi(/8/4!/4/2/1:1)", BOOK)).point, found.precision)
    for cfi in ("epubcfi(/6/8!/4)", "epubcfi(/6/0!/4)", "epubcfi(/6/3!/4)", "epubcfi(/6!/4)"):
        with pytest.raises(NoPlace):
            resolve(cfi, BOOK)


def test_foreign_children_of_the_spine_count() -> None:
    """Steps of items are those of the spine's element children, whatever stands between the itemrefs."""
    items = (Item(index=0, step=2), Item(index=1, step=6))
    book = Pages(Spine(items=items, step=8), book_of(PAGE, PAGE).pages)

    assert Place(Point(1, 1)) == resolve("epubcfi(/8/6!/4/2/1:1)", book)
    assert "epubcfi(/8/6!/4/2[para05]/1:1)" == write(Point(1, 1), book)
    with pytest.raises(NoPlace):
        resolve("epubcfi(/8/4!/4)", book)


def test_item_without_text() -> None:
    """An item without text is still a place, and has a CFI: that of its start."""
    found = resolve("epubcfi(/6/6!/4/2/1:5)", BOOK)

    assert (Point(2, 0), RESOURCE) == (found.point, found.precision)
    assert "epubcfi(/6/6!/4)" == write(Point(2, 0), BOOK)


@pytest.mark.parametrize(
    ("point", "cfi"),
    [
        (Point(0, 0), "epubcfi(/6/2!/4/2[para05]/1:0)"),
        (Point(0, 3), "epubcfi(/6/2!/4/2[para05]/2/1:0)"),
        (Point(0, 12), "epubcfi(/6/2!/4/2[para05]/3:6)"),
        (Point(0, 19), "epubcfi(/6/2!/4/8[a^]b]/1:3)"),
        (Point(0, 29), "epubcfi(/6/2!/4/10[deep]/5:3)"),
        (Point(0, 31), "epubcfi(/6/2!/4/10[deep]/5:5)"),
        (Point(1, 17, 7), "epubcfi(/6/4[ct^^]!/4/6[im])"),
        (Point(0, 17, 6), "epubcfi(/6/2!/4/4)"),
        (Point(0, 0, 4), "epubcfi(/6/2!/4/2[para05])"),
        (Point(0, 2, 4), "epubcfi(/6/2!/4/2[para05]/1:2)"),
    ],
)
def test_writing(point: Point, cfi: str) -> None:
    """Points are written with ids, with an offset wherever there is text, and as elements where one is meant."""
    assert cfi == write(point, BOOK)


@pytest.mark.parametrize("point", [Point(0, -1), Point(0, 32), Point(3, 0), Point(-1, 0), Point(0, 0, 99)])
def test_no_such_point(point: Point) -> None:
    """A point that the publication does not have is refused."""
    with pytest.raises(NoPlace):
        write(point, BOOK)


def test_resource_without_a_character() -> None:
    """The start of a resource without text is its body."""
    book = book_of(document_of(("img", "", ())), document_of())

    assert "epubcfi(/6/2!/4)" == write(Point(0, 0), book)
    assert "epubcfi(/6/2!/4/2)" == write(Point(0, 0, 4), book)
    assert "epubcfi(/6/4!/4)" == write(Point(1, 0), book)


def test_id_that_stands_twice() -> None:
    """An element CFI leaves out an id that an earlier element has too: foliate-js would go there."""
    book = book_of(document_of(("p", "x", ("a",)), ("p", "x", ("b",))))

    assert "epubcfi(/6/2!/4/2[x])" == write(Point(0, 0, 4), book)
    assert "epubcfi(/6/2!/4/4)" == write(Point(0, 1, 5), book)
    assert "epubcfi(/6/2!/4/4[x]/1:0)" == write(Point(0, 1), book)
    assert Place(Point(0, 1)) == resolve("epubcfi(/6/2!/4/4[x]/1:0)", book)
