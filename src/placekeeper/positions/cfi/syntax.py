"""EPUB CFI as a value: its parts, its strict spelling, its order.

It must not know documents or publications: where a CFI leads is for `cfi_resolve`. Reading one is for `cfi_read`.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from placekeeper.positions.point import NoPlace

MAX_LENGTH = 16_384
"""Characters of a CFI that is read or written; foliate-js writes a few hundred for the deepest of books."""

SPECIAL = re.compile(r"[\^\[\](),;=]")
"""What is escaped in brackets."""

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


def _escape(text: str) -> str:
    return SPECIAL.sub(r"^\g<0>", text)


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
