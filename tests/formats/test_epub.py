"""An EPUB is opened whatever its makers did to it, and says what is wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.errors import BadFile, NotAnEpub
from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.formats.limits import LIMITS
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Publication, Resource
from tests.epubs import CONTAINER, make_epub, make_zip, package, xhtml

TWO = {"a.xhtml": xhtml("<p>one</p>"), "b.xhtml": xhtml("<p>two</p>")}


def texts(publication: EpubPublication) -> list[str]:
    """The text of each resource, or why there is none."""
    found = []
    for item in publication.spine.items:
        try:
            found.append(publication.resource(item.index).document.text)
        except NoPlace as error:
            found.append(str(error))
    return found


def test_a_plain_book(tmp_path: Path) -> None:
    """A book has a reading order with steps, sizes and paths from the root, and a document for each resource."""
    publication: Publication = open_epub(make_epub(tmp_path / "a.epub", TWO))
    resource: Resource = publication.resource(1)

    assert [(0, 2, "OEBPS/a.xhtml"), (1, 4, "OEBPS/b.xhtml")] == [(i.index, i.step, i.href) for i in publication.spine.items]
    assert all(item.present and item.declared and item.readable and 0 < item.length < 500 for item in publication.spine.items)
    assert ("two", "xhtml", 6) == (resource.document.text, resource.parsed_as, publication.spine.step)
    assert TWO["a.xhtml"].encode() == publication.file("OEBPS/a.xhtml")
    assert publication.file("OEBPS/c.xhtml") is None
    assert () == open_epub(tmp_path / "a.epub").notes


def test_steps_count_every_element(tmp_path: Path) -> None:
    """The steps of EPUB CFI count foreign elements and itemrefs that lead nowhere, and no comments."""
    opf = package(
        ["a.xhtml", "b.xhtml"], ["<!-- c -->", "a.xhtml", '<x:y xmlns:x="u:x"/>', "nowhere", '<itemref id="r" idref="f1"/>']
    )
    opf = opf.replace("<manifest>", '<collection role="x"/><!-- c --><manifest>')
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf))

    assert 8 == publication.spine.step
    assert [(2, True, ""), (6, False, ""), (8, True, "r")] == [
        (i.step, i.declared, i.itemref_id) for i in publication.spine.items
    ]
    assert ["one", "resource 1 leads to nothing in the manifest: no text", "two"] == texts(publication)
    assert ("spine item 1 leads to nothing in the manifest",) == publication.notes


def test_the_first_of_two_manifest_items_with_one_id_counts(tmp_path: Path) -> None:
    """Where an id is given twice in the manifest, its first item counts, as in browsers."""
    opf = package(["a.xhtml", "b.xhtml"], ["f0", "f0"]).replace('id="f1"', 'id="f0"')

    assert ["one", "one"] == texts(open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf)))


def test_items_that_are_not_there(tmp_path: Path) -> None:
    """An item whose file is missing or elsewhere is listed, and has no text."""
    opf = package(["a.xhtml", "c.xhtml"]).replace(
        "</manifest>", '<item id="f2" href="http://example.org/" media-type="text/html"/></manifest>'
    )
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf.replace("</spine>", '<itemref idref="f2"/></spine>')))

    assert [True, False, False] == [item.present for item in publication.spine.items]
    assert "resource 1 ('OEBPS/c.xhtml') is not in the archive: no text" == texts(publication)[1]
    assert 2 == len(publication.notes)


def test_names_are_decoded(tmp_path: Path) -> None:
    """Paths are percent-decoded and lead up as well as down."""
    opf = package(["../caf%C3%A9%20%26.xhtml"])
    publication = open_epub(make_epub(tmp_path / "a.epub", {}, opf=opf, extra={"caf\u00e9 &.xhtml": xhtml("yes")}))

    assert "caf\u00e9 &.xhtml" == publication.spine.items[0].href
    assert ["yes"] == texts(publication)


@pytest.mark.parametrize("namespace", ["http://www.idpf.org/2007/opf", "http://openebook.org/namespaces/oeb-package/1.0/", ""])
def test_any_namespace(tmp_path: Path, namespace: str) -> None:
    """A package of any version and namespace is read, with any prefix."""
    opf = package(["a.xhtml"]).replace("http://www.idpf.org/2007/opf", namespace, 1).replace('version="3.0"', 'version="1.2"')

    assert ["one"] == texts(open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf.replace(' xmlns=""', ""))))


def test_a_package_with_prefixes(tmp_path: Path) -> None:
    """A package whose elements have a prefix is read like one without."""
    opf = package(["a.xhtml"]).replace("xmlns=", "xmlns:o=")
    for name in ("package", "manifest", "spine", "itemref", "item "):
        opf = opf.replace(f"<{name}", f"<o:{name}").replace(f"</{name}", f"</o:{name}")

    assert ["one"] == texts(open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf)))


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "cp1252"])
def test_packages_in_any_encoding(tmp_path: Path, codec: str) -> None:
    """A package in another encoding than UTF-8 is read as it declares itself."""
    opf = package(["\u00e9.xhtml"]).replace("utf-8", "windows-1252" if codec == "cp1252" else "utf-8").encode(codec)

    assert ["yes"] == texts(open_epub(make_epub(tmp_path / "a.epub", {"\u00e9.xhtml": xhtml("yes")}, opf=opf)))


def test_a_package_that_is_not_well_formed(tmp_path: Path) -> None:
    """A package with errors is read as far as it makes sense, and that is noted."""
    opf = package(["a.xhtml", "b.xhtml"]).replace("A book", "A & book &nbsp;")
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf))

    assert ["one", "two"] == texts(publication)
    assert ("'OEBPS/content.opf' is not well-formed: read as far as it makes sense",) == publication.notes


def test_linear_and_layout(tmp_path: Path) -> None:
    """What is not linear counts as well; layout is that of the item, else that of the package."""
    spine = [
        '<itemref idref="f0" linear="no"/>',
        '<itemref idref="f0" properties="page-spread-left rendition:layout-reflowable"/>',
        "a.xhtml",
    ]
    fixed = '<meta property="rendition:layout">pre-paginated</meta>'
    items = open_epub(make_epub(tmp_path / "a.epub", TWO, spine, metadata=fixed)).spine.items
    spine[1] = '<itemref idref="f0" properties="rendition:layout-pre-paginated"/>'
    others = open_epub(make_epub(tmp_path / "b.epub", TWO, spine)).spine.items

    assert [(False, True), (True, False), (True, True)] == [(item.linear, item.fixed) for item in items]
    assert [False, True, False] == [item.fixed for item in others]


def test_a_book_without_container(tmp_path: Path) -> None:
    """Without container.xml the only package document counts, and that is noted; of several none does."""
    files = {"deep/x.opf": package(["a.xhtml"]), "deep/a.xhtml": TWO["a.xhtml"]}
    publication = open_epub(make_zip(tmp_path / "a.epub", files))

    assert ["one"] == texts(publication)
    assert ("'META-INF/container.xml' is missing",) == publication.notes
    with pytest.raises(NotAnEpub, match="which of 2"):
        open_epub(make_zip(tmp_path / "b.epub", {**files, "y.opf": ""}))


@pytest.mark.parametrize("container", ["", "<container/>", "rubbish", CONTAINER.format(opf="elsewhere.opf")])
def test_a_container_that_leads_nowhere(tmp_path: Path, container: str) -> None:
    """A container without a package document that exists is as good as none."""
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, extra={"META-INF/container.xml": container}))

    assert ["one", "two"] == texts(publication)
    assert "'META-INF/container.xml' leads to no package document" in publication.notes


def test_several_rootfiles(tmp_path: Path) -> None:
    """Of several package documents in the container the first one counts; those of another type are none."""
    rootfiles = "".join(
        f'<rootfile full-path="{path}" media-type="{kind}"/>'
        for path, kind in [
            ("a.pdf", "application/pdf"),
            ("OEBPS/content.opf", "application/oebps-package+xml"),
            ("b.opf", "application/oebps-package+xml"),
        ]
    )
    container = (
        f'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>{rootfiles}</rootfiles></container>'
    )
    extra = {"META-INF/container.xml": container, "a.pdf": "", "b.opf": package([])}

    assert ["one", "two"] == texts(open_epub(make_epub(tmp_path / "a.epub", TWO, extra=extra)))


@pytest.mark.parametrize("opf", ["", "rubbish", "<html/>", b"\xff\xfe", package([]).replace("package", "parcel")])
def test_books_without_a_package(tmp_path: Path, opf: str | bytes) -> None:
    """A file without a package document that can be read is no EPUB."""
    with pytest.raises(NotAnEpub):
        open_epub(make_epub(tmp_path / "a.epub", TWO, opf=opf))


def test_a_book_without_spine(tmp_path: Path) -> None:
    """A package without reading order is opened: its metadata may be all that is left."""
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, opf="<package><metadata><title>t</title></metadata></package>"))

    assert () == publication.spine.items
    assert "t" == publication.metadata.title
    assert ("the package has no reading order: its spine is empty or missing",) == publication.notes


def test_resources_without_text(tmp_path: Path) -> None:
    """Images and the like have no text, numbers beyond the spine are no resources; each says so."""
    publication = open_epub(
        make_epub(
            tmp_path / "a.epub", {"a.png": b"", "b.svg": "<svg xmlns='http://www.w3.org/2000/svg'>x</svg>"}, ["a.png", "b.svg"]
        )
    )

    assert ["resource 0 ('OEBPS/a.png') is of type 'image/png': no text", "x"] == texts(publication)
    for index in (-1, 2):
        with pytest.raises(NoPlace, match="the spine has 2 items"):
            publication.resource(index)


@pytest.mark.parametrize(
    ("kind", "name"), [("text/x-oeb1-document", "a.htm"), ("", "a.xhtml"), ("application/octet-stream", "a.html")]
)
def test_media_types_of_old_books(tmp_path: Path, kind: str, name: str) -> None:
    """A content document is known by its name where its media type says nothing."""
    opf = package([name]).replace("application/xhtml+xml", kind)

    assert ["one"] == texts(open_epub(make_epub(tmp_path / "a.epub", {name: TWO["a.xhtml"]}, opf=opf)))


ENCRYPTED = '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="u:e">{}</encryption>'
DATA = '<e:EncryptedData><e:EncryptionMethod Algorithm="{}"/><e:CipherReference URI="{}"/></e:EncryptedData>'


def test_encrypted_text(tmp_path: Path) -> None:
    """Text that needs a key is no text, and is not given out; obfuscated fonts don't make a book encrypted."""
    said = DATA.format("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OEBPS/a.xhtml")
    said += DATA.format("http://www.idpf.org/2008/embedding", "OEBPS/f.otf") + DATA.format(
        "http://ns.adobe.com/pdf/enc#RC", "OEBPS/b.xhtml"
    )
    publication = open_epub(make_epub(tmp_path / "a.epub", TWO, extra={"META-INF/encryption.xml": ENCRYPTED.format(said)}))

    assert [False, True] == [item.readable for item in publication.spine.items]
    assert ["resource 0 ('OEBPS/a.xhtml') is encrypted (DRM): no text", "two"] == texts(publication)
    assert publication.file("OEBPS/a.xhtml") is None
    assert ("the text is encrypted (DRM)",) == publication.notes


