"""Reads EPUB CFIs leniently: what real engines write is read as they mean it.

Ranges with an empty half, leading zeros, blanks, brackets with anything in them, the whole escaped for a URL. It must not know
documents or publications. All of it is linear in the length, which is bounded.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-epubcfi-syntax
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from placekeeper.positions.cfi.syntax import MAX_LENGTH, NOTHING, SPECIAL, Assertion, Cfi, Offset, Path, Step
from placekeeper.positions.point import NoPlace

MAX_DIGITS = 15
"""Digits of a number in a CFI; more are no place in any file."""

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
    if not SPECIAL.search(brackets, 1, len(brackets) - 1):
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
