"""What sort of file this is: by its first bytes, else by the directory of an archive, and only then by the name's ending.

Must not know what is in any of them.
"""

import enum
from collections.abc import Collection

from placekeeper.domain.errors import BadFile, NotNow
from placekeeper.formats.archive import Archive
from placekeeper.formats.holding import Openable
from placekeeper.formats.limits import Limits

UNKNOWN = "not a kind of file that is read here"
OF_EPUBS = (".opf", ".ncx", ".xhtml", ".html", ".htm")
HEAD = 4096
"""Bytes at the beginning that are looked at: a PDF's mark may stand in the first thousand."""
IMAGES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
    ".webp": "image/webp", ".avif": "image/avif", ".jxl": "image/jxl", ".bmp": "image/bmp", ".tif": "image/tiff",
    ".tiff": "image/tiff",
}  # fmt: skip
SOUNDS = {
    ".mp3": "audio/mpeg", ".m4b": "audio/mp4", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg",
    ".oga": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac", ".wav": "audio/wav",
}  # fmt: skip


class Sort(enum.StrEnum):
    """How a file is packed, and so which reader it needs."""

    EPUB = "EPUB"
    PDF = "PDF"
    CBZ = "CBZ"
    CBR = "CBR"
    CB7 = "CB7"
    READIUM_AUDIOBOOK = "Readium audiobook"
    LPF = "W3C audiobook (LPF)"
    SOUND = "sound"
    FB2 = "FictionBook"
    MOBI = "MOBI"


ENDINGS = {
    ".epub": Sort.EPUB, ".kepub": Sort.EPUB, ".pdf": Sort.PDF, ".cbz": Sort.CBZ, ".cbr": Sort.CBR, ".cb7": Sort.CB7,
    ".audiobook": Sort.READIUM_AUDIOBOOK, ".lpf": Sort.LPF, ".fb2": Sort.FB2, ".fbz": Sort.FB2, ".mobi": Sort.MOBI,
    ".azw": Sort.MOBI, ".azw3": Sort.MOBI, ".prc": Sort.MOBI, **dict.fromkeys(SOUNDS, Sort.SOUND),
}  # fmt: skip
"""Names of files that are worth looking into."""
ZIPS = frozenset({Sort.EPUB, Sort.CBZ, Sort.LPF, Sort.READIUM_AUDIOBOOK})


def ending(name: str) -> str:
    """From the last dot, in lower case; "" where there is none."""
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def worth_reading(name: str) -> bool:
    """Whether a file of that name in a library may be a publication: covers, notes and databases are passed over unopened."""
    return ending(name) in ENDINGS or name.lower().endswith(".fb2.zip")


def head_of(path: Openable) -> bytes:
    """The first bytes of a file. Raises `BadFile`."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error


SIGNATURES = (
    (0, b"Rar!\x1a\x07", Sort.CBR),
    (0, b"7z\xbc\xaf\x27\x1c", Sort.CB7),
    (60, b"BOOKMOBI", Sort.MOBI),
    (60, b"TEXtREAd", Sort.MOBI),
    (4, b"ftyp", Sort.SOUND),
    (0, b"ID3", Sort.SOUND),
    (0, b"OggS", Sort.SOUND),
    (0, b"fLaC", Sort.SOUND),
    (8, b"WAVE", Sort.SOUND),
)
"""Offset and bytes."""


def by_content(head: bytes) -> Sort | None:
    """What the first bytes say. Zip archives hold many things: None, as for everything unknown."""
    for offset, mark, sort in SIGNATURES:
        if head.startswith(mark, offset):
            return sort
    if b"%PDF-" in head[:1024]:
        return Sort.PDF
    return Sort.FB2 if b"<FictionBook" in head or "<FictionBook".encode("utf-16-le") in head else None


def is_zip(head: bytes) -> bool:
    """Whether a file begins as zip archives do."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def by_entries(paths: Collection[str]) -> Sort | None:
    """What the paths in a zip archive say."""
    lowered = {path.lower() for path in paths}
    if "publication.json" in lowered:
        return Sort.LPF
    if "manifest.json" in lowered and "meta-inf/container.xml" not in lowered:
        return Sort.READIUM_AUDIOBOOK
    if "meta-inf/container.xml" in lowered or any(path.endswith(OF_EPUBS) for path in lowered):  # perhaps a damaged one
        return Sort.EPUB
    if any(path.endswith(".fb2") for path in lowered):
        return Sort.FB2
    return Sort.CBZ if any(ending(path) in IMAGES for path in lowered) else None


def recognise(path: Openable, name: str, limits: Limits) -> tuple[Sort, Archive | None]:
    """What the file is that is called `name`, and its archive, if it is a zip archive. Raises `BadFile`."""
    head = head_of(path)
    said = ENDINGS.get(ending(name))
    if found := by_content(head):
        return found, None
    if is_zip(head) or said in ZIPS:  # what is cut off or no archive at all, the archive will say
        archive = Archive(path, limits)
        found = by_entries(archive.entries) or (said if said is Sort.EPUB else None)
        if found is None:
            raise BadFile(UNKNOWN)
        return found, archive
    if said is Sort.SOUND and head:  # sound may begin with anything
        return said, None
    raise BadFile(UNKNOWN)
