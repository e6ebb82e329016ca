"""Joins two readings of one source by where their text stands in it: which offset in the one is which in the other.

It asks nothing of the text itself, so that a refrain is never taken for another. Must not know style, pointers or elements.
"""

import re
from array import array
from bisect import bisect_right
from typing import Final

from placekeeper.positions import xhtml
from placekeeper.positions.crengine import text
from placekeeper.positions.document import Document

CDATA: Final = "<![CDATA["
MAX_PARTS: Final = 2_000_000
"""References of which the places are kept at once."""
MAX_REFERENCE: Final = 4096
"""Characters of one reference; crengine skips however many `&` and digits there are."""

_PARTED = re.compile(r"&|\r\n")
_Parts = tuple["array[int]", "array[int]", bytearray]
_Unit = tuple[int, int, int]
"""Where something stands in the source, how long it is there, and which character of what it became is meant."""


class Sources:
    """From offsets in one reading to offsets in the other. Nothing is worked out before the first question."""

    def __init__(self, here: Document, there: Document, source: str, shift: int = 0) -> None:
        """`here`: as crengine reads `source`. `there`: as XML, without the first `shift` characters."""
        self._sides = _Side(here, source, 0, crengine=True), _Side(there, source, shift, crengine=False)

    def there(self, offset: int) -> int:
        """The offset in the other text; of a lost character, that of the next one that both have."""
        return self._across(offset, 0)[0]

    def back(self, offset: int) -> int:
        """The same from the other text to this one."""
        return self._across(offset, 1)[0]

    def exact(self, offset: int) -> bool:
        """Whether the other text has the character at an offset of this one. The ends of both belong together."""
        return self._across(offset, 0)[1]

    def exact_back(self, offset: int) -> bool:
        """The same for a character of the other text."""
        return self._across(offset, 1)[1]

    def _across(self, offset: int, side: int) -> tuple[int, bool]:
        unit = self._sides[side].unit(offset)
        other = self._sides[1 - side]
        return other.find(unit) if unit else (len(other.document.text), True)


class _Side:
    """One reading: its runs of text, and within each what is longer or shorter in the source."""

    def __init__(self, document: Document, source: str, shift: int, *, crengine: bool) -> None:
        self.document = document
        self._source = source
        self._shift = shift
        self._crengine = crengine
        self._parts: dict[int, _Parts] = {}
        self._kept = 0

    def unit(self, offset: int) -> _Unit | None:
        """What a character was in the source; None at the end."""
        if offset >= len(self.document.text):
            return None
        piece = bisect_right(self.document.piece_starts, offset) - 1
        places, offsets, replaced = self._of(piece)
        at = bisect_right(offsets, offset) - 1
        if replaced[at]:
            return places[at], places[at + 1] - places[at], offset - offsets[at]
        return places[at] + offset - offsets[at], 1, 0

    def find(self, unit: _Unit) -> tuple[int, bool]:
        """Where that is, and whether it is the same; what is lost is where the next text begins."""
        place, length, number = unit
        sources = self.document.piece_sources
        piece = bisect_right(sources, place - self._shift, key=lambda source: source[0]) - 1
        if piece < 0 or place - self._shift >= sources[piece][1]:
            starts = self.document.piece_starts
            return (starts[piece + 1] if piece + 1 < len(starts) else len(self.document.text)), False
        places, offsets, replaced = self._of(piece)
        at = bisect_right(places, place) - 1
        if not replaced[at]:
            return offsets[at] + place - places[at], length == 1
        same = (places[at], places[at + 1]) == (place, place + length)
        size = offsets[at + 1] - offsets[at]
        return offsets[at] + min(number * same, size), same and number < size

    def _of(self, piece: int) -> _Parts:
        found = self._parts.get(piece)
        if found is None:
            if self._kept > MAX_PARTS:
                self._parts.clear()
                self._kept = 0
            found = self._parts[piece] = self._parted(piece)
            self._kept += len(found[0])
        return found

    def _parted(self, piece: int) -> _Parts:
        """Where parts begin in the source and in the text, with the end as the last, and which of them are not as written."""
        document = self.document
        first, last = (place + self._shift for place in document.piece_sources[piece])
        starts = document.piece_starts
        begins, ends = starts[piece], starts[piece + 1] if piece + 1 < len(starts) else len(document.text)
        places, offsets, replaced = array("q", [first]), array("q", [begins]), bytearray(1)
        at, offset = first, begins
        cdata = self._source.startswith(CDATA, first - len(CDATA)) and first >= len(CDATA)
        while found := _PARTED.search(self._source, at, last):
            end, became = self._read(found.start(), last, cdata=cdata)
            offset += found.start() - at
            at = end
            if became is not None:
                places.extend((found.start(), end))
                offsets.extend((offset, offset + len(became)))
                replaced.extend((1, 0))
            offset += end - found.start() if became is None else len(became)
        places.append(last)
        offsets.append(ends)
        if offset + last - at != ends:  # not understood: nothing in it is the same
            return array("q", [first, last]), array("q", [begins, ends]), bytearray((1, 0))
        return places, offsets, replaced

    def _read(self, start: int, last: int, *, cdata: bool) -> tuple[int, str | None]:
        """Where a reference or a line end is over, and what it became; None where it stands as written."""
        source = self._source
        if source[start] == "\r":
            return start + 2, "\n"
        if cdata:
            return start + 1, None
        if self._crengine:
            end, became, _ = text.reference(source[start : min(last, start + MAX_REFERENCE)], 0)
            end += start
        else:
            found = xhtml.REFERENCE.match(source, start, last)
            end = found.end() if found else start + 1
            became = xhtml.decode(source[start:end])
        return end, None if became == source[start:end] else became
