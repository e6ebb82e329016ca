"""Readium's positions list over a spine, and the arithmetic between points, progressions, positions and total progressions.

It must not know how a text was parsed: it asks for its length only. A progression in a resource goes by text: offset / length.
Source: https://github.com/readium/architecture/tree/master/models/locators/positions
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, nextafter

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Item, Publication, Spine

POSITION_BYTES = 1024
SNAP = 1e-3  # of a character: what rounding in a float may have taken from an offset
NOISE = 1e-9  # of a position: what rounding may have taken from a position's number


@dataclass(frozen=True, slots=True)
class Figures:
    """A point in numbers. `precision` is `PROGRESSION` where the resource is not in Readium's reading order, so that `position`
    (1-based) and `total_progression` are those of the last position before it.
    """

    progression: float
    total_progression: float
    position: int
    precision: Precision = Precision.EXACT


def position_count(item: Item) -> int:
    """How many positions a resource has, if it is in the reading order: one for each 1024 bytes in the archive, at least one."""
    return 1 if item.fixed else max(1, -(-item.length // POSITION_BYTES))


def in_reading_order(item: Item) -> bool:
    """Whether Readium's reading order has the item: `linear="no"` and what does not resolve are left out."""
    return item.linear and item.declared and item.present


def positions_of(publication: Publication) -> "Positions":
    """The positions of a publication whose resources can be asked for. A resource without text has length 0."""

    def length_of(index: int) -> int:
        try:
            return len(publication.resource(index).document.text)
        except NoPlace:
            return 0

    return Positions(publication.spine, length_of)


