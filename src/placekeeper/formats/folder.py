"""A library's folder on disk: what is in it, and its files opened without ever leaving it. Nothing in it is written.

Paths are relative to the folder, with `/`. Bytes of a name that are no UTF-8 are written as U+FFFD and two hexadecimal digits,
and U+FFFD itself twice, so that every name is a text and comes back as it was. Must not know the library.
"""

import errno
import os
import re
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

from placekeeper.domain.errors import BadFile, FileGone, StillChanging
from placekeeper.domain.publication import Described, Metadata
from placekeeper.domain.shelf import Stamp
from placekeeper.formats.holding import descend, held, is_below, is_file
from placekeeper.formats.limits import LIMITS
from placekeeper.formats.recognising import SOUNDS, ending, worth_reading

ODD = "\N{REPLACEMENT CHARACTER}"
_UNWRITABLE = re.compile("[\ufffd\udc80-\udcff]")
_WRITTEN = re.compile("\ufffd(\ufffd|[0-9a-f]{2})")
SURROGATE = 0xDC00
TRACKS = frozenset(SOUNDS) - {".m4b"}
"""Endings of recordings that are parts of a whole where they lie together. An M4B is a whole of its own."""
CALIBRE = "metadata.opf"
"""Beside the files of a book in a Calibre library; see `formats/calibre.py`."""
_CALIBRE_BOOK = re.compile(r" \(\d+\)$")
"""How the name of a book's directory ends there: with the book's number."""
INODES = (1 << 63) - 1
"""A file system may number files higher than databases count."""
SYSTEM = frozenset({"@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found", "__macosx"})
"""Directories that NAS systems, Windows and macOS keep for themselves."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a directory. `device`: the number of its file system. `link`: whether a symbolic link leads to it.

    `recordings`: a directory that is one audiobook, with a stamp that changes with any of its recordings.
    """

    path: str
    stamp: Stamp
    device: int
    link: bool = False
    recordings: bool = False


@dataclass(slots=True)
class Looked:
    """What stands in some directories. `refused`: (path, stamp, why) of what is not followed. `unread`: (directory, why).

    `other`: how many files of no kind that is read. `books`: those of the directories that hold one book each, as Calibre's do.
    """

    files: list[Entry] = field(default_factory=list)
    directories: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, Stamp, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    books: list[str] = field(default_factory=list)
    other: int = 0


def written(name: str) -> str:
    """A path as it is kept, from one as the system gives it."""
    return _UNWRITABLE.sub(lambda odd: ODD * 2 if odd[0] == ODD else f"{ODD}{ord(odd[0]) - SURROGATE:02x}", name)


def on_disk(path: str) -> str:
    """A path as the system takes it, from one as it is kept."""
    return _WRITTEN.sub(lambda odd: ODD if odd[1] == ODD else chr(SURROGATE + int(odd[1], 16)), path)


def look(root: str, directories: list[str]) -> Looked:
    """What stands in these directories of a folder ("" is the folder itself), in no order. What can't be read is told."""
    looked = Looked()
    real, device = os.path.realpath(root), device_of(root)
    for directory in directories:
        before = len(looked.files)
        try:
            if not directory:
                top = Path(root).stat()
                looked.directories.append(Entry("", stamp_of(top, device), top.st_dev))
            for entry in entries_of(root, directory):
                if not entry.name.startswith(".") and entry.name.lower() not in SYSTEM:
                    look_at(looked, (real, device), f"{directory}/{written(entry.name)}".lstrip("/"), entry)
        except OSError as error:
            looked.unread.append((directory, error.strerror or str(error)))
        except BadFile as error:
            looked.unread.append((directory, str(error)))
        if directory:
            looked.files[before:] = bound(directory, looked.files[before:])
        if directory in looked.books:
            looked.files[before:] = [replace(file, stamp=dated(root, file.path, file.stamp)) for file in looked.files[before:]]
    return looked


def entries_of(root: str, directory: str) -> Iterator[os.DirEntry[str]]:
    """What stands in a directory, which stays the same one, wherever it is moved meanwhile. Raises `OSError`, `BadFile`."""
    descriptor = descend(root, place(root, directory))
    try:
        with os.scandir(descriptor) as found:
            yield from found
    finally:
        os.close(descriptor)


def place(root: str, path: str) -> Path:
    """Where a path of a folder is on disk."""
    return Path(root, on_disk(path))


def bound(directory: str, files: list[Entry]) -> list[Entry]:
    """The files of a directory, with its recordings as one audiobook, if there are several."""
    tracks = sorted((file for file in files if ending(file.path) in TRACKS and not file.link), key=lambda file: file.path)
    if len(tracks) < 2:  # noqa: PLR2004 - one alone is a file like any other
        return files
    size, newest = sum(track.stamp.size for track in tracks), max(track.stamp.mtime_ns for track in tracks)
    names = zlib.crc32("\n".join(f"{track.path} {track.stamp.inode}" for track in tracks).encode())
    whole = Entry(directory, Stamp(size, newest, names, tracks[0].stamp.mounted), tracks[0].device, recordings=True)
    return [file for file in files if file not in tracks] + [whole]


def device_of(root: str) -> int:
    """The number of the folder's file system; -1 where the folder is not there."""
    try:
        return Path(root).stat().st_dev
    except OSError:
        return -1


