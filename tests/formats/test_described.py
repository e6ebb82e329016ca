"""Every sort of file is described, or refused with one clear line."""

import json
from pathlib import Path
from typing import Any

import pytest

from placekeeper.domain.errors import BadFile, LimitExceeded, NotAnArchive, NotAnEpub
from placekeeper.domain.publication import EMBEDDED, Contributor, Described, Identification, Kind, Metadata, Series
from placekeeper.formats.described import describe
from placekeeper.formats.limits import Limits
from tests.epubs import make_epub, make_zip, xhtml
from tests.formats.makers import mobi, mp3, pdf, picture, rar, seven_zip, with_chapters
from tests.shared import shared

COMIC_INFO = (
    "<ComicInfo><Title>Eins</Title><Series>S</Series><Number>1.5</Number><Year>1946</Year><Month>1</Month><Writer>A, B</Writer>"
    "<Colorist>C</Colorist><LanguageISO>de</LanguageISO><Manga>YesAndRightToLeft</Manga><Summary>D</Summary>"
    "<GTIN>9780141439518</GTIN></ComicInfo>"
)
TWO_BODIES = xhtml("<p>one</p></body><body><p>two</p>") + " " * 1000
PAGES = {
    "b/p10.jpg": b"10",
    "b/p2.PNG": b"2",
    "b/notes.txt": b"",
    "__MACOSX/b/._p2.PNG": b"",
    "b/.hidden.jpg": b"",
    "a.webp": b"0",
}
ACBF = (
    '<ACBF xmlns="http://www.acbf.info/xml/acbf/1.1"><meta-data><book-info><author><first-name>F</first-name><last-name>L</last-name>'
    '</author><author><nickname>N</nickname></author><book-title lang="en">T</book-title><sequence title="S">2</sequence>'
    '<languages><text-layer lang="en" show="false"/></languages></book-info></meta-data></ACBF>'
)
FB2 = (
    '<?xml version="1.0"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">'
    "<description><title-info><genre>sf</genre><author><first-name>F</first-name><last-name>L</last-name></author>"
    "<author><nickname>N</nickname></author><book-title>T</book-title><annotation><p>D</p></annotation><date>1999</date>"
    '<coverpage><image l:href="#c.jpg"/></coverpage><lang>ru</lang><sequence name="S" number="3"/>'
    "<translator><last-name>X</last-name></translator></title-info><document-info><id>my-id</id></document-info>"
    "<publish-info><publisher>P</publisher><year>2001</year><isbn>0-14-143951-3</isbn></publish-info></description>"
    "<body><p>{text}</p></body></FictionBook>"
)


def written(path: Path, data: bytes | str) -> Path:
    """A file with that content."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def seen(path: Path, **limits: int) -> Described:
    """What is said of a file that keeps its name."""
    return describe(path, path.name, Limits(**limits))


def value(described: Described, kind: str) -> str:
    """The only identifier of that kind."""
    (found,) = [value for name, value in described.identifiers if name == kind]
    return found


def test_epub(tmp_path: Path) -> None:
    """An EPUB has a link for each itemref; those that lead to nothing keep their number, without href."""
    spine = ["a.xhtml", '<itemref idref="nowhere"/>', '<itemref idref="f1" linear="no"/>', "gone.xhtml"]
    opf_files = {"a.xhtml": xhtml("one"), "b.xhtml": xhtml("two" * 1000), "my-cover.jpg": picture()}
    path = make_epub(tmp_path / "a b.epub", opf_files, spine)
    found = seen(path)

    assert (Kind.EPUB, "application/epub+zip") == (found.kind, found.media_type)
    assert ["OEBPS/a.xhtml", "", "OEBPS/b.xhtml", ""] == [link.href for link in found.reading_order]
    assert [True, True, False, True] == [link.linear for link in found.reading_order]
    assert all(link.length > 0 for link in found.reading_order if link.href)
    assert ["sha256", "koreader-partial-md5", "structure", "resources", "urn", "filename-md5"] == [
        name for name, _ in found.identifiers if not name.endswith("-mistaken")
    ]
    assert "OEBPS/my-cover.jpg" == found.metadata.cover
    assert "spine item 1 leads to nothing in the manifest" in found.notes


def test_files_with_several_bodies(tmp_path: Path) -> None:
    """A scan tells which files have a second body, damaged ones included; nothing where that would take long."""
    files = {"a.xhtml": TWO_BODIES, "b.xhtml": xhtml("b"), "c.xhtml": TWO_BODIES.upper()}
    path = make_epub(tmp_path / "a.epub", files, ["a.xhtml", "b.xhtml", "lost.xhtml", "c.xhtml", "a.xhtml"])
    size = sum(len(text.encode()) for text in files.values())

    assert (0, 3, 4) == seen(path).split
    assert (0, 3, 4) == seen(path, searched_bytes=size).split
    assert seen(path, searched_bytes=size - 1).split is None
    assert () == seen(path, entry_bytes=len(TWO_BODIES) - 1, searched_bytes=size).split


def test_a_file_without_title_is_called_by_its_name(tmp_path: Path) -> None:
    """Where nothing says a title, the name without its ending is one, also where it can't be written."""
    path = make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml("")}, metadata="")

    assert "My book. 2" == describe(path, "My_book. 2.epub").metadata.title
    assert "caf?" == describe(path, "caf\udcff.epub").metadata.title


