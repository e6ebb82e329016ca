"""Tables of contents and printed pages are found in both generations of EPUB, and name places."""

from pathlib import Path

from placekeeper.formats.epub import open_epub
from placekeeper.formats.navigation import Entry
from tests.epubs import make_epub, xhtml
from tests.shared import shared

NAV = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>
<nav epub:type="landmarks"><ol><li><a href="a.xhtml">not this</a></li></ol></nav>
<nav epub:type="x toc"><h1>Contents</h1><ol>
  <li><a href="a.xhtml">One</a></li>
  <li><span>Part  <i>two</i></span><ol>
    <li><a href="b.xhtml#p%C3%A9"><img alt="Two"/> a</a></li>
    <li><a href="http://example.org/">Elsewhere</a></li></ol></li>
  <li><a href="../d.xhtml">Four</a></li></ol></nav>
<nav epub:type="page-list"><ol><li><a href="a.xhtml#i">i</a></li><li><a href="b.xhtml#ii">ii</a></li></ol></nav></body></html>"""
NCX = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><docTitle><text>T</text></docTitle><navMap>
<navPoint id="1"><navLabel><text>One</text></navLabel><content src="a.xhtml"/>
  <navPoint id="2"><navLabel><text> Two
  a </text></navLabel><content src="b.xhtml#x"/></navPoint></navPoint>
<navPoint id="3"><navLabel><text>Three</text></navLabel></navPoint></navMap>
<pageList><pageTarget type="normal" value="1"><navLabel><text>p. 1</text></navLabel><content src="a.xhtml#i"/></pageTarget>
<pageTarget value="2"><content src="b.xhtml#ii"/></pageTarget></pageList></ncx>"""
FILES = {"a.xhtml": xhtml("one"), "b.xhtml": xhtml('<p>b</p><p id="p\u00e9">two</p>'), "c.xhtml": xhtml("three")}


def test_a_navigation_document(tmp_path: Path) -> None:
    """EPUB 3's navigation has a table of contents with levels, and printed pages."""
    path = make_epub(tmp_path / "a.epub", {**FILES, "nav.xhtml": NAV}, ["a.xhtml", "b.xhtml"], properties={"nav.xhtml": "nav"})
    publication = open_epub(path)

    assert (
        Entry("One", "OEBPS/a.xhtml"),
        Entry("Part two", ""),
        Entry("Two a", "OEBPS/b.xhtml#p\u00e9", 1),
        Entry("Elsewhere", "", 1),
        Entry("Four", "d.xhtml"),
    ) == publication.navigation.toc
    assert (("i", "OEBPS/a.xhtml#i"), ("ii", "OEBPS/b.xhtml#ii")) == publication.spine.page_list


def test_an_ncx(tmp_path: Path) -> None:
    """EPUB 2's NCX has the same, with labels or values for pages."""
    publication = open_epub(make_epub(tmp_path / "a.epub", {**FILES, "toc.ncx": NCX}))

    assert (Entry("One", "OEBPS/a.xhtml"), Entry("Two a", "OEBPS/b.xhtml#x", 1), Entry("Three", "")) == publication.navigation.toc
    assert (("p. 1", "OEBPS/a.xhtml#i"), ("2", "OEBPS/b.xhtml#ii")) == publication.spine.page_list


def test_what_one_lacks_the_other_has(tmp_path: Path) -> None:
    """A navigation document without printed pages is completed by the NCX beside it."""
    nav = NAV.partition('<nav epub:type="page-list">')[0] + "</body></html>"
    path = make_epub(tmp_path / "a.epub", {**FILES, "nav.xhtml": nav, "toc.ncx": NCX}, properties={"nav.xhtml": "nav"})
    publication = open_epub(path)

    assert ("One", "p. 1") == (publication.navigation.toc[0].title, publication.spine.page_list[0][0])
    assert 5 == len(publication.navigation.toc)


def test_titles_of_places(tmp_path: Path) -> None:
    """A place is called after the last line of the table before it, across resources; an item after the first line in it."""
    path = make_epub(
        tmp_path / "a.epub", {**FILES, "nav.xhtml": NAV}, ["a.xhtml", "b.xhtml", "c.xhtml"], properties={"nav.xhtml": "nav"}
    )
    publication = open_epub(path)

    assert ["One", "Two a", "Two a"] == list(publication.spine.contents().titles)
    assert ["One", "Two a", "Two a"] == [publication.title_at(1, offset) for offset in (0, 1, 4)]
    assert "Two a" == publication.title_at(2)


def test_navigation_that_is_broken(tmp_path: Path) -> None:
    """A table of contents that is missing, empty or no XML leaves the book readable, without titles."""
    for number, nav in enumerate(["", "rubbish", "<html/>", NAV[:400]]):
        path = make_epub(tmp_path / f"{number}.epub", {**FILES, "nav.xhtml": nav}, ["a.xhtml"], properties={"nav.xhtml": "nav"})
        publication = open_epub(path)

        assert "one" == publication.resource(0).document.text
        assert publication.spine.title(0) in {"", "One"}


def test_pages_of_a_real_book() -> None:
    """A real book's printed pages lead to places that exist."""
    publication = open_epub(shared("corpus", "idpf_childrens-literature.epub"))
    ids = publication.resource(2).document.ids
    label, href = publication.spine.page_list[-1]

    assert 92 == len(publication.spine.page_list)
    assert href.partition("#")[2] in ids
    assert label.isdigit()
