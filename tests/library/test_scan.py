"""A scan notes what is new, changed, moved and gone; ids and identifiers live on; the folders stay as they are."""

import os
import shutil
from pathlib import Path

import pytest

from tests.epubs import package
from tests.files import settled
from tests.library.room import Room, book


def counts(room: Room) -> tuple[int, int, int, int]:
    """Scan: added, changed, moved, missing."""
    report = room.scan()
    return report.added, report.changed, report.moved, report.missing


def test_first_and_second(room: Room) -> None:
    """What is there is added once; a second scan finds nothing new and writes nothing about the books."""
    book(room.books / "a.epub", "A")
    book(room.books / "deep/er/b.epub", "B")
    (room.books / "cover.jpg").write_bytes(b"")
    report = room.scan()
    before = room.found()

    assert (2, 2, 1, ()) == (report.files, report.added, report.other, report.problems)
    assert {"a.epub", "deep/er/b.epub"} == set(before)
    assert (0, 0, 0, 0) == counts(room)
    assert before == room.found()


def test_the_folder_is_not_written(room: Room) -> None:
    """Scanning changes nothing in the folder, not even a time, and works where it may not be written."""
    book(room.books / "a/b.epub")
    (room.books / "a").chmod(0o555)
    room.books.chmod(0o555)

    def state() -> list[tuple[str, int, int]]:
        return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_mode) for path in room.books.rglob("*"))

    before = state()
    try:
        assert (1, 0, 0, 0) == counts(room)
        assert before == state()
    finally:
        room.books.chmod(0o755)
        (room.books / "a").chmod(0o755)


def test_retagged_file(room: Room) -> None:
    """A file that was tagged anew keeps its id, has its new title, and is still known by its earlier bytes."""
    book(room.books / "a.epub", "Emma", uid="u1")
    room.scan()
    (before,) = room.found().values()
    book(room.books / "a.epub", "Emma, tagged anew", uid="u1", age=60)

    assert (0, 1, 0, 0) == counts(room)
    (after,) = room.found().values()
    assert (before.id, before.edition_id, before.added_at) == (after.id, after.edition_id, after.added_at)
    assert "Emma, tagged anew" == after.described.metadata.title
    earlier = dict(before.described.identifiers)["sha256"]
    assert ("sha256", earlier, False) in room.identifiers(after.id)
    assert ("sha256", dict(after.described.identifiers)["sha256"], True) in room.identifiers(after.id)


def test_another_book_of_the_same_name(room: Room) -> None:
    """Another book in the place of one is a publication of its own; the one before is history."""
    book(room.books / "book.epub", "Emma")
    room.scan()
    (before,) = room.found().values()
    book(room.books / "book.epub", "Dracula", age=60)

    assert 1 == room.scan().added
    (after,) = room.found().values()
    assert before.id != after.id
    assert room.kept(before.id).missing_since is not None


def test_touched_file(room: Room) -> None:
    """A file whose time changed and nothing else is the same publication, not a changed one."""
    path = book(room.books / "a.epub")
    room.scan()
    (before,) = room.found().values()
    settled(path, 60)

    assert (0, 0, 0, 0) == counts(room)
    assert before.id == room.found()["a.epub"].id


def test_moved_file(room: Room) -> None:
    """A file that was moved, renamed, or moved and tagged anew at once keeps its id."""
    book(room.books / "a.epub", "Emma", uid="u1")
    book(room.books / "b.epub", "Dracula", uid="u2")
    room.scan()
    before = room.found()
    (room.books / "new").mkdir()
    (room.books / "a.epub").rename(room.books / "new/emma.epub")
    (room.books / "b.epub").unlink()
    book(room.books / "new/dracula.epub", "Dracula!", uid="u2", age=60)

    assert (0, 0, 2, 0) == counts(room)
    after = room.found()
    assert (before["a.epub"].id, before["b.epub"].id) == (after["new/emma.epub"].id, after["new/dracula.epub"].id)


