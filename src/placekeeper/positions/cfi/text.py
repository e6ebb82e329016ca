"""Offsets and text assertions of a CFI: how far into a text, and which words should stand before and after.

It must not know documents; it is given a text. Offsets beyond the text are put at its end, as no engine can follow them. In an
assertion white space counts as one blank, however much there is of it.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-path-text-location
"""

import re

from placekeeper.positions.cfi.syntax import Offset
from placekeeper.positions.cfi.walk import Doubt
from placekeeper.positions.document import from_utf16, utf16
from placekeeper.positions.point import Precision

_BLANKS = re.compile(r"\s+")
SLACK = 256
"""Characters of white space that a quoted text may have more than the quotation."""

LONGEST = 128
"""Characters of an assertion that are looked at on each side: those next to the place."""

REACH = 100_000
"""Characters on each side of the place where the asserted text is looked for."""


def inside(text: str, span: tuple[int, int], offset: Offset | None, doubts: list[Doubt]) -> int:
    """The offset in `text` of so many UTF-16 code units into a span of it; adds what is to be doubted."""
    start, end = span
    units = offset.characters if offset else 0
    if units is None:
        doubts += beside(offset)
        return start
    part = text[start : min(end, start + units)]
    if (length := utf16(part)) < units:
        doubts.append((Precision.ELEMENT, f"offset {units} is beyond the {length} that the text has"))
    return start + from_utf16(part, units)


def beside(offset: Offset | None) -> list[Doubt]:
    """What an offset adds to an element can't be kept: a spot of an image, a second of a film, a letter of a description."""
    return [(Precision.ELEMENT, "only the element is kept of an offset that is not in text")] if offset else []


def corrected(text: str, offset: int, values: tuple[str, ...]) -> tuple[int, list[Doubt]]:
    """The offset that the asserted text belongs to, nearest to the one given, and what to say about it.

    One value alone may stand before the place or after it.
    """
    before, after = values[0][-LONGEST:], (values[1] if len(values) > 1 else "")[:LONGEST]
    alone = len(values) == 1 and _fits(text, offset, "", values[0][:LONGEST])
    if alone or _fits(text, offset, before, after):
        return offset, []
    start = max(0, offset - REACH)
    found = [start + place for place in _places(text[start : offset + REACH], before, after)]
    if not found:
        return offset, [(Precision.ELEMENT, "the text there is not what the CFI asserts")]
    nearest = min(found, key=lambda place: abs(place - offset))
    precision = Precision.EXACT if len(found) == 1 else Precision.ELEMENT
    return nearest, [(precision, "moved to the text that the CFI asserts")]


def _fits(text: str, offset: int, before: str, after: str) -> bool:
    behind = text[max(0, offset - 2 * len(before) - SLACK) : offset]
    ahead = text[offset : offset + 2 * len(after) + SLACK]
    return _one(behind).endswith(_one(before)) and _one(ahead).startswith(_one(after))


def _one(text: str) -> str:
    return _BLANKS.sub(" ", text)


def _places(text: str, before: str, after: str) -> list[int]:
    """Offsets between the two; runs of white space are entered at their start only, so that the search stays linear."""
    pattern = re.compile(f"{_pattern(before)}(){_pattern(after)}")
    return [match.start(1) for match in pattern.finditer(text)]


def _pattern(value: str) -> str:
    pattern = r"\s++".join(re.escape(word) for word in _BLANKS.split(value))
    return rf"(?<!\s){pattern}" if value[:1].isspace() else pattern
