"""Places and bookmarks as the items of lists, for the app that asks. Knows no request and no account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from placekeeper.domain.annotation import Annotation
from placekeeper.domain.publication import RECORDINGS, Kind, Publication
from placekeeper.domain.reading import Outcome, Reading
from placekeeper.positions.simplified.locator_writing import write
from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    Locator,
    Page,
    read,
)
from placekeeper.protocols.annotations.apps import IOS, spelled_for, spelling
from placekeeper.protocols.annotations.bookmarks import CHAPTER, DEVICE, IDLING, PROGRESS, TIME, Bookmark, item
from placekeeper.services.idling import Idling, fits
from placekeeper.services.placing import Placed
from placekeeper.services.recordings import address_of

NOBODY: Final = "null"
"""What Android's app says where a device has no name."""
_TIMED: Final = (AudioBookTimeV1, AudioBookTimeV2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: which app, which installation of it (`sender`), and how it reaches the server (`base`, `https://host`)."""

    app: str
    sender: str
    base: str


def content(said: Bookmark, asker: Asker) -> str:
    """What is kept of a bookmark: its locator and its body, as they came, and from which app."""
    kept = {"selector": said.selector_value, "body": said.body, "app": asker.app, "by": asker.sender}
    return json.dumps(kept, ensure_ascii=False)


def of_bookmark(found: Annotation, address: str, asker: Asker) -> dict[str, Any]:
    """A bookmark."""
    said = json.loads(found.content)
    selector = said["selector"] if _is_own(said, asker) else spelled_for(asker.app, said.get("app", ""), said["selector"])
    return item(address, found.motivation, found.source, selector, said["body"])


def of_place(found: Idling, address: str, asker: Asker) -> dict[str, Any]:
    """The place of a source: in the words of the app that said it, else in words that the asking app understands."""
    own = found.own or (found.last if found.placed is None else None)
    if own is not None:
        return _own(own, found, address, asker)
    assert found.publication is not None, "a place is in words of its own, or in a publication"  # noqa: S101 - see `Idlings`
    assert found.placed is not None, "a place that can't be told is left out"  # noqa: S101 - see `Idlings`
    report = found.head.report
    body = {
        TIME: _moment(found.head),
        DEVICE: report.device_foreign_id or report.device_name or NOBODY,
        CHAPTER: found.placed.title,
        PROGRESS: found.placed.progression,
    }
    whole = asker.base if asker.app == IOS else ""
    locator = spelling(asker.app, _locator(found.publication, found.placed, whole))
    return item(address, IDLING, found.source, write(locator), body)


def is_listed(found: Annotation, kind: Kind | None) -> bool:
    """Whether a bookmark of a publication of that kind may stand in a list; None: nobody knows of which kind it is."""
    return kind is None or fits(json.loads(found.content)["selector"], kind)


def is_told(found: Idling) -> bool:
    """Whether the place of a source may stand in a list: an app's own words may be those for another kind of book."""
    if found.own is None or found.publication is None:
        return True
    return fits(json.loads(found.own.report.place.value)["selector"], found.publication.described.kind)


def _is_own(said: Mapping[str, Any], asker: Asker) -> bool:
    """Whether who asks has said that itself: then it comes back as it came."""
    return bool(said.get("app") == asker.app and said.get("by") == asker.sender)


def _own(own: Reading, found: Idling, address: str, asker: Asker) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(own.report.place.value)
    if own.outcome is Outcome.CHOSEN:
        said = said | _taken_back(said, own)
    selector = said["selector"] if _is_own(said, asker) else spelled_for(asker.app, said.get("app", ""), said["selector"])
    is_recording = found.publication is not None and found.publication.described.media_type == RECORDINGS
    if found.publication is not None and is_recording and asker.app != said.get("app"):
        selector = _renamed(selector, found.publication.id, asker.base, whole=asker.app == IOS)
    return item(address, IDLING, found.source, selector, said["body"])


def _taken_back(said: Mapping[str, Any], chosen: Reading) -> dict[str, Any]:
    """The words of a place that the person has taken back, said now: Palace's app for iOS believes the newer time."""
    locator = read(said["selector"])
    selector = write(replace(locator, time_stamp=_moment(chosen))) if isinstance(locator, _TIMED) else said["selector"]
    return {"selector": selector, "body": said["body"] | {TIME: _moment(chosen), DEVICE: chosen.report.device_name}}


def _moment(reading: Reading) -> str:
    """When a place was read, as both apps write it."""
    return datetime.fromtimestamp(reading.time / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _renamed(selector: str, publication_id: str, base: str, *, whole: bool) -> str:
    """A time in a folder of recordings, with the recording called as in the manifest of the asking app."""
    locator = read(selector)
    if not isinstance(locator, AudioBookTimeV2) or locator.item.startswith("urn:"):
        return selector
    name = unquote(locator.item.rpartition("/recordings/")[2])
    return write(replace(locator, item=address_of(name, base if whole else "", publication_id)))


def _locator(publication: Publication, placed: Placed, base: str) -> Locator:
    """A place in a publication, in the form for its kind. `base`: not "" for who needs recordings by their whole addresses."""
    locations, kind = placed.locator["locations"], publication.described.kind
    if kind is Kind.AUDIOBOOK:
        seconds = next((each[2:] for each in locations.get("fragments", ()) if each.startswith("t=")), "0")
        folder = "" if publication.described.media_type != RECORDINGS else base
        return AudioBookTimeV2(address_of(unquote(placed.locator["href"]), folder, publication.id), round(float(seconds) * 1000))
    if kind is Kind.PDF:
        return Page(locations.get("position", 1))
    return HrefProgression(placed.locator["href"], locations.get("progression", 0.0))
