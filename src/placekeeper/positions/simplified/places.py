"""From a bookmark of Library Simplified to a point. Must not know other notations: how they are read is handed in.

A bookmark's value is a JSON object: `selector`, the text of its locator, and `body`, what its app said besides.
Source: https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final
from urllib.parse import unquote

from placekeeper.positions.point import NoPlace, Place
from placekeeper.positions.simplified.locators import (
    AudioBookTimeV1,
    AudioBookTimeV2,
    HrefProgression,
    LegacyCfi,
    Locator,
    Page,
    ReadiumLocator,
    read,
)
from placekeeper.positions.simplified.strict_json import BadLocator
from placekeeper.positions.spine import Spine

PROGRESS_IN_BOOK: Final = "http://librarysimplified.org/terms/progressWithinBook"
FINDAWAY: Final = re.compile(r"urn:org\.thepalaceproject:findaway:([0-9]{1,6}|nil):([0-9]{1,6})")
BY_INDEX: Final = re.compile(r"urn:org\.thepalaceproject:readingOrder(?:Item)?:([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Readers:
    """How a publication reads what a locator may say. All raise `NoPlace`.

    `in_resource`: an href, and the progress in it or None. `located`: a Readium locator. `page`: a number. `cfi`: a whole CFI.
    """

    in_resource: Callable[[str, float | None], Place]
    located: Callable[[Mapping[str, Any]], Place]
    page: Callable[[int], Place]
    cfi: Callable[[str], Place]


def locator_of(said: Mapping[str, Any]) -> Locator:
    """The locator of a bookmark's value. Raises `NoPlace`."""
    selector = said.get("selector")
    try:
        return read(selector if isinstance(selector, str) else "")
    except BadLocator as error:
        raise NoPlace(str(error)) from None


def number_of(said: Mapping[str, Any]) -> float | None:
    """How far in the whole publication the app says that it is, from 0 to 1; None where it does not say, or says nonsense."""
    body = said.get("body")
    number = body.get(PROGRESS_IN_BOOK) if isinstance(body, dict) else None
    if number is None:
        number = _total(said)
    return float(number) if _is_number(number) and 0 <= number <= 1 else None


def place_of(said: Mapping[str, Any], spine: Spine, readers: Readers) -> Place:
    """Where a bookmark is in a publication with text, or with pages. Raises `NoPlace`."""
    match locator_of(said):
        case HrefProgression(href, progress):
            return _in_resource(href, progress, readers)
        case ReadiumLocator(document=document):
            return readers.located(json.loads(document))
        case Page() as page:
            return readers.page(page.number)
        case LegacyCfi() as legacy:
            return _legacy(legacy, spine, readers)
        case _:
            raise NoPlace("a time is no place in a text")


def _in_resource(href: str, progress: float, readers: Readers) -> Place:
    """An href and the progress in it. Palace's app for iOS encodes the hrefs of bookmarks twice."""
    try:
        return readers.in_resource(href, progress)
    except NoPlace:
        if "%25" not in href:
            raise
        return readers.in_resource(unquote(href), progress)


def time_of(locator: Locator, hrefs: Sequence[str]) -> tuple[int, float]:
    """The item of a reading order (0-based) and the seconds in it that a locator says. Raises `NoPlace`."""
    match locator:
        case AudioBookTimeV2(item, offset):
            return _item(item, hrefs), offset / 1000
        case AudioBookTimeV1(chapter=chapter, time=time):
            if chapter >= len(hrefs):
                raise NoPlace(f"there is no chapter {chapter}: the reading order has {len(hrefs)}")
            return chapter, time / 1000
        case _:
            raise NoPlace("a place in a text is no time")


def _item(item: str, hrefs: Sequence[str]) -> int:
    """Which item of a reading order an identifier means: its href, or its number. Parts are counted through."""
    for index, href in enumerate(hrefs):
        if item == href or unquote(item) == href or unquote(item).endswith(f"/{href}"):
            return index
    numbered = BY_INDEX.fullmatch(item) or FINDAWAY.fullmatch(item)
    if numbered is not None and int(numbered[numbered.lastindex or 0]) < len(hrefs):
        return int(numbered[numbered.lastindex or 0])
    raise NoPlace(f"the reading order has no item {item[:80]!r}")


def _legacy(locator: LegacyCfi, spine: Spine, readers: Readers) -> Place:
    """A CFI below an itemref's document, else the progress in it."""
    item = next((each for each in spine.items if locator.idref and locator.idref in {each.item_id, each.href}), None)
    if item is None:
        raise NoPlace("the locator names no item of the spine")
    if locator.cfi:
        try:
            return readers.cfi(f"epubcfi(/{spine.step}/{item.step}!{locator.cfi})")
        except NoPlace:
            if locator.progress is None:
                raise
    return readers.in_resource(item.href, locator.progress)


def _total(said: Mapping[str, Any]) -> Any:
    """What a locator itself says of the whole: Readium's, and those of Palace's app for iOS."""
    try:
        selector = json.loads(str(said.get("selector")))
    except (ValueError, RecursionError):
        return None
    if not isinstance(selector, dict):
        return None
    locations = selector.get("locations")
    return locations.get("totalProgression") if isinstance(locations, dict) else selector.get("progressWithinBook")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
