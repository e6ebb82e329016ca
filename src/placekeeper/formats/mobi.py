"""What the header of a Mobipocket or Kindle file says about the book. Its text is not read. Must not know places.

Source: https://wiki.mobileread.com/wiki/MOBI
"""

import struct
from pathlib import Path

from placekeeper.domain.errors import BadFile, NotNow
from placekeeper.domain.publication import EMBEDDED, Contributor, Described, Identification, Kind, Metadata
from placekeeper.formats.limits import Limits

MOBI, KINDLE = "application/x-mobipocket-ebook", "application/vnd.amazon.mobi8-ebook"
RECORD_BYTES = 1 << 20
"""Of the first record: header, extensions, title."""
KF8 = 8
HAS_EXTENSIONS = 0x40
COVER = 201
AUTHOR, PUBLISHER, DESCRIPTION, ISBN, SUBJECT, PUBLISHED, TITLE, LANGUAGE = 100, 101, 103, 104, 105, 106, 503, 524


def describe_mobi(path: Path, name: str, limits: Limits) -> Described:  # noqa: ARG001 - all readers are asked alike
    """A plain file with a title. Raises `BadFile`."""
    try:
        record = first_record(path)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    except (struct.error, ValueError) as error:
        raise BadFile("no MOBI that can be read: its header is damaged") from error
    try:
        kind, metadata = said(record)
    except (struct.error, ValueError, LookupError):
        return Described(kind=Kind.PLAIN, media_type=MOBI, metadata=Metadata(), notes=("the header can't be read",))
    return Described(kind=Kind.PLAIN, media_type=kind, metadata=metadata)


def first_record(path: Path) -> bytes:
    """Raises `OSError`, `struct.error`."""
    with path.open("rb") as file:
        head = file.read(94)
        (count,) = struct.unpack_from(">H", head, 76)
        start, end = struct.unpack_from(">L4xL", head, 78) if count > 1 else (*struct.unpack_from(">L", head, 78), RECORD_BYTES)
        file.seek(start)
        return file.read(min(max(end - start, 0), RECORD_BYTES))


def said(record: bytes) -> tuple[str, Metadata]:
    """Media type and metadata. Raises `struct.error`, `LookupError`."""
    if record[16:20] != b"MOBI":
        return MOBI, Metadata()
    length, _, encoding, _, version = struct.unpack_from(">5L", record, 20)
    start, size = struct.unpack_from(">2L", record, 84)
    codec = "utf-8" if encoding == 65001 else "cp1252"  # noqa: PLR2004 - the two code pages there are
    texts = extensions(record, 16 + length, codec) if struct.unpack_from(">L", record, 128)[0] & HAS_EXTENSIONS else {}
    isbns = texts.get(ISBN, [])
    return KINDLE if version >= KF8 else MOBI, Metadata(
        title=next(iter(texts.get(TITLE, [])), "") or text(record[start : start + size], codec),
        authors=tuple(Contributor(name, "aut") for name in texts.get(AUTHOR, [])),
        languages=tuple(texts.get(LANGUAGE, [])),
        identifiers=tuple(Identification("isbn", isbn) for isbn in isbns),
        description=next(iter(texts.get(DESCRIPTION, [])), ""),
        published=next(iter(texts.get(PUBLISHED, [])), ""),
        publisher=next(iter(texts.get(PUBLISHER, [])), ""),
        subjects=tuple(texts.get(SUBJECT, [])),
        cover="" if cover_offset(record, 16 + length) is None else EMBEDDED,
    )


def extensions(record: bytes, at: int, codec: str) -> dict[int, list[str]]:
    """The texts of EXTH by number. Raises `struct.error`."""
    found: dict[int, list[str]] = {}
    if record[at : at + 4] != b"EXTH":
        return found
    (count,) = struct.unpack_from(">L", record, at + 8)
    at += 12
    for _ in range(min(count, 1_000)):
        number, length = struct.unpack_from(">2L", record, at)
        if value := text(record[at + 8 : at + length], codec):
            found.setdefault(number, []).append(value)
        at += max(length, 8)
    return found


def text(data: bytes, codec: str) -> str:
    """On one line."""
    return " ".join(data.decode(codec, "replace").replace("\0", " ").split())


def picture(path: Path, limits: Limits) -> bytes | None:
    """The record that the header calls the cover; None where there is none. Raises `BadFile`."""
    try:
        record = first_record(path)
        (length,) = struct.unpack_from(">L", record, 20)
        (first,) = struct.unpack_from(">L", record, 108)
        at = cover_offset(record, 16 + length)
        return None if at is None else numbered_record(path, first + at, limits)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    except (struct.error, ValueError):
        return None


def cover_offset(record: bytes, at: int) -> int | None:
    """Which of the pictures is the cover. Raises `struct.error`."""
    if record[at : at + 4] != b"EXTH":
        return None
    (count,) = struct.unpack_from(">L", record, at + 8)
    at += 12
    for _ in range(min(count, 1_000)):
        number, length = struct.unpack_from(">2L", record, at)
        if number == COVER:
            return int(struct.unpack_from(">L", record, at + 8)[0])
        at += max(length, 8)
    return None


def numbered_record(path: Path, number: int, limits: Limits) -> bytes | None:
    """A record by its number. Raises `OSError`, `struct.error`."""
    with path.open("rb") as file:
        head = file.read(78)
        (count,) = struct.unpack_from(">H", head, 76)
        if not 0 <= number < count - 1:
            return None
        file.seek(78 + 8 * number)
        start, end = struct.unpack(">L4xL", file.read(12))
        file.seek(start)
        return file.read(min(max(end - start, 0), limits.picture_bytes + 1))