def test_pdf(tmp_path: Path) -> None:
    """A PDF has a link for each page, and says title, authors and language in the older way."""
    found = seen(written(tmp_path / "a.pdf", pdf(3, title="T\n2", author="A; B", language="en-GB")))

    assert (Kind.PDF, "application/pdf", ()) == (found.kind, found.media_type, found.notes)
    assert ["#page=1", "#page=2", "#page=3"] == [link.href for link in found.reading_order]
    assert ("T 2", ["A", "B"], ("en-GB",)) == (
        found.metadata.title, [person.name for person in found.metadata.authors], found.metadata.languages,
    )  # fmt: skip


def test_pdf_with_xmp(tmp_path: Path) -> None:
    """XMP counts more, and is read as all foreign XML is: entities are not expanded."""
    xmp = (
        b'<?xpacket begin="" id="x"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b"<rdf:Description><dc:title><rdf:Alt><rdf:li>Better</rdf:li></rdf:Alt></dc:title>"
        b"<dc:creator><rdf:Seq><rdf:li>A &amp; B</rdf:li><rdf:li>&a;C</rdf:li></rdf:Seq></dc:creator>"
        b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    found = seen(written(tmp_path / "a.pdf", pdf(title="T", author="X", xmp=xmp))).metadata

    assert ("Better", ("A & B", "C")) == (found.title, tuple(person.name for person in found.authors))


def test_pdf_with_a_password(tmp_path: Path) -> None:
    """A PDF that needs a password is in the library; its pages are not known."""
    found = seen(written(tmp_path / "a.pdf", pdf(password="secret")))

    assert (("the PDF is encrypted with a password",), (), "a") == (found.notes, found.reading_order, found.metadata.title)


def test_broken_pdf(tmp_path: Path) -> None:
    """A PDF that makes no sense, or has more pages than allowed, is refused in one line."""
    with pytest.raises(BadFile, match=r"^no PDF that can be read: [^\n]*$"):
        seen(written(tmp_path / "a.pdf", b"%PDF-1.4\nnothing"))
    with pytest.raises(LimitExceeded, match=r"^pages: "):
        seen(written(tmp_path / "b.pdf", pdf(3)), pages=2)


def test_comic_with_comic_info(tmp_path: Path) -> None:
    """A CBZ has its images in the order in which people number them, and ComicInfo.xml says what it is."""
    found = seen(make_zip(tmp_path / "a.cbz", {**PAGES, "ComicInfo.xml": COMIC_INFO}))

    assert (Kind.COMIC, "application/vnd.comicbook+zip") == (found.kind, found.media_type)
    assert [("a.webp", "image/webp"), ("b/p2.PNG", "image/png"), ("b/p10.jpg", "image/jpeg")] == [
        (link.href, link.media_type) for link in found.reading_order
    ]
    assert Metadata(
        title="Eins", authors=(Contributor("A", "aut"), Contributor("B", "aut")), contributors=(Contributor("C", "clr"),),
        series=(Series("S", "1.5"),), languages=("de",), identifiers=(Identification("", "9780141439518"),), description="D",
        published="1946-01", direction="rtl",
    ) == found.metadata  # fmt: skip
    assert "9780141439518" == value(found, "isbn")


def test_comic_with_acbf(tmp_path: Path) -> None:
    """The advanced comic book format is understood as well."""
    found = seen(make_zip(tmp_path / "a.cbz", {**PAGES, "x/a.acbf": ACBF})).metadata

    assert ("T", ["F L", "N"], (Series("S", "2"),), ("en",)) == (
        found.title, [person.name for person in found.authors], found.series, found.languages,
    )  # fmt: skip


def test_a_comic_tagged_anew_has_the_same_structure(tmp_path: Path) -> None:
    """ComicInfo.xml and the names of pages don't matter to the structure of a comic, its images do."""
    first = seen(make_zip(tmp_path / "a.cbz", {"1.jpg": b"a", "2.jpg": b"b"}))
    renamed = seen(make_zip(tmp_path / "b.cbz", {"x/001.jpg": b"a", "x/002.jpg": b"b", "ComicInfo.xml": COMIC_INFO}))
    other = seen(make_zip(tmp_path / "c.cbz", {"1.jpg": b"a", "2.jpg": b"c"}))

    assert value(first, "structure") == value(renamed, "structure") != value(other, "structure")


def test_comics_in_other_archives(tmp_path: Path) -> None:
    """RAR and 7z comics are read as zip comics are, whatever their ending says."""
    files = {"p10.jpg": b"10", "p2.jpg": b"2", "../evil.jpg": b"", "ComicInfo.xml": COMIC_INFO.encode()}
    found = [
        seen(written(tmp_path / "a.cbz", rar(files))),
        seen(seven_zip(tmp_path / "a.cb7", {name: data for name, data in files.items() if ".." not in name})),
    ]

    assert ["application/vnd.comicbook-rar", "application/x-cb7"] == [one.media_type for one in found]
    assert [["p2.jpg", "p10.jpg"]] * 2 == [[link.href for link in one.reading_order] for one in found]
    assert ["Eins", "Eins"] == [one.metadata.title for one in found]
    assert value(found[0], "structure") == value(found[1], "structure")
    assert "'../evil.jpg'" in found[0].notes[0]


@pytest.mark.parametrize("data", [b"Rar!\x1a\x07\x00" + b"\0" * 40, b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, rar({})])
def test_broken_comics(tmp_path: Path, data: bytes) -> None:
    """An archive that can't be read, or has no images, is refused in one line."""
    with pytest.raises(BadFile, match=r"^[^\n]*$"):
        seen(written(tmp_path / "a.cbr", data))


def manifest(**more: Any) -> dict[str, Any]:
    """A Readium audiobook of two tracks."""
    order = [{"href": "a%20b.mp3", "type": "audio/mpeg", "duration": 61.5, "title": "One"}, {"href": "c.mp3", "duration": 2}]
    return {"metadata": {"title": {"en": "T", "de": "U"}, **more}, "readingOrder": order}


def test_readium_audiobook(tmp_path: Path) -> None:
    """A Readium audiobook: durations, people in any of their forms, contents; a missing track keeps its number."""
    about = manifest(
        author={"name": "First Last", "sortAs": "Last, First"},
        narrator=["N", {"name": {"en": "M"}}],
        language=["en", "fr"],
        belongsTo={"series": {"name": "S", "position": 2}},
        identifier="urn:isbn:9780141439518",
    ) | {
        "toc": [{"href": "a%20b.mp3#t=30", "title": "1", "children": [{"href": "c.mp3", "title": "2"}]}],
        "resources": [{"rel": ["cover"], "href": "c.jpg", "type": "image/jpeg"}],
    }
    path = make_zip(tmp_path / "a.audiobook", {"manifest.json": json.dumps(about), "a b.mp3": b"1", "c.jpg": b""})
    found = seen(path)

    assert (Kind.AUDIOBOOK, "application/audiobook+zip", "c.jpg") == (found.kind, found.media_type, found.metadata.cover)
    assert [("a b.mp3", 61.5, "One"), ("", 2.0, "")] == [(link.href, link.duration, link.title) for link in found.reading_order]
    assert [("a b.mp3#t=30", "1"), ("c.mp3", "2")] == [(link.href, link.title) for link in found.contents]
    assert ("T", (Contributor("First Last", "aut", "Last, First"),), ("en", "fr"), (Series("S", "2"),)) == (
        found.metadata.title, found.metadata.authors, found.metadata.languages, found.metadata.series,
    )  # fmt: skip
    assert (Contributor("N", "nrt"), Contributor("M", "nrt")) == found.metadata.contributors
    assert ("resource 1 is missing: there is no 'c.mp3' in the archive",) == found.notes
    assert "9780141439518" == value(found, "isbn")


def test_packages_of_the_corpus() -> None:
    """Readium's and W3C's package of the same recordings agree on durations and structure, and nearly on the MP4's."""
    readium, lpf, mp4 = (seen(shared("corpus", f"flatland_tones.{ending}")) for ending in ("audiobook", "lpf", "m4b"))

    assert [61.0, 45.5, 90.25, 30.0, 75.0] == [link.duration for link in readium.reading_order]
    assert [link.duration for link in readium.reading_order] == [link.duration for link in lpf.reading_order]
    assert value(readium, "structure") == value(lpf, "structure")
    assert ["Edwin Abbott Abbott"] * 3 == [one.metadata.authors[0].name for one in (readium, lpf, mp4)]
    assert abs(mp4.reading_order[0].duration - 301.75) < 0.1


@pytest.mark.parametrize("lost", [b"", b"chpl"])
def test_chapters(tmp_path: Path, lost: bytes) -> None:
    """The chapters of an MP4 come from Nero's list, or from the text track that Apple's players read."""
    data = shared("corpus", "flatland_tones.m4b").read_bytes()
    found = seen(written(tmp_path / "a.m4b", data.replace(lost, b"free") if lost else data))
    starts = ["", "61", "106.5", "196.75", "226.75"]

    assert [f"a.m4b#t={start or 0}" for start in starts] == [link.href for link in found.contents]
    assert [f"Part {number}" for number in range(1, 6)] == [link.title for link in found.contents]


def test_mp3(tmp_path: Path) -> None:
    """An MP3 is an audiobook of one track, with what its tags say."""
    data = mp3(10, TIT2="T", TPE1="A/B", TCOM="N", TALB="Whole", TYER="1999")
    found = seen(written(tmp_path / "a.mp3", data))

    assert (Kind.AUDIOBOOK, "audio/mpeg", "T", "1999") == (
        found.kind, found.media_type, found.metadata.title, found.metadata.published,
    )  # fmt: skip
    assert ["A", "B"] == [person.name for person in found.metadata.authors]
    assert (Contributor("N", "nrt"),) == found.metadata.contributors
    assert ["a.mp3"] == [link.href for link in found.reading_order]
    assert abs(found.reading_order[0].duration - 10) < 0.2


@pytest.mark.parametrize("version", [3, 4])
def test_mp3_with_chapters(tmp_path: Path, version: int) -> None:
    """The chapters of an MP3 come from its ID3 tag, by time, however long their titles are."""
    data = with_chapters(mp3(10), (5_250, "Zwei " + "x" * 200), (0, "Eins"), version=version)
    found = seen(written(tmp_path / "a.mp3", data))

    assert [("a.mp3#t=0", "Eins"), ("a.mp3#t=5.25", "Zwei " + "x" * 200)] == [(link.href, link.title) for link in found.contents]
    assert "Whole" == found.metadata.title


def test_folder_of_recordings(tmp_path: Path) -> None:
    """A folder of recordings is one audiobook: tracks in natural order, called as the album."""
    folder = tmp_path / "Some book"
    folder.mkdir()
    for number, seconds in ((2, 2), (10, 3), (1, 1)):
        written(folder / f"Track {number}.mp3", mp3(seconds, TIT2=f"Part {number}", TALB="Whole", TPE1="A"))
    written(folder / "cover.txt", b"")
    written(folder / "broken.mp3", b"")
    written(folder / "The whole.m4b", b"")
    (folder / "link.mp3").symlink_to(folder / "Track 1.mp3")
    found = describe(folder, folder.name)

    assert ["Track 1.mp3", "Track 2.mp3", "Track 10.mp3"] == [link.href for link in found.reading_order]
    assert ["Part 1", "Part 2", "Part 10"] == [link.title for link in found.reading_order]
    assert [1, 2, 3] == [round(link.duration) for link in found.reading_order]
    assert ("Whole", "A") == (found.metadata.title, found.metadata.authors[0].name)
    assert 64 == len(value(found, "sha256"))
    assert "'broken.mp3'" in found.notes[0]


def test_folder_without_recordings(tmp_path: Path) -> None:
    """A folder without recordings, or with too many, is refused."""
    with pytest.raises(BadFile, match=r"has no recordings"):
        describe(tmp_path, tmp_path.name)
    written(tmp_path / "a.mp3", mp3())
    with pytest.raises(LimitExceeded, match=r"^recordings: "):
        describe(tmp_path, tmp_path.name, Limits(recordings=0))


@pytest.mark.parametrize("zipped", [False, True])
def test_fb2(tmp_path: Path, *, zipped: bool) -> None:
    """A FictionBook says what it is in its description; the rest is its structure."""
    source = FB2.replace("{text}", "Hello")
    path = make_zip(tmp_path / "a.fb2.zip", {"a.fb2": source}) if zipped else written(tmp_path / "a.fb2", source)
    found = seen(path)

    assert (Kind.FICTIONBOOK, ["a.fb2"]) == (found.kind, [link.href for link in found.reading_order])
    assert Metadata(
        title="T", authors=(Contributor("F L", "aut", "L, F"), Contributor("N", "aut")), contributors=(Contributor("X", "trl"),),
        series=(Series("S", "3"),), languages=("ru",), identifier="my-id",
        identifiers=(Identification("", "my-id"), Identification("isbn", "0-14-143951-3")), description="D", published="2001",
        publisher="P", subjects=("sf",), cover="c.jpg",
    ) == found.metadata  # fmt: skip
    assert "9780141439518" == value(found, "isbn")
    retagged = seen(written(tmp_path / "b.fb2", source.replace("<book-title>T", "<book-title>U")))
    assert value(found, "structure") == value(retagged, "structure")


def test_mobi(tmp_path: Path) -> None:
    """The header of a Kindle file says title, author and language; the text is not read."""
    data = mobi(
        "Short", {100: "A", 503: "Long title", 104: "0141439513", 524: "en", 106: "1999"}, version=8, pictures=(picture(),)
    )
    found = seen(written(tmp_path / "a.azw3", data))

    assert (Kind.PLAIN, "application/vnd.amazon.mobi8-ebook", ()) == (found.kind, found.media_type, found.reading_order)
    assert Metadata(
        title="Long title", authors=(Contributor("A", "aut"),), languages=("en",),
        identifiers=(Identification("isbn", "0141439513"),), published="1999", cover=EMBEDDED,
    ) == found.metadata  # fmt: skip
    assert "Short" == seen(written(tmp_path / "b.mobi", mobi("Short"))).metadata.title


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"text"),
        ("a.epub", b""),
        ("a.pdf", b"text"),
        ("a.mobi", b"text"),
        ("a.cbr", b"\0" * 100),
        ("a.mp3", b""),
        ("a", b""),
    ],
)
def test_unknown_files(tmp_path: Path, name: str, data: bytes) -> None:
    """What is no kind of file that is read here is refused, whatever it is called."""
    with pytest.raises(BadFile, match=r"^not a kind of file that is read here$|^the archive's directory is missing"):
        seen(written(tmp_path / name, data))


