"""References: read, written, and as exact as they say."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.fragment import Reference, read_reference, read_references, write_reference
from placekeeper.positions.readium.href import Hrefs
from tests.positions.readium_books import DOCUMENTS, Book, document_of, documents_of, el, library

CHAPTER = document_of(
    [
        el("h1", "The chapter", id="top"),
        el("p", "It was a dark night, and it was late.", id="p 1"),
        el("p", el("img", id="pic"), id="figure"),
        el("p", "It was a dark night, and it was late.", id="p2"),
        el("p", "* * *", id="a"),
        el("p", id="last"),
    ]
)
TEXT = CHAPTER.text
BOOK = Book([CHAPTER, None, CHAPTER], changes={0: {"href": "text/a b.xhtml"}, 2: {"href": "text/a b.xhtml"}})
FIXED = Book([CHAPTER] * 3, changes={0: {"fixed": True}, 1: {"linear": False}, 2: {"fixed": True}})


def cfi(value: str) -> Place:
    """Stands for a CFI engine: says what it was asked."""
    return Place(Point(0, 5), Precision.EXACT, value)


def place(offset: int, precision: Precision, identity: str = "", resource: int = 0) -> tuple[Point, Precision]:
    return Point(resource, offset, CHAPTER.ids[identity] if identity else None), precision


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("text/a%20b.xhtml", place(0, Precision.RESOURCE)),
        ("text/a%20b.xhtml#pic", place(CHAPTER.starts[CHAPTER.ids["pic"]], Precision.ELEMENT, "pic")),
        ("text/a%20b.xhtml#p%201", place(11, Precision.ELEMENT, "p 1")),
        ("text/a b.xhtml#p 1", place(11, Precision.ELEMENT, "p 1")),
        ("text/a%20b.xhtml#:~:text=The%20chapter", place(0, Precision.EXACT)),
        ("text/a%20b.xhtml#p%201:~:text=The%20chapter", place(0, Precision.EXACT)),
        ("text/a%20b.xhtml#p2:~:text=zebra", place(CHAPTER.starts[CHAPTER.ids["p2"]], Precision.ELEMENT, "p2")),
        ("a%20b.xhtml#:~:text=night", place(TEXT.index("night"), Precision.RESOURCE)),
        ("text/a%20b.xhtml#nowhere", place(0, Precision.RESOURCE)),
        ("text/ch1.xhtml#:~:text=x", place(0, Precision.RESOURCE, resource=1)),
    ],
)
def test_what_references_mean(reference: str, expected: tuple[Point, Precision]) -> None:
    """A reference leads to its resource, to the element or text of its fragment, and says how surely."""
    found = read_reference(reference, BOOK)

    assert expected == (found.point, found.precision)
    assert found.precision is Precision.EXACT or found.reason


@pytest.mark.parametrize(
    "reference", ["", "#", "#p2", "#t=40", "text/a%20b.xhtml#t=40.27", "text/a%20b.xhtml#xywh=1,2,3,4", "x.xhtml#p2", "#page=1"]
)
def test_what_leads_nowhere(reference: str) -> None:
    """Times, regions, unknown resources and fragments without a resource are refused."""
    with pytest.raises(NoPlace):
        read_reference(reference, BOOK)


@pytest.mark.parametrize("reference", ["book.epub#epubcfi(/6/4!/4/2:3)", "#epubcfi(/6/4!/4/2:3)", "#epubcfi(/6/4!/4/2%3A3)"])
def test_cfis(reference: str) -> None:
    """A CFI is given to the CFI engine, decoded, whatever stands in front of it; without an engine it is refused."""
    assert "epubcfi(/6/4!/4/2:3)" == read_reference(reference, BOOK, resolve_cfi=cfi).reason
    with pytest.raises(NoPlace):
        read_reference(reference, BOOK)


def test_fixed_pages() -> None:
    """`page=` is the n-th fixed page of a publication."""
    assert [0, 2] == [read_reference(f"#page={number}", FIXED).point.resource for number in (1, 2)]
    for wrong in ("#page=0", "#page=3", "#page=x", "#page=99999999999"):
        with pytest.raises(NoPlace):
            read_reference(wrong, FIXED)


def test_most_exact_reference() -> None:
    """Of several references the most exact one counts, the first among equals; those that lead nowhere do not."""
    several = ["#t=5", "text/a%20b.xhtml", "text/a%20b.xhtml#p2", "text/a%20b.xhtml#pic"]

    assert CHAPTER.ids["p2"] == read_references(several, BOOK).point.element
    for none in ([], ["#t=5"]):
        with pytest.raises(NoPlace):
            read_references(none, BOOK)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (Point(0, 0), Reference("text/a%20b.xhtml#:~:text=The%20chapter")),
        (Point(0, 6), Reference("text/a%20b.xhtml#:~:text=chapter", exact=False, reason="it leads to the start of the word")),
        (Point(0, CHAPTER.starts[CHAPTER.ids["pic"]], CHAPTER.ids["pic"]), Reference("text/a%20b.xhtml#pic")),
        (Point(1, 0), Reference("text/ch1.xhtml", exact=False, reason="resource 1 has no text")),
        (
            Point(0, len(TEXT), CHAPTER.body),
            Reference("text/a%20b.xhtml", exact=False, reason="no text follows that could be quoted"),
        ),
    ],
)
def test_what_is_written(point: Point, expected: Reference) -> None:
    """Text is referred to by a fragment of its words, an element by its id, all else by its resource; what is lost is said."""
    assert expected == write_reference(point, BOOK)


def test_repeated_text() -> None:
    """Where the text stands twice, what stands around it tells the places apart."""
    second = TEXT.rindex("It was a")
    reference = write_reference(Point(0, second), BOOK)

    assert reference.exact
    assert Point(0, second) == read_reference(reference.value, BOOK).point


def test_a_file_that_stands_in_the_spine_twice() -> None:
    """The second copy of a file can't be told by a reference, and that is said."""
    assert not write_reference(Point(2, 0), BOOK).exact


