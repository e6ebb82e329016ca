"""CSS selectors as reading apps send them, taken apart. It must not know a document: `selector` matches what this makes.

Read are selector lists, all four combinators, names, ids, classes, attributes, and the structural pseudo-classes; anything else
raises `NoPlace`. A namespace prefix is skipped.
Source: https://www.w3.org/TR/selectors-4/ (grammar), https://www.w3.org/TR/css-syntax-3/ (escapes)
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from placekeeper.positions.point import NoPlace

MAX_LENGTH = 4096
MAX_COMPOUNDS = 256
MAX_DIGITS = 9
CACHED = 1024
SURROGATES = range(0xD800, 0xE000)

ESCAPED = r"\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F]"
NAME = rf"(?:[\w\u0080-\U0010ffff-]|{ESCAPED})+"
IDENT = rf"(?:--|-?(?:[a-zA-Z_\u0080-\U0010ffff]|{ESCAPED}))(?:[\w\u0080-\U0010ffff-]|{ESCAPED})*"
QUOTED = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"
TYPE = re.compile(rf"(?:(?:{IDENT}|\*)?\|)?({IDENT}|\*)")
HASH = re.compile(rf"#({NAME})")
CLASS = re.compile(rf"\.({IDENT})")
ATTRIBUTE = re.compile(
    rf"\[\s*(?:(?:{IDENT}|\*)?\|(?!=))?({IDENT})\s*(?:([~|^$*]?=)\s*({QUOTED}|{NAME})\s*([iIsS])?\s*)?\]", re.DOTALL
)
PSEUDO = re.compile(r":([a-zA-Z-]+)(?:\(\s*([^()]*)\))?")
COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
COMMA = re.compile(r"\s*,\s*")
STEP = re.compile(r"([+-]?\d*)n\s*(?:([+-])\s*(\d+))?|([+-]?\d+)")
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[name]`, or `[name operator "value"]`; `fold`: the value's case does not matter."""

    name: str
    operator: str = ""
    value: str = ""
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Nth:
    """Child number `step`*n + `start`, from 1; `typed`: among the siblings of its name; `last`: counted from the end."""

    typed: bool
    last: bool
    step: int
    start: int


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be. `name` is empty where any will do; `root`: it is the root element."""

    name: str = ""
    identity: str = ""
    classes: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    counts: tuple[Nth, ...] = ()
    root: bool = False


Steps = tuple[tuple[str, Compound], ...]
"""Compounds from left to right, each with what joins it to the one before: `" "`, `>`, `+`, `~`; `""` for the first."""


@lru_cache(CACHED)
def parse(selector: str) -> tuple[Steps, ...]:
    """The alternatives of a selector list. Raises `NoPlace` for what is not a selector, or not one that is read here."""
    if len(selector) > MAX_LENGTH:
        raise NoPlace(f"the CSS selector is longer than {MAX_LENGTH} characters")
    text, at, joint, compounds = selector.strip(), 0, "", 0
    found: list[Steps] = []
    steps: list[tuple[str, Compound]] = []
    while True:
        compound, end = _compound(text, at)
        compounds += 1
        if end == at or compounds > MAX_COMPOUNDS:
            raise _unread(text, at)
        steps.append((joint, compound))
        if end == len(text):
            return (*found, tuple(steps))
        if comma := COMMA.match(text, end):
            found.append(tuple(steps))
            steps, joint, at = [], "", comma.end()
        elif between := COMBINATOR.match(text, end):
            joint, at = between[1] or " ", between.end()
        else:
            raise _unread(text, end)


def unescape(name: str) -> str:
    """A name or string of CSS with its escapes undone."""
    return ESCAPE.sub(_character, name) if "\\" in name else name


def _compound(text: str, at: int) -> tuple[Compound, int]:
    compound = Compound()
    if match := TYPE.match(text, at):
        compound, at = replace(compound, name="" if match[1] == "*" else unescape(match[1])), match.end()
    while simple := SIMPLE.get(text[at : at + 1]):
        pattern, read = simple
        match = pattern.match(text, at)
        if not match:
            raise _unread(text, at)
        compound, at = read(compound, match), match.end()
    return compound, at


def _identity(compound: Compound, match: re.Match[str]) -> Compound:
    name = unescape(match[1])
    if compound.identity:
        return replace(compound, attributes=(*compound.attributes, Attribute("id", "=", name)))
    return replace(compound, identity=name)


def _class(compound: Compound, match: re.Match[str]) -> Compound:
    return replace(compound, classes=(*compound.classes, unescape(match[1])))


def _attribute(compound: Compound, match: re.Match[str]) -> Compound:
    name, operator, value, flag = match.groups()
    value = value or ""
    value = value[1:-1] if value[:1] in {'"', "'"} else value
    # `epub:type` escaped: documents keep local names only
    attribute = Attribute(unescape(name).rpartition(":")[2], operator or "", unescape(value), fold=flag in {"i", "I"})
    return replace(compound, attributes=(*compound.attributes, attribute))


def _pseudo(compound: Compound, match: re.Match[str]) -> Compound:
    name, argument = match[1].lower(), match[2]
    if argument is None and name in {"root", "scope"}:
        return replace(compound, root=True)
    kind, _, typed = name.removeprefix("nth-").partition("of-type" if name.endswith("of-type") else "child")
    counted = name.startswith("nth-")
    if kind not in ({"", "last-"} if counted else {"first-", "last-", "only-"}) or typed or counted == (argument is None):
        raise _unread(match[0], 0)
    step, start = _numbers(argument) if argument is not None else (0, 1)
    of_type = name.endswith("of-type")
    ends = {"only-": (False, True), "last-": (True,)}.get(kind, (False,))
    return replace(compound, counts=(*compound.counts, *(Nth(of_type, last, step, start) for last in ends)))


def _numbers(argument: str) -> tuple[int, int]:
    """`even`, `odd`, `7`, `-n+3`: step and start."""
    wanted = argument.strip().lower()
    if wanted in {"even", "odd"}:
        return 2, int(wanted == "odd")
    match = STEP.fullmatch(wanted)
    if not match or len(wanted) > 3 * MAX_DIGITS:
        raise _unread(argument, 0)
    step, sign, start, number = match.groups()
    if number:
        return 0, int(number)
    return int(step + "1" if step in {"", "+", "-"} else step), int((sign or "") + (start or "0"))


def _character(match: re.Match[str]) -> str:
    if match[2] is not None:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code <= sys.maxunicode and code not in SURROGATES else "\ufffd"


def _unread(text: str, at: int) -> NoPlace:
    return NoPlace(f"can't be read as a CSS selector, from {text[at : at + 40]!r} on")


Reader = Callable[[Compound, re.Match[str]], Compound]
SIMPLE: dict[str, tuple[re.Pattern[str], Reader]] = {
    "#": (HASH, _identity),
    ".": (CLASS, _class),
    "[": (ATTRIBUTE, _attribute),
    ":": (PSEUDO, _pseudo),
}
