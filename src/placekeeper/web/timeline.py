"""A picture of all devices' places in a work over time: what stands where, in the picture's own units. The template draws it.

Sightings say nothing new and are left out. A table beside it says the same to who can't see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from placekeeper.domain.reading import Effect, Reading
from placekeeper.web import words

WIDTH: Final = 440
HEIGHT: Final = 230
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 28
MOST: Final = 120
"""Readings that a picture shows, the newest ones: more are a cloud."""
NAMED: Final = 12
"""Devices that the legend names."""
STYLES: Final = 6
"""Colours and shapes that devices are told apart by."""
_SHORTEST: Final = 3_600_000
"""Milliseconds that the picture spans at least: else a few minutes would look like weeks."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading. `style`: of its device. `held`: it was kept aside. `text`: what it says when it is pointed at."""

    x: float
    y: float
    style: int
    held: bool
    text: str


@dataclass(frozen=True, slots=True)
class Legend:
    """A device as the picture shows it."""

    name: str
    style: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """`place`: the line of the place itself, as a path. `levels`: (y, text). `times`: (x, text, anchor)."""

    place: str
    marks: tuple[Mark, ...]
    devices: tuple[Legend, ...]
    levels: tuple[tuple[float, str], ...]
    times: tuple[tuple[float, str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def timeline(readings: Sequence[Reading], now: int) -> Timeline | None:
    """The picture of readings, newest first; None where there is too little to see."""
    told = [each for each in readings if each.effect is not Effect.SIGHTING][:MOST]
    told.reverse()
    if len(told) < 2:  # noqa: PLR2004 - a single point is no line
        return None
    first = told[0].report.received_at
    until = max(now, first + _SHORTEST)
    scale = (WIDTH - LEFT - RIGHT) / (until - first)

    def x(milliseconds: int) -> float:
        return round(LEFT + (min(max(milliseconds, first), until) - first) * scale, 1)

    names = list(dict.fromkeys(each.report.device_name for each in told))
    styles = {name: number % STYLES for number, name in enumerate(names)}
    marks = tuple(
        Mark(x(each.report.received_at), _y(each), styles[each.report.device_name], each.effect is Effect.HELD, _text(each))
        for each in told
    )
    return Timeline(
        place=_path([(x(each.report.received_at), _y(each)) for each in told if each.effect is Effect.HEAD], x(until)),
        marks=marks,
        devices=tuple(Legend(name, styles[name]) for name in names[:NAMED]),
        levels=tuple((_level(ratio), words.percent(ratio)) for ratio in (0.0, 0.25, 0.5, 0.75, 1.0)),
        times=(
            (LEFT, words.day(first), "start"),
            (WIDTH - RIGHT, "now", "end"),
        ),
    )


def _path(points: list[tuple[float, float]], end: float) -> str:
    """A line in steps: the place stays until it moves."""
    if not points:
        return ""
    steps = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (_x, before), (at, y) in pairwise(points):
        steps.append(f"H{at:g}" + (f"V{y:g}" if y != before else ""))
    return "".join([*steps, f"H{end:g}"])


def _level(ratio: float) -> float:
    return round(HEIGHT - BOTTOM - min(max(ratio, 0.0), 1.0) * (HEIGHT - TOP - BOTTOM), 1)


def _y(reading: Reading) -> float:
    return _level(reading.report.progression)


def _text(reading: Reading) -> str:
    report = reading.report
    return f"{words.device(report)}, {words.percent(report.progression)}, {words.moment(report.received_at)}"
