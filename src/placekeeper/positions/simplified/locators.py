"""Locators: the places that a selector's value names, one class for each kind. Knows no annotation.

A locator of a known `@type` is held to its specification. Without `@type` there are two: what Palace's app for iOS sends as the
reading position, a locator as Readium writes it, and the old ones of Library Simplified.
Source: https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from placekeeper.positions.simplified.strict_json import BadLocator, compact, parsed, shown

MAX_WHOLE: Final = 2**53 - 1
"""Above it, apps that keep numbers as doubles lose the last digits."""
_MAX_SPELLED: Final = 15
"""Digits of a number in quotes: all that is certainly below MAX_WHOLE."""


@dataclass(frozen=True, slots=True)
class HrefProgression:
    """A resource and how far into it, 0 to 1. The href is as the app spells it."""

    href: str
    progress: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF, as the app counts. `versioned`: Android's app, which says a version, counts from 1; iOS's from 0."""

    page: int
    versioned: bool = True

    @property
    def number(self) -> int:
        """The page as people count: 1 is the first one."""
        return self.page if self.versioned else self.page + 1


@dataclass(frozen=True, slots=True)
class AudioBookTimeV1:
    """A time in a chapter of an audiobook, in milliseconds. `time_stamp`: when, as Palace's app for iOS says it within."""

    part: int
    chapter: int
    title: str
    audiobook_id: str
    duration: int
    time: int
    start_offset: int = 0
    time_stamp: str | None = None


@dataclass(frozen=True, slots=True)
class AudioBookTimeV2:
    """A time in an item of an audiobook's reading order, in milliseconds. `time_stamp` as in version 1."""

    item: str
    offset: int
    time_stamp: str | None = None


@dataclass(frozen=True, slots=True)
class LegacyCfi:
    """A CFI within a resource of the spine, of apps before Readium 2. `unread`: the rest, where neither says the place."""

    idref: str | None = None
    cfi: str | None = None
    progress: float | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class ReadiumLocator:
    """A locator as Readium's toolkits write it; `document` is the whole of it, as JSON."""

    href: str
    progression: float | None
    document: str


Locator = HrefProgression | Page | AudioBookTimeV1 | AudioBookTimeV2 | LegacyCfi | ReadiumLocator


def read(value: str) -> Locator:
    """The locator that a selector's value is. Raises BadLocator."""
    said = parsed(value)
    if "@type" not in said:
        return _readium(said) if "href" in said and "locations" in said else _legacy(said)
    kind = said["@type"]
    reader = _KINDS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise BadLocator(f"@type is {shown(kind)}, which is no known kind of locator")
    return reader(said)


def _href_progression(said: dict[str, Any]) -> HrefProgression:
    return HrefProgression(_filled(said, "href"), _ratio(said, "progressWithinChapter"))


def _page(said: dict[str, Any]) -> Page:
    return Page(_whole(said, "page"), "@version" in said)


def _audio(said: dict[str, Any]) -> AudioBookTimeV1 | AudioBookTimeV2:
    """Either version, or one that is wrapped, once or twice: Palace's app for iOS did that in the middle of 2024."""
    if "locator" not in said:
        return _plain_audio(said)
    inner = _object(said, "locator")
    if inner.get("@type", "LocatorAudioBookTime") != "LocatorAudioBookTime":
        raise BadLocator(f"locator: @type is {shown(inner['@type'])}, and must be LocatorAudioBookTime")
    try:
        audio = _audio(inner)
    except BadLocator as error:
        raise BadLocator(f"locator: {error}") from None
    return audio if audio.time_stamp is not None else replace(audio, time_stamp=_stamp(said))


def _plain_audio(said: dict[str, Any]) -> AudioBookTimeV1 | AudioBookTimeV2:
    version = said.get("@version", 1)
    if isinstance(version, bool) or version not in (1, 2):
        raise BadLocator(f"@version is {shown(version)}, and must be 1 or 2")
    if version == 1:
        return AudioBookTimeV1(
            part=_whole(said, "part"),
            chapter=_whole(said, "chapter"),
            title=_text(said, "title"),
            audiobook_id=_text(said, "audiobookID"),
            duration=_whole(said, "duration", spelled=True),
            time=_whole(said, "time", spelled=True),
            start_offset=_whole(said, "startOffset") if "startOffset" in said else 0,
            time_stamp=_stamp(said),
        )
    return AudioBookTimeV2(
        _filled(said, "readingOrderItem"), _whole(said, "readingOrderItemOffsetMilliseconds"), time_stamp=_stamp(said)
    )


def _legacy(said: dict[str, Any]) -> LegacyCfi:
    known = {key: said[key] for key in ("idref", "contentCFI", "progressWithinChapter") if said.get(key) is not None}
    idref = _text(known, "idref") if "idref" in known else None
    cfi = _text(known, "contentCFI") if "contentCFI" in known else None
    progress = _ratio(known, "progressWithinChapter") if "progressWithinChapter" in known else None
    rest = {key: each for key, each in said.items() if key not in known and key[:1] != "@" and each is not None}
    unread = compact(rest) if rest and idref is None and cfi is None else ""
    return LegacyCfi(idref, cfi, progress, unread)


def _release_2(said: dict[str, Any]) -> HrefProgression:
    """What Android's app wrote before locators had a specification."""
    progress = _object(said, "progress")
    return HrefProgression(_filled(progress, "chapterHref"), _ratio(progress, "chapterProgress"))


def _readium(said: dict[str, Any]) -> ReadiumLocator:
    href, locations = _filled(said, "href"), _object(said, "locations")
    # Readium's rule: a number out of its range is not there
    progression = _ratio(locations, "progression") if _is_ratio(locations.get("progression")) else None
    return ReadiumLocator(href, progression, compact(said))


_KINDS: Final[dict[str, Callable[[dict[str, Any]], Locator]]] = {
    "LocatorHrefProgression": _href_progression,
    "LocatorPage": _page,
    "LocatorAudioBookTime": _audio,
    "LocatorLegacyCFI": _legacy,
    "BookLocationR1": _legacy,
    "BookLocationR2": _release_2,
}


def _there(said: dict[str, Any], key: str) -> Any:
    if key not in said:
        raise BadLocator(f"{key} is missing")
    return said[key]


def _text(said: dict[str, Any], key: str) -> str:
    value = _there(said, key)
    if not isinstance(value, str):
        raise BadLocator(f"{key} is {shown(value)}, and must be a string")
    return value


def _filled(said: dict[str, Any], key: str) -> str:
    value = _text(said, key)
    if not value:
        raise BadLocator(f"{key} is empty")
    return value


def _object(said: dict[str, Any], key: str) -> dict[str, Any]:
    value = _there(said, key)
    if not isinstance(value, dict):
        raise BadLocator(f"{key} is {shown(value)}, and must be an object")
    return value


def _ratio(said: dict[str, Any], key: str) -> float:
    value = _there(said, key)
    if not _is_ratio(value):
        raise BadLocator(f"{key} is {shown(value)}, and must be a number from 0 to 1")
    return float(value) + 0.0  # no zero below zero


def _is_ratio(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _whole(said: dict[str, Any], key: str, *, spelled: bool = False) -> int:
    """A whole number from 0. `spelled`: Android's app takes it in quotes too."""
    value = _there(said, key)
    if spelled and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MAX_SPELLED:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_WHOLE or value != int(value):
        raise BadLocator(f"{key} is {shown(value)}, and must be a whole number from 0 to {MAX_WHOLE}")
    return int(value)


def _stamp(said: dict[str, Any]) -> str | None:
    value = said.get("timeStamp")
    return value if isinstance(value, str) else None
