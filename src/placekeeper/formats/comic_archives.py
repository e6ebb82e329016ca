"""Comics in RAR and 7z archives, for which the extra `comics` must be there. Never extracts to disk. See `comic.Files`.

Must not know what the entries are for. Source: https://www.7-zip.org/7z.html
"""

from pathlib import Path
from typing import Any

from placekeeper.domain.errors import BadFile, DamagedEntry, LimitExceeded, NotAnArchive
from placekeeper.domain.publication import Described
from placekeeper.formats.comic import PASSWORD, describe_comic
from placekeeper.formats.limits import Limits
from placekeeper.formats.notes import Notes
from placekeeper.formats.paths import inside, leads_outside

CBR, CB7 = "application/vnd.comicbook-rar", "application/x-cb7"
MISSING = "{} comics need the extra `comics`: pip install placekeeper[comics]"


class Listed:
    """The directory of an archive: paths with packed size, and checksum and size where the archive has them."""

    def __init__(self, limits: Limits) -> None:
        """Nothing is listed yet."""
        self.limits = limits
        self.notes = Notes()
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, tuple[int, int]] = {}
        self.names: dict[str, str] = {}
        """Path to the name that the archive knows."""

    def add(self, name: str, packed: int, size: int, checksum: int | None) -> None:
        """One file. Raises `LimitExceeded`."""
        path = name.replace("\\", "/")
        if leads_outside(path) or len(path) > self.limits.name_characters:
            self.notes.add(f"an entry is passed over: {name[:100]!r} is no path inside the archive")
            return
        if len(self.sizes) >= self.limits.entries:
            raise LimitExceeded(f"entries: the archive has more than {self.limits.entries} entries")
        path = inside(path)
        self.sizes[path], self.names[path] = packed, name
        if checksum is not None:
            self.digests[path] = (checksum, size)

    def check(self, path: str, size: int) -> None:
        """Whether an entry may be unpacked. Raises `LimitExceeded`."""
        if size > self.limits.entry_bytes:
            raise LimitExceeded(f"entry_bytes: {path!r} inflates to {size} bytes, more than {self.limits.entry_bytes}")


class RarFiles(Listed):
    """A RAR archive. What is compressed needs a program beside it (unrar, bsdtar, 7z)."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Read the directory. Raises `BadFile`."""
        super().__init__(limits)
        try:
            import rarfile  # type: ignore[import-untyped]  # it comes without types
        except ImportError as error:
            raise BadFile(MISSING.format("RAR")) from error
        self._failures = (rarfile.Error, OSError, ValueError, EOFError, IndexError)
        rarfile.RAR_MAX_COMMENT = -1  # comments are of no use, and to unpack them takes a program and a file on disk
        rarfile.USE_EXTRACT_HACK = 0  # as does this
        try:
            self._archive = rarfile.RarFile(path, part_only=True)  # other volumes may lead anywhere
            entries = self._archive.infolist()
        except self._failures as error:
            raise NotAnArchive(f"the RAR archive can't be read: {one_line(error)}") from error
        for entry in entries:
            if entry.is_file():
                self.add(entry.filename, entry.compress_size, entry.file_size, entry.CRC)
        if self._archive.needs_password():
            self.notes.add(PASSWORD)

    def bytes_of(self, path: str) -> bytes:
        """The bytes of an entry. Raises `BadFile`."""
        try:
            entry = self._archive.getinfo(self.names[path])
            self.check(path, entry.file_size)
            with self._archive.open(entry) as file:
                return bytes(file.read(entry.file_size))
        except self._failures as error:
            raise DamagedEntry(f"{path!r} can't be unpacked: {one_line(error)}") from error


class SevenZipFiles(Listed):
    """A 7z archive."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Read the directory. Raises `BadFile`."""
        super().__init__(limits)
        self._path = path
        with self._open() as archive:
            entries = archive.list()
            if archive.needs_password():
                self.notes.add(PASSWORD)
        for entry in entries:
            if entry.is_file and not entry.is_symlink:
                self.add(entry.filename, entry.compressed or 0, entry.uncompressed, entry.crc32)

    def _open(self) -> Any:
        """Raises `BadFile`."""
        try:
            import py7zr
        except ImportError as error:
            raise BadFile(MISSING.format("7z")) from error
        try:
            return py7zr.SevenZipFile(self._path, "r")
        except Exception as error:
            raise NotAnArchive(f"the 7z archive can't be read: {one_line(error)}") from error

    def bytes_of(self, path: str) -> bytes:
        """The bytes of an entry. Raises `BadFile`."""
        from py7zr.io import BytesIOFactory

        self.check(path, self.digests.get(path, (0, 0))[1])
        factory: Any = BytesIOFactory(self.limits.entry_bytes)
        try:
            with self._open() as archive:
                archive.extract(targets=[self.names[path]], factory=factory)
            return bytes(factory.get(self.names[path]).read())
        except MemoryError:
            raise
        except Exception as error:
            raise DamagedEntry(f"{path!r} can't be unpacked: {one_line(error)}") from error


def one_line(error: Exception) -> str:
    """What an error of a library says, short."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def describe_cbr(path: Path, name: str, limits: Limits) -> Described:  # noqa: ARG001 - all readers are asked alike
    """A comic in a RAR archive. Raises `BadFile`."""
    return describe_comic(RarFiles(path, limits), CBR)


def describe_cb7(path: Path, name: str, limits: Limits) -> Described:  # noqa: ARG001 - as above
    """A comic in a 7z archive. Raises `BadFile`."""
    return describe_comic(SevenZipFiles(path, limits), CB7)
