"""Places in recordings: a track and a time in it, read from references (`track.mp3#t=40.274`, `#t=3661`), locators and numbers.

A time without a path counts from the beginning of the whole. It must not know files.
Source: https://www.w3.org/TR/media-frags/#naming-time
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.href import Hrefs, encode, split
from placekeeper.positions.spine import Item, Spine

_TIME: Final = re.compile(r"(?:^|&)t=(?:npt:)?(?:(?:(\d{1,5}):)?(\d{1,5}):)?(\d{1,9}(?:\.\d{0,9})?)s?(?:[,&]|$)")
MOST: Final = 16
"""References that are looked at."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time in a recording: in one track, and as shares of that and of the whole."""

    track: int
    seconds: float
    progression: float
    total_progression: float


class Timeline:
    """The tracks of a recording, (href, seconds) each."""

    def __init__(self, tracks: Sequence[tuple[str, float]]) -> None:
        """Raises `NoPlace` where the length of a track is not known."""
        if not tracks or any(not isfinite(seconds) or seconds <= 0 for _href, seconds in tracks):
            raise NoPlace("how long the recordings are is not known")
        self._tracks, self._total = tracks, sum(seconds for _href, seconds in tracks)
        items = tuple(Item(index=index, step=2 * index + 2, href=href) for index, (href, _seconds) in enumerate(tracks))
        self._hrefs = Hrefs(Spine(items=items, step=6))

    def read(self, document: Mapping[str, Any]) -> Time:
        """The time of a Progression Document, or of its predecessor's. Raises `NoPlace`."""
        locator = document.get("locator")
        if isinstance(locator, dict):
            return self._located(locator)
        for reference in _references(document):
            try:
                return self._referred(reference)
            except NoPlace:
                continue
        number = document.get("progression")
        return self.at(number * self._total if isinstance(number, int | float) else float("nan"))

    def at(self, seconds: float) -> Time:
        """The time so many seconds from the beginning of the whole. Raises `NoPlace` for what is no time."""
        if not isfinite(seconds) or seconds < 0:
            raise NoPlace("there is no such time")
        before = 0.0
        for track, (_href, length) in enumerate(self._tracks):
            if seconds < before + length or track == len(self._tracks) - 1:
                return self.inside(track, seconds - before)
            before += length
        raise AssertionError("the last track takes what is left")

    def references(self, time: Time) -> list[str]:
        """The time in its track, and in the whole."""
        whole = self._before(time.track) + time.seconds
        return [f"{encode(self._tracks[time.track][0])}#t={_figures(time.seconds)}", f"#t={_figures(whole)}"]

    def _located(self, locator: Mapping[str, Any]) -> Time:
        """A locator, by its time, else by its share of the track."""
        track = self._hrefs.find(str(locator.get("href")))[0][0]
        locations = locator.get("locations")
        locations = locations if isinstance(locations, dict) else {}
        fragments = locations.get("fragments")
        for fragment in fragments[:MOST] if isinstance(fragments, list) else ():
            if (seconds := _seconds(str(fragment))) is not None:
                return self.inside(track, seconds)
        share = locations.get("progression")
        return self.inside(track, share * self._tracks[track][1] if isinstance(share, int | float) and 0 <= share <= 1 else 0.0)

    def _referred(self, reference: str) -> Time:
        path, fragment = split(reference)
        seconds = _seconds(fragment)
        if not path:
            return self.at(float("nan") if seconds is None else seconds)
        return self.inside(self._hrefs.find(path)[0][0], seconds or 0.0)

    def inside(self, track: int, seconds: float) -> Time:
        """A time within a track (0-based), in seconds, at most its end."""
        length = self._tracks[track][1]
        seconds = min(seconds, length)
        return Time(track, seconds, seconds / length, min(1.0, (self._before(track) + seconds) / self._total))

    def _before(self, track: int) -> float:
        return sum(seconds for _href, seconds in self._tracks[:track])


def _references(document: Mapping[str, Any]) -> Iterator[str]:
    for key in ("references", "fragments"):
        listed = document.get(key)
        for each in listed[:MOST] if isinstance(listed, list) else ():
            if isinstance(each, str):
                yield each if key == "references" or "#" in each else f"#{each}"


def _seconds(fragment: str) -> float | None:
    found = _TIME.search(fragment)
    if not found:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _figures(seconds: float) -> str:
    """Seconds to the millisecond, without zeros at the end."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")
