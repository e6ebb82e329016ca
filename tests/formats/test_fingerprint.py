"""A file is recognised by what others recognise it by: KOReader's digests, the reading order, the identifiers it carries."""

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Identification, Metadata
from placekeeper.formats.epub import open_epub
from placekeeper.formats.fingerprint import (
    OFFSETS,
    SAMPLE,
    declared,
    filename_md5,
    isbn13,
    koreader_partial_md5,
    mistaken,
    of_bytes,
    of_resources,
    sha256,
    structure,
)  # fmt: skip
from placekeeper.formats.opf import read_package
from tests.epubs import make_epub, xhtml
from tests.shared import shared

ISBN10 = st.from_regex(r"[0-9]{9}", fullmatch=True)


def patterned(size: int) -> bytes:
    """The test data of docs/protocols/kosync.md."""
    return bytes((number * 31 + (number >> 8)) % 256 for number in range(size))


@pytest.mark.parametrize(
    ("size", "digest"),
    [
        (500, "21f0df72cce9bc7da8dae2512ee5feed"),
        (1024, "f4cd1641040a17288bb6104d9e66bdb5"),
        (1025, "170a888db01c00d8fc3e5d8d84de5838"),
        (2048, "d0e59a0c7b893c3b8d6a9bddbd64e631"),
        (3000, "d0e59a0c7b893c3b8d6a9bddbd64e631"),
        (200_000, "1784b150454ef4cf6780ceb94af0386f"),
        (1_050_000, "0fca5c751677ecbc2dcfe80ea75ace32"),
    ],
)
def test_partial_md5_of_short_files(size: int, digest: str) -> None:
    """The last sample of a short file is cut, not padded, and what begins past the end is no sample."""
    assert digest == koreader_partial_md5(io.BytesIO(patterned(size)))


def test_partial_md5_has_twelve_samples(tmp_path: Path) -> None:
    """A file of a gigabyte and more has twelve samples, the first one at its beginning."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        for offset in OFFSETS:
            file.seek(offset)
            file.write(f"{offset:016d}".encode())
        file.truncate(1_073_742_848)
    with path.open("rb") as file:
        assert "266ff27c24919f4cec96f90f9b3231ca" == koreader_partial_md5(file)


@pytest.mark.parametrize(("folder", "column"), [("corpus", 3), ("corpus/damaged", 2)])
def test_partial_md5_of_real_files(folder: str, column: int) -> None:
    """KOReader's digests of all shared files are what KOReader says."""
    rows = [line.split("\t") for line in shared(folder, "README.tsv").read_text("utf-8").splitlines()[1:]]
    expected = {row[0]: row[column] for row in rows if shared(folder, row[0]).exists()}
    found = {name: dict(of_bytes(shared(folder, name)))["koreader-partial-md5"] for name in expected}

    assert expected == found


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=6000), st.integers(0, 5999))
def test_partial_md5_sees_samples_only(data: bytes, at: int) -> None:
    """The digest changes with a byte exactly where the byte is in a sample."""
    at %= len(data)
    changed = bytearray(data)
    changed[at] ^= 1
    sampled = any(offset <= at < offset + SAMPLE for offset in OFFSETS)

    assert sampled == (koreader_partial_md5(io.BytesIO(data)) != koreader_partial_md5(io.BytesIO(bytes(changed))))


def test_mistaken_digests(tmp_path: Path) -> None:
    """What programs make of KOReader's digest that got it wrong is known as well, as far as it differs."""
    data = patterned(5000)
    path = tmp_path / "a"
    path.write_bytes(data)
    expected = [
        data[256:1280] + data[1024:2048] + data[4096:],
        data[1024:2048] + data[4096:],
        data[:1024] + data[1024:2048] + data[4096:] + data[1024 + 904 : 2048],
    ]

    assert [hashlib.md5(variant).hexdigest() for variant in expected] == [value for _, value in mistaken(path)]
    path.write_bytes(b"short")
    assert [("koreader-partial-md5-mistaken", hashlib.md5(b"short".ljust(1024, b"\0")).hexdigest())] == mistaken(path)
    path.write_bytes(b"")
    assert [] == mistaken(path)


def test_digests_of_bytes_and_names(tmp_path: Path) -> None:
    """SHA-256 is that of the whole file; of several files, that of all their bytes; a name counts as its bytes."""
    data = patterned(3_000_000)
    path = tmp_path / "a"
    path.write_bytes(data)

    assert hashlib.sha256(data).hexdigest() == dict(of_bytes(path))["sha256"]
    assert hashlib.sha256(data + data).hexdigest() == sha256([path, path])
    assert hashlib.md5("Ä.epub".encode()).hexdigest() == filename_md5("Ä.epub")
    assert hashlib.md5(b"\xff.epub").hexdigest() == filename_md5("\udcff.epub")
    with pytest.raises(BadFile):
        of_bytes(tmp_path / "nowhere")


