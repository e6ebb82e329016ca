"""crengine's parser: what it makes of a source, well-formed or not. No element is implied, moved or closed by rules of HTML.

Must not know style or layout. Quirks are meant: a tab after a tag's name, an attribute that begins with another character than
a letter and a `>` within an attribute each have their own consequence in crengine, and so in every pointer behind them.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvxml.cpp (LVXMLParser::Parse), lvtinydom.cpp
(ldomDocumentWriter, ldomDocumentFragmentWriter)
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from placekeeper.positions.crengine.text import plain
from placekeeper.positions.document import NO_ATTRIBUTES, Builder, Document
from placekeeper.positions.point import NoPlace

FRAGMENT: Final = "DocFragment"
MAX_ELEMENTS: Final = 300_000
"""Elements of one file that is not `plain`; a Bible in one file has a third of it."""
MAX_FRAGMENTS: Final = 1000
"""Bodies of one file; files that were joined have a few dozen."""
_WHITE: Final = " \t\r\n"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*(?::[A-Za-z0-9._-]*)?")
_SPACES = re.compile(r"[ \t\r\n]*")
_VALUE = re.compile(r"""(?:"([^">]*)"?|'([^'>]*)'?|([^ \t\r\n>]*))""")
_RAW_END = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("style", "script")}


