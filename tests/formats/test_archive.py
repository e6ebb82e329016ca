"""Archives are read within limits, and nothing in them leads outside."""

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.errors import BadFile, DamagedEntry, LimitExceeded, NotAnArchive
from placekeeper.formats.archive import Archive
from placekeeper.formats.limits import LIMITS
from tests.epubs import make_zip


def damaged(path: Path, name: str, at: float, flip: int = 0xFF) -> Path:
    """The archive with one byte of an entry's packed data changed, `at` being where in it (0 to 1)."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(name)
    name_length, extra_length = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_length + extra_length
    data[start + int(entry.compress_size * at)] ^= flip
    path.write_bytes(data)
    return path


def declaring(path: Path, offset: int, value: int) -> Path:
    """The archive with a 32-bit number in its first directory entry replaced."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + offset, value)
    path.write_bytes(data)
    return path


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """An archive with one deflated entry of 9,000 different lines."""
    return make_zip(tmp_path / "one.zip", {"a.txt": "".join(f"line {number}\n" for number in range(9_000))})


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("text/a b.xhtml", "text/a b.xhtml"),
        ("text/a b.xhtml", "text/a%20b.xhtml"),
        ("text/a%20b.xhtml", "text/a b.xhtml"),
        ("text/a.xhtml", "text/../text/./a.xhtml"),
        ("Text/A.xhtml", "text/a.xhtml"),
        ("text/caf\u00e9.xhtml", "text/cafe\u0301.xhtml"),
        ("text/%C3%A9.xhtml", "text/\u00e9.xhtml"),
        ("text\\a.xhtml", "text/a.xhtml"),
        ("./text/a.xhtml", "text/a.xhtml"),
        ("100%.xhtml", "100%.xhtml"),
    ],
)
def test_entries_are_found_as_they_are_meant(tmp_path: Path, stored: str, asked: str) -> None:
    """An entry is found through percent-encoding, dots, other case and Unicode form, and backslashes of its maker."""
    archive = Archive(make_zip(tmp_path / "a.zip", {stored: "yes"}))
    path = archive.find(asked)

    assert path is not None
    assert b"yes" == archive.read(path).data


def test_names_in_utf_8_without_the_flag_that_says_so(tmp_path: Path) -> None:
    """A name that is UTF-8 is found although the archive claims code page 437."""
    path = make_zip(tmp_path / "a.zip", {"caf\u00e9.xhtml": "yes"})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + offset, 0)
    path.write_bytes(data)
    archive = Archive(path)

    assert archive.find("caf\u00e9.xhtml") in archive.entries


def test_an_ambiguous_name_is_not_guessed(tmp_path: Path) -> None:
    """Where two entries differ in case only, each is found by its exact name, and neither by a third spelling."""
    archive = Archive(make_zip(tmp_path / "a.zip", {"a.css": "1", "A.css": "2"}))

    assert ("a.css", "A.css", None) == (archive.find("a.css"), archive.find("A.css"), archive.find("a.CSS"))


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "C:/a", "C:\\a", "..\\a", "a/.."])
def test_names_that_lead_outside_are_passed_over(tmp_path: Path, name: str) -> None:
    """An entry whose name leads out of the archive does not exist for us, and is noted."""
    archive = Archive(make_zip(tmp_path / "a.zip", {name: "evil", "b": "good"}))

    assert ["b"] == list(archive.entries)
    assert 1 == len(archive.notes.lines)


def test_links_are_passed_over(tmp_path: Path) -> None:
    """A symbolic link in an archive does not exist for us, and is noted."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    archive = Archive(path)

    assert {} == archive.entries
    assert ("an entry is passed over: 'link' is a symbolic link",) == archive.notes.lines


def test_the_last_of_two_entries_with_one_name_counts(tmp_path: Path) -> None:
    """Two entries of the same name are noted, and the last one is read."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", "first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("a", "last")
    archive = Archive(path)

    assert b"last" == archive.read("a").data
    assert ("two entries are named 'a': the last one counts",) == archive.notes.lines


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + b"\0" * 10])
def test_other_files(tmp_path: Path, data: bytes) -> None:
    """What is no zip archive is refused as such."""
    (tmp_path / "a").write_bytes(data)

    with pytest.raises((NotAnArchive, LimitExceeded)):
        Archive(tmp_path / "a")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing file and a folder are refused with the error of all bad files."""
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(BadFile, match="can't be read"):
            Archive(path)


def test_an_archive_that_is_cut_off_is_refused(one: Path) -> None:
    """An archive without its end is no archive: its directory was there."""
    one.write_bytes(one.read_bytes()[:-30])

    with pytest.raises(NotAnArchive, match="cut off"):
        Archive(one)


def test_text_before_the_archive(one: Path) -> None:
    """What stands before an archive (a self-extracting program) does not disturb."""
    one.write_bytes(b"#!/bin/sh\n" * 100 + one.read_bytes())

    assert Archive(one).read("a.txt").data.startswith(b"line 0\nline 1\n")


def test_a_broken_stream_gives_what_comes_before(one: Path) -> None:
    """An entry that is damaged in the middle is given up to there, with a line that says how much."""
    whole = Archive(one).read("a.txt").data
    unpacked = Archive(damaged(one, "a.txt", 0.5)).read("a.txt")

    assert 1_000 < len(unpacked.data)
    assert whole[:1_000] == unpacked.data[:1_000]
    assert unpacked.damage.startswith("'a.txt' is damaged: ")


def test_an_entry_that_breaks_at_once_is_refused(one: Path) -> None:
    """An entry of which nothing can be had is an error of its own, and names the entry."""
    with pytest.raises(DamagedEntry, match=r"'a.txt' is damaged: nothing"):
        Archive(damaged(one, "a.txt", 0, 0x07)).read("a.txt")


def test_a_wrong_checksum_is_noted(tmp_path: Path) -> None:
    """Stored bytes that don't match their checksum are given, with a line that says so."""
    path = make_zip(tmp_path / "a.zip", {"a": "0123456789"}, stored=["a"])
    unpacked = Archive(damaged(path, "a", 0.5, 1)).read("a")

    assert (b"0123446789", "'a' is damaged: its checksum is wrong") == (unpacked.data, unpacked.damage)


