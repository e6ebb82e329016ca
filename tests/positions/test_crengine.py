"""The rules by which crengine makes text nodes, each with what crengine itself gave for a small file."""

from pathlib import Path

import pytest

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.crengine.xpointer import XPointer, parse
from placekeeper.positions.point import NoPlace, Point, Precision
from tests.epubs import make_epub, xhtml
from tests.positions.crengine_cases import CASES, Case

IMPORTED = "h2 > span { display: block }"


def book_of(path: Path, body: str, css: str = "") -> EpubPublication:
    """An EPUB of one content document, with a style sheet and one that it may import."""
    head = '<title>t</title><link rel="stylesheet" type="text/css" href="s.css"/>' if css else "<title>t</title>"
    files = {"a.xhtml": xhtml(body, head), "s.css": css, "t.css": IMPORTED}
    return open_epub(make_epub(path / "book.epub", files))


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=[case.claim for case in CASES])
def test_rules(case: Case, tmp_path: Path) -> None:
    """Crengine's pointers lead to its text, what we write there is the same pointer, and it has no other text nodes."""
    book = book_of(tmp_path, case.body, case.css)
    pointers = Pointers(book)
    for pointer, text in case.nodes.items():
        place = pointers.resolve(pointer)
        there = book.resource(0).document.text[place.point.offset :]

        assert words(there[:60]).startswith(words(text))
        assert pointer == pointers.write(place.point).released()
        assert place == pointers.resolve(pointers.write(place.point).indexed())
        assert pointers.resolve(beyond(case, pointer)).precision is Precision.ELEMENT


def beyond(case: Case, pointer: str) -> str:
    """The pointer to the text node after the last one that has the same parent."""
    parent, texts, _ = pointer.rpartition("/text()")
    count = sum(1 for other in case.nodes if other.rpartition(texts)[0] == parent)
    return f"{parent}/text()[{count + 1}].0"


def test_spine_items(tmp_path: Path) -> None:
    """Every itemref that leads to a manifest item counts; what crengine can't read gets its message, an SVG a box of its own."""
    files = {
        "a.xhtml": xhtml("<p>a</p>"),
        "cover.svg": '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><image href="x.png"/></svg>',
        "x.png": b"\x89PNG",
        "b.xhtml": xhtml("<p>b</p>"),
    }
    spine = ["a.xhtml", '<itemref idref="nothing"/>', "x.png", "cover.svg", '<itemref idref="f3" linear="no"/>', "a.xhtml"]
    pointers = Pointers(open_epub(make_epub(tmp_path / "book.epub", files, spine)))

    assert Point(0, 0) == pointers.resolve("/body/DocFragment[1]/body/p/text().0").point
    assert "/body/DocFragment[2]/body/pre/text().0" == pointers.write(Point(2, 0)).released()
    assert "/body/DocFragment[3]/body/autoboxing/svg.0" == pointers.write(Point(3, 0)).released()
    assert Point(4, 0) == pointers.resolve("/body[1]/DocFragment[4]/body[1]/p[1]/text()[1].0").point
    assert "/body[1]/DocFragment[5]/body[1]/p[1]/text()[1].0" == pointers.write(Point(5, 0)).indexed()
    with pytest.raises(NoPlace, match="skips"):
        pointers.write(Point(1, 0))
    with pytest.raises(NoPlace, match="beyond"):
        pointers.resolve("/body/DocFragment[6]/body/p/text().0")


def test_elements(tmp_path: Path) -> None:
    """An image or an empty element is a place of its own, the start of an element with text is its text."""
    book = book_of(tmp_path, '<p>a</p><p><img src="x.png" alt=""/></p><p></p><p>b <b>c</b></p>')
    pointers, document = Pointers(book), book.resource(0).document
    image = document.names.index("img")

    assert Point(0, 1, image) == pointers.resolve("/body/DocFragment/body/p[2]/img.0").point
    assert "/body/DocFragment/body/p[2]/img.0" == pointers.write(Point(0, 1, image)).released()
    assert "/body/DocFragment/body/p[3].0" == pointers.write(Point(0, 1, image + 1)).released()
    assert Point(0, 1) == pointers.resolve("/body/DocFragment/body/p[4]").point
    assert Point(0, 3) == pointers.resolve("/body/DocFragment/body/p[4]/b").point
    assert Point(0, 0) == pointers.resolve("/body/DocFragment/body.0").point
    assert Point(0, 0) == pointers.resolve("/body/DocFragment").point


