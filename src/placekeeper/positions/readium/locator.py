"""A Readium locator as a value: read leniently from parsed JSON, given back as JSON with the keys it does not know.

Values out of range or of the wrong type are dropped, unknown keys are kept. It must not know publications. Palace's older forms
become locators as well: `LocatorHrefProgression`, `LocatorLegacyCFI`, `BookLocationR1` and `R2`, one wrapped in `locator`.
Source: https://github.com/readium/architecture/tree/master/models/locators
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from placekeeper.positions.point import NoPlace

MAX_TEXT = 100_000
MAX_FRAGMENTS = 16
MAX_WRAPS = 4
CFI_TYPES = ("LocatorLegacyCFI", "BookLocationR1")
FIELDS = {"href", "type", "title", "locations", "text"}
LOCATIONS = {"fragments", "progression", "position", "totalProgression", "cssSelector", "partialCfi", "domRange"}


@dataclass(frozen=True, slots=True)
class DomPoint:
    """The `start` of a `domRange`: `offset` UTF-16 code units into the `node`-th (from 0) text node child of an element."""

    css_selector: str
    node: int
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """What a locator says. `""`, `None` and `()` stand for what it does not say.

    `idref`: the manifest item's id, where an old locator has that instead of an href. `extra`, `extra_locations`: unknown keys.
    """

    href: str = ""
    idref: str = ""
    type: str = ""
    title: str = ""
    progression: float | None = None
    total_progression: float | None = None
    position: int | None = None
    css_selector: str = ""
    dom: DomPoint | None = None
    partial_cfi: str = ""
    fragments: tuple[str, ...] = ()
    before: str = ""
    highlight: str = ""
    after: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    extra_locations: Mapping[str, Any] = field(default_factory=dict)


def parse(value: Any) -> Locator:
    """The locator in parsed JSON. Raises `NoPlace` where it names no place: not an object, no href, a page or a time."""
    for _ in range(MAX_WRAPS):
        if not isinstance(value, Mapping):
            raise NoPlace("a locator is a JSON object")
        if not isinstance(value.get("locator"), Mapping):
            break
        value = value["locator"]
    kind = value.get("@type")
    if "locations" in value or (not kind and "href" in value):
        return _readium(value)
    if kind == "LocatorHrefProgression":
        return _progression(value, value)
    if kind == "BookLocationR2":
        progress = value.get("progress")
        return _progression(value, progress if isinstance(progress, Mapping) else {})
    if kind in CFI_TYPES or not kind:
        return _legacy(value)
    raise NoPlace(f"a {_text(kind)[:60] or 'locator of this kind'} is not a place in a text")


def dump(locator: Locator) -> dict[str, Any]:
    """The locator as JSON: `href` and `type` always, of the rest what is known, unknown keys as they came."""
    dom = locator.dom
    locations = {
        "fragments": list(locator.fragments) or None,
        "progression": locator.progression,
        "position": locator.position,
        "totalProgression": locator.total_progression,
        "cssSelector": locator.css_selector or None,
        "domRange": {"start": {"cssSelector": dom.css_selector, "textNodeIndex": dom.node, "charOffset": dom.offset}}
        if dom
        else None,
        "partialCfi": locator.partial_cfi or None,
        **locator.extra_locations,
    }
    text = {"before": locator.before, "highlight": locator.highlight, "after": locator.after}
    known = {
        "href": locator.href,
        "type": locator.type or "application/xhtml+xml",
        "title": locator.title or None,
        "locations": {key: value for key, value in locations.items() if value is not None} or None,
        "text": {key: value for key, value in text.items() if value} or None,
        **locator.extra,
    }
    return {key: value for key, value in known.items() if value is not None}


def _readium(value: Mapping[str, Any]) -> Locator:
    locations, text = _object(value.get("locations")), _object(value.get("text"))
    fragments = locations.get("fragments")
    return Locator(
        href=_text(value.get("href")),
        type=_text(value.get("type")),
        title=_text(value.get("title")),
        progression=_ratio(locations.get("progression")),
        total_progression=_ratio(locations.get("totalProgression")),
        position=_count(locations.get("position"), 1),
        css_selector=_text(locations.get("cssSelector")),
        dom=_dom(_object(_object(locations.get("domRange")).get("start"))),
        partial_cfi=_text(locations.get("partialCfi")),
        fragments=tuple(_text(one) for one in fragments[:MAX_FRAGMENTS] if _text(one)) if isinstance(fragments, list) else (),
        before=_text(text.get("before")),
        highlight=_text(text.get("highlight")),
        after=_text(text.get("after")),
        extra={key: one for key, one in value.items() if key not in FIELDS},
        extra_locations={key: one for key, one in locations.items() if key not in LOCATIONS},
    )


def _progression(value: Mapping[str, Any], progress: Mapping[str, Any]) -> Locator:
    """Palace's href and progression; iOS adds `cssSelector`, `position`, `title` and `progressWithinBook`."""
    href = _text(progress.get("href")) or _text(progress.get("chapterHref"))
    chapter = progress.get("progressWithinChapter", progress.get("chapterProgress"))
    if not href:
        raise NoPlace("the locator has no href")
    return Locator(
        href=href,
        title=_text(value.get("title")),
        progression=_ratio(chapter),
        total_progression=_ratio(value.get("progressWithinBook")),
        position=_count(value.get("position"), 1),
        css_selector=_text(value.get("cssSelector")),
    )


def _legacy(value: Mapping[str, Any]) -> Locator:
    """An idref, a CFI in that document, a progression: each may be missing, and old apps sent empty ones."""
    cfi, total = _text(value.get("contentCFI")), _ratio(value.get("progressWithinBook"))
    idref = _text(value.get("idref"))
    if not idref and total is None:
        raise NoPlace("the locator has neither href nor idref")
    return Locator(
        idref=idref,
        title=_text(value.get("title")),
        progression=_ratio(value.get("progressWithinChapter")),
        total_progression=total,
        partial_cfi=cfi,
    )


def _dom(start: Mapping[str, Any]) -> DomPoint | None:
    selector, node = _text(start.get("cssSelector")), _count(start.get("textNodeIndex"), 0)
    offset = _count(start.get("charOffset", start.get("offset", 0)), 0)  # `offset` in older toolkits
    return DomPoint(selector, node, offset) if selector and node is not None and offset is not None else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= MAX_TEXT else ""


def _ratio(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 and isfinite(value) else None


def _count(value: Any, least: int) -> int | None:
    """A whole number; JSON of some clients says `26.0`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not value.is_integer():  # as are inf and nan
        return None
    return int(value) if least <= value < 2**53 else None
