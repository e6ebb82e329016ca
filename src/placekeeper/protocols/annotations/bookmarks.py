"""Bookmarks: annotations that say where somebody is, or was, in a book. They are read out of the plain form.

They are written as the items of a list. A reading position has the motivation "idling", a bookmark "bookmarking".
Knows no HTTP, no account and no library.
Source: https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from placekeeper.domain.errors import InvalidRequest
from placekeeper.positions.simplified import locators
from placekeeper.positions.simplified.locator_writing import canonical
from placekeeper.positions.simplified.strict_json import BadLocator, shown
from placekeeper.protocols.annotations.faults import BadMotivation, BadTarget, Malformed
from placekeeper.protocols.annotations.jsonld import LS, OA
from placekeeper.protocols.annotations.times import unix

IDLING: Final = LS + "annotation/idling"
BOOKMARKING: Final = OA + "bookmarking"
_MOTIVATIONS: Final = {IDLING: IDLING, BOOKMARKING: BOOKMARKING, BOOKMARKING.replace("http:", "https:"): BOOKMARKING}
"""As said, and as served. Android's app takes `https` too, so somebody may send it."""

TIME: Final = LS + "time"
DEVICE: Final = LS + "device"
CHAPTER: Final = LS + "chapter"
PROGRESS: Final = LS + "progressWithinBook"

SELECTOR: Final = "FragmentSelector"
MAX_SOURCE: Final = 4096
"""Characters. Identifiers of books are short; those that are addresses may be as long as browsers take."""
_SOURCE: Final = re.compile(r"(?:urn:[a-z0-9][a-z0-9.\-]*[:/]|https?://)[^\s\x00-\x20\x7f<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A bookmark or a reading position. `source`, `selector_value` and `time_text` are byte for byte what the app said.

    `time_ms` is Unix time. `body` holds all members, those that have fields here too.
    `canonical` is the same for the same place, see `locator_writing`.
    """

    motivation: str
    source: str
    selector_value: str
    locator: locators.Locator
    canonical: str
    time_ms: int
    time_text: str
    device: str
    chapter: str | None
    progress_within_book: float | None
    body: Mapping[str, Any]


def read(said: Mapping[str, Any]) -> Bookmark:
    """The bookmark that an annotation in the plain form is. Raises BadTarget, BadMotivation or Malformed."""
    target = _one_object(said, "target", BadTarget)
    source = _source(target)
    motivation = _motivation(said)
    value, locator = _selected(_one_object(target, "selector", BadTarget, "target."))
    body = _one_object(said, "body", Malformed)
    time_text, time_ms = _time(body)
    chapter, progress = body.get(CHAPTER), body.get(PROGRESS)
    if chapter is not None and not isinstance(chapter, str):  # Android's app drops such a bookmark
        raise Malformed(f"body: {CHAPTER} is {shown(chapter)}, and must be a string")
    if isinstance(progress, bool) or not isinstance(progress, int | float | None):  # as there
        raise Malformed(f"body: {PROGRESS} is {shown(progress)}, and must be a number")
    return Bookmark(
        motivation=motivation,
        source=source,
        selector_value=value,
        locator=locator,
        canonical=canonical(locator),
        time_ms=time_ms,
        time_text=time_text,
        device=_string(body, DEVICE, Malformed, "body: "),
        chapter=chapter,
        progress_within_book=progress,
        body=body,
    )


def item(address: str, motivation: str, source: str, selector_value: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A bookmark as it stands in a list, with the address that answers for it. It has no context: the list has one."""
    return {
        "id": address,
        "type": "Annotation",
        "motivation": motivation,
        "body": dict(body),
        "target": {"selector": {"type": SELECTOR, "value": selector_value}, "source": source},
    }


def _source(target: Mapping[str, Any]) -> str:
    source = _string(target, "source", BadTarget, "target.")
    if len(source) > MAX_SOURCE:
        raise BadTarget(f"target.source is longer than {MAX_SOURCE} characters")
    if not _SOURCE.fullmatch(source):
        raise BadTarget(f"target.source is {shown(source)}, and must be a URI that begins with urn:, http: or https:")
    return source


def _motivation(said: Mapping[str, Any]) -> str:
    motivation = _string(said, "motivation", BadMotivation)
    if motivation not in _MOTIVATIONS:
        raise BadMotivation(f"motivation is {shown(motivation)}, and must be {IDLING} or {BOOKMARKING}")
    return _MOTIVATIONS[motivation]


def _selected(selector: Mapping[str, Any]) -> tuple[str, locators.Locator]:
    kind = _string(selector, "type", BadTarget, "target.selector.")
    if kind != SELECTOR:
        raise BadTarget(f"target.selector.type is {shown(kind)}, and must be {SELECTOR}")
    value = _string(selector, "value", BadTarget, "target.selector.")
    try:
        return value, locators.read(value)
    except BadLocator as error:
        raise BadTarget(f"target.selector.value: {error}") from None


def _time(body: Mapping[str, Any]) -> tuple[str, int]:
    text = _string(body, TIME, Malformed, "body: ")
    at = unix(text)
    if at is None:
        raise Malformed(f"body: {TIME} is {shown(text)}, and must be a time like 2026-01-31T23:59:59Z")
    return text, at


def _one(said: Mapping[str, Any], key: str, error: type[InvalidRequest], where: str) -> Any:
    if key not in said:
        raise error(f"{where}{key} is missing")
    if isinstance(said[key], list):
        raise error(f"{where}{key} is there {len(said[key])} times, and must be there once")
    return said[key]


def _one_object(said: Mapping[str, Any], key: str, error: type[InvalidRequest], where: str = "") -> Mapping[str, Any]:
    value = _one(said, key, error, where)
    if not isinstance(value, dict):
        raise error(f"{where}{key} is {shown(value)}, and must be an object")
    return value


def _string(said: Mapping[str, Any], key: str, error: type[InvalidRequest], where: str = "") -> str:
    value = _one(said, key, error, where)
    if not isinstance(value, str):
        raise error(f"{where}{key} is {shown(value)}, and must be a string")
    return value