def package_structure(spine: str, manifest: str, identifiers: str, unique: str = "uid") -> str | None:
    """The structure digest of a package."""
    root = etree.fromstring(
        f'<package unique-identifier="{unique}"><metadata>{identifiers}</metadata><manifest>{manifest}</manifest>'
        f"<spine>{spine}</spine></package>"
    )
    return structure(read_package(root, "OEBPS/content.opf"))


def test_structure() -> None:
    """The structure digest is made of the unique identifier and the hrefs of the spine, as they are written."""
    manifest = '<item id="a" href="a%20b.xhtml#f"/><item id="c" href="../c.xhtml"/>'
    spine = '<itemref idref="c" linear="no"/><itemref idref="nothing"/><itemref idref="a"/><itemref idref="a"/>'
    identifiers = '<identifier id="other">2</identifier><identifier id="uid"> urn:x\n</identifier>'
    expected = hashlib.md5(b"urn:x\n../c.xhtml\na%20b.xhtml\na%20b.xhtml").hexdigest()

    assert expected == package_structure(spine, manifest, identifiers)
    assert hashlib.md5(b"2\n../c.xhtml").hexdigest() == package_structure('<itemref idref="c"/>', manifest, identifiers, "no")
    assert package_structure("", manifest, identifiers) is None


def test_what_stays_when_a_book_is_tagged_anew(tmp_path: Path) -> None:
    """Another title changes neither structure nor the digest of the resources; another sentence changes the latter."""

    def digests(title: str, sentence: str) -> tuple[str | None, str | None]:
        metadata = f'<dc:title>{title}</dc:title><dc:identifier id="uid">x</dc:identifier>'
        book = open_epub(make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml(sentence)}, metadata=metadata))
        entry = book.archive.entries["OEBPS/a.xhtml"]
        return structure(book.package), of_resources([(entry.CRC, entry.file_size)])

    first = digests("one", "It was.")

    assert first == digests("two", "It was.")
    assert first[0] == digests("one", "It is.")[0]
    assert first[1] != digests("one", "It is.")[1]


def test_a_retagged_book_of_the_corpus() -> None:
    """A real book and its copy with other tags have the same structure."""
    books = [open_epub(shared("corpus", f"pg_golden-harpoon{mark}.epub")) for mark in ("", "_retagged-1")]

    assert structure(books[0].package) == structure(books[1].package) != None  # noqa: E711 - one chain says it


@pytest.mark.parametrize(
    ("value", "said", "expected"),
    [
        ("9780141439518", False, "9780141439518"),
        ("978-0-14-143951-8", False, "9780141439518"),
        ("urn:isbn:9780141439518", False, "9780141439518"),
        ("ISBN 0-14-143951-3", False, "9780141439518"),
        ("0141439513", True, "9780141439518"),
        ("0141439513", False, None),
        ("0141439514", True, None),
        ("9780141439519", True, None),
        ("080442957X", True, "9780804429573"),
        ("080442957x", True, "9780804429573"),
        ("isbn", True, None),
        ("", True, None),
        ("9770141439518", False, None),
    ],
)
def test_isbn(value: str, expected: str | None, *, said: bool) -> None:
    """An ISBN is known by its check digit; one of ten digits only where it is called one."""
    assert expected == isbn13(value, said=said)


@settings(derandomize=True, max_examples=200)
@given(ISBN10)
def test_isbn_of_ten_digits(nine: str) -> None:
    """Of all check digits of ten one is right, and its ISBN of thirteen digits is read back."""
    found = [isbn for last in "0123456789X" if (isbn := isbn13(nine + last, said=True))]

    assert 1 == len(found)
    assert found[0] == isbn13(found[0])
    assert f"978{nine}" == found[0][:12]


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=30), st.booleans())
def test_any_isbn(value: str, said: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Anything is an ISBN of thirteen digits, or none."""
    found = isbn13(value, said=said)

    assert found is None or (found.isascii() and found.isdecimal() and len(found) == 13)


def test_declared() -> None:
    """The own identifier comes first; UUIDs and ISBNs have one spelling; a shop's number recognises nothing."""
    metadata = Metadata(
        identifier="URN:UUID:0B5E1E6C-0000-4000-8000-000000000000",
        identifiers=(
            Identification("uuid", "0B5E1E6C-0000-4000-8000-000000000000"),
            Identification("isbn", "0-14-143951-3"),
            Identification("mobi-asin", "B000"),
            Identification("doi", "10.1000/1"),
            Identification("", "http://a/1"),
        ),
    )

    assert [
        ("urn", "urn:uuid:0b5e1e6c-0000-4000-8000-000000000000"),
        ("urn", "urn:isbn:9780141439518"),
        ("urn", "doi:10.1000/1"),
        ("urn", "http://a/1"),
        ("isbn", "9780141439518"),
    ] == list(declared(metadata))
    assert [("urn", "mine")] == list(declared(Metadata(identifier="mine")))
    assert [] == list(declared(Metadata()))