def test_few_resources_are_kept(tmp_path: Path) -> None:
    """A publication keeps the resources that were asked for last, within a limit on their text; the latest is always kept."""
    files = {f"{number}.xhtml": xhtml("x" * 1_000) for number in range(6)}
    publication = open_epub(make_epub(tmp_path / "a.epub", files), replace(LIMITS, kept_characters=4_000))
    built = [publication.resource(number) for number in range(6)]

    assert built[5] is publication.resource(5)
    assert built[3] is publication.resource(3)
    assert built[2] is not publication.resource(2)
    small = open_epub(tmp_path / "a.epub", replace(LIMITS, kept_characters=1))
    assert small.resource(0) is small.resource(0)


@pytest.mark.parametrize("limit", ["document_bytes", "entry_bytes"])
def test_resources_over_the_limit(tmp_path: Path, limit: str) -> None:
    """A resource that is too large has no text; the reason names the limit, and the rest of the book is read."""
    files = {"a.xhtml": xhtml("x" * 5_000), "b.xhtml": xhtml("two")}
    publication = open_epub(make_epub(tmp_path / "a.epub", files), replace(LIMITS, **{limit: 4_000}))

    assert limit in texts(publication)[0]
    assert "two" == texts(publication)[1]
    assert limit in publication.notes[0]


def test_a_package_over_the_limit(tmp_path: Path) -> None:
    """A package document that is too large is refused with the limit's name."""
    path = make_epub(tmp_path / "a.epub", TWO)

    with pytest.raises(BadFile, match="markup_bytes"):
        open_epub(path, replace(LIMITS, markup_bytes=500))
