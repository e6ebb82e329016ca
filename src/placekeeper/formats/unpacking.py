"""The bytes of one zip entry, inflated within a ceiling, and as many as can be had where it is damaged.

Must not know archives, nor what the bytes mean. Source: https://www.rfc-editor.org/rfc/rfc1951
"""

import zlib
from dataclasses import dataclass
from zipfile import ZipInfo

from placekeeper.domain.errors import DamagedEntry, LimitExceeded

STEP = 65_536
SMALL_STEP = 64


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`data`: the bytes. `damage`: what is wrong with them, in one line; empty where nothing is."""

    data: bytes
    damage: str = ""


def inflated(name: str, packed: bytes, entry: ZipInfo, ceiling: int) -> Unpacked:
    """A deflated entry. Raises `LimitExceeded` beyond `ceiling` bytes, `DamagedEntry` where nothing can be had."""
    try:
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        data = engine.decompress(packed, min(ceiling, entry.file_size) + 1)
        complete = engine.eof
    except zlib.error:
        data, complete = rescued(packed, ceiling), False
    if len(data) > ceiling:
        raise LimitExceeded(f"ratio: {name!r} inflates to more than {ceiling} bytes, out of {len(packed)}")
    return judged(name, data, entry, complete=complete)


def rescued(packed: bytes, ceiling: int) -> bytes:
    """What a broken deflate stream gives before it breaks."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces: list[bytes] = []
    try:
        for at in range(0, len(packed), SMALL_STEP):
            pieces.append(engine.decompress(packed[at : at + SMALL_STEP]))
            ceiling -= len(pieces[-1])
            if ceiling < 0:
                break
    except zlib.error:
        pass
    return b"".join(pieces)


def kept(name: str, packed: bytes, entry: ZipInfo) -> Unpacked:
    """A stored entry."""
    return judged(name, packed, entry, complete=len(packed) == entry.file_size)


def judged(name: str, data: bytes, entry: ZipInfo, *, complete: bool) -> Unpacked:
    """The bytes, with what is wrong with them. Raises `DamagedEntry` where there are none though there should be."""
    if complete and len(data) == entry.file_size and zlib.crc32(data) == entry.CRC:
        return Unpacked(data)
    if not data:
        raise DamagedEntry(f"{name!r} is damaged: nothing of it can be read")
    if complete and len(data) == entry.file_size:
        return Unpacked(data, f"{name!r} is damaged: its checksum is wrong")
    return Unpacked(data[: entry.file_size], f"{name!r} is damaged: {len(data)} of {entry.file_size} bytes could be read")
