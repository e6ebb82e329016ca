"""XPointers of random documents: what is written exists and leads back, and anything at all leads somewhere or is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.epub import EpubPublication
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.crengine.xpointer import parse
from placekeeper.positions.point import NoPlace, Point, Precision
from tests.positions.test_crengine import book_of

NAMES = st.sampled_from(
    ["p", "i", "div", "span", "li", "ul", "td", "tr", "table", "ruby", "rt", "pre", "h2", "a", "section", "br"]
)
TEXTS = st.sampled_from(
    ["a", " b", "c ", " ", "\n  ", "d  e", "&amp;", "\U0001f600", "&#32;", "f\ng", "<!-- c -->", "<![CDATA[ h ]]>", ""]
)
RULES = [
    *("i{display:block}", ".x{display:none}", ".y{white-space:pre}", "p{display:inline}", ".x::before{content:'q'}"),
    *("span{float:left}", "div:last-child{display:table}", "li,.y>i{display:table-cell}", "@media print{p{display:none}}"),
    *(".x ~ .y{display:inline-block}", "ruby{display:inline}", "@page{margin:0}", "p:empty{white-space:pre}", "}", "p{"),
]


def element(name: str, inner: list[str], attributes: str, *, closed: bool) -> str:
    return f"<{name}{attributes}>{''.join(inner)}" + (f"</{name}>" if closed else "")


MARKUP = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        element,
        NAMES,
        st.lists(inner, max_size=4),
        st.sampled_from(["", "", ' class="x"', ' class="y x"', ' hidden="hidden"']),
        closed=st.booleans() | st.just(value=True),
    ),
    max_leaves=25,
)
BODIES = st.lists(MARKUP, min_size=1, max_size=5).map("".join)
SHEETS = st.lists(st.sampled_from(RULES), max_size=3).map("\n".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def exact(book: EpubPublication, pointers: Pointers, offset: int) -> bool:
    """Whether crengine keeps the character at an offset: what is written for the next one is written for another place."""
    place = pointers.resolve(pointers.write(Point(0, offset)).released())
    return place.point == Point(0, offset) and place.precision is Precision.EXACT


@settings(derandomize=True, max_examples=150, deadline=None)
@given(BODIES, SHEETS)
def test_what_is_written_leads_back(folder: Path, body: str, sheet: str) -> None:
    """A pointer that was written exists: it resolves exactly, at or behind its place, and is written again as it is."""
    book = book_of(folder, f"<p>start</p>{body}", sheet)
    pointers, length = Pointers(book), len(book.resource(0).document.text)
    found = [pointers.resolve(pointers.write(Point(0, offset)).indexed()) for offset in range(length)]
    kept = [place for place in found if place.precision is Precision.EXACT]

    assert all(not place.reason or "browsers" in place.reason for place in found)
    assert [pointers.write(place.point) for place in kept] == [
        pointers.write(pointers.resolve(pointers.write(place.point).released()).point) for place in kept
    ]
    assert [place.point.offset for place in found] == sorted(place.point.offset for place in found)
    assert all(exact(book, pointers, offset) for offset in range(5))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(BODIES, SHEETS)
def test_elements_lead_back(folder: Path, body: str, sheet: str) -> None:
    """The pointer to any element of a document exists."""
    book = book_of(folder, f"<p>start</p>{body}", sheet)
    pointers, document = Pointers(book), book.resource(0).document
    for number in range(document.body, len(document.names)):
        pointer = pointers.write(Point(0, document.starts[number], number))

        assert "there is no" not in pointers.resolve(pointer.released()).reason


STEPS = st.lists(
    st.sampled_from(["body", "DocFragment", "p", "i", "text()", "div", "?pi", "stylesheet", "svg", "1", "é", ""]), max_size=6
)
NUMBERS = st.sampled_from(["", "[1]", "[2]", "[99999999999]", "[0]", "[-1]", "[x]", "[", "]"])
ENDS = st.sampled_from(["", ".0", ".5", ".99999999", ".", ".x", "/", " ", ".0.0", "\x00"])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(["", "/body/DocFragment/body"]), STEPS, st.lists(NUMBERS, min_size=6, max_size=6), ENDS)
def test_anything_leads_somewhere_or_is_refused(folder: Path, start: str, steps: list[str], numbers: list[str], end: str) -> None:
    """Any text at all is a place in the book or is refused by name."""
    pointers = Pointers(book_of(folder, "<p>a <i>b</i></p><div>c</div>"))
    value = start + "".join(f"/{step}{number}" for step, number in zip(steps, numbers, strict=False)) + end

    assert 0 <= offset(pointers, value) <= 4


def offset(pointers: Pointers, value: str) -> int:
    """Where a value leads; 0 where it is refused."""
    try:
        return pointers.resolve(value).point.offset
    except NoPlace:
        return 0


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_spellings_are_one(value: str) -> None:
    """What can be read is the same pointer in both spellings."""
    try:
        pointer = parse(value)
    except NoPlace:
        return

    assert pointer == parse(pointer.indexed()) or not pointer.steps
