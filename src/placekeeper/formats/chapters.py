"""Where the chapters of an MP4 audiobook begin: Nero's list, else the text track that Apple's players read.

Must not know tags. Only boxes that are asked for are read. Source: ISO/IEC 14496-12, Apple's QuickTime File Format Specification
"""

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from placekeeper.formats.limits import LIMITS

MOST = LIMITS.entries
TRACKS = 100
TABLE_BYTES = 8 << 20
"""A table of samples: as much as a recording of days has."""
Chapter = tuple[float, str]


class Box(NamedTuple):
    """Type, and where its content begins and ends in the file."""

    kind: bytes
    start: int
    end: int


def read_chapters(path: Path) -> list[Chapter]:
    """Seconds and titles, in order; empty where there are none, or where they make no sense. Raises `OSError`."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        try:
            return nero(file, size) or quicktime(file, size)
        except (struct.error, ValueError, LookupError, OverflowError, ZeroDivisionError):
            return []


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets."""
    for _ in range(MOST):
        if start + 8 > end:
            return
        file.seek(start)
        size, kind = struct.unpack(">L4s", file.read(8))
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", file.read(8)), 16
        size = size or end - start
        if size < head or start + size > end:
            return
        yield Box(kind, start + head, start + size)
        start += size


def within(file: BinaryIO, start: int, end: int, *path: bytes) -> Iterator[Box]:
    """All boxes at a path of types."""
    for box in boxes(file, start, end):
        if box.kind == path[0]:
            if len(path) == 1:
                yield box
            else:
                yield from within(file, box.start, box.end, *path[1:])


def content(file: BinaryIO, box: Box) -> bytes:
    """The bytes of a box, as far as they are any use."""
    file.seek(box.start)
    return file.read(min(box.end - box.start, TABLE_BYTES))


def nero(file: BinaryIO, size: int) -> list[Chapter]:
    """`moov/udta/chpl`: a count, then for each chapter its start in units of 100 ns and its title."""
    for box in within(file, 0, size, b"moov", b"udta", b"chpl"):
        data = content(file, box)
        at = 9 if data[0] else 5
        found = []
        for _ in range(data[at - 1]):
            start, length = struct.unpack_from(">QB", data, at)
            found.append((start / 1e7, title(data[at + 9 : at + 9 + length])))
            at += 9 + length
        return found
    return []


def title(data: bytes) -> str:
    """A title as text on one line."""
    encoding = "utf-16" if data.startswith((b"\xfe\xff", b"\xff\xfe")) else "utf-8"
    return " ".join(data.decode(encoding, "replace").replace("\0", " ").split())


def quicktime(file: BinaryIO, size: int) -> list[Chapter]:
    """The samples of the track that another track names as its chapters."""
    tracks = list(islice(within(file, 0, size, b"moov", b"trak"), TRACKS))
    named = {
        number
        for track in tracks
        for box in within(file, track.start, track.end, b"tref", b"chap")
        for (number,) in struct.iter_unpack(">L", content(file, box)[:64])
    }
    for track in tracks:
        head = next((content(file, box) for box in within(file, track.start, track.end, b"tkhd")), b"")
        if head and struct.unpack_from(">L", head, 20 if head[0] else 12)[0] in named:
            return samples(file, track)
    return []


def samples(file: BinaryIO, track: Box) -> list[Chapter]:
    """Time and text of each sample of a text track, whose tables are the usual ones: one sample in a chunk, or all in one."""
    header = next((content(file, box) for box in within(file, track.start, track.end, b"mdia", b"mdhd")), b"")
    (scale,) = struct.unpack_from(">L", header, 20 if header[0] else 12)
    tables = {
        box.kind: content(file, box)
        for stbl in within(file, track.start, track.end, b"mdia", b"minf", b"stbl")
        for box in boxes(file, stbl.start, stbl.end)
    }
    starts: list[int] = []
    now = 0
    for count, delta in struct.iter_unpack(">LL", whole(tables[b"stts"][8:], 8)):
        for _ in range(min(count, MOST - len(starts))):
            starts.append(now)
            now += delta
    return [
        (start / scale, text)
        for start, (offset, length) in zip(starts, places(tables), strict=False)
        if (text := sample(file, offset, length)) is not None
    ]


def places(tables: dict[bytes, bytes]) -> Iterator[tuple[int, int]]:
    """Offset and length of each sample."""
    fixed, count = struct.unpack_from(">LL", tables[b"stsz"], 4)
    sizes = (
        [fixed] * min(count, MOST) if fixed else [size for (size,) in struct.iter_unpack(">L", whole(tables[b"stsz"][12:], 4))]
    )
    wide = b"co64" in tables
    chunks = [
        at
        for (at,) in struct.iter_unpack(">Q" if wide else ">L", whole(tables[b"co64" if wide else b"stco"][8:], 8 if wide else 4))
    ]
    if len(chunks) >= len(sizes):
        yield from zip(chunks, sizes, strict=False)
    elif len(chunks) == 1:
        at = chunks[0]
        for size in sizes:
            yield at, size
            at += size


def whole(data: bytes, step: int) -> bytes:
    """As much as is a multiple of `step`."""
    return data[: len(data) // step * step]


def sample(file: BinaryIO, offset: int, length: int) -> str | None:
    """The text of a sample: two bytes for its length, then the title."""
    file.seek(offset)
    data = file.read(min(length, 4096))
    return title(data[2 : 2 + int.from_bytes(data[:2])]) if len(data) >= 2 else None  # noqa: PLR2004 - see above