def look_at(looked: Looked, root: tuple[str, int], path: str, entry: os.DirEntry[str]) -> None:
    """One entry of a directory. `root`: the folder's real path and device. What is gone meanwhile is passed over."""
    real, device = root
    try:
        link = entry.is_symlink()
        if not worth_reading(entry.name) and not entry.is_dir():
            looked.other += 1
            parent = path.rpartition("/")[0]
            if entry.name == CALIBRE and _CALIBRE_BOOK.search(parent):
                looked.books.append(parent)
            return
        if link and not is_below(os.path.realpath(where := place(real, path)), real):
            why = "a symbolic link that leads out of the folder" if where.exists() else "a symbolic link to nothing"
            looked.refused.append((path, stamp_of(entry.stat(follow_symlinks=False), device), why))
            return
        found = entry.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno == errno.ELOOP:
            looked.refused.append((path, stamp_of(entry.stat(follow_symlinks=False), device), "a symbolic link to itself"))
            return
        looked.unread.append((path, error.strerror or str(error)))
        return
    if stat.S_ISDIR(found.st_mode):
        looked.directories.append(Entry(path, stamp_of(found, device), found.st_dev, link))
    elif stat.S_ISREG(found.st_mode):
        looked.files.append(Entry(path, stamp_of(found, device), found.st_dev, link))
    else:
        looked.refused.append((path, stamp_of(found, device), "no file but a pipe, a socket or a device"))


def stamp_of(found: os.stat_result, device: int) -> Stamp:
    """What is remembered of a file, to know it again unopened. `device`: the folder's."""
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino & INODES, found.st_dev != device)


def dated(root: str, path: str, stamp: Stamp) -> Stamp:
    """The stamp of a file that says less than Calibre's metadata beside it: what is newer counts."""
    parent = path.rpartition("/")[0]
    if not _CALIBRE_BOOK.search(parent):
        return stamp
    try:
        newer = place(root, f"{parent}/{CALIBRE}").lstat().st_mtime_ns
    except OSError:
        return stamp
    return replace(stamp, mtime_ns=max(stamp.mtime_ns, newer))


def open_inside(root: str, path: str) -> BinaryIO:
    """A file of the folder, for reading. Symbolic links count where they stay inside. Raises `FileGone`, `BadFile`."""
    descriptor = descend(root, place(root, path))
    if not is_file(descriptor):
        os.close(descriptor)
        raise FileGone("it is no file any more")
    return os.fdopen(descriptor, "rb")


class Inside:
    """A file of the folder, to be opened again and again as long as it stays what it was: see `holding.Openable`."""

    def __init__(self, root: str, path: str) -> None:
        """It is looked at. Raises `FileGone`, `BadFile`."""
        self._root, self._path = root, path
        self.name = on_disk(path).rpartition("/")[2]
        self.suffix = Path(self.name).suffix
        with open_inside(root, path) as file:
            self.stamp = stamp_of(os.fstat(file.fileno()), device_of(root))

    def open(self, mode: Literal["rb"], /) -> BinaryIO:  # noqa: ARG002 - there is no other; `Path` asks for it
        """For reading. Raises `FileGone`, `BadFile`, `StillChanging` where it is another file by now."""
        file = open_inside(self._root, self._path)
        if stamp_of(os.fstat(file.fileno()), device_of(self._root)) != self.stamp:
            file.close()
            raise StillChanging("the file has changed since it was opened")
        return file

    def is_dir(self) -> bool:
        """Never."""
        return False


def read(root: str, path: str, stamp: Stamp) -> Described:
    """What a file of the folder is. Raises `FileGone`, `StillChanging` where it is not as it was looked at, else `BadFile`."""
    from placekeeper.formats.calibre import enriched  # the server asks for this, its workers do it
    from placekeeper.formats.described import describe

    with held(root, place(root, path)) as there:
        check(root, path, stamp, there)
        try:
            described = describe(there, on_disk(path).rpartition("/")[2])
        except BadFile:
            check(root, path, stamp, there)
            raise
        said = calibre_metadata(root, path, LIMITS.markup_bytes)
        check(root, path, stamp, there)
    return enriched(described, said) if said else described


def calibre_metadata(root: str, path: str, limit: int) -> Metadata | None:
    """What Calibre says of a file, if it lies in one of its libraries."""
    from placekeeper.formats.calibre import read_opf

    parent = path.rpartition("/")[0]
    if not _CALIBRE_BOOK.search(parent):
        return None
    try:
        with open_inside(root, f"{parent}/{CALIBRE}") as file:
            data = file.read(limit + 1)
    except BadFile:
        return None
    return read_opf(data) if len(data) <= limit else None


def check(root: str, path: str, stamp: Stamp, held: Path) -> None:
    """Raise `FileGone` or `StillChanging` unless a file is there as it was looked at, and is the one that is held."""
    if held.is_dir():
        if Entry(path, stamp, 0) not in [replace(entry, device=0, recordings=False) for entry in look(root, [path]).files]:
            raise StillChanging("the recordings changed while they were being read")
        return
    device = device_of(root)
    with open_inside(root, path) as file:
        found = {dated(root, path, stamp_of(known, device)) for known in (os.fstat(file.fileno()), held.stat())}
    if found != {stamp}:
        raise StillChanging("the file changed while it was being read")


def covers(root: str, path: str, sizes: tuple[int, ...], scanned: tuple[int, int]) -> tuple[bytes, ...] | None:
    """The cover of a file of the folder, as one JPEG for each size; None where it has none. Raises `BadFile`.

    `scanned`: bytes and time (Unix milliseconds) of the file that is meant. Raises `StillChanging` where another one is there.
    """
    from placekeeper.formats.covers import drawn

    with held(root, place(root, path)) as there:
        if there.is_dir():
            stamps = [entry.stamp for entry in look(root, [path]).files if entry.path == path and entry.recordings]
        else:
            stamps = [dated(root, path, stamp_of(there.stat(), device_of(root)))]
        if [(stamp.size, stamp.mtime_ns // 1_000_000) for stamp in stamps] != [scanned]:
            raise StillChanging("another file is there than was scanned")
        return drawn(there, on_disk(path).rpartition("/")[2], sizes)
