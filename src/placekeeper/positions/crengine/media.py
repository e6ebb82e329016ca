"""Conditions of style sheets, for the page that KOReader has: a grey screen, taller than wide.

Sizes differ between devices, so those of a common one are assumed; a condition on them is the one place where two devices may
not agree on the text nodes of a book. What crengine can't read often counts as true.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (AtRuleLogicalConditionParser)
"""

import re
from collections.abc import Callable
from typing import Final

from placekeeper.positions.crengine.selectors import Reader
from placekeeper.positions.crengine.skipping import SPACE
from placekeeper.positions.crengine.values import DISPLAYS, PROPERTIES, word

WIDTH, HEIGHT, EM, DPI, BITS = 1072, 1448, 22, 96, 8
_IDENT = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*")
_JOINT = re.compile(r"(and|or|not)(?![A-Za-z0-9_-])", re.IGNORECASE)
_FEATURE = re.compile(r"([A-Za-z_-][A-Za-z0-9_-]*)[ \t\r\n]*(?::[ \t\r\n]*([^)]*)|(?=\)))")
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d*)?|\.\d+)([a-z%]*)")
_UNITS: Final = {"": 1.0, "px": 1.0, "em": EM, "rem": EM, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pc": 16.0}
_DOTS: Final = {"dpi": 1.0, "dpcm": 2.54}
_SIZES: Final = {"width": WIDTH, "height": HEIGHT, "device-width": WIDTH, "device-height": HEIGHT}
_RATIOS: Final = {"aspect-ratio", "device-aspect-ratio"}
_FLAGS: Final = {
    "orientation": "portrait",
    "scripting": "none",
    "update": "none",
    "overflow-inline": "none",
    "overflow-block": "paged",
}
_FUNCTIONS: Final = {
    "font-format": {"opentype", "truetype", "woff", "woff2"},
    "at-rule": {"@media", "@import", "@font-face", "@supports"},
    "font-tech": set[str](),
}

Test = Callable[[str, int], tuple[bool | None, int]]
"""Reads a condition at a place: whether it holds (None: it is ill-formed), and where it ends."""


def holds(query: str) -> bool:
    """Whether a media query list applies; an empty one does."""
    at, result = 0, False
    while True:
        found, at = _query(query, at)
        result = result or found
        if not query.startswith(",", at):
            return result
        at += 1


def _query(text: str, at: int) -> tuple[bool, int]:
    """One of the queries of a list."""
    at, result, negated = _skip(text, at), True, False
    while found := _IDENT.match(text, at):
        name = found[0][:7].lower()
        negated = negated or name == "not"
        result = result and name in {"not", "only", "and", "all", "screen"}
        at = _skip(text, found.end())
    if result and text.startswith("(", at):
        result, at = _logic(text, at, ",", _feature)
    return result != negated, at


def supported(condition: str) -> bool:
    """Whether an `@supports` condition holds."""
    return _logic(condition, 0, "", _support)[0]


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _logic(text: str, at: int, stop: str, test: Test) -> tuple[bool, int]:
    """Terms in parentheses, joined by `and`, `or` and `not`; where they end."""
    levels: list[list[bool | str]] = [[True, False, ""]]  # result, negated, joint
    sound = True
    while (at := _skip(text, at)) < len(text) and text[at] != stop:
        if text[at] == "(":
            levels.append([True, False, ""])
            at += 1
        elif text[at] == ")":
            if len(levels) == 1:
                return False, len(text)
            result, negated, _ = levels.pop()
            _combine(levels[-1], holding=result != negated)
            at += 1
        elif found := _JOINT.match(text, at):
            at = found.end()
            if (joint := found[1].lower()) == "not":
                levels[-1][1] = True
            else:
                sound = sound and levels[-1][2] in {"", joint}
                levels[-1][2] = levels[-1][2] or joint
        else:
            holding, at = test(text, at)
            sound = sound and holding is not None
            levels[-1][0] = bool(holding)
    return len(levels) == 1 and sound and levels[0][0] != levels[0][1], at


def _combine(level: list[bool | str], *, holding: bool) -> None:
    joint = level[2]
    level[0] = holding if not joint else (level[0] and holding) if joint == "and" else (level[0] or holding)


def _end(text: str, at: int) -> int:
    end = text.find(")", at)
    return len(text) if end < 0 else end


def _feature(text: str, at: int) -> tuple[bool, int]:
    found = _FEATURE.match(text, at)
    if not found:
        return False, max(at + 1, _end(text, at))
    name, value = found[1].lower(), found[2]
    bound, plain = (name[:3], name[4:]) if name.startswith(("min-", "max-")) else ("", name)
    return _has(plain, bound, value if value is None else value.strip().lower()), _end(text, at)


def _has(name: str, bound: str, value: str | None) -> bool:
    """Whether the page has a feature, or enough of it; without a value, whether it has any."""
    if value is None:
        return not bound and name in {*_SIZES, "resolution", "color"}
    if name in _FLAGS:
        return not bound and value == _FLAGS[name]
    if name in _RATIOS:
        return _compare(bound, 1000 * WIDTH // HEIGHT, _ratio(value))
    number = _NUMBER.match(value)
    return number is not None and _measures(name, bound, float(number[1]), number[2])


def _measures(name: str, bound: str, number: float, unit: str) -> bool:
    if name == "grid":
        return not bound and not number
    if name == "resolution":
        return unit in _DOTS and _compare(bound, DPI, int(number) * _DOTS[unit])
    if name == "color":
        return _compare(bound, BITS, number)
    return name in _SIZES and unit in _UNITS and _compare(bound, _SIZES[name], number * _UNITS[unit])


def _ratio(value: str) -> int:
    found = re.match(r"(\d{1,9})[ \t\r\n]*(?:/[ \t\r\n]*(\d{1,9}))?", value)
    return 1000 * int(found[1]) // max(1, int(found[2] or 1)) if found else -1


def _compare(bound: str, actual: float, wanted: float) -> bool:
    return wanted >= 0 and (actual >= wanted if bound == "min" else actual <= wanted if bound == "max" else actual == wanted)


def _support(text: str, at: int) -> tuple[bool | None, int]:
    """A declaration, or a function that asks for something else."""
    found = _IDENT.match(text, at)
    if not found:
        return None, len(text)
    after = _skip(text, found.end())
    if not text.startswith("(", after):
        end = _end(text, at)
        return _declared(text[at:end]), end
    name, end = found[0].lower(), _end(text, after)
    if name == "selector":
        reader = Reader(text, after + 1)
        holding = reader.selector(",)") is not None and reader.skip_space() == ")"
        return holding, reader.at + 1 if holding else end + 1
    if name not in _FUNCTIONS:
        return None, len(text)
    return text[after + 1 : end].strip().lower() in _FUNCTIONS[name], end + 1


def _declared(text: str) -> bool:
    """Whether crengine knows a declaration; of values, only those of `display` are looked at."""
    name, _, value = text.partition(":")
    name = name.strip().lower()
    return name in PROPERTIES and bool(value.strip()) and (name != "display" or word(value) in DISPLAYS)
