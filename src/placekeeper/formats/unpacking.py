"""The bytes of one zip entry: never more than it says it has, and as many as can be had where it is damaged.

Must not know what the bytes mean. Source: https://www.rfc-editor.org/rfc/rfc1951
"""

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZipInfo

from placekeeper.domain.errors import DamagedEntry

LOCAL = struct.Struct("<4s22xHH")
STEP = 64
"""Bytes fed at once where a stream is known to break: what follows in the same step is lost."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`data`: the bytes. `damage`: what is wrong with them, in one line; empty where nothing is."""

    data: bytes
    damage: str = ""


def packed_bytes(file: BinaryIO, name: str, entry: ZipInfo) -> bytes:
    """The bytes of an entry as they lie in the file. Raises `DamagedEntry`, `OSError`."""
    size = file.seek(0, 2)
    if 0 <= entry.header_offset <= size - LOCAL.size:
        file.seek(entry.header_offset)
        signature, name_length, extra_length = LOCAL.unpack(file.read(LOCAL.size))
        start = entry.header_offset + LOCAL.size + name_length + extra_length
        if signature == b"PK\x03\x04" and start <= size:
            file.seek(start)
            # No entry grows by being deflated, but for a few bytes: a larger packed size is a lie.
            return file.read(min(entry.compress_size, size - start, 2 * entry.file_size + STEP))
    raise DamagedEntry(f"{name!r} is not where the archive's directory says")


def stored(name: str, packed: bytes, entry: ZipInfo) -> Unpacked:
    """An entry that is not compressed."""
    return judged(name, packed[: entry.file_size], entry)


def inflated(name: str, packed: bytes, entry: ZipInfo) -> Unpacked:
    """A deflated entry. Raises `DamagedEntry` where nothing of it can be had."""
    try:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
    except zlib.error:
        data = rescued(packed, entry.file_size)
    return judged(name, data, entry)


def rescued(packed: bytes, most: int) -> bytes:
    """What a broken deflate stream gives before it breaks."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    data = bytearray()
    for at in range(0, len(packed), STEP):
        try:
            data += engine.decompress(packed[at : at + STEP])
        except zlib.error:
            break
        if len(data) > most:
            break
    return bytes(data[:most])


def judged(name: str, data: bytes, entry: ZipInfo) -> Unpacked:
    """The bytes, with what is wrong with them. Raises `DamagedEntry` where there are none though there should be."""
    if len(data) == entry.file_size:
        return Unpacked(data, "" if zlib.crc32(data) == entry.CRC else f"{name!r} is damaged: its checksum is wrong")
    if len(data) > entry.file_size:
        return Unpacked(data[: entry.file_size], f"{name!r} is damaged: it is longer than the {entry.file_size} bytes it says")
    if not data:
        raise DamagedEntry(f"{name!r} is damaged: nothing of it can be read")
    return Unpacked(data, f"{name!r} is damaged: {len(data)} of {entry.file_size} bytes could be read")