def test_swapped_files(room: Room) -> None:
    """Two files that swap their names keep their identities: each is found where the other was."""
    book(room.books / "a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    room.scan()
    (room.books / "a.epub").rename(room.books / "c")
    (room.books / "b.epub").rename(room.books / "a.epub")
    (room.books / "c").rename(room.books / "b.epub")
    room.scan()

    after = room.found()
    assert ("Dracula", "Emma") == (after["a.epub"].described.metadata.title, after["b.epub"].described.metadata.title)
    assert after["a.epub"].id != after["b.epub"].id


def test_copy(room: Room) -> None:
    """A copy beside the file is a publication of its own, of the same edition; so is a copy that was tagged anew."""
    path = book(room.books / "a.epub", "Emma", uid="u1")
    shutil.copy2(path, room.books / "copy.epub")
    book(room.books / "tagged.epub", "Emma!", uid="u1")
    book(room.books / "other.epub", "Emma", uid="u3")
    room.scan()
    found = room.found()

    assert 4 == len({publication.id for publication in found.values()})
    assert found["a.epub"].edition_id == found["copy.epub"].edition_id == found["tagged.epub"].edition_id
    assert found["a.epub"].edition_id != found["other.epub"].edition_id


def test_deleted_file(room: Room) -> None:
    """A deleted file leaves the lists and stays as history; the same file put back is the same publication."""
    path = book(room.books / "a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    room.scan()
    id_ = room.found()["a.epub"].id
    aside = room.books.parent / "aside.epub"
    path.rename(aside)

    assert (0, 0, 0, 1) == counts(room)
    assert {"b.epub"} == set(room.found())
    assert room.kept(id_).missing_since is not None
    aside.rename(path)
    assert (1, 0, 0, 0) == counts(room)
    assert id_ == room.found()["a.epub"].id


def test_deleted_and_found_elsewhere(room: Room) -> None:
    """A file that was missing for a while and comes back under another name is the same publication."""
    path = book(room.books / "a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    room.scan()
    id_ = room.found()["a.epub"].id
    path.rename(room.books.parent / "aside.epub")
    room.scan()
    (room.books.parent / "aside.epub").rename(room.books / "back.epub")

    assert (0, 0, 1, 0) == counts(room)
    assert id_ == room.found()["back.epub"].id


def test_between_folders(room: Room, tmp_path: Path) -> None:
    """A file that was moved to another folder of the library, or with its whole folder, keeps its id."""
    book(room.books / "a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    other = tmp_path / "other"
    other.mkdir()
    room.given(room.books, other)
    room.scan()
    before = {publication.id for publication in room.found().values()}
    (room.books / "a.epub").rename(other / "a.epub")
    reports = room.scan_all()
    assert [(0, 0), (1, 0)] == [(report.moved, report.missing) for report in reports]

    room.books.rename(tmp_path / "renamed")
    room.given(tmp_path / "renamed", other)
    room.scan()
    assert before == {publication.id for publication in room.found().values()}


def test_folder_that_is_not_given_any_more(room: Room, tmp_path: Path) -> None:
    """What is in a folder that the server is not given any more leaves the lists, and is back when it is given again."""
    book(room.books / "a.epub", "Emma")
    other = tmp_path / "other"
    book(other / "b.epub", "Dracula")
    room.scan()
    before = room.found()
    room.given(other)
    room.scan()
    assert {"b.epub"} == set(room.found())
    room.given(room.books)
    room.scan()
    assert before == room.found()


def test_calibre_folder(room: Room) -> None:
    """All files of one book's folder in a Calibre library are one edition; in other folders they are not."""
    folder = room.books / "Jane Austen/Emma (12)"
    book(folder / "Emma - Jane Austen.epub", "Emma", uid="u1")
    book(folder / "Emma - Jane Austen.kepub", "Emma", uid="u2")
    (folder / "metadata.opf").write_text("<package/>")
    book(room.books / "loose/x.epub", "X")
    book(room.books / "loose/y.epub", "Y")
    room.scan()
    editions = {path: publication.edition_id for path, publication in room.found().items()}

    assert 4 == len(editions)
    assert 3 == len(set(editions.values()))
    assert editions["loose/x.epub"] != editions["loose/y.epub"]


def test_calibre_metadata(room: Room) -> None:
    """What Calibre says of a book beside its files counts more than what stands in them, and is read again when it changes."""
    folder = room.books / "Jane Austen/Emma (12)"
    book(folder / "Emma - Jane Austen.epub", "emma_final_2", uid="u1")

    def say(title: str, age: int) -> None:
        opf = package([], metadata=f"<dc:title>{title}</dc:title><dc:identifier opf:scheme='ISBN'>9780141439587</dc:identifier>")
        (folder / "metadata.opf").write_text(opf)
        settled(folder / "metadata.opf", age)

    say("Emma", 60)
    room.scan()
    (before,) = room.found().values()
    assert "Emma" == before.described.metadata.title
    assert ("Jane Austen",) == tuple(person.name for person in before.described.metadata.authors)
    assert {("isbn", "9780141439587"), ("urn", "u1")} <= set(before.described.identifiers)
    assert (0, 0, 0, 0) == counts(room)
    say("Emma, a novel", 30)
    room.scan()
    (after,) = room.found().values()
    assert (before.id, "Emma, a novel") == (after.id, after.described.metadata.title)
    (folder / "metadata.opf").write_bytes(b"<!DOCTYPE x [<!ENTITY a 'b'>]><package>&a;")
    settled(folder / "metadata.opf", 20)
    room.scan()
    (last,) = room.found().values()
    assert (before.id, "emma_final_2") == (last.id, last.described.metadata.title)


def test_recordings(room: Room) -> None:
    """Several recordings in one directory are one audiobook, which changes with each of them."""
    tone = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 2000
    for name in ("1.mp3", "2.mp3"):
        (room.books / "Book").mkdir(exist_ok=True)
        (room.books / "Book" / name).write_bytes(tone)
        settled(room.books / "Book" / name)
    room.scan()
    (before,) = room.found().values()
    assert ("Book", "audiobook", 2 * len(tone)) == (before.path, before.described.kind.value, before.size)
    assert (0, 0, 0, 0) == counts(room)

    (room.books / "Book/3.mp3").write_bytes(tone)
    settled(room.books / "Book/3.mp3")
    room.scan()
    (after,) = room.found().values()
    assert (before.id, 3 * len(tone)) == (after.id, after.size)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_permission(room: Room) -> None:
    """A file that may not be read is skipped with that reason, and read as soon as it may."""
    path = book(room.books / "a.epub")
    path.chmod(0)
    room.scan()
    assert {"a.epub": "the file can't be read: Permission denied"} == room.skipped()
    path.chmod(0o644)
    assert (1, 0, 0, 0) == counts(room)
    assert {} == room.skipped()


def test_one_directory_of_calibre_is_one_edition(room: Room) -> None:
    """Files of one book's directory are one edition, in whatever order they and the metadata came there."""
    for number in (1, 2):
        book(room.books / f"Emma ({number})/emma.epub", f"Emma {number}", uid=f"first of {number}", text="one")
        book(room.books / f"Emma ({number})/other.epub", f"Emma again {number}", uid=f"second of {number}", text="two")
    loose = book(room.books / "loose.epub", "Loose")
    room.scan()
    assert 5 == len({publication.edition_id for publication in room.found().values()})
    for number in (1, 2):
        opf = room.books / f"Emma ({number})/metadata.opf"
        opf.write_text("<package xmlns='http://www.idpf.org/2007/opf'><metadata/></package>")
    room.scan()
    loose.rename(room.books / "Emma (1)/loose.epub")
    room.scan()
    editions = {path: publication.edition_id for path, publication in room.found().items()}

    assert 1 == len({edition for path, edition in editions.items() if path.startswith("Emma (1)/")})
    assert 1 == len({edition for path, edition in editions.items() if path.startswith("Emma (2)/")})
    assert 2 == len(set(editions.values()))
