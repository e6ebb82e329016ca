"""The specification's own cases: its files of 2022, and in our words those that its successor of 2024 added."""

import json
from typing import Any

from tests.shared import shared

AUDIO_1 = {
    "@type": "LocatorAudioBookTime",
    "part": 2,
    "chapter": 7,
    "title": "The Seventh",
    "audiobookID": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "duration": 190_000,
    "time": 78_000,
}
AUDIO_2 = {
    "@type": "LocatorAudioBookTime",
    "@version": 2,
    "readingOrderItem": "urn:org.thepalaceproject:readingOrderItem:23",
    "readingOrderItemOffsetMilliseconds": 25_000,
}
BODY = {
    "http://librarysimplified.org/terms/time": "2026-03-01T12:00:00Z",
    "http://librarysimplified.org/terms/device": "urn:uuid:00000000-0000-4000-8000-000000000002",
}


def without(said: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in keys}


def bookmark(locator: dict[str, Any] | str, **members: Any) -> dict[str, Any]:
    """A reading position as the specification spells it, with other members where they are given."""
    value = locator if isinstance(locator, str) else json.dumps(locator)
    selector = {"type": "oa:FragmentSelector", "value": value}
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "motivation": "http://librarysimplified.org/terms/annotation/idling",
        "body": BODY,
        "target": {"source": "urn:uuid:00000000-0000-4000-8000-000000000003", "selector": selector},
    } | members


LATER: dict[str, dict[str, Any]] = {
    "invalid-locator-7": without(AUDIO_2, "@version"),
    "invalid-locator-8": without(AUDIO_2, "readingOrderItem"),
    "invalid-locator-9": without(AUDIO_2, "readingOrderItemOffsetMilliseconds"),
    "valid-locator-4": AUDIO_1 | {"startOffset": 15_000},
    "valid-locator-5": AUDIO_1 | {"startOffset": 15_000, "@version": 1},
    "valid-locator-6": AUDIO_2,
    "valid-bookmark-6": bookmark(AUDIO_1 | {"startOffset": 15_000}),
}
"""The cases of 2024, which are no shared files."""

INVALID_LOCATORS = {
    "invalid-locator-1": "href is missing",
    "invalid-locator-2": "progressWithinChapter is missing",
    "invalid-locator-3": "progressWithinChapter is -1.0, and must be a number from 0 to 1",
    "invalid-locator-4": "progressWithinChapter is 2.0, and must be a number from 0 to 1",
    "invalid-locator-5": "chapter is -5, and must be a whole number from 0",
    "invalid-locator-6": "page is -3, and must be a whole number from 0",
    "invalid-locator-7": "part is missing",
    "invalid-locator-8": "readingOrderItem is missing",
    "invalid-locator-9": "readingOrderItemOffsetMilliseconds is missing",
}
INVALID_BOOKMARKS = {
    "invalid-bookmark-0": "body is missing",
    "invalid-bookmark-1": "motivation is missing",
    "invalid-bookmark-2": "target is missing",
    "invalid-bookmark-3": 'target.selector.type is "What?", and must be FragmentSelector',
    "invalid-bookmark-4": "target.selector.value: the text is no JSON",
    "invalid-bookmark-5": "body: http://librarysimplified.org/terms/device is missing",
    "invalid-bookmark-6": "body: http://librarysimplified.org/terms/time is missing",
    "invalid-bookmark-7": "target.selector.value: page is missing",
}
VALID_LOCATORS = [f"valid-locator-{number}" for number in range(7)]
VALID_BOOKMARKS = [f"valid-bookmark-{number}" for number in range(7)]


def text(name: str) -> str:
    """A case as the text that it is."""
    return (
        json.dumps(LATER[name]) if name in LATER else shared("vectors", "simplified-bookmarks", f"{name}.json").read_text("utf-8")
    )
