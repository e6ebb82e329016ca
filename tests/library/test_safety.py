"""Nothing outside the folders is read or served, whatever lies in them; what is not there for a while is not lost."""

import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.errors import BadFile, NotFound, StillChanging
from placekeeper.domain.publication import Publication
from placekeeper.domain.shelf import Query
from placekeeper.formats import folder as disk
from placekeeper.formats.folder import on_disk, written
from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import NoPlace
from placekeeper.services.scanning import READER
from tests.epubs import make_zip
from tests.formats import makers
from tests.library.room import Room, book, principal, settled
from tests.shared import shared

ODD_NAMES = [
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}.epub".encode(),
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}.epub".encode("latin-1"),
    "\N{REPLACEMENT CHARACTER}e9.epub".encode(),
    b"\xff\xfe.epub",
    b"a\nb\t\x1b[31m.epub",
    b" .epub",
    b"%2e%2e%2f.epub",
    b"-rf *.epub",
    "\N{RIGHT-TO-LEFT OVERRIDE}bupe.epub".encode(),
    b"x" * 250 + b".epub",
]


def read(room: Room, publication: Publication) -> bytes:
    with room.play(room.library.opened(publication)) as file:
        return file.read()


@pytest.mark.parametrize("away", ["removed", "emptied", "a file", "stripped"])
def test_vanished_folder(room: Room, away: str) -> None:
    """A folder that is gone, empty, no folder, or without a book loses nothing: it is reported, and all is as it was."""
    book(room.books / "a.epub", "Emma")
    book(room.books / "deep/b.epub", "Dracula")
    room.scan()
    before, disk_away = room.found(), room.books.parent / "away"
    room.books.rename(disk_away)
    if away in {"emptied", "stripped"}:
        room.books.mkdir()
    if away == "stripped":
        (room.books / "readme.txt").write_text("mount the disk here")
    if away == "a file":
        room.books.write_text("no folder")
    report = room.scan()

    assert (0, 1) == (report.missing, len(report.problems))
    assert before == room.found()
    with pytest.raises(NotFound):
        read(room, before["a.epub"])
    room.books.unlink() if away == "a file" else shutil.rmtree(room.books, ignore_errors=True)
    disk_away.rename(room.books)
    report = room.scan()
    assert (2, 0, ()) == (report.files, report.added, report.problems)
    assert before == room.found()


def test_vanished_folder_beside_another(room: Room, tmp_path: Path) -> None:
    """While one folder's disk is away, changes in another are seen, and a copy there does not take the absent one's identity."""
    book(room.books / "a.epub", "Emma")
    other = tmp_path / "other"
    other.mkdir()
    room.given(room.books, other)
    room.scan()
    (before,) = room.found().values()
    room.books.rename(tmp_path / "away")
    book(other / "copy.epub", "Emma")
    room.scan()
    copy = room.found()["copy.epub"]

    assert before.id != copy.id
    assert before.edition_id == copy.edition_id
    assert room.kept(before.id).missing_since is None