def test_unknown_archives(tmp_path: Path) -> None:
    """A zip archive of something else is refused."""
    with pytest.raises(BadFile, match=r"^not a kind of file"):
        seen(make_zip(tmp_path / "a.zip", {"word/document.xml": "<a/>"}))
    with pytest.raises(BadFile, match=r"^not a kind of file"):
        seen(make_zip(tmp_path / "a.zip", {"manifest.json": json.dumps({"readingOrder": ["a.html"]}), "a.html": ""}))
    with pytest.raises(BadFile, match=r"is no JSON"):
        seen(make_zip(tmp_path / "a.lpf", {"publication.json": "["}))


def test_damaged_epubs_are_no_comics(tmp_path: Path) -> None:
    """An EPUB without package is refused as such, also where it has pictures."""
    with pytest.raises(NotAnEpub):
        seen(make_zip(tmp_path / "a.epub", {"mimetype": "application/epub+zip", "a.xhtml": xhtml(""), "b.jpg": picture()}))


def test_missing_files(tmp_path: Path) -> None:
    """A file that is not there is a bad file, without its path in the message."""
    with pytest.raises(BadFile, match=r"^the file can't be read: No such file or directory$"):
        seen(tmp_path / "a.epub")


def test_the_whole_corpus() -> None:
    """Every shared file is described with title and identifiers, or refused with one line; the damaged ones as well."""
    refused: dict[str, str] = {}
    for path in sorted(shared("corpus").rglob("*")):
        if not path.is_file():
            continue
        try:
            found = seen(path)
        except BadFile as error:
            refused[path.name] = f"{type(error).__name__}: {error}"
            continue
        assert found.metadata.title
        assert {"sha256", "koreader-partial-md5", "filename-md5"} <= {kind for kind, _ in found.identifiers}
        assert found.reading_order or found.kind is Kind.PLAIN

    assert refused.pop("truncated.epub").startswith(NotAnArchive.__name__)
    assert not any("\n" in line for line in refused.values())
    assert {".tsv", ".json"} == {Path(name).suffix for name in refused}