@dataclass(slots=True)
class Head:
    """What counts of a file before `body`: attributes of `html`, style sheets (address, media query), text of `style`."""

    attributes: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    style: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One `body` of a file: crengine makes a DocFragment of each. The root of the document is that DocFragment."""

    document: Document
    head: Head


def read(source: str) -> list[Fragment]:
    """All fragments of a file; none where it has no `body`. Raises `NoPlace` where there are absurdly many, or elements."""
    return _Parser(source).all()


def read_head(source: str) -> Head:
    """Only what stands before the first `body`."""
    parser = _Parser(source)
    parser.run(stop_at_body=True)
    return parser.head


def read_book(source: str) -> Document:
    """A FictionBook: all of the file, names as they are written, below a root that has no name in pointers."""
    parser = _Parser(source, whole=True)
    parser.run()
    return parser.finished()


@dataclass(slots=True)
class _Fence:
    """How many elements are open within its row, whether operators stand between its elements, and whether there is one."""

    depth: int
    separated: bool
    begun: bool = False


class _Parser:
    def __init__(self, source: str, *, whole: bool = False) -> None:
        self.source = source
        self._whole = whole
        self.head = Head()
        self.fragments: list[Fragment] = []
        self._attributes_of: dict[tuple[str, ...], Mapping[str, str]] = {(): NO_ATTRIBUTES}
        self._elements = 0
        self._builder: Builder | None = None
        self._open: list[str] = []
        self._open_names = Counter[str]()
        self._again = False  # a broken tag was left behind, and reading goes on within the next one
        self._svg = 0  # how many svg elements are open
        self._fences: list[_Fence] = []  # of the mfenced elements that are open
        self._state = ""  # outside body: the element whose attributes or text matter
        self._link: dict[str, str] = {}
        self._raw = ""  # style or script: its text ends at its own end tag only

        if whole:
            self._enter_whole()

    def _enter_whole(self) -> None:
        self._builder = Builder()
        self._builder.start(FRAGMENT)

    def finished(self) -> Document:
        """The document of a file that is read as a whole."""
        return self._builder.finish() if self._builder else Builder().finish()

    def all(self) -> list[Fragment]:
        """Read everything; the fragments."""
        self.run()
        self._leave()
        return self.fragments

    def run(self, *, stop_at_body: bool = False) -> None:
        """Text and markup in turn."""
        source, at = self.source, self.source.find("<")
        while 0 <= at < len(source):
            at += 1
            if source.startswith("!--", at):
                end = source.find("-->", at + 3)
                at = len(source) if end < 0 else end + 3
                self._split()
            elif source.startswith("![CDATA[", at):
                at = self._cdata(at + 8)
                continue
            else:
                at = self._markup(at)
                while self._again:
                    self._again = False
                    at = self._markup(at)
                if stop_at_body and self._builder:
                    return
            at = self._text(at)

    def _cdata(self, start: int) -> int:
        end = self.source.find("]]>", start)
        end = len(self.source) if end < 0 else end
        self._split()
        self._say(start, end, cdata=True)
        self._split()
        return self._text(end + 3)

    def _text(self, start: int) -> int:
        """Hand on the text from `start`; where the next `<` stands."""
        if self._raw:
            found = _RAW_END[self._raw].search(self.source, start)
            end = found.start() if found else -1
            self._raw = ""
        else:
            end = self.source.find("<", start)
        if end < 0:
            end = len(self.source)
            if not self.source[start:end].strip(_WHITE):
                return end
        self._say(start, end)
        return end

    def _markup(self, at: int) -> int:
        """A tag or a processing instruction; where reading goes on."""
        source = self.source
        kind = source[at : at + 1]
        at = _SPACES.match(source, at).end() if kind in _WHITE else at  # type: ignore[union-attr] # matches the empty text too
        at += kind in {"/", "?"} and bool(kind)
        read = self._identifier(at)
        if not read or source.startswith("=", read[1]):
            self._split()
            return _after(source, ">", at)
        name, at = read
        name = name if self._svg or self._whole else name.lower()
        if kind == "/":
            self._close(name)
            return _after(source, ">", at)
        name = f"?{name}" if kind == "?" else name
        if name.lower() in _RAW_END:
            self._raw = name.lower()
        return self._attributes(name, at)

    def _identifier(self, at: int) -> tuple[str, int] | None:
        """A name without its prefix, and where it ends; None where crengine finds none."""
        found = _NAME.match(self.source, at)
        if not found:
            return None
        local = found[0].rpartition(":")[2]
        following = self.source[found.end() : found.end() + 1]
        return (local, found.end()) if local and following in {"", " ", "/", ">", "?", "=", "\r", "\n", "\0"} else None

    def _attributes(self, name: str, at: int) -> int:
        """The attributes and the end of a start tag; where reading goes on."""
        source, attributes = self.source, dict[str, str]()
        while True:
            at = _SPACES.match(source, at).end()  # type: ignore[union-attr]
            if at >= len(source) or source[at] == ">" or source[at : at + 2] in {"/>", "?>"}:
                closed = source[at : at + 1] in {"/", "?"}
                self._start(name, attributes, closed=closed)
                return at + 1 + closed
            read = self._identifier(at)
            if not read:  # the rest of the tag and the text behind it are skipped, the next tag loses its first character
                self._start(name, attributes, closed=False)
                skipped = _after(source, "<", at)
                self._again = skipped < len(source)
                return skipped + self._again
            attribute, at = read
            at = _SPACES.match(source, at).end()  # type: ignore[union-attr]
            value = ""
            if source.startswith("=", at):
                at = _SPACES.match(source, at + 1).end()  # type: ignore[union-attr]
                found = _VALUE.match(source, at)
                if found:
                    value, at = next((group for group in found.groups() if group is not None), ""), found.end()
            attributes[attribute if self._svg or self._whole else attribute.lower()] = plain(value).strip()

    def _start(self, name: str, said: dict[str, str], *, closed: bool) -> None:
        key = (*said, *said.values()) if said else ()
        attributes = self._attributes_of.setdefault(key, said)  # elements alike share them, and so their style
        if closed:
            self._raw = ""
        if self._builder:
            self._separate(self._builder)
            self._push(self._builder, name, attributes)
            if name == "mfenced" and self._open_names["math"]:
                self._fence(self._builder, attributes)
            if closed:
                self._close(name)
        elif name == "body":
            self._enter(attributes)
            if closed:
                self._close(name)
        else:
            self._before_body(name, attributes, closed=closed)

    def _push(self, builder: Builder, name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise NoPlace(f"the file has more than {MAX_ELEMENTS} elements as KOReader counts them, which is over the limit here")
        builder.start(name, attributes)
        self._open.append(name)
        self._open_names[name] += 1
        self._svg += name == "svg"

    def _fence(self, builder: Builder, attributes: Mapping[str, str]) -> None:
        """Operators for the fences of mathematics, and a row for what they hold. Their text has no place in the source."""
        _operator(builder)
        self._push(builder, "mrow")
        self._fences.append(_Fence(len(self._open), bool("".join(attributes.get("separators", ",").split()))))

    def _separate(self, builder: Builder) -> None:
        """An operator between two elements within fences."""
        if self._fences and len(self._open) == self._fences[-1].depth:
            fence = self._fences[-1]
            if fence.begun and fence.separated:
                _operator(builder)
            fence.begun = True

    def _before_body(self, name: str, attributes: Mapping[str, str], *, closed: bool) -> None:
        if name == "html":
            self.head.attributes = {key: attributes[key] for key in ("dir", "lang", "style", "class") if key in attributes}
        elif name == "link":
            fits = attributes.get("type", "text/css").lower() == "text/css"
            if fits and attributes.get("rel", "stylesheet").lower() == "stylesheet":
                self.head.links.append((attributes.get("href", ""), attributes.get("media", "")))
        self._state = name if name == "style" and not closed else ""

    def _enter(self, attributes: Mapping[str, str]) -> None:
        """A fragment begins."""
        if len(self.fragments) == MAX_FRAGMENTS:
            raise NoPlace(
                f"the file has more than {MAX_FRAGMENTS} bodies, each of which KOReader takes for one: over the limit here"
            )
        self._builder = Builder()
        self._builder.start(FRAGMENT, self.head.attributes)
        self._builder.start("body", attributes)
        self._open, self._open_names = ["body"], Counter({"body": 1})

    def _leave(self) -> None:
        """The fragment ends; what was open in it is closed."""
        if self._builder:
            self.fragments.append(Fragment(self._builder.finish(), self.head))
            self.head = Head(self.head.attributes)
        self._builder, self._svg, self._state = None, 0, ""
        self._fences.clear()

    def _close(self, name: str) -> None:
        """An end tag: up to the nearest open element of that name. Without one it only ends the run of text."""
        self._state = ""
        builder = self._builder
        if not builder:
            return
        if name == "body" and not self._whole:
            self._leave()
            return
        if self._open_names[name]:
            closed = ""
            while closed != name:
                closed = self._open.pop()
                self._open_names[closed] -= 1
                self._svg -= closed == "svg"
                builder.end()
                if self._fences and len(self._open) == self._fences[-1].depth - 1:
                    self._fences.pop()
                    _operator(builder)
        else:
            builder.split()

    def _split(self) -> None:
        if self._builder:
            self._builder.split()

    def _say(self, start: int, end: int, *, cdata: bool = False) -> None:
        if start >= end:
            return
        if self._builder:
            self._builder.text(plain(self.source[start:end], cdata=cdata), (start, end))
        elif self._state == "style":
            self.head.style += plain(self.source[start:end], cdata=cdata)


def _operator(builder: Builder) -> None:
    builder.start("mo")
    builder.end()


def _after(source: str, character: str, start: int) -> int:
    at = source.find(character, start)
    return len(source) if at < 0 else at + 1