def test_disk_within_the_folder(room: Room) -> None:
    """Where a disk of its own was in the folder and is not now, what was on it is kept; where it is there, files can go."""
    path = book(room.books / "usb/a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    room.scan()
    usb = room.found()["usb/a.epub"]
    stamp = disk.stamp_of(path.stat(), -1)
    assert stamp.mounted
    room.play(room.store.write(lambda ledger: ledger.save_publication(usb, stamp, READER)))
    path.unlink()
    report = room.scan()

    assert ("a disk that was in usb is not there; what was known in it stays as it was",) == report.problems
    assert {"usb/a.epub", "b.epub"} == set(room.found())
    room.play(room.store.write(lambda ledger: ledger.save_publication(usb, replace(stamp, mounted=False), READER)))
    assert 1 == room.scan().missing


def test_links_that_lead_out(room: Room, tmp_path: Path) -> None:
    """Symbolic links out of the folder, to nothing, and in circles are not followed; those out of it are reported."""
    outside = book(tmp_path / "outside/secret.epub", "Secret").parent
    book(room.books / "a.epub", "Emma")
    (room.books / "file.epub").symlink_to(outside / "secret.epub")
    (room.books / "directory").symlink_to(outside)
    (room.books / "up").symlink_to("../outside")
    (room.books / "nothing.epub").symlink_to(tmp_path / "nothing")
    (room.books / "circle").symlink_to(room.books)
    (room.books / "loop.epub").symlink_to("loop.epub")
    (room.books / "loop").symlink_to("loop")
    room.scan()

    assert {"a.epub"} == set(room.found())
    out = "a symbolic link that leads out of the folder"
    nothing, itself = "a symbolic link to nothing", "a symbolic link to itself"
    named = {"file.epub": out, "directory": out, "up": out, "nothing.epub": nothing, "loop.epub": itself, "loop": itself}
    assert named == room.skipped()
    assert 0 == room.scan().added
    (room.books / "file.epub").unlink()
    room.scan()
    assert "file.epub" not in room.skipped()


def test_links_that_stay_inside(room: Room) -> None:
    """Links inside the folder are followed, but no file is there twice because of them; what only a link leads to is found."""
    book(room.books / "real/a.epub", "Emma")
    book(room.books / ".hidden/b.epub", "Dracula")
    (room.books / "again.epub").symlink_to("real/a.epub")
    (room.books / "also").symlink_to("real")
    (room.books / "shown").symlink_to(".hidden")
    room.scan()

    assert {"real/a.epub", "shown/b.epub"} == set(room.found())
    assert read(room, room.found()["shown/b.epub"]).startswith(b"PK")


@pytest.mark.parametrize(
    "path",
    [
        "../outside.epub",
        "/etc/passwd",
        "deep/../../outside.epub",
        "out/secret.epub",
        "link.epub",
        "",
        ".",
        "deep",
        "pipe.epub",
        "a\0b",
    ],
)
def test_nothing_outside_is_opened(room: Room, tmp_path: Path, path: str) -> None:
    """Whatever path a publication has, only a plain file below its folder is opened."""
    book(tmp_path / "outside.epub", "Secret")
    book(tmp_path / "elsewhere/secret.epub", "Secret")
    book(room.books / "deep/a.epub", "Emma")
    (room.books / "out").symlink_to(tmp_path / "elsewhere")
    (room.books / "link.epub").symlink_to(tmp_path / "outside.epub")
    os.mkfifo(room.books / "pipe.epub")
    room.scan()
    (publication,) = room.found().values()

    with pytest.raises(NotFound):
        read(room, replace(publication, path=path))
    with pytest.raises(NotFound):
        read(room, replace(publication, folder=str(tmp_path), path="outside.epub"))


def test_link_put_in_its_place(room: Room, tmp_path: Path) -> None:
    """A directory or a file that became a link out of the folder since the scan is not read through."""
    book(tmp_path / "outside/a.epub", "Secret")
    book(room.books / "deep/a.epub", "Emma")
    room.scan()
    (publication,) = room.found().values()
    shutil.rmtree(room.books / "deep")
    (room.books / "deep").symlink_to(tmp_path / "outside")

    with pytest.raises(NotFound):
        read(room, publication)
    assert None is room.play(room.library.cover(publication, "cover"))
    assert None is room.play(room.library.source(publication))


@contextmanager
def swapping(inside: Path, outside: Path) -> Iterator[None]:
    """A path that is now what it was, now a link out of the folder, as often as can be."""
    away, ended = inside.with_name("away"), threading.Event()

    def swap() -> None:
        while not ended.is_set():
            inside.rename(away)
            inside.symlink_to(outside)
            inside.unlink()
            away.rename(inside)
            time.sleep(random.random() / 200)  # long enough for some to be read whole

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        yield
    finally:
        ended.set()
        swapper.join()


def shelf(folder: Path, title: str, colour: str) -> None:
    """A book, a comic and an audiobook that say who they are."""
    book(folder / "deep/a.epub", title)
    make_zip(folder / "deep/b.cbz", {"1.jpg": makers.picture(colour=colour)})
    (folder / "deep/spoken").mkdir()
    for number in (1, 2):
        (folder / f"deep/spoken/{number}.mp3").write_bytes(makers.mp3(TALB=title, TIT2=title))
    (folder / "deep/spoken/folder.jpg").write_bytes(makers.picture(colour=colour))


@pytest.mark.parametrize(
    "swapped", ["deep", "deep/a.epub", "deep/b.cbz", "deep/spoken", "deep/spoken/1.mp3", "deep/spoken/folder.jpg"]
)
def test_links_that_come_and_go(room: Room, tmp_path: Path, swapped: str) -> None:
    """However a link out of the folder and the real file take turns, nothing but the real one is read, described or drawn."""
    outside, root, wanted = tmp_path / "outside", str(room.books), ["deep/a.epub", "deep/b.cbz", "deep/spoken"]
    shelf(room.books, "Emma", "red")
    shelf(outside, "Secret", "blue")
    stamps = {file.path: file.stamp for file in disk.look(root, ["deep", "deep/spoken"]).files}
    scanned = {path: (stamp.size, stamp.mtime_ns // 1_000_000) for path, stamp in stamps.items()}
    drawn = {path: disk.covers(root, path, (50,), scanned[path]) for path in wanted}
    seen = {disk.read: 0, disk.covers: 0, open_publication: 0}
    with swapping(room.books / swapped, outside / swapped):
        until = time.monotonic() + 2
        while time.monotonic() < until:
            for path in wanted:
                with suppress(BadFile):
                    assert "Secret" not in repr(disk.read(root, path, stamps[path]))
                    seen[disk.read] += 1
                with suppress(BadFile):
                    assert disk.covers(root, path, (50,), scanned[path]) in (drawn[path], None)
                    seen[disk.covers] += 1
                with suppress(BadFile, NoPlace):
                    assert "Emma" in open_publication(disk.Inside(root, "deep/a.epub")).resource(0).document.text
                    seen[open_publication] += 1

    assert all(seen.values())


@pytest.mark.parametrize("name", ODD_NAMES, ids=repr)
def test_names_of_any_bytes(room: Room, name: bytes) -> None:
    """A file whose name is in any encoding is found, kept without loss, opened, and unchanged at the next scan."""
    path = os.fsdecode(os.fsencode(room.books) + b"/" + name)
    book(room.books.parent / "plain.epub").rename(path)
    room.scan()
    (publication,) = room.found().values()

    assert name == os.fsencode(on_disk(publication.path))
    assert read(room, publication).startswith(b"PK")
    assert 0 == room.scan().added


def test_written_names() -> None:
    """Names are written one to one: what is UTF-8 stays as it is, and every name comes back."""
    names = {os.fsdecode(name) for name in ODD_NAMES} | {"\N{REPLACEMENT CHARACTER}" * n + "e9" for n in range(4)}

    assert names == {on_disk(written(name)) for name in names}
    assert len(names) == len({written(name) for name in names})
    assert "caf\N{LATIN SMALL LETTER E WITH ACUTE}.epub" == written("caf\N{LATIN SMALL LETTER E WITH ACUTE}.epub")


def test_hidden_and_foreign(room: Room) -> None:
    """Hidden files, directories of NAS systems and files of other kinds are passed over without a word."""
    for name in (".a.epub", ".git/b.epub", "@eaDir/c.epub", "#recycle/d.epub"):
        book(room.books / name)
    (room.books / "notes.txt").write_text("x")
    report = room.scan()

    assert (0, 1, {}) == (report.files, report.other, room.skipped())


def test_pipes_and_devices(room: Room) -> None:
    """What is no file is never opened, for that would hang; it is skipped with that reason."""
    os.mkfifo(room.books / "pipe.epub")
    room.scan()

    assert {"pipe.epub": "no file but a pipe, a socket or a device"} == room.skipped()


def test_changed_while_it_is_read(room: Room) -> None:
    """A file that is not as it was looked at is not kept as what it was."""
    path = book(room.books / "a.epub")
    (entry,) = disk.look(str(room.books), [""]).files
    settled(path, 60)

    with pytest.raises(StillChanging):
        disk.read(str(room.books), "a.epub", entry.stamp)


def test_upload(room: Room) -> None:
    """A file that is still growing when it is scanned waits until it is whole; it is never reported as damaged."""
    whole = book(room.books.parent / "whole.epub", text="x " * 50_000).read_bytes()
    path = room.books / "slow.epub"
    path.write_bytes(whole[:100])

    def grow() -> None:
        for end in range(200, len(whole), max(1, len(whole) // 8)):
            path.write_bytes(whole[:end])
            time.sleep(0.2)
        path.write_bytes(whole)

    upload = threading.Thread(target=grow)
    upload.start()
    report = room.scan()
    upload.join()

    assert (1, 0, {}) == (report.added, report.unsettled, room.skipped())


def test_damaged_then_whole(room: Room) -> None:
    """A book that became unreadable leaves the lists and is reported; repaired, it is the same publication."""
    path = book(room.books / "a.epub", "Emma")
    book(room.books / "b.epub", "Dracula")
    room.scan()
    id_, whole = room.found()["a.epub"].id, path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    settled(path, 60)
    room.scan()
    assert {"b.epub"} == set(room.found())
    assert ["a.epub"] == list(room.skipped())
    path.write_bytes(whole)
    settled(path, 30)
    room.scan()
    assert id_ == room.found()["a.epub"].id
    assert {} == room.skipped()


def test_damaged_corpus(room: Room) -> None:
    """Each damaged file of the corpus is a publication or skipped, in one clear line without its path or a traceback."""
    for path in shared("corpus", "damaged").glob("*.epub"):
        shutil.copy2(path, room.books)
    room.scan()
    report = room.play(room.library.report())
    lines = [skipped.why for skipped in report.skipped] + [why for _folder, _path, why in report.damaged]
    names = {path.name for path in room.books.iterdir()}

    assert names == set(room.found()) | set(room.skipped())
    assert {"truncated.epub"} == set(room.skipped())
    assert len(lines) >= 5
    assert [] == [line for line in lines if not line.strip() or "\n" in line or "Traceback" in line or str(room.books) in line]


def test_who_sees_it(room: Room) -> None:
    """An account without the library finds nothing in it by any way; without folders, nobody does."""
    book(room.books / "a.epub", identifier := "Emma")
    room.scan()
    (publication,) = room.found().values()
    stranger, library = principal(library=False), room.library

    def nothing() -> None:
        for who in (stranger, principal()) if not room.library.folders else (stranger,):
            with pytest.raises(NotFound):
                room.play(room.library.publication(who, publication.id))
            assert 0 == room.play(room.library.listing(who, Query())).total
            assert ([], 0) == room.play(room.library.groups(who, "author", 0, 9))
            assert [] == room.play(room.library.recognised(who, publication.described.identifiers))
            assert [] == room.play(room.library.edition(who, publication.edition_id))

    nothing()
    assert not library.sees(stranger)
    assert publication.id == room.play(library.publication(principal(), publication.id)).id
    assert [publication] == room.play(library.recognised(principal(), [("urn", identifier), ("isbn", "none")]))
    room.given()
    nothing()