class Positions:
    """All positions of a publication, numbered from 1. `total`: how many there are; each look-up costs a bisection at most.

    `length_of` gives the length of a resource's text in code points, by the index of its itemref; it is asked when needed.
    """

    def __init__(self, spine: Spine, length_of: Callable[[int], int]) -> None:
        """Counts; no text is asked for."""
        self.spine = spine
        self.total = 0
        self._length_of = length_of
        self._resources: list[int] = []  # by slot: a place in Readium's reading order
        self._starts: list[int] = []  # by slot: positions before it
        self._slots: list[int] = []  # by resource: its slot, or that of the last one before it; -1 where there is none
        for item in spine.items:
            if in_reading_order(item):
                self._resources.append(item.index)
                self._starts.append(self.total)
                self.total += position_count(item)
            self._slots.append(len(self._resources) - 1)

    def length(self, resource: int) -> int:
        """The length that progressions of a resource are measured by: of its text, 0 where a page is fixed."""
        return 0 if self._item(resource).fixed else self._length_of(resource)

    def progression(self, point: Point) -> float:
        """Where the point stands in its resource, 0 to 1. Read back, it leads to the same character and the same position."""
        offset, length = self._measure(point)
        return _ratio(offset, length, position_count(self._item(point.resource))) if length else 0.0

    def position(self, point: Point) -> int:
        """The position that the point is in, or the last one before it. Raises `NoPlace` where there are no positions."""
        return self.figures(point).position

    def total_progression(self, point: Point) -> float:
        """Where the point stands in the publication, 0 to 1. Raises `NoPlace` where there are no positions."""
        return self.figures(point).total_progression

    def figures(self, point: Point) -> Figures:
        """The point in all its numbers. Raises `NoPlace` where there are no positions, or the resource does not exist."""
        item = self._item(point.resource)
        if not self.total:
            raise NoPlace("no resource of this publication is in its reading order: there are no positions")
        progression = self.progression(point)
        slot = self._slots[point.resource]
        if not in_reading_order(item):
            index = self._starts[slot] + position_count(self.spine.items[self._resources[slot]]) - 1 if slot >= 0 else 0
            return Figures(progression, _inside(index / self.total, index, self.total), index + 1, Precision.PROGRESSION)
        offset, length = self._measure(point)
        count, start = position_count(item), self._starts[slot]
        index = start + (min(offset * count // length, count - 1) if length else 0)
        if length and offset == length and start + count == self.total:
            return Figures(progression, 1.0, index + 1)
        exact = (start * length + offset * count) / (self.total * length) if length else start / self.total
        return Figures(progression, _inside(exact, index, self.total), index + 1)

    def from_progression(self, resource: int, progression: float) -> Place:
        """The point at a progression of a resource. Raises `NoPlace` for what is not within 0 and 1."""
        _check(progression)
        count, length = position_count(self._item(resource)), self.length(resource)
        offset = min(length, int(progression * length + SNAP))
        begun = min(count - 1, int(progression * count + NOISE))
        # never before the position that the number is in: a position is found again from the point that it led to
        offset = max(offset, min(length, -(-begun * length // count)))
        return Place(Point(resource, offset), Precision.PROGRESSION, "only the progression in the resource is known")

    def from_total(self, total_progression: float) -> Place:
        """The point at a total progression. Raises `NoPlace` for what is not within 0 and 1, and where there are no positions."""
        _check(total_progression)
        passed = total_progression * self.total
        slot = self._slot_of(min(self.total - 1, int(passed + NOISE)))
        resource = self._resources[slot]
        inside = (passed - self._starts[slot]) / position_count(self.spine.items[resource])
        point = self.from_progression(resource, min(1.0, max(0.0, inside))).point
        return Place(point, Precision.PROGRESSION, "only the progression in the publication is known")

    def from_position(self, position: int) -> Place:
        """Where a position begins, 1-based. Raises `NoPlace` for one that does not exist."""
        if not 1 <= position <= self.total:
            raise NoPlace(f"there is no position {_short(position)}: this publication has {self.total}")
        slot = self._slot_of(position - 1)
        resource = self._resources[slot]
        before, count = position - 1 - self._starts[slot], position_count(self.spine.items[resource])
        offset = -(-before * self.length(resource) // count)
        return Place(Point(resource, offset), Precision.PROGRESSION, "only the position is known")

    def holds(self, resource: int, position: int) -> bool:
        """Whether a position (1-based) is one of the resource's."""
        slot = self._slots[resource]
        return in_reading_order(self._item(resource)) and 0 < position - self._starts[slot] <= position_count(
            self.spine.items[resource]
        )

    def _item(self, resource: int) -> Item:
        if not 0 <= resource < len(self.spine.items):
            raise NoPlace(f"there is no resource {_short(resource)}: the spine has {len(self.spine.items)}")
        return self.spine.items[resource]

    def _measure(self, point: Point) -> tuple[int, int]:
        length = self.length(point.resource)
        return min(max(point.offset, 0), length), length

    def _slot_of(self, index: int) -> int:
        if not self.total:
            raise NoPlace("no resource of this publication is in its reading order: there are no positions")
        return bisect_right(self._starts, index) - 1


def _ratio(offset: int, length: int, count: int) -> float:
    """`offset / length`, moved by units in the last place until `int(ratio * count)` is the position that the offset is in."""
    ratio, wanted = offset / length, offset * count // length
    if offset < length:
        while int(ratio * count) < wanted:
            ratio = nextafter(ratio, 1.0)
        while int(ratio * count) > wanted:
            ratio = nextafter(ratio, 0.0)
    return ratio


def _inside(ratio: float, index: int, total: int) -> float:
    """The ratio, made to lie in the position `index` (from 0) both for who compares with `index / total` and for who multiplies.

    Readium's toolkits do the first. The end of a resource stays clear of the start of the next one by more than `NOISE`.
    """
    ratio = min(max(ratio, index / total), (index + 1 - 2 * NOISE) / total)
    while int(ratio * total) < index:
        ratio = nextafter(ratio, 1.0)
    return ratio


def _check(ratio: float) -> None:
    if not isfinite(ratio) or not 0 <= ratio <= 1:
        raise NoPlace(f"a progression is a number from 0 to 1, not {ratio}")


def _short(number: int) -> str:
    return str(number) if abs(number) < 10**12 else "of that many digits"
