"""The server's own folder of books: names that are safe in it, files that appear in it whole or not at all, free space.

What is not finished has a hidden name, which no scan takes; `clear` removes what a crash has left. Must not know accounts.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Final

from placekeeper.domain.errors import Unavailable
from placekeeper.domain.publication import Publication
from placekeeper.formats.folder import on_disk, place
from placekeeper.formats.holding import descend
from placekeeper.formats.recognising import ending, worth_reading
from placekeeper.services.scanning import SETTLE_MS

LONGEST_NAME: Final = 200
"""Bytes of a file's name: file systems take 255, and backups add endings of their own."""
SPARE_BYTES: Final = 512 * 2**20
SPARE_PART: Final = 20
"""So much of the disk stays free, 512 MiB or a twentieth, whichever is less: the database needs room to keep places."""
NO_ROOM: Final = "the disk of the server has no room for this"
_HIDDEN: Final = ".upload-"
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x7f]')
"""Signs that Windows takes in no name, though the folder may be shared with it."""
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that are devices there."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of signs that don't show, or turn what follows around."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DOUBLE: Final = ".fb2.zip"


def safe_name(said: str) -> str:
    """A file's name as it may stand in the folder, whatever the browser said; "" where no file of that ending is read."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", said)[-1])
    name = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSEEN)
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    if not worth_reading(name):
        return ""
    stem, tail = parted(name)
    stem = stem.strip(". ")
    return numbered(f"_{stem}" if _DEVICES.fullmatch(stem) else stem, tail)


def parted(name: str) -> tuple[str, str]:
    """A name without its ending, and the ending."""
    tail = _DOUBLE if name.lower().endswith(_DOUBLE) else ending(name)
    return name[: len(name) - len(tail)], name[len(name) - len(tail) :]


def numbered(stem: str, tail: str, number: int = 1) -> str:
    """A name, short enough; from the second one on with its number."""
    tail = f" ({number}){tail}" if number > 1 else tail
    cut = stem.encode(errors="replace")[: LONGEST_NAME - len(tail.encode())].decode(errors="ignore")
    return cut.rstrip(". ") + tail


def spare(total: int) -> int:
    """How much of a disk of so many bytes stays free."""
    return min(SPARE_BYTES, total // SPARE_PART)


class OwnFolder:
    """The folder. What takes long is for a thread."""

    def __init__(self, path: Path) -> None:
        """Nothing is made yet."""
        self.path = path

    def make(self) -> None:
        """Make it, if it is not there. Raises Unavailable."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refused(error) from error

    def clear(self) -> None:
        """Remove what a crash has left of unfinished uploads."""
        with suppress(OSError):
            for left in self.path.glob(f"{_HIDDEN}*"):
                left.unlink(missing_ok=True)

    def check_room(self, octets: int) -> None:
        """Raise Unavailable unless so many bytes fit, and leave the disk some room."""
        try:
            usage = shutil.disk_usage(self.path)
        except OSError as error:
            raise refused(error) from error
        if octets > usage.free - spare(usage.total):
            raise Unavailable(NO_ROOM)

    def begin(self, name: str) -> "Unfinished":
        """A file that is going to be called like this. Raises Unavailable."""
        hidden = self.path / f"{_HIDDEN}{secrets.token_hex(8)}{parted(name)[1].lower()}"
        try:
            return Unfinished(hidden, name)
        except OSError as error:
            raise refused(error) from error

    def publish(self, file: "Unfinished") -> str:
        """Give a file its name, or that name with a number where it is taken. Raises Unavailable."""
        stem, tail = parted(file.name)
        number = 1
        while not self._named(file.hidden, numbered(stem, tail, number)):
            number += 1
        self._settle()
        return numbered(stem, tail, number)

    def remove(self, publication: Publication) -> None:
        """Delete the file of a publication in this folder. Raises BadFile, Unavailable."""
        parent, _, name = publication.path.rpartition("/")
        directory = descend(publication.folder, place(publication.folder, parent))
        try:
            os.unlink(on_disk(name), dir_fd=directory)
        except OSError as error:
            raise refused(error) from error
        finally:
            os.close(directory)

    def _named(self, hidden: Path, name: str) -> bool:
        """Whether it has got the name: a link takes no other file's place."""
        try:
            os.link(hidden, self.path / name)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
                raise refused(error) from error
            return self._renamed(hidden, name)
        hidden.unlink(missing_ok=True)
        return True

    def _renamed(self, hidden: Path, name: str) -> bool:
        """The same on a file system without links, where nobody but this server gives names."""
        if os.path.lexists(self.path / name):
            return False
        try:
            hidden.rename(self.path / name)
        except OSError as error:
            raise refused(error) from error
        return True

    def _settle(self) -> None:
        """The names are on the disk, too."""
        with suppress(OSError):
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


class Unfinished:
    """A file that is still being written, under a hidden name."""

    def __init__(self, hidden: Path, name: str) -> None:
        """Made at once, and never in the place of another. Raises OSError."""
        self.hidden, self.name, self.size = hidden, name, 0
        self._digest = hashlib.sha256()
        self._file = hidden.open("xb")

    @property
    def digest(self) -> str:
        """SHA-256 of what was written."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Go on. Raises Unavailable."""
        try:
            self._file.write(piece)
        except OSError as error:
            raise refused(error) from error
        self._digest.update(piece)
        self.size += len(piece)

    def finish(self) -> None:
        """All of it is on the disk. Raises Unavailable."""
        try:
            self._file.flush()
            then = time.time_ns() - 2 * SETTLE_MS * 1_000_000
            os.utime(self._file.fileno(), ns=(then, then))  # a scan need not wait: it has its name only when it is whole
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise refused(error) from error

    def drop(self) -> None:
        """It is not wanted any more. Nothing happens to what has got its name."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.hidden.unlink(missing_ok=True)


def refused(error: OSError) -> Unavailable:
    """Why the disk does not do it, for people."""
    if error.errno in _FULL:
        return Unavailable(NO_ROOM)
    return Unavailable(f"the server's folder of books can't be written: {error.strerror or error}")
