"""One text node as crengine makes it from the source: references, white space, tabs; and the way back, character by character.

Must not know elements or style: whether white space is kept, and whether references count, is told.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvxml.cpp (PreProcessXmlString, ReadText)
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Final

from placekeeper.positions import xhtml

MAX_NODE: Final = 8192
"""Source characters after which crengine begins another text node, at the last space or line end."""

MAX_DIGITS: Final = 7
"""Digits of a character reference beyond which it can't be a character of Unicode."""

TAB: Final = 8
BLANK: Final = " \t\r\n"
_TOKEN = re.compile(r"&|[ \t\r\n]+")
_RUN = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_REFERENCE = re.compile(r"&+(?:#(?:x[0-9A-Fa-f]*|[0-9]*)(.)?|([A-Za-z][^; &\0]{0,30})([; ])?|(.))?", re.DOTALL)
_CP1252: Final = bytes(range(0x80, 0xA0)).decode("cp1252", "replace")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of the same source: `text` is crengine's, `plain` the resource's; and where they stop running side by side.

    From `places[i]` in `text` on, characters stand at `origins[i]` and on in `plain`, until the next entry.
    """

    text: str
    places: tuple[int, ...]
    origins: tuple[int, ...]

    def origin(self, place: int) -> int:
        """Where the character at `place` of crengine's text stands in the resource's; a space of a tab counts as what follows."""
        at = bisect_right(self.places, place) - 1
        origin = self.origins[at] + place - self.places[at]
        return min(origin, self.origins[at + 1]) if at + 1 < len(self.origins) else origin

    def place(self, origin: int) -> int:
        """Where the character at `origin` of the resource's text stands in crengine's; a dropped one counts as the next."""
        at = bisect_right(self.origins, origin) - 1
        end = self.places[at + 1] if at + 1 < len(self.places) else len(self.text)
        return min(self.places[at] + origin - self.origins[at], end)


def split(raw: str) -> Iterator[tuple[int, int]]:
    """Where crengine cuts a run of text of the source into text nodes."""
    start = 0
    while len(raw) - start >= MAX_NODE:
        yield start, (start := _cut(raw, start))
    if start < len(raw):
        yield start, len(raw)


def _cut(raw: str, start: int) -> int:
    """The end of a node that begins at `start`: after its last space, or line end that is no half of a pair; else full length."""
    end = limit = start + MAX_NODE
    while (at := max(raw.rfind(character, start, limit) for character in " \r\n")) >= 0:
        following = raw[at + 1 : min(at + 2, end)]
        if raw[at] == " " or following in ("", raw[at]) or following not in "\r\n":
            return at + 1
        limit = at
    return end


def convert(raw: str, *, keep_white: bool = False, cdata: bool = False, strict: bool = True) -> Pair:
    """The text that crengine makes of some source, beside the resource's own.

    `keep_white`: white space is preserved. `cdata`: references are not. `strict`: the resource's text was read as XML; if not,
    it is what crengine itself reads, before white space is collapsed.
    """
    if "&" not in raw or cdata:
        raw = xhtml.newlines(raw)
        if not keep_white:
            return _collapsed(raw)
        if "\t" not in raw:
            return Pair(raw, (0,), (0,))
    writer = _Writer()
    for kind, crengine, plain in _tokens(raw, cdata=cdata, strict=strict):
        if kind == ERROR:
            writer.skip(plain)
        elif kind and not keep_white:
            writer.white(crengine)
        elif keep_white and (kind or crengine in {"\t", "\n"}):
            writer.tabs(crengine)
        else:
            writer.add(crengine, plain)
    return writer.pair()


def blank(raw: str) -> bool:
    """Whether crengine reads nothing but white space in some source."""
    if "&" not in raw:
        return not raw.strip(BLANK)
    return not any(read.strip(BLANK) for _, read, _ in _tokens(raw, cdata=False, strict=False))


def plain(raw: str, *, cdata: bool = False) -> str:
    """What crengine itself reads in some source, before it does anything to white space."""
    raw = xhtml.newlines(raw)
    return raw if cdata or "&" not in raw else "".join(text for _, _, text in _tokens(raw, cdata=False, strict=False))


def _collapsed(raw: str) -> Pair:
    """Without references: every run of white space is one space."""
    places, origins, shift = [0], [0], 0
    for found in _RUN.finditer(raw):
        dropped = found.end() - found.start() - 1
        if dropped:
            shift += dropped
            places.append(found.end() - shift)
            origins.append(found.end())
    return Pair(_RUN.sub(" ", raw), tuple(places), tuple(origins))


TEXT, WHITE, ERROR = 0, 1, 2


def _tokens(raw: str, *, cdata: bool, strict: bool) -> Iterator[tuple[int, str, str]]:
    """Pieces of source: text, a run of white space, or a reference that is none; as crengine has it and as the resource."""
    last = 0
    while found := _TOKEN.search(raw, last):
        if last < found.start():
            yield TEXT, raw[last : found.start()], raw[last : found.start()]
        if found[0] != "&" or cdata:
            white = xhtml.newlines(found[0])
            yield (TEXT if found[0] == "&" else WHITE), white, white
            last = found.end()
        else:
            last, read, understood = reference(raw, found.start())
            plain = read
            if strict and (whole := xhtml.decode(raw[found.start() : last])) != raw[found.start() : last]:
                plain = whole
            yield (TEXT if read or understood else ERROR), read, plain
    if last < len(raw):
        yield TEXT, raw[last:], raw[last:]


def reference(raw: str, at: int) -> tuple[int, str, bool]:
    """Where reading goes on after the `&` at `at`, what was read, and whether it was understood."""
    found = _REFERENCE.match(raw, at)
    if not found:
        return at + 1, "", False
    name = found[2]
    if name:
        known = html5.get(f"{name};") if found[3] else None
        return (found.end(), known, True) if known else (found.start(2) + 1, f"&{name[0]}", False)
    if found[1] == ";":
        digits = raw[found.start() : found.end() - 1].lstrip("&")[1:]
        return found.end(), _number(digits), True
    return found.end(), "", False


def _number(digits: str) -> str:
    base = 16 if digits[:1] == "x" else 10
    digits = digits.lstrip("x").lstrip("0")
    code = int(digits or "0", base) if len(digits) <= MAX_DIGITS else 0
    if 0x80 <= code < 0xA0:  # noqa: PLR2004 - what old editors wrote is meant as Windows-1252
        return _CP1252[code - 0x80] if _CP1252[code - 0x80] != "\ufffd" else chr(code)
    return chr(code) if 0 < code <= 0x10FFFF else ""  # noqa: PLR2004 - Unicode ends there


class _Writer:
    """Puts the two texts together and notes where they part."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = self._origin = self._line = 0
        self._places, self._origins = [0], [0]
        self._in_run = False

    def add(self, crengine: str, plain: str) -> None:
        """The same in both, or something that differs."""
        self._text.append(crengine)
        self._length += len(crengine)
        self._origin += len(plain)
        self._in_run = False
        if len(crengine) != len(plain):
            self._part()

    def skip(self, plain: str) -> None:
        """Something that crengine drops without noticing that a run of white space ended."""
        in_run = self._in_run
        self.add("", plain)
        self._in_run = in_run

    def white(self, run: str) -> None:
        """A run of literal white space: one space, or none where the run before has not ended."""
        kept = "" if self._in_run else " "
        self.add(kept, run)
        self._in_run = True

    def tabs(self, run: str) -> None:
        """White space that is kept, tabs as spaces up to the next stop."""
        for character in run:
            width = TAB - (self._length - self._line) % TAB if character == "\t" else 1
            self.add(" " * width if character == "\t" else character, character)
            if character == "\n":
                self._line = self._length - 1  # crengine counts the line end itself as the first column

    def _part(self) -> None:
        self._places.append(self._length)
        self._origins.append(self._origin)

    def pair(self) -> Pair:
        """What came of it."""
        return Pair("".join(self._text), tuple(self._places), tuple(self._origins))