@pytest.mark.parametrize("resource", [-1, 3])
def test_no_such_resource(resource: int) -> None:
    """A point in a resource that does not exist is refused."""
    with pytest.raises(NoPlace):
        write_reference(Point(resource, 0), BOOK)


@settings(derandomize=True, max_examples=250, deadline=None)
@given(DOCUMENTS, st.data())
def test_exact_references_lead_back(document: Document, data: st.DataObject) -> None:
    """A reference that says it is exact leads back to the very point; the others lead into the same resource."""
    book = Book([document])
    points = [Point(0, offset) for offset in data.draw(st.lists(st.integers(0, len(document.text)), max_size=6))]
    points += [Point(0, document.starts[element], element) for element in range(3, len(document.names) - 1)]
    for point in points:
        reference = write_reference(point, book)
        found = read_reference(reference.value, book)

        assert found.point.resource == point.resource
        assert not reference.exact or found.point == point
        assert reference.exact or reference.reason


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("text/ab.xhtml#:~=,-&%2(p)", max_size=40)))
def test_anything_leads_somewhere_or_is_refused(reference: str) -> None:
    """Any text at all leads into the publication or is refused."""
    try:
        found = read_reference(reference, BOOK, resolve_cfi=cfi)
    except NoPlace:
        return

    assert 0 <= found.point.offset <= len(TEXT)


def test_shared_books() -> None:
    """In every shared book, most places at the start of a word have an exact reference, and none leads elsewhere than it says."""
    chance = random.Random(13)
    words = exact = 0
    for path, book in library():
        hrefs = Hrefs(book.spine)
        everything = list(documents_of(book))
        for index, document in chance.sample(everything, min(5, len(everything))):
            starts = [at for at in range(1, len(document.text)) if document.text[at - 1] == " " != document.text[at]]
            for offset in chance.sample(starts, min(10, len(starts))):
                reference = write_reference(Point(index, offset), book)
                found = read_reference(reference.value, book, hrefs)
                words += 1
                exact += reference.exact

                assert not reference.exact or Point(index, offset) == found.point, (path, reference)

    print(f"\nexact references: {exact} of {words}")
    assert exact / words > 0.9


def test_speed() -> None:
    """A reference in a chapter that was searched before is written in well under a millisecond."""
    book = Book(
        [
            document_of(
                [
                    el("p", f"It was dark, and it was {number} past {number * 7} when they came home. " * 2)
                    for number in range(800)
                ]
            )
        ]
    )
    write_reference(Point(0, 0), book)
    points = [Point(0, offset) for offset in range(0, 90_000, 1000)]
    started = time.process_time()
    for point in points:
        write_reference(point, book)
    each = (time.process_time() - started) / len(points)
    print(f"\nreference written in {each * 1e6:.0f} microseconds")

    assert each < 0.005


@pytest.mark.parametrize("text", ["a" * 200_000, "\u6f22\u5b57" * 100_000, "a" + "\u0301" * 200_000, "\ufdfa" * 200_000])
@pytest.mark.parametrize("identity", ["", "x", "x" * 100_000])
def test_a_word_without_an_end_is_not_quoted(text: str, identity: str) -> None:
    """In a paragraph that is one long word a reference is short: the nearest id, else the resource, and it says so."""
    book = Book([document_of([el("p", text, id=identity)])])
    for offset in (0, 1, len(text) // 2, len(text) - 1):
        written = write_reference(Point(0, offset), book)

        assert ("text/ch0.xhtml#x" if identity == "x" else "text/ch0.xhtml", False) == (written.value, written.exact)
        assert written.reason
