"""Places and bookmarks as the items of lists, for the app that asks. Knows no request and no account."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from placekeeper.domain.annotation import Annotation
from placekeeper.domain.publication import Kind
from placekeeper.domain.reading import Reading
from placekeeper.positions.simplified.locator_writing import write
from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    Locator,
    Page,
    read,
)
from placekeeper.positions.simplified.strict_json import BadLocator
from placekeeper.protocols.annotations.apps import spelled_for, spelling
from placekeeper.protocols.annotations.bookmarks import CHAPTER, DEVICE, IDLING, PROGRESS, TIME, Bookmark, item
from placekeeper.services.idling import Idling
from placekeeper.services.placing import Placed

NOBODY: Final = "null"
"""What Android's app says where a device has no name."""
_TIMED: Final = (AudioBookTimeV1, AudioBookTimeV2)


def content(said: Bookmark) -> str:
    """What is kept of a bookmark: its locator and its body, as they came."""
    return json.dumps({"selector": said.selector_value, "body": said.body}, ensure_ascii=False)


def of_bookmark(found: Annotation, address: str, app: str) -> dict[str, Any]:
    """A bookmark."""
    said = json.loads(found.content)
    selector = spelled_for(app, said.get("app", ""), said["selector"])
    return item(address, found.motivation, found.source, selector, said["body"])


def of_place(found: Idling, address: str, app: str) -> dict[str, Any]:
    """The place of a source: in the words of the app that said it, else in words that the asking app understands."""
    own = found.own or (found.last if found.placed is None else None)
    if own is not None:
        return _own(own, found.source, address, app)
    assert found.publication is not None, "a place is in words of its own, or in a publication"  # noqa: S101 - see `Idlings`
    assert found.placed is not None, "a place that can't be told is left out"  # noqa: S101 - see `Idlings`
    report = found.head.report
    body = {
        TIME: datetime.fromtimestamp(found.head.time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        DEVICE: report.device_foreign_id or report.device_name or NOBODY,
        CHAPTER: found.placed.title,
        PROGRESS: found.placed.progression,
    }
    locator = spelling(app, _locator(found.publication.described.kind, found.placed))
    return item(address, IDLING, found.source, write(locator), body)


def fits(found: Annotation, kind: Kind | None) -> bool:
    """Whether a bookmark says its place as a publication of that kind has it: else an app loses the whole list."""
    if kind is None:
        return True
    try:
        locator = read(json.loads(found.content)["selector"])
    except BadLocator:
        return False
    if kind is Kind.AUDIOBOOK:
        return isinstance(locator, _TIMED)
    return isinstance(locator, Page) == (kind is Kind.PDF) and not isinstance(locator, _TIMED)


def _own(own: Reading, source: str, address: str, app: str) -> dict[str, Any]:
    said: Mapping[str, Any] = json.loads(own.report.place.value)
    return item(address, IDLING, source, spelled_for(app, own.report.device_name, said["selector"]), said["body"])


def _locator(kind: Kind, placed: Placed) -> Locator:
    """A place in a publication, in the form for its kind."""
    locations = placed.locator["locations"]
    if kind is Kind.AUDIOBOOK:
        seconds = next((each[2:] for each in locations.get("fragments", ()) if each.startswith("t=")), "0")
        return AudioBookTimeV2(placed.locator["href"], round(float(seconds) * 1000))
    if kind is Kind.PDF:
        return Page(locations.get("position", 1))
    return HrefProgression(placed.locator["href"], locations.get("progression", 0.0))