@pytest.mark.parametrize(("size", "told"), [(10, "longer than"), (1_000_000, "bytes could be read"), (0, "longer than")])
def test_declared_sizes_are_not_trusted(one: Path, size: int, told: str) -> None:
    """An entry that inflates to more than it says is cut there; one that inflates to less is given; both are noted."""
    unpacked = Archive(declaring(one, 24, size)).read("a.txt")

    assert len(unpacked.data) <= size
    assert told in unpacked.damage


def test_a_packed_size_that_is_a_lie(one: Path) -> None:
    """A packed size of gigabytes in a small file costs nothing."""
    assert "" == Archive(declaring(one, 20, 0xFFFFFF00)).read("a.txt").damage


@pytest.mark.parametrize("offset", [0, 1, 100, 0x7FFFFFFF])
def test_an_entry_that_is_not_where_the_directory_says(one: Path, offset: int) -> None:
    """A wrong offset is an error of the entry, or of the archive; it never reads something else."""
    try:
        data = Archive(declaring(one, 42, offset)).read("a.txt").data
    except (DamagedEntry, NotAnArchive):
        return

    assert data.startswith(b"line 0\n")


@pytest.mark.parametrize(
    ("field", "value", "told"), [(8, b"\x01\x00", "password"), (10, b"\x0c\x00", "method"), (10, b"\x63\x00", "method")]
)
def test_entries_that_epub_does_not_have(one: Path, field: int, value: bytes, told: str) -> None:
    """An entry with a password, or compressed by another method than deflate, is refused."""
    data = bytearray(one.read_bytes())
    at = data.index(b"PK\x01\x02") + field
    data[at : at + 2] = value
    one.write_bytes(data)

    with pytest.raises(DamagedEntry, match=told):
        Archive(one).read("a.txt")


def test_an_entry_over_the_limit_is_refused(one: Path) -> None:
    """An entry that says it is too large is not even begun."""
    with pytest.raises(LimitExceeded, match="entry_bytes"):
        Archive(one, replace(LIMITS, entry_bytes=10_000)).read("a.txt")


def test_an_entry_that_inflates_too_well_is_refused(tmp_path: Path) -> None:
    """An entry that is hundreds of times larger than what is packed is a bomb, unless it is small."""
    path = make_zip(tmp_path / "a.zip", {"bomb": bytes(5 << 20), "small": bytes(1 << 20)})

    assert bytes(1 << 20) == Archive(path).read("small").data
    with pytest.raises(LimitExceeded, match="ratio"):
        Archive(path).read("bomb")


@pytest.mark.parametrize("limit", ["entries", "directory_bytes", "total_bytes"])
def test_archives_over_the_limit_are_refused(one: Path, limit: str) -> None:
    """Limits on a whole archive hold before anything is read; the message names the limit."""
    with pytest.raises(LimitExceeded, match=limit):
        Archive(one, replace(LIMITS, **{limit: 0}))


def test_long_names_are_passed_over(tmp_path: Path) -> None:
    """An entry with a name beyond the limit does not exist for us, and is noted."""
    archive = Archive(make_zip(tmp_path / "a.zip", {"x" * 2_000: "1", "y": "2"}))

    assert ["y"] == list(archive.entries)
    assert "name_characters" in archive.notes.lines[0]


def test_notes_have_an_end(tmp_path: Path) -> None:
    """However much is wrong, the notes stay short and say how many more there would be."""
    archive = Archive(make_zip(tmp_path / "a.zip", {f"../{number}": "" for number in range(250)}))

    assert LIMITS.notes + 1 == len(archive.notes.lines)
    assert "and 150 more" == archive.notes.lines[-1]
