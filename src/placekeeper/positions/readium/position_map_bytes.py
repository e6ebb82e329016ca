"""A position map as bytes, and back. It must not know where they are kept.

Layout: `PKPM`, a version byte, the CRC-32 of the rest; then the deflated head (JSON: spine, names, lengths, sizes), its size in
front; then one deflated block for each resource with text, so that a place in one resource inflates that one only. A block is
arrays of numbers, each with its width in bytes, cut into planes: all low bytes, then all high bytes.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import fields
from itertools import accumulate, pairwise
from struct import Struct, error
from typing import Any

from placekeeper.positions.readium.position_map import DamagedMap, Outline, PositionMap
from placekeeper.positions.spine import Contents, Item, Spine

MAGIC = b"PKPM"
VERSION = 2
LEVEL = 9
MAX_HEAD = 64 << 20
MAX_BLOCK = 256 << 20
MAX_TEXT = 1 << 28
PREFIX = Struct("<4sBII")
FRAME = Struct("<IIIIII")
CODES = {1: "B", 2: "H", 4: "I"}
FIELDS = tuple(field.name for field in fields(Item) if field.name != "index")
WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, zlib.error, error)


def dumps(mapped: PositionMap) -> bytes:
    """The map as bytes."""
    blocks = [b"" if isinstance(outline, str) else _deflated(_block(outline)) for outline in mapped.outlines]
    head = {
        "step": mapped.spine.step,
        "items": [[getattr(item, name) for name in FIELDS] for item in mapped.spine.items],
        "titles": mapped.spine.contents().titles,
        "pages": mapped.spine.page_list,
        "names": mapped.names,
        "lengths": mapped.lengths,
        "without": {index: outline for index, outline in enumerate(mapped.outlines) if isinstance(outline, str)},
        "blocks": [len(block) for block in blocks],
    }
    packed = _deflated(json.dumps(head, separators=(",", ":")).encode())
    rest = b"".join([packed, *blocks])
    return PREFIX.pack(MAGIC, VERSION, zlib.crc32(rest), len(packed)) + rest


def loads(data: bytes) -> PositionMap:
    """The map that the bytes hold. Raises `DamagedMap` for any others, later for a block that is not what it should be."""
    try:
        magic, version, checksum, size = PREFIX.unpack_from(data)
    except error as short:
        raise DamagedMap("too short for a position map") from short
    if magic != MAGIC:
        raise DamagedMap("not a position map")
    if version != VERSION:
        raise DamagedMap(f"a position map of version {version}; this reads {VERSION}")
    rest = memoryview(data)[PREFIX.size :]
    if zlib.crc32(rest) != checksum:
        raise DamagedMap("the position map is damaged: its checksum is another")
    try:
        return _map(json.loads(_inflated(rest[:size], MAX_HEAD)), rest[size:])
    except WRONG as wrong:
        raise DamagedMap(f"the head of the position map can't be read: {type(wrong).__name__}") from wrong


class _Blocks(Sequence[Outline | str]):
    """The outlines, each read when it is asked for."""

    def __init__(
        self, ends: Sequence[int], data: memoryview, without: dict[str, str], names: int, lengths: Sequence[int]
    ) -> None:
        self._ends, self._data, self._without = [0, *ends], data, without
        self._names, self._lengths = names, lengths

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        if (reason := self._without.get(str(index))) is not None:
            return reason
        try:
            block = _inflated(self._data[self._ends[index] : self._ends[index + 1]], MAX_BLOCK)
            return _outline(block, self._names, self._lengths[index])
        except WRONG as wrong:
            raise DamagedMap(f"resource {index} of the position map can't be read: {type(wrong).__name__}") from wrong


def _map(head: Any, data: memoryview) -> PositionMap:
    items = tuple(Item(index=index, **dict(zip(FIELDS, values, strict=True))) for index, values in enumerate(head["items"]))
    pages = tuple((str(label), str(href)) for label, href in head["pages"])
    contents = Contents(titles=tuple(map(str, head["titles"])), pages=pages)
    spine = Spine(items=items, step=head["step"], contents=lambda: contents)
    names, lengths = tuple(map(str, head["names"])), tuple(head["lengths"])
    ends = list(accumulate(head["blocks"]))
    sizes = [*head["blocks"], *lengths]
    if len(lengths) != len(items) or len(ends) != len(items) or min(sizes, default=0) < 0 or max(lengths, default=0) > MAX_TEXT:
        raise DamagedMap("the head does not add up")
    return PositionMap(spine, names, lengths, _Blocks(ends, data, dict(head["without"]), len(names), lengths))


def _block(outline: Outline) -> bytes:
    """One resource."""
    elements = [element for element, _ in outline.ids]
    ids = "\0".join(identity.replace("\0", "\ufffd") for _, identity in outline.ids).encode("utf-8", "surrogatepass")
    arrays = (
        outline.names,
        outline.counts,
        outline.leads,
        outline.tails,
        *map(_deltas, (elements, outline.wide, outline.breaks)),
    )
    counts = (len(outline.names), outline.body, len(elements), len(outline.wide), len(outline.breaks), len(ids))
    return b"".join([FRAME.pack(*counts), *map(_planes, arrays), ids])


def _outline(block: bytes, names: int, length: int) -> Outline:
    count, body, elements, wide, breaks, size = FRAME.unpack_from(block)
    reader = _Reader(block, FRAME.size)
    numbers, counts, leads, tails = (reader.numbers(count) for _ in range(4))
    owners, wides, cuts = (list(accumulate(reader.numbers(many))) for many in (elements, wide, breaks))
    ids = block[reader.at :].decode("utf-8", "surrogatepass").split("\0") if size else []
    if (
        len(block) - reader.at != size
        or len(ids) != elements
        or body >= max(count, 1)
        or max(numbers, default=0) >= max(names, 1)
    ):
        raise DamagedMap("a block does not add up")
    if any(last and last[-1] >= limit for last, limit in ((owners, count), (wides, length), (cuts, length + 1))):
        raise DamagedMap("a block points out of its resource")
    return Outline(length, body, numbers, counts, leads, tails, list(zip(owners, ids, strict=True)), wides, cuts)


class _Reader:
    """Takes arrays off a block, one behind the other."""

    def __init__(self, block: bytes, at: int) -> None:
        self.block, self.at = block, at

    def numbers(self, count: int) -> list[int]:
        """The next array."""
        if not count:
            return []
        width = self.block[self.at]
        start = self.at + 1
        if count * width > len(self.block) - start:
            raise DamagedMap("a block is shorter than it says")
        planes = [self.block[start + count * plane : start + count * (plane + 1)] for plane in range(width)]
        raw = bytearray(count * width)
        for plane, data in enumerate(planes):
            raw[plane::width] = data
        self.at = start + count * width
        found = array(CODES[width], bytes(raw))
        if sys.byteorder == "big":
            found.byteswap()
        return found.tolist()


def _planes(numbers: Sequence[int]) -> bytes:
    if not numbers:
        return b""
    most = max(numbers)
    width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
    found = array(CODES[width], numbers)
    if sys.byteorder == "big":
        found.byteswap()
    raw = found.tobytes()
    return bytes([width]) + b"".join(raw[plane::width] for plane in range(width))


def _deltas(ascending: Sequence[int]) -> list[int]:
    return [right - left for left, right in pairwise((0, *ascending))]


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _inflated(data: memoryview, most: int) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    found = unpacker.decompress(data, most)
    if not unpacker.eof:
        raise DamagedMap("a part of the position map is cut off, or too large")
    return found