@pytest.mark.parametrize(
    ("pointer", "offset", "precision", "reason"),
    [
        ("/body/DocFragment/body/p[1]/text().2", 2, Precision.EXACT, ""),
        ("/body/DocFragment/body/p[1]/text().9", 5, Precision.ELEMENT, "5 characters"),
        ("/body/DocFragment/body/p[1]/text()[3].0", 5, Precision.ELEMENT, "beyond the 1 of this p"),
        ("/body/DocFragment/body/p[2]/q/text().0", 5, Precision.ELEMENT, "no q"),
        ("/body/DocFragment/body/p[7]/text().0", 0, Precision.ELEMENT, "no p"),
        ("/body/DocFragment/stylesheet/text().3", 0, Precision.RESOURCE, "style sheet"),
        (".0", 0, Precision.ELEMENT, "start"),
        ("/body", 0, Precision.ELEMENT, "start"),
    ],
)
def test_what_is_not_there(pointer: str, offset: int, precision: Precision, reason: str, tmp_path: Path) -> None:
    """A pointer to a text node or character that does not exist leads near it, and says so."""
    place = Pointers(book_of(tmp_path, "<p>first</p><p>second</p>")).resolve(pointer)

    assert (offset, precision) == (place.point.offset, place.precision)
    assert reason in place.reason


NO_POINTERS = [
    *("", "nothing", "/html/body", "/body[2]/x", "/body/p", "/body/DocFragment[0]/body", "/body/DocFragment/body/p[x]", "#id"),
    *("/body/DocFragment/body/p.x", "/body/DocFragment/body/autoBoxing/p/text().0", "/body/DocFragment/body/p/text().0 "),
    *("/" * 20000, "/body/DocFragment[99]"),
]


@pytest.mark.parametrize("pointer", NO_POINTERS)
def test_what_is_no_pointer(pointer: str, tmp_path: Path) -> None:
    """What is no pointer, or one into another kind of book, is refused."""
    with pytest.raises(NoPlace):
        Pointers(book_of(tmp_path, "<p>first</p>")).resolve(pointer)


def test_names_that_crengine_cannot_read(tmp_path: Path) -> None:
    """Below an element with a full stop in its name there is no pointer that KOReader could read: the one above is meant."""
    pointers = Pointers(book_of(tmp_path, "<div><x-y.z>text</x-y.z></div>"))

    assert "/body/DocFragment/body/div.0" == pointers.write(Point(0, 1)).released()


@pytest.mark.parametrize("below", ["/x.y/p[2]/text().1", "/x.y[1]/p[2]/text()[1].1", "/x.y.0", "/x.y.5/p"])
def test_pointers_through_names_that_crengine_cannot_read(below: str, tmp_path: Path) -> None:
    """KOReader writes such names: as far as the element above, the pointer can be told."""
    book = book_of(tmp_path, "<p>before</p><div><x.y><p>a</p><p>b</p></x.y></div>")
    place = Pointers(book).resolve(f"/body/DocFragment/body/div{below}")

    assert (Point(0, 6), Precision.ELEMENT) == (place.point, place.precision)


def test_spaces_of_a_tab(tmp_path: Path) -> None:
    """Behind the first space that a tab became, a pointer means what follows the tab."""
    pointers = Pointers(book_of(tmp_path, "<pre>a\tb\tc</pre>"))
    found = [pointers.resolve(f"/body/DocFragment/body/pre/text().{place}").point.offset for place in range(18)]

    assert [0, 1, *[2] * 7, 3, *[4] * 7, 5] == found


def test_spellings() -> None:
    """Both spellings of a pointer are the same steps, a number left out is the first."""
    old, new = parse("/body/DocFragment[3]/body/p[2]/text().5"), parse("/body[1]/DocFragment[3]/body[1]/p[2]/text()[1].5")

    assert old == new
    assert "/body[1]/DocFragment[3]/body[1]/p[2]/text()[1].5" == old.indexed()
    assert XPointer(old.steps[:2]) == parse("body/DocFragment[3]")
