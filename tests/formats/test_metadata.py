"""What a package says about its book is understood in the words of EPUB 2, of EPUB 3 and of calibre."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from placekeeper.domain.publication import Contributor, Identification, Metadata, Series
from placekeeper.formats.epub import open_epub
from placekeeper.formats.metadata import read_metadata
from placekeeper.formats.opf import read_package
from tests.epubs import package
from tests.shared import shared

IMAGES = '<item id="i" href="i.jpg" media-type="image/jpeg"/>'


def said(metadata: str, manifest: str = "") -> Metadata:
    """What is understood of the inside of a metadata element."""
    source = package(["a.xhtml"], metadata=metadata).replace("<manifest>", f"<manifest>{manifest}")
    return read_metadata(read_package(etree.fromstring(source.encode()), "OEBPS/content.opf"))


def test_epub_2() -> None:
    """Attributes say roles, sort names, schemes and events."""
    found = said(
        "<dc:title> The\n Title </dc:title>"
        '<dc:creator opf:role="aut" opf:file-as="Last, First">First Last</dc:creator>'
        '<dc:creator opf:role="ill">Painter</dc:creator>'
        '<dc:contributor opf:role="trl">Other</dc:contributor>'
        '<dc:identifier opf:scheme="ISBN" id="uid">9780000000002</dc:identifier>'
        '<dc:date opf:event="modification">2020</dc:date><dc:date opf:event="publication">1999</dc:date>'
        "<dc:language>en</dc:language><dc:language>fr</dc:language><dc:publisher>P</dc:publisher><dc:subject>S</dc:subject>"
        "<dc:subject/><dc:description>D &lt;b&gt;</dc:description>"
        '<meta name="calibre:series" content="A series"/><meta name="calibre:series_index" content="2.5"/>'
        '<meta name="calibre:title_sort" content="Title, The"/><meta name="cover" content="i"/>',
        IMAGES,
    )

    assert (
        Metadata(
            title="The Title",
            sort_title="Title, The",
            authors=(Contributor("First Last", "aut", "Last, First"), Contributor("Painter", "ill")),
            contributors=(Contributor("Other", "trl"),),
            series=(Series("A series", "2.5"),),
            languages=("en", "fr"),
            identifier="9780000000002",
            identifiers=(Identification("isbn", "9780000000002"),),
            description="D <b>",
            published="1999",
            publisher="P",
            subjects=("S",),
            cover="OEBPS/i.jpg",
        )
        == found
    )


def test_epub_3() -> None:
    """Elements of their own refine others."""
    found = said(
        '<dc:title id="s">Sub</dc:title><meta refines="#s" property="title-type">subtitle</meta>'
        '<dc:title id="m">Main</dc:title>'
        '<meta refines="#m" property="title-type">main</meta><meta refines="#m" property="file-as">M</meta>'
        '<dc:creator id="c">First Last</dc:creator>'
        '<meta refines="#c" property="role">ann</meta><meta refines="#c" property="role">aut</meta>'
        '<meta refines="#c" property="file-as">Last, First</meta><dc:identifier id="uid">urn:uuid:0B5E</dc:identifier>'
        '<meta property="belongs-to-collection" id="t">Saga</meta><meta refines="#t" property="collection-type">series</meta>'
        '<meta refines="#t" property="group-position">3</meta>'
        '<meta property="belongs-to-collection" id="u">Box</meta><meta refines="#u" property="collection-type">set</meta>'
        '<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta><dc:date>1999</dc:date>',
        '<item id="i" href="i.jpg" media-type="image/jpeg" properties="cover-image"/>',
    )

    assert ("Main", "Sub", "M", "1999", "2020-01-01T00:00:00Z") == (
        found.title, found.subtitle, found.sort_title, found.published, found.modified,
    )  # fmt: skip
    assert (Contributor("First Last", "aut", "Last, First"),) == found.authors
    assert (Series("Saga", "3"),) == found.series
    assert ("urn:uuid:0B5E", (Identification("uuid", "0B5E"),)) == (found.identifier, found.identifiers)
    assert "OEBPS/i.jpg" == found.cover


@pytest.mark.parametrize(
    ("metadata", "identifier"),
    [
        ("<dc:identifier>urn:isbn:978-0</dc:identifier>", Identification("isbn", "978-0")),
        ("<dc:identifier>ISBN:978-0</dc:identifier>", Identification("isbn", "978-0")),
        ("<dc:identifier>uuid:1</dc:identifier>", Identification("uuid", "1")),
        ('<dc:identifier opf:scheme="URI">http://a:1</dc:identifier>', Identification("uri", "http://a:1")),
        ("<dc:identifier>http://a</dc:identifier>", Identification("", "http://a")),
        ('<dc:identifier opf:scheme="UUID">urn:uuid:2</dc:identifier>', Identification("uuid", "2")),
    ],
)
def test_identifiers(metadata: str, identifier: Identification) -> None:
    """An identifier's scheme is found in its attribute, its URN or its prefix."""
    assert (identifier,) == said(metadata).identifiers


def test_statements_one_level_down() -> None:
    """The first EPUBs have their statements inside `dc-metadata` and `x-metadata`, with capitals."""
    found = said(
        '<dc-metadata><dc:Title>T</dc:Title></dc-metadata><x-metadata><meta name="calibre:series" content="S"/></x-metadata>'
    )

    assert ("T", (Series("S"),)) == (found.title, found.series)


def test_silence() -> None:
    """A package that says nothing has empty metadata."""
    assert Metadata() == said("")


PIECES = st.sampled_from([
    "<dc:title>", "</dc:title>", '<dc:title id="a">t</dc:title>', '<meta refines="#a" property="title-type">main</meta>',
    '<meta property="belongs-to-collection" id="a"/>', '<meta name="cover" content="i"/>', "<dc:identifier>urn::</dc:identifier>",
    "<dc:date/>", "<dc:creator>x<b>y</b></dc:creator>", '<meta refines="#" property="role">r</meta>', "<!-- -->", "text",
])  # fmt: skip


@settings(derandomize=True, max_examples=200)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_any_metadata(metadata: str) -> None:
    """Any mixture of statements is read, as long as it is XML at all."""
    source = f'<package xmlns:dc="u:dc"><metadata>{metadata}</metadata></package>'
    root = etree.fromstring(source, etree.XMLParser(recover=True))

    assert isinstance(read_metadata(read_package(root, "a.opf")), Metadata)


def test_a_retagged_book_of_the_corpus() -> None:
    """A real book with calibre's marks is understood."""
    path: Path = shared("corpus", "komga_incomplete-theft.epub")
    found = open_epub(path).metadata

    assert ("The Incomplete Theft", (Contributor("Ralph Burke", "aut", "Burke, Ralph"),)) == (found.title, found.authors)
    assert "cover.jpeg" == found.cover
