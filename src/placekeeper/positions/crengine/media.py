"""Conditions of style sheets, for the page that KOReader has: a grey screen, taller than wide.

Sizes differ between devices, so those of a common one are assumed; a condition on them is the one place where two devices may
not agree on the text nodes of a book. Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp
"""

import re
from typing import Final

from placekeeper.positions.crengine.values import DISPLAYS, word

WIDTH, HEIGHT, EM, DPI = 1072, 1448, 22, 300
_TERM = re.compile(r"\(([^()]*)\)|\bnot\b|\bor\b|\band\b", re.IGNORECASE)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(px|em|rem|pt|in|cm|mm)?")
_UNITS: Final = {"": 1.0, "px": 1.0, "em": EM, "rem": EM, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_SIZES: Final = {"width": WIDTH, "height": HEIGHT, "device-width": WIDTH, "device-height": HEIGHT}
_FLAGS: Final = {
    "orientation": "portrait",
    "scripting": "none",
    "update": "none",
    "overflow-inline": "none",
    "overflow-block": "paged",
}


def holds(query: str) -> bool:
    """Whether a media query list applies; an empty one does."""
    return any(_one(part) for part in query.split(","))


def _one(query: str) -> bool:
    words = [found.lower() for found in re.findall(r"[A-Za-z-]+", query.partition("(")[0])]
    known = all(name in {"not", "only", "and", "all", "screen"} for name in words)
    result = known and ("(" not in query or _logic(query[query.index("(") :], _feature))
    return result != ("not" in words)


def supported(condition: str) -> bool:
    """Whether an `@supports` condition holds."""
    return _logic(condition, _declaration)


def _logic(text: str, test: "type[bool] | object") -> bool:
    """Terms in parentheses, joined by `and`, `or` and `not`, from left to right."""
    result, negated, either = True, False, False
    for found in _TERM.finditer(text):
        joint = found[0].lower()
        if joint == "not":
            negated = True
        elif joint in {"and", "or"}:
            either = joint == "or"
        else:
            value = test(found[1]) != negated  # type: ignore[operator]
            result = result or value if either else result and value
            negated = False
    return result


def _feature(text: str) -> bool:
    name, _, value = (part.strip().lower() for part in text.partition(":"))
    bound, _, plain = name.rpartition("-") if name.startswith(("min-", "max-")) else ("", "", name)
    if name.startswith(("min-", "max-")):
        bound, plain = name[:3], name[4:]
    if plain in _SIZES:
        return _compare(bound, _SIZES[plain], value)
    if plain == "resolution":
        return _compare(bound, DPI, value.removesuffix("dpi"))
    if plain in {"color", "monochrome"}:
        return plain == "color" and (not value or _compare(bound, 8, value))
    return value == _FLAGS.get(plain)


def _compare(bound: str, actual: float, value: str) -> bool:
    if not value:
        return True
    found = _LENGTH.match(value)
    if not found:
        return False
    wanted = float(found[1]) * _UNITS[found[2] or ""]
    return actual >= wanted if bound == "min" else actual <= wanted if bound == "max" else actual == wanted


def _declaration(text: str) -> bool:
    name, _, value = text.partition(":")
    return name.strip().lower() != "display" or word(value) in DISPLAYS
