"""A text as the JSON object that it holds, or the reason why it holds none that every app would read alike. Knows no locator.

Source: https://www.rfc-editor.org/rfc/rfc8259, https://www.rfc-editor.org/rfc/rfc7493 (I-JSON)
"""

import json
from collections import Counter
from math import isfinite
from typing import Any, Final, NoReturn

MAX_LENGTH: Final = 32_768
"""Characters. The longest values seen are Readium locators that quote a paragraph: two or three thousand."""
MAX_DEPTH: Final = 16
"""Levels. A wrapped locator has two, a Readium locator with a DOM range four."""
MAX_DIGITS: Final = 18
"""Of a whole number. More do not fit the 64 bits that apps and databases have for it."""
_MAX_SHOWN: Final = 60


class BadLocator(Exception):
    """A text that is no locator; the message names the key and says why."""


def shown(value: Any) -> str:
    """A decoded value as a message can name it: as JSON, short and printable."""
    text = json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def parsed(text: str) -> dict[str, Any]:
    """The object that a text holds. Raises BadLocator."""
    if len(text) > MAX_LENGTH:
        raise BadLocator(f"the text is longer than {MAX_LENGTH} characters")
    try:
        said = json.loads(text, object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BadLocator(f"the text is no JSON: {error}") from None
    except RecursionError:
        raise BadLocator(f"the text is nested deeper than {MAX_DEPTH} levels") from None
    if deeper(said, MAX_DEPTH):
        raise BadLocator(f"the text is nested deeper than {MAX_DEPTH} levels")
    if not isinstance(said, dict):
        raise BadLocator(f"the text holds {shown(said)}, which is no JSON object")
    try:
        compact(said).encode()
    except UnicodeEncodeError:
        raise BadLocator("the text holds half of a surrogate pair, which is no character") from None
    return said


def compact(value: Any, *, ordered: bool = False) -> str:
    """A value as JSON without blanks; `ordered` by key, where the order must not matter."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=ordered)


def deeper(value: Any, levels: int) -> bool:
    """Whether something is nested deeper than that many levels of objects and lists."""
    inside = [value]
    for _ in range(levels):
        inside = [each for outer in inside for each in within(outer)]
    return any(isinstance(each, dict | list) for each in inside)


def within(value: Any) -> list[Any]:
    """The values right within an object or a list; nothing for others."""
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadLocator(f"{shown(twice)} is there twice")
    return found


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise BadLocator(f"{shown(text)} is too large for a number")
    return number


def _int(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise BadLocator(f"{shown(text)} has more than {MAX_DIGITS} digits")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise BadLocator(f"{text} is no number in JSON")
