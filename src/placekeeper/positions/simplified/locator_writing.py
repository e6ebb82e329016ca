"""Locators as text: as apps read them, and in the one form by which two are the same place. Knows no annotation.

Source: https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks
"""

import json
from typing import Any, Final

from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    LegacyCfi,
    Locator,
    Page,
    ReadiumLocator,
)
from placekeeper.positions.simplified.strict_json import compact

HREF_VERSION: Final = 20210317
"""The version that Android's app writes; nobody reads it."""
_STAMPS: Final = ("timeStamp", "annotationId", "lastSavedTimeStamp")
"""What Palace's app for iOS puts into a value besides the place: new with every save."""


def write(locator: Locator) -> str:
    """A selector's value that is read as the same place, with Android's order of keys."""
    match locator:
        case HrefProgression(href, progress):
            said = _typed("LocatorHrefProgression", HREF_VERSION, href=href, progressWithinChapter=progress)
        case Page(page, versioned):
            said = _typed("LocatorPage", 1, page=page) if versioned else {"@type": "LocatorPage", "page": page}
        case AudioBookTimeV1():
            said = _audio_1(locator)
        case AudioBookTimeV2(item, offset, stamp):
            said = _typed("LocatorAudioBookTime", 2, readingOrderItem=item, readingOrderItemOffsetMilliseconds=offset)
            said |= {} if stamp is None else {"timeStamp": stamp}
        case LegacyCfi(idref, cfi, progress, unread):
            known = {"idref": idref, "contentCFI": cfi, "progressWithinChapter": progress}
            said = {"@type": "LocatorLegacyCFI"} | {key: value for key, value in known.items() if value is not None}
            said |= json.loads(unread) if unread else {}
        case ReadiumLocator():
            return locator.document
    return compact(said)


def canonical(locator: Locator) -> str:
    """The text that two bookmarks of a book share if and only if they are about the same place, whoever wrote them, however.

    Where a place is told by the progress within a resource, hints and titles beside it do not count.
    """
    match locator:
        case HrefProgression(href, progress) | ReadiumLocator(href, float(progress)):
            place: list[Any] = ["href", _href(href), _rounded(progress)]
        case Page():
            place = ["page", locator.number]
        case AudioBookTimeV1():
            place = ["audio-1", locator.audiobook_id, locator.part, locator.chapter, locator.start_offset, locator.time]
        case AudioBookTimeV2(item, offset):
            place = ["audio-2", item, offset]
        case LegacyCfi(unread=""):
            place = ["cfi", locator.idref, locator.cfi, _rounded(locator.progress)]
        case LegacyCfi(unread=unread):
            place = ["unread", _without_stamps(json.loads(unread)), _rounded(locator.progress)]
        case ReadiumLocator(href, _, document):
            place = ["locations", _href(href), _without_stamps(json.loads(document)["locations"])]
    return compact(place, ordered=True)


def _typed(kind: str, version: int, **members: Any) -> dict[str, Any]:
    return {"@type": kind, "@version": version, **members}


def _audio_1(locator: AudioBookTimeV1) -> dict[str, Any]:
    said = _typed(
        "LocatorAudioBookTime",
        1,
        part=locator.part,
        chapter=locator.chapter,
        title=locator.title,
        audiobookID=locator.audiobook_id,
        duration=locator.duration,
        time=locator.time,
        startOffset=locator.start_offset,
    )
    return said if locator.time_stamp is None else said | {"timeStamp": locator.time_stamp}


def _href(href: str) -> str:
    """Palace's app for iOS had a slash in front before Readium 3; Android's has it still."""
    return href.removeprefix("/")


def _rounded(progress: float | None) -> str | None:
    """To the six decimals by which Android's app tells bookmarks apart."""
    return None if progress is None else f"{progress + 0.0:.6f}"  # no zero below zero


def _without_stamps(said: dict[str, Any]) -> Any:
    return _plain({key: value for key, value in said.items() if key not in _STAMPS})


def _plain(value: Any) -> Any:
    """A value in which each number has one spelling."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
