"""EPUB CFI as text: reading it leniently, writing it strictly, putting it in order.

It must not know documents or publications: where a CFI leads is for `cfi_resolve`. What real engines write is read as they mean
it: ranges with an empty half, leading zeros, blanks, brackets with anything in them, the whole escaped for a URL.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from placekeeper.positions.point import NoPlace

MAX_LENGTH = 16_384
"""Characters of a CFI that is read or written; foliate-js writes a few hundred for the deepest of books."""

MAX_DIGITS = 15
"""Digits of a number in a CFI; more are no place in any file."""

_SPECIAL = re.compile(r"[\^\[\](),;=]")
_ESCAPED = re.compile(r"\^(.)", re.DOTALL)
_PIECE = re.compile(r"\^.|.", re.DOTALL)
_BRACKETS = re.compile(r"\[(?:\^.?|[^\]^])*(?:\]|\Z)", re.DOTALL)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_NUMBER = r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*"
_TOKEN = re.compile(  # `raw`: epub.js writes ids as they are, so a bracket may hold others
    r"\s*(?:(?P<jump>!)|(?P<comma>,)|"
    r"(?:/\s*(?P<step>[0-9]+)|:\s*(?P<characters>[0-9]+)"
    rf"|~(?P<seconds>{_NUMBER})|@(?P<x>{_NUMBER}):(?P<y>{_NUMBER}))"
    r"\s*(?:(?P<assertion>\[(?:\^.|[^\]^])*\])(?=\s*(?:[/:~@!,]|\Z))|(?P<raw>\[.*?\])(?=[/:~@!,]|\Z))?)\s*",
    re.DOTALL,
)

Key = tuple[tuple[int | Decimal, ...], ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What stands in brackets: `values` (an id; or text before and after), and `parameters` (side bias and whatever comes).

    `raw`: all of it as it was read, escapes included; it does not count in comparisons.
    """

    values: tuple[str, ...] = ()
    parameters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    raw: str = field(default="", compare=False, repr=False)


NOTHING = Assertion()


@dataclass(frozen=True, slots=True)
class Step:
    """`/index`: even to an element, odd to the text between two elements."""

    index: int
    assertion: Assertion = NOTHING

    @property
    def id(self) -> str:
        """The id that the element is said to have; empty where none is given, and on text."""
        return self.assertion.values[0] if self.assertion.values and not self.index % 2 else ""


@dataclass(frozen=True, slots=True)
class Offset:
    """Where inside the last step: UTF-16 code units of text, seconds of sound, `x` and `y` in hundredths of an image."""

    characters: int | None = None
    seconds: Decimal | None = None
    spot: tuple[Decimal, Decimal] | None = None
    assertion: Assertion = NOTHING


@dataclass(frozen=True, slots=True)
class Path:
    """Steps, cut where `!` leads into another document; at least one part, which may be empty in a half of a range."""

    parts: tuple[tuple[Step, ...], ...] = ((),)
    offset: Offset | None = None

    def then(self, other: "Path") -> "Path":
        """The one path, continued by the other."""
        joined = (*self.parts[:-1], self.parts[-1] + other.parts[0], *other.parts[1:])
        return Path(joined, other.offset or self.offset)


@dataclass(frozen=True, slots=True)
class Cfi:
    """A point, or a range: then `path` is what start and end have in common, and both continue it."""

    path: Path
    start: Path | None = None
    end: Path | None = None

    @property
    def point(self) -> Path:
        """The path to the point, or to the start of the range."""
        return self.path.then(self.start) if self.start else self.path


def parse(value: str) -> Cfi:
    """What a CFI says. Raises `NoPlace` where it is none, or too long."""
    if len(value) > MAX_LENGTH:
        raise NoPlace(f"a CFI of {len(value)} characters is too long, {MAX_LENGTH} are read")
    paths = [_Reader()]
    for token in _tokens(_unwrapped(value)):
        if token["comma"]:
            paths.append(_Reader())
        else:
            paths[-1].take(token)
    if len(paths) not in {1, 3}:
        raise NoPlace(f"a CFI has no comma or two, this has {len(paths) - 1}")
    path, *halves = (reader.path() for reader in paths)
    if not path.parts[0]:
        raise NoPlace("a CFI begins with a step into the package document")
    return Cfi(path, *halves)


def format_cfi(cfi: Cfi) -> str:
    """The CFI in the strict spelling of the specification. Raises `NoPlace` where that is too long for anybody."""
    written = f"epubcfi({','.join(_path(path) for path in (cfi.path, cfi.start, cfi.end) if path)})"
    if len(written) > MAX_LENGTH:
        raise NoPlace("the elements are nested too deeply for a CFI")
    return written


def compare(one: Cfi, other: Cfi) -> int:
    """Which comes first: -1, 0 or 1. What stands in brackets does not count; ranges go by their start, then by their end."""
    here, there = sorting_key(one), sorting_key(other)
    return (here > there) - (here < there)


def sorting_key(cfi: Cfi) -> tuple[Key, Key]:
    """What CFIs are sorted by. A point sorts before the ranges that begin there.

    Sorting Rules, https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-sorting
    """
    return _path_key(cfi.point), _path_key(cfi.path.then(cfi.end)) if cfi.end else ()


