"""A zip archive as a publication carries it: entries by name, within limits. Never extracts to disk, keeps no file open.

Declared sizes are never trusted: what an entry inflates to is counted while it inflates. Must not know what is inside.
Source: https://www.w3.org/TR/epub-33/#sec-container-zip
"""

import stat
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from placekeeper.domain.errors import DamagedEntry, LimitExceeded, NotAnArchive
from placekeeper.formats.paths import decoded, inside, leads_outside, spellings, tolerant
from placekeeper.formats.unpacking import Unpacked, inflated, kept

SIGNATURE = b"PK\x01\x02"
LOCAL = struct.Struct("<4s22xHH")
END = struct.Struct("<4s8xHLL")
END_AT_MOST = 65_557
"""The end record with the longest comment, and a ZIP64 locator before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one archive may take. The defaults are many times what real publications need; each has its reason in docs/formats.md."""

    entries: int = 65_535
    """Entries of an archive: as many as a zip without ZIP64 can hold."""
    directory_bytes: int = 32 << 20
    """Bytes of the central directory, which is read whole."""
    name_characters: int = 1_024
    """Characters of an entry's name; entries with longer ones are passed over."""
    entry_bytes: int = 128 << 20
    """Bytes that one entry may inflate to: three times the largest text known (nine million characters)."""
    total_bytes: int = 16 << 30
    """Bytes that all entries together say they inflate to."""
    ratio: int = 200
    """Inflated to deflated size, for entries of more than `ratio_from` bytes; text has 3 to 10, deflate can do 1,032."""
    ratio_from: int = 1 << 20
    """Bytes up to which the ratio does not matter."""


LIMITS = Limits()


class Archive:
    """The directory of a zip file. `path`: the file, opened anew for each entry. `notes`: what was passed over, one line each."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """Read the directory. Raises `NotAnArchive` and `LimitExceeded`, and `OSError` where the file can't be read."""
        self.path = path
        self.limits = limits
        self.notes: list[str] = []
        with path.open("rb") as file:
            check_directory(file, limits)
            self.entries: Mapping[str, zipfile.ZipInfo] = self._usable(directory(file))

    def _usable(self, entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """Name to entry, without folders, links, and names that lead outside. The last of two with one name counts, as in unzip."""
        if (total := sum(entry.file_size for entry in entries)) > self.limits.total_bytes:
            raise LimitExceeded(
                f"total_bytes: all entries together inflate to {total} bytes, more than {self.limits.total_bytes}"
            )
        usable: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.orig_filename.replace("\\", "/")  # some Windows tools write backslashes
            if name.endswith("/"):
                continue
            if len(name) > self.limits.name_characters:
                self.notes.append(
                    f"entry passed over: its name has {len(name)} characters, more than {self.limits.name_characters}"
                )
            elif stat.S_ISLNK(entry.external_attr >> 16):
                self.notes.append(f"entry passed over: {name!r} is a symbolic link")
            elif leads_outside(name):
                self.notes.append(f"entry passed over: {entry.orig_filename!r} is no path inside the archive")
            else:
                if (name := inside(name)) in usable:
                    self.notes.append(f"two entries are named {name!r}: the last one counts")
                usable[name] = entry
        return usable

    @cached_property
    def _tolerant(self) -> Mapping[str, str]:
        """Names by what is left of them without case, Unicode form and percent-encoding, where that is unique."""
        found: dict[str, str] = {}
        for name in self.entries:
            for key in {tolerant(spelling) for spelling in spellings(name)}:
                found[key] = "" if found.get(key, name) != name else name
        return found

    def find(self, href: str) -> zipfile.ZipInfo | None:
        """The entry of a path: exactly, then percent-decoded, then the only one that differs in case, Unicode form or encoding."""
        for path in (href, decoded(href)):
            if entry := self.entries.get(path):
                return entry
        return self.entries.get(self._tolerant.get(tolerant(decoded(href)), ""))

    def read(self, entry: zipfile.ZipInfo) -> Unpacked:
        """The bytes of an entry; what stands before the damage where it is damaged. Raises `DamagedEntry`, `LimitExceeded`."""
        name, limit = entry.filename, self.limits.entry_bytes
        if entry.file_size > limit:
            raise LimitExceeded(f"entry_bytes: {name!r} inflates to {entry.file_size} bytes, more than {limit}")
        if entry.flag_bits & 0x1:
            raise DamagedEntry(f"{name!r} is encrypted in the archive itself")
        with self.path.open("rb") as file:
            packed = packed_bytes(file, entry)
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            ceiling = min(limit, max(self.limits.ratio_from, self.limits.ratio * len(packed)))
            return inflated(name, packed, entry, ceiling)
        if entry.compress_type == zipfile.ZIP_STORED:
            return kept(name, packed, entry)
        raise DamagedEntry(f"{name!r} is compressed by a method that EPUB does not have ({entry.compress_type})")


def check_directory(file: BinaryIO, limits: Limits) -> None:
    """Count the entries before anything is made of them. Raises `NotAnArchive`, `LimitExceeded`."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_AT_MOST))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END.size > len(tail):
        raise NotAnArchive("no zip archive: the directory at its end is missing (cut off, or another kind of file)")
    _, _, length, offset = END.unpack_from(tail, at)
    if length == 0xFFFFFFFF or offset == 0xFFFFFFFF:
        length = size  # ZIP64: zipfile finds it; here it is enough that no more than the limit is read
    if length > limits.directory_bytes:
        if size <= limits.directory_bytes:
            length = size
        else:
            raise LimitExceeded(
                f"directory_bytes: the archive's directory has {length} bytes, more than {limits.directory_bytes}"
            )
    end = size - len(tail) + at
    file.seek(max(0, end - length))
    if (entries := file.read(length).count(SIGNATURE)) > limits.entries:
        raise LimitExceeded(f"entries: the archive has {entries} entries, more than {limits.entries}")


def directory(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """The entries as the archive's directory lists them. Raises `NotAnArchive`."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, OverflowError, OSError) as error:
        raise NotAnArchive(f"no zip archive: {error}") from error


def packed_bytes(file: BinaryIO, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry as they lie in the file. Raises `DamagedEntry`."""
    try:
        file.seek(entry.header_offset)
        signature, name, extra = LOCAL.unpack(file.read(LOCAL.size))
        file.seek(name + extra, 1)
        if signature == b"PK\x03\x04":
            return file.read(entry.compress_size)
    except (struct.error, ValueError, OverflowError, OSError) as error:
        raise DamagedEntry(f"{entry.filename!r} is not where the directory says") from error
    raise DamagedEntry(f"{entry.filename!r} is not where the directory says")
