"""XPointers into FictionBooks: a tree of its own, with names as they are written; pointers as crengine gave them."""

import zipfile
from pathlib import Path

import pytest

from placekeeper.domain.errors import BadFile, LimitExceeded
from placekeeper.formats.fb2 import open_fb2
from placekeeper.formats.limits import Limits
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.point import NoPlace, Point, Precision

BOOK = """<?xml version="1.0" encoding="{encoding}"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><genre>sf</genre><book-title>T</book-title><annotation><p>Аннотация</p></annotation></title-info></description>
<body><title><p>Книга</p><empty-line/></title>
<section id="s1"><title><p>Один</p></title>
<p>Первый <emphasis>абзац</emphasis> и  <a l:href="#n1" type="note">[1]</a>.</p> <p>x <!-- c --> y</p>
<poem><stanza><v>Раз</v> <v>два</v></stanza></poem><image l:href="#c.png"/><p><code> a  b</code></p></section>
<section><P>Upper</P></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>Сноска</p></section></body>
<binary id="c.png" content-type="image/png">iVBORw0KGgo=</binary>
</FictionBook>"""
NODES = {
    "/FictionBook/description/title-info/annotation/p/text().0": "Аннотация",
    "/FictionBook/body[1]/title/p/text().0": "Книга",
    "/FictionBook/body[1]/section[1]/title/p/text().0": "Один",
    "/FictionBook/body[1]/section[1]/p[1]/text()[1].0": "Первый ",
    "/FictionBook/body[1]/section[1]/p[1]/emphasis/text().0": "абзац",
    "/FictionBook/body[1]/section[1]/p[1]/text()[2].0": " и",
    "/FictionBook/body[1]/section[1]/p[1]/a/text().0": "[1]",
    "/FictionBook/body[1]/section[1]/p[1]/text()[3].0": ".",
    "/FictionBook/body[1]/section[1]/p[2]/text()[2].0": " y",
    "/FictionBook/body[1]/section[1]/poem/stanza/v[2]/text().0": "два",
    "/FictionBook/body[1]/section[1]/p[3]/code/text().0": " a  b",
    "/FictionBook/body[1]/section[2]/P/text().0": "Upper",
    "/FictionBook/body[2]/section/title/p/text().0": "1",
    "/FictionBook/body[2]/section/p/text().0": "Сноска",
}


def fb2(path: Path, *, encoding: str = "utf-8", source: str = BOOK, zipped: bool = False) -> Path:
    data = source.replace("{encoding}", encoding).encode(encoding)
    if not zipped:
        path.write_bytes(data)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("books/a.fb2", data)
    return path


@pytest.mark.parametrize(("encoding", "zipped"), [("utf-8", False), ("windows-1251", False), ("utf-8", True)])
def test_nodes(encoding: str, zipped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    """Crengine's pointers lead to its text, and what we write there is the same pointer, in both spellings."""
    book = open_fb2(fb2(tmp_path / "a.fb2", encoding=encoding, zipped=zipped))
    pointers = Pointers(book)
    for pointer, text in NODES.items():
        place = pointers.resolve(pointer)

        assert Precision.EXACT == place.precision
        assert book.resource(0).document.text[place.point.offset :].startswith(text)
        assert pointer == pointers.write(place.point).released()
        assert place == pointers.resolve(pointers.write(place.point).indexed())


def test_elements(tmp_path: Path) -> None:
    """Images and empty lines are places of their own; the cover page of a book has a pointer before its text."""
    pointers = Pointers(open_fb2(fb2(tmp_path / "a.fb2")))
    for pointer in ("/FictionBook/body[1]/section[1]/image.0", "/FictionBook/body[1]/title/empty-line.0"):
        assert pointer == pointers.write(pointers.resolve(pointer).point).released()
    assert Precision.ELEMENT is pointers.resolve("/?xml.0").precision
    with pytest.raises(NoPlace, match="no resource"):
        pointers.write(Point(1, 0))


def test_ill_formed(tmp_path: Path) -> None:
    """What is not well-formed is read as KOReader reads it."""
    broken = BOOK.replace("два</v>", "два")
    book = open_fb2(fb2(tmp_path / "a.fb2", source=broken))
    place = Pointers(book).resolve("/FictionBook/body[1]/section[1]/poem/stanza/v[2]/text().1")

    assert "html" == book.resource(0).parsed_as
    assert "ва" == book.resource(0).document.text[place.point.offset :][:2]


def test_binaries_are_no_text(tmp_path: Path) -> None:
    """Pictures within the file do not count as text of the book."""
    assert "iVBOR" not in open_fb2(fb2(tmp_path / "a.fb2")).resource(0).document.text


def test_refusals(tmp_path: Path) -> None:
    """A file that is no FictionBook, too large a one, an archive without one, and a missing one are refused."""
    with pytest.raises(BadFile, match="no FictionBook"):
        open_fb2(fb2(tmp_path / "a.fb2", source="<html/>"))
    with pytest.raises(LimitExceeded, match="document_bytes"):
        open_fb2(fb2(tmp_path / "a.fb2"), Limits(document_bytes=100))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(BadFile, match=r"no \.fb2"):
        open_fb2(tmp_path / "b.zip")
    with pytest.raises(BadFile, match="can't be read"):
        open_fb2(tmp_path / "nowhere.fb2")
