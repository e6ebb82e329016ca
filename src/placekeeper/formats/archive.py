"""A zip archive as a publication carries it: entries by name, within limits. Never extracts to disk, keeps no file open.

Declared sizes are never trusted: what an entry inflates to is bounded while it inflates. Must not know what is inside.
Source: https://www.w3.org/TR/epub-33/#sec-container-zip
"""

import stat
import zipfile
from collections.abc import Mapping
from functools import cached_property

from placekeeper.domain.errors import DamagedEntry, LimitExceeded, NotNow
from placekeeper.formats.directory import read_directory
from placekeeper.formats.holding import Openable
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.notes import Notes
from placekeeper.formats.paths import decoded, inside, leads_outside, spellings, tolerant
from placekeeper.formats.unpacking import Unpacked, inflated, packed_bytes, stored

ENCRYPTED = 0x1


class Archive:
    """The directory of a zip file. `path`: the file, opened anew for each entry. `notes`: what was passed over."""

    def __init__(self, path: Openable, limits: Limits = LIMITS) -> None:
        """Read the directory. Raises `BadFile`, by its own name where the file can't be opened at all."""
        self.path = path
        self.limits = limits
        self.notes = Notes()
        try:
            with path.open("rb") as file:
                listed = read_directory(file, limits)
        except OSError as error:
            raise NotNow(f"the file can't be read: {error.strerror or error}") from error
        if (total := sum(entry.file_size for entry in listed)) > limits.total_bytes:
            raise LimitExceeded(f"total_bytes: all entries together inflate to {total} bytes, more than {limits.total_bytes}")
        self.entries: Mapping[str, zipfile.ZipInfo] = self._usable(listed)

    def _usable(self, listed: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """Path to entry, without folders, links, and names that lead outside. The last of two with one path counts."""
        usable: dict[str, zipfile.ZipInfo] = {}
        for entry in listed:
            name = entry.orig_filename.replace("\\", "/")  # some Windows tools write backslashes
            if len(name) > self.limits.name_characters:
                self.notes.add(f"name_characters: an entry is passed over, its name has {len(name)} characters")
            elif leads_outside(name):
                self.notes.add(f"an entry is passed over: {entry.orig_filename!r} is no path inside the archive")
            elif stat.S_ISLNK(entry.external_attr >> 16):
                self.notes.add(f"an entry is passed over: {name!r} is a symbolic link")
            elif not name.endswith("/"):
                path = inside(name)
                if path in usable:
                    self.notes.add(f"two entries are named {path!r}: the last one counts")
                usable[path] = entry
        return usable

    @cached_property
    def _tolerant(self) -> Mapping[str, str]:
        """Paths by what is left of them without case, Unicode form and percent-encoding; "" where that is not unique."""
        found: dict[str, str] = {}
        for path in self.entries:
            for key in {tolerant(spelling) for spelling in spellings(path)}:
                found[key] = path if found.get(key, path) == path else ""
        return found

    def find(self, href: str) -> str | None:
        """The path of the entry that is meant: exactly, decoded, or the only one that differs in case, Unicode form, encoding."""
        if href in self.entries:
            return href
        path = decoded(href)
        if path in self.entries:
            return path
        return self._tolerant.get(tolerant(path)) or None

    def read(self, path: str) -> Unpacked:
        """The bytes of an entry; what stands before the damage where it is damaged. Raises `DamagedEntry`, `LimitExceeded`,
        `NotNow`.
        """
        entry = self.entries[path]
        limit, ratio = self.limits.entry_bytes, self.limits.ratio
        if entry.file_size > limit:
            raise LimitExceeded(f"entry_bytes: {path!r} inflates to {entry.file_size} bytes, more than {limit}")
        if entry.file_size > max(self.limits.ratio_from, ratio * entry.compress_size):
            raise LimitExceeded(f"ratio: {path!r} inflates to {entry.file_size} bytes, more than {ratio} times its size")
        if entry.flag_bits & ENCRYPTED:
            raise DamagedEntry(f"{path!r} is encrypted with a password")
        if entry.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}:
            raise DamagedEntry(f"{path!r} is compressed by a method that EPUB does not have (number {entry.compress_type})")
        try:
            with self.path.open("rb") as file:
                packed = packed_bytes(file, path, entry)
        except OSError as error:
            raise NotNow(f"{path!r} can't be read: {error.strerror or error}") from error
        if entry.compress_type == zipfile.ZIP_STORED:
            return stored(path, packed, entry)
        return inflated(path, packed, entry)
