"""The bytes of a body as JSON that may be trusted: UTF-8, an object, not too deep. Knows no document.

Source: https://www.rfc-editor.org/rfc/rfc8259
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from placekeeper.domain.errors import InvalidRequest

MAX_DEPTH: Final = 32
"""A locator has four levels."""
MAX_NAME: Final = 255
"""Code points of a device's id or name that are kept beside the document, where devices are shown."""


def parsed(body: bytes) -> dict[str, Any]:
    """The object that a body is. Raises InvalidRequest."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise InvalidRequest(f"the body is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise InvalidRequest("the document is a JSON object")
    if _deeper(said):
        raise InvalidRequest(f"the document is nested deeper than {MAX_DEPTH} levels")
    return said


def number(value: object) -> float | None:
    """A ratio 0..1; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:  # NaN is in no range
        return None
    return float(value)


def short(text: str) -> str:
    """A text that can be shown and stored: without NUL, cut."""
    return text.replace("\0", "")[:MAX_NAME]


def _deeper(said: object) -> bool:
    """Whether something is nested deeper than the limit."""
    level: list[Any] = [said]
    for _ in range(MAX_DEPTH):
        level = [each for outer in level for each in _inside(outer)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    """The objects and lists right within a value, if it is one."""
    inside: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inside if isinstance(each, dict | list)]
