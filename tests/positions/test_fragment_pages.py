"""Labels of printed pages: where they begin, and on which page a place is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.readium.pages import Pages
from tests.positions.readium_books import Book, document_of, documents_of, el, library

FIRST = document_of([el("p", "Preface ", el("a", id="p-iv"), "on page four. ", el("a", id="p-v"), "On five.")])
SECOND = document_of(["Begins on five. ", el("span", id="p-1"), "One. ", el("span", id="p 2"), "Two."])
LIST = (
    ("iv", "text/ch0.xhtml#p-iv"), ("v", "text/ch0.xhtml#p-v"), ("1", "text/ch1.xhtml#p-1"), ("2", "text/ch1.xhtml#p%202"),
    ("3", "text/ch1.xhtml#lost"), ("4", "nowhere.xhtml#x"), ("5", "text/ch2.xhtml"), ("1", "text/ch2.xhtml#again"),
)  # fmt: skip
BOOK = Book([FIRST, SECOND, None], page_list=LIST)
PAGES = Pages(BOOK)


@pytest.mark.parametrize(
    ("label", "point", "precision"),
    [
        ("iv", Point(0, 8, FIRST.ids["p-iv"]), Precision.ELEMENT), ("IV", Point(0, 8, FIRST.ids["p-iv"]), Precision.ELEMENT),
        (" v ", Point(0, 22, FIRST.ids["p-v"]), Precision.ELEMENT), ("1", Point(1, 16, SECOND.ids["p-1"]), Precision.ELEMENT),
        ("2", Point(1, 21, SECOND.ids["p 2"]), Precision.ELEMENT), ("3", Point(1, 0), Precision.RESOURCE),
        ("5", Point(2, 0), Precision.RESOURCE), ("\uff12", Point(1, 21, SECOND.ids["p 2"]), Precision.ELEMENT),
    ],
)  # fmt: skip
def test_where_pages_begin(label: str, point: Point, precision: Precision) -> None:
    """A page begins at the element that the list names, else somewhere in its resource; the first page of a label counts."""
    found = PAGES.place(label)

    assert (point, precision) == (found.point, found.precision)


@pytest.mark.parametrize("label", ["4", "vi", "", "x" * 1000])
def test_no_such_page(label: str) -> None:
    """A page that is not in the list, or whose resource is not there, is refused."""
    with pytest.raises(NoPlace):
        PAGES.place(label)


def test_without_page_list() -> None:
    """Without a page list there are no pages."""
    with pytest.raises(NoPlace):
        Pages(Book([FIRST])).place("1")
    assert Pages(Book([FIRST])).label(Point(0, 5)) is None


@pytest.mark.parametrize(
    ("point", "label"),
    [
        (Point(0, 0), None), (Point(0, 7), None), (Point(0, 8), "iv"), (Point(0, 21), "iv"), (Point(0, 22), "v"),
        (Point(0, 99), "v"), (Point(1, 16), "1"), (Point(1, 20), "1"), (Point(1, 21), "2"), (Point(2, 0), "1"),
    ],
)  # fmt: skip
def test_on_which_page(point: Point, label: str | None) -> None:
    """A place is on the last page that begins at or before it; in front of the first page it is on none."""
    assert label == PAGES.label(point)


def test_page_that_goes_on() -> None:
    """A place before the first page of a resource is on the last page of the resources before it."""
    book = Book(
        [FIRST, document_of(["Begins on five. ", el("a", id="six"), "Six."])], page_list=(*LIST[:2], ("6", "text/ch1.xhtml#six"))
    )

    assert ["v", "6"] == [Pages(book).label(Point(1, offset)) for offset in (0, 16)]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=4), st.text("text/ch0.1xhml#p-iv%", max_size=20)), max_size=8), st.text(max_size=5))
def test_any_page_list(entries: list[tuple[str, str]], label: str) -> None:
    """Whatever a page list holds, every label leads somewhere or is refused, and every place has a label or none."""
    pages = Pages(Book([FIRST, SECOND], page_list=tuple(entries)))
    for wanted in [label, *(entry for entry, _ in entries)]:
        try:
            assert pages.place(wanted).point.resource in {0, 1}
        except NoPlace:
            continue
    assert pages.label(Point(1, 3)) in {None, *(entry for entry, _ in entries)}


def test_shared_books() -> None:
    """In shared books with printed pages, the place where a page begins is on that page."""
    for path, book in library():
        pages = Pages(book)
        texts = dict(documents_of(book)) if book.spine.page_list else {}
        for label, _ in book.spine.page_list[::25]:
            found = pages.place(label)
            if found.precision is Precision.ELEMENT and found.point.resource in texts:
                onto = pages.label(found.point)

                assert onto is not None
                assert pages.place(onto).point.offset == found.point.offset, (path, label)
