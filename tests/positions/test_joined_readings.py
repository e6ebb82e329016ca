"""Where crengine reads other text in a file than browsers do, and some of it is the same words."""

from pathlib import Path

import pytest

from placekeeper.formats.epub import EpubPublication
from placekeeper.formats.opening import open_publication
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.point import Point, Precision
from tests.epubs import make_epub, xhtml

IN_BODY = "/body/DocFragment/body"


def book_of(folder: Path, page: str, name: str = "a.xhtml") -> EpubPublication:
    path = folder / "book.epub"
    make_epub(path, {name: page})
    book = open_publication(path)
    assert isinstance(book, EpubPublication)
    return book


@pytest.mark.parametrize(
    ("body", "pointer", "offset"),
    [
        ("<p>word &amp; <?pi word > word?> word</p>", "/p/?pi/text().8", 8),
        ("<p>a<![CDATA[b &amp; c]]>a &amp; b<?pi x?></p>", "/p/text()[3].3", 13),
        ("<p>a\r\nb &nbsp;c<?pi x?></p>", "/p/text()[1].5", 5),
        ('<p title="x>y">y</p>', "/p/text().3", 0),
        ("<script>a &lt; b</script><p>\u00e9 &#233; c</p>", "/p/text().4", 9),
    ],
    ids=["instruction", "CDATA", "line ends", "attribute", "script"],
)
def test_the_source_joins_what_is_well_formed(tmp_path: Path, body: str, pointer: str, offset: int) -> None:
    """In a well-formed file, the place in the source says which character is which, however often its words stand there."""
    place = Pointers(book_of(tmp_path, xhtml(body))).resolve(IN_BODY + pointer)

    assert (Point(0, offset), Precision.EXACT) == (place.point, place.precision)


def test_what_only_one_of_them_reads(tmp_path: Path) -> None:
    """Text that crengine finds in an instruction is nowhere in the file as browsers have it, though the words are there too."""
    place = Pointers(book_of(tmp_path, xhtml("<p>a <?pi word > word?> word</p>"))).resolve(f"{IN_BODY}/p/?pi/text().1")

    assert Precision.ELEMENT == place.precision


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("<table><tr><td>Nevermore.</td></tr><tr><td>Quoth.</td></tr>Nevermore.</table><p>End", "/table/tr[1]/td/text().0"),
        ("<table><tr><td>Nevermore.</td></tr>Nevermore.<tr><td>Quoth.</td></tr></table><p>End", "/table/tr[1]/td/text().3"),
        ("<p><![CDATA[Nevermore. ]]>Nevermore. Quoth.<br>", "/p/text()[1].0"),
        ("<p><![CDATA[Nevermore. ]]>Nevermore. Quoth.<br>", "/p/text()[2].0"),
    ],
)
def test_refrains_in_ill_formed_files(tmp_path: Path, body: str, pointer: str) -> None:
    """Where browsers move or drop text and the same words stand there as well, a pointer is not said to be exact."""
    place = Pointers(book_of(tmp_path, f"<html><body>{body}</body></html>", "a.html")).resolve(IN_BODY + pointer)

    assert Precision.ELEMENT == place.precision