@dataclass(slots=True)
class _Reader:
    """A path as it comes in."""

    parts: list[list[Step]] = field(default_factory=lambda: [[]])
    offset: Offset | None = None

    def take(self, token: re.Match[str]) -> None:
        """One token more."""
        assertion = _unescaped(token["raw"]) if token["raw"] else _assertion(token["assertion"])
        if token["jump"] or token["step"]:
            if self.offset:
                raise NoPlace("in a CFI nothing follows an offset")
            if token["jump"]:
                self.parts.append([])
            else:
                self.parts[-1].append(Step(_integer(token["step"]), assertion))
        else:
            self.offset = _offset(token, assertion, self.offset or Offset())

    def path(self) -> Path:
        """What was read."""
        return Path(tuple(tuple(part) for part in self.parts), self.offset)


def _unwrapped(value: str) -> str:
    """What stands between the parentheses, also where the CFI is the fragment of a URL."""
    text = value.strip()
    if "!epubcfi(" in text:  # foliate-js writes this where an id holds a line break
        text = text.removesuffix(")").replace("!epubcfi(", "!")
    if _PERCENT.search(_BRACKETS.sub("", text)):
        text = unquote(text)
    if not text.startswith("epubcfi("):
        text = text[text.find("#epubcfi(") + 1 :]
    if not (text.startswith("epubcfi(") and text.endswith(")")):
        raise NoPlace("a CFI is written epubcfi(...)")
    return text[len("epubcfi(") : -1].strip()


def _tokens(inner: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(inner):
        token = _TOKEN.match(inner, at)
        if not token:
            raise NoPlace(f"a CFI can't go on with {inner[at : at + 20]!r}")
        yield token
        at = token.end()


def _offset(token: re.Match[str], assertion: Assertion, before: Offset) -> Offset:
    """The offset that a token adds to: seconds and a spot go together, characters stand alone."""
    if token["characters"] and before == Offset():
        return Offset(characters=_integer(token["characters"]), assertion=assertion)
    if token["seconds"] and before == Offset():
        return Offset(seconds=_decimal(token["seconds"]), assertion=assertion)
    if token["x"] and before.characters is None and before.spot is None and before.assertion == NOTHING:
        return Offset(seconds=before.seconds, spot=(_decimal(token["x"]), _decimal(token["y"])), assertion=assertion)
    raise NoPlace("a CFI has one offset, at its end")


def _integer(digits: str) -> int:
    """`:04` and `/08` are read by both engines."""
    if len(digits.lstrip("0")) > MAX_DIGITS:
        raise NoPlace(f"a number of {len(digits)} digits leads nowhere")
    return int(digits.lstrip("0") or "0")


def _decimal(digits: str) -> Decimal:
    if len(digits) > 2 * MAX_DIGITS:
        raise NoPlace(f"a number of {len(digits)} digits leads nowhere")
    return Decimal(digits.strip())


def _assertion(brackets: str | None) -> Assertion:
    """Escapes undone, empty values at the end dropped, parameters without a name ignored."""
    if not brackets:
        return NOTHING
    if not _SPECIAL.search(brackets, 1, len(brackets) - 1):
        return _unescaped(brackets)
    said, *parameters = _split(brackets[1:-1], ";")
    values = [_plain(value) for value in _split(said, ",")]
    while values and not values[-1]:
        values.pop()
    named = [(name, value) for name, found, value in (each.partition("=") for each in parameters) if name and found]
    return Assertion(
        tuple(values),
        tuple((_plain(name), tuple(_plain(one) for one in _split(value, ","))) for name, value in named),
        brackets[1:-1],
    )


def _unescaped(brackets: str) -> Assertion:
    said = brackets[1:-1]
    return Assertion((said,), raw=said) if said else NOTHING


def _split(text: str, separator: str) -> list[str]:
    """The fields between separators that are not escaped."""
    fields = [""]
    for piece in _PIECE.findall(text):
        if piece == separator:
            fields.append("")
        else:
            fields[-1] += piece
    return fields


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"^\g<0>", text)


def _path(path: Path) -> str:
    return "!".join("".join(f"/{step.index}{_brackets(step.assertion)}" for step in part) for part in path.parts) + (
        _written_offset(path.offset) if path.offset else ""
    )


def _written_offset(offset: Offset) -> str:
    characters = "" if offset.characters is None else f":{offset.characters}"
    seconds = "" if offset.seconds is None else f"~{_number(offset.seconds)}"
    spot = "" if offset.spot is None else f"@{_number(offset.spot[0])}:{_number(offset.spot[1])}"
    return f"{characters}{seconds}{spot}{_brackets(offset.assertion)}"


def _number(number: Decimal) -> str:
    """No leading and no trailing zeros."""
    whole, _, fraction = format(number, "f").partition(".")
    return f"{whole}.{fraction.rstrip('0')}".rstrip(".")


def _brackets(assertion: Assertion) -> str:
    values = ",".join(_escape(value) for value in assertion.values)
    parameters = "".join(
        f";{_escape(name)}={','.join(_escape(value) for value in values)}" for name, values in assertion.parameters
    )
    return f"[{values}{parameters}]" if values or parameters else ""


def _path_key(path: Path) -> Key:
    """At the same depth: `:` before `/` before `~` and `@` before `!`; what is left out comes first."""
    key: list[tuple[int | Decimal, ...]] = []
    for number, part in enumerate(path.parts):
        key += [(3,)] if number else []
        key += [(1, step.index) for step in part]
    offset = path.offset
    if offset and offset.characters is not None:
        key.append((0, offset.characters))
    elif offset:
        x, y = offset.spot or (0, 0)
        key.append((2, offset.seconds is not None, offset.seconds or 0, offset.spot is not None, y, x))
    return tuple(key)
