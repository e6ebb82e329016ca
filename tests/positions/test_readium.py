"""Readium's positions: which there are, and that numbers lead back to where they came from."""

import math
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.readium.positions import Figures, Positions, position_count, positions_of
from placekeeper.positions.spine import Item, Spine
from tests.positions.readium_books import Book, document_of, library

LENGTH = st.integers(0, 10_000_000)
SIZES = st.integers(0, 3_000_000)
RESOURCES = st.lists(st.tuples(SIZES, LENGTH, st.booleans(), st.booleans()), min_size=1, max_size=12)


def positions(*resources: tuple[int, int, bool, bool]) -> Positions:
    """Of resources given as bytes, code points, linear and fixed."""
    items = [
        Item(index=i, step=2 * i + 2, length=size, linear=linear, fixed=fixed)
        for i, (size, _, linear, fixed) in enumerate(resources)
    ]
    return Positions(Spine(items=tuple(items)), lambda index: resources[index][1])


def toolkit(total_progression: float, counts: list[int]) -> int:
    """The position that Readium's kotlin-toolkit goes to, in its own floating point arithmetic."""
    total = sum(counts)
    starts = [(position - 1) / float(total) for position in range(1, total + 1)]
    if total_progression >= starts[-1]:
        return total
    return next(at + 1 for at in range(total - 1) if starts[at] <= total_progression < starts[at + 1])


@pytest.mark.parametrize(
    ("length", "fixed", "expected"),
    [
        (0, False, 1),
        (1, False, 1),
        (1024, False, 1),
        (1025, False, 2),
        (2048, False, 2),
        (10**9, False, 976563),
        (10**9, True, 1),
    ],
)
def test_positions_of_a_resource(length: int, fixed: bool, expected: int) -> None:  # noqa: FBT001
    """A reflowable resource has a position for each 1024 bytes begun, at least one; a fixed one has one."""
    assert expected == position_count(Item(index=0, step=2, length=length, fixed=fixed))


def test_positions_run_through_the_reading_order() -> None:
    """Positions are numbered through linear resources that resolve; total progression is the share of positions before."""
    items = (
        Item(index=0, step=2, length=2000),
        Item(index=1, step=4, length=9000, linear=False),
        Item(index=2, step=6, length=9000, declared=False),
        Item(index=3, step=8, length=9000, present=False),
        Item(index=4, step=10, length=3000),
    )
    found = Positions(Spine(items=items), lambda _: 1200)

    assert 5 == found.total
    assert [1, 2, 3, 4, 5] == [found.position(found.from_position(n).point) for n in range(1, 6)]
    assert [0.0, 0.2, 0.4, 0.6, 0.8] == [found.total_progression(found.from_position(n).point) for n in range(1, 6)]
    assert [(0, 0), (0, 600), (4, 0), (4, 400), (4, 800)] == [
        (point.resource, point.offset) for point in (found.from_position(n).point for n in range(1, 6))
    ]


def test_outside_the_reading_order() -> None:
    """A place in a resource that is not linear is told by the last position before it, as a progression."""
    found = positions((2000, 100, True, False), (500, 100, False, False), (2000, 100, True, False))

    assert Figures(0.5, 0.25, 2, Precision.PROGRESSION) == found.figures(Point(1, 50))
    assert Point(1, 50) == found.from_progression(1, 0.5).point


def test_before_the_reading_order() -> None:
    """A place in a cover that is not linear, in front of everything, is told by the first position."""
    assert Figures(0.5, 0.0, 1, Precision.PROGRESSION) == positions((9, 100, False, False), (9, 100, True, False)).figures(
        Point(0, 50)
    )


def test_without_reading_order() -> None:
    """Where nothing is in the reading order there are no positions, but progressions."""
    found = positions((2000, 100, False, False))

    assert 0.5 == found.progression(Point(0, 50))
    for way in (lambda: found.position(Point(0, 1)), lambda: found.from_total(0.5), lambda: found.from_position(1)):
        with pytest.raises(NoPlace):
            way()


def test_fixed_and_empty_resources() -> None:
    """In a fixed page, and where there is no text, every place is the start."""
    found = positions((9000, 700, True, True), (3000, 0, True, False))

    assert (0.0, 1) == (found.progression(Point(0, 300)), found.position(Point(0, 300)))
    assert (Point(0, 0), Point(1, 0)) == (found.from_progression(0, 0.9).point, found.from_progression(1, 0.9).point)
    assert [1, 2, 2, 2] == [found.position(found.from_position(n).point) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("number", [-0.1, 1.1, math.nan, math.inf, -math.inf, 1e300])
def test_no_progression(number: float) -> None:
    """What is not a number from 0 to 1 is no progression."""
    found = positions((2000, 100, True, False))
    with pytest.raises(NoPlace):
        found.from_total(number)
    with pytest.raises(NoPlace):
        found.from_progression(0, number)


@pytest.mark.parametrize("number", [0, -1, 3, 10**400])
def test_no_position(number: int) -> None:
    """A position that does not exist is refused, and so is a resource that does not."""
    found = positions((2000, 100, True, False))
    with pytest.raises(NoPlace):
        found.from_position(number)
    with pytest.raises(NoPlace):
        found.from_progression(number or 5, 0.5)


def test_the_end() -> None:
    """The end of the book is 1, the end of another resource stays short of the next one; both lead back."""
    found = positions((3000, 1000, True, False), (3000, 1000, True, False))

    assert 1.0 == found.total_progression(Point(1, 1000))
    assert (3, 1.0) == (found.position(Point(0, 1000)), found.progression(Point(0, 1000)))
    assert found.total_progression(Point(0, 1000)) < found.total_progression(Point(1, 0)) == 0.5
    assert [Point(0, 1000), Point(1, 1000)] == [
        found.from_total(found.total_progression(point)).point for point in (Point(0, 1000), Point(1, 1000))
    ]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.integers(1, 10_000_000), SIZES, st.data())
def test_progression_leads_back(length: int, size: int, data: st.DataObject) -> None:
    """Every offset of a text of up to ten million characters comes back from its progression, and from its total progression."""
    found = positions((1500, 10, True, False), (size, length, True, False), (1500, 10, True, False))
    for offset in {0, length, length - 1, *data.draw(st.lists(st.integers(0, length), max_size=20))}:
        figures = found.figures(Point(1, offset))

        assert Point(1, offset) == found.from_progression(1, figures.progression).point
        if length / position_count(found.spine.items[1]) < 100_000:
            assert Point(1, offset) == found.from_total(figures.total_progression).point


@settings(derandomize=True, max_examples=200, deadline=None)
@given(RESOURCES, st.data())
@example([(1024 * 49, 490, True, False)], None)
def test_toolkits_land_on_the_position(resources: list[tuple[int, int, bool, bool]], data: st.DataObject | None) -> None:
    """Readium's own arithmetic, and plain multiplication, go from our total progression to our position."""
    small = [(size % 60_000, length, linear, fixed) for size, length, linear, fixed in resources]
    found = positions(*small)
    counts = [position_count(item) for item in found.spine.items if item.linear]
    for index, (_, length, linear, _) in enumerate(small):
        offset = data.draw(st.integers(0, length)) if data else length // 2
        if linear:
            figures = found.figures(Point(index, offset))

            assert figures.position == toolkit(figures.total_progression, counts)
            assert figures.position == min(int(figures.total_progression * found.total) + 1, found.total)
            assert index == found.from_total(figures.total_progression).point.resource


@settings(derandomize=True, max_examples=200, deadline=None)
@given(RESOURCES)
def test_positions_lead_back(resources: list[tuple[int, int, bool, bool]]) -> None:
    """The place that a position leads to is in that position, wherever the text is long enough to tell positions apart."""
    found = positions(*resources)
    for position in random.Random(1).sample(range(1, found.total + 1), min(found.total, 50)):
        place = found.from_position(position)
        item = found.spine.items[place.point.resource]

        assert found.holds(place.point.resource, position)
        if found.length(item.index) >= position_count(item):
            assert position == found.position(place.point)
            assert place.point == found.from_total((position - 1) / found.total).point


@settings(derandomize=True, max_examples=200, deadline=None)
@given(RESOURCES, st.floats(0, 1), st.floats(0, 1))
def test_order_is_kept(resources: list[tuple[int, int, bool, bool]], one: float, other: float) -> None:
    """A greater total progression never leads to an earlier place."""
    found = positions(*resources)
    if found.total:
        first, second = (found.from_total(ratio).point for ratio in sorted((one, other)))

        assert (first.resource, first.offset) <= (second.resource, second.offset)


def test_resources_without_text() -> None:
    """A resource whose text can't be had counts its positions all the same."""
    book = Book([document_of(["some text"]), None])
    found = positions_of(book)

    assert (9, 0, 10) == (found.length(0), found.length(1), found.total)
    assert 6 == found.position(Point(1, 0))


def test_shared_books() -> None:
    """In every shared book, places come back from their progressions and total progressions."""
    chance = random.Random(7)
    for path, book in library():
        found = positions_of(book)
        for item in chance.sample(book.spine.items, min(20, len(book.spine.items))):
            length = found.length(item.index)
            for offset in {0, length, *(chance.randrange(length + 1) for _ in range(20))}:
                point = Point(item.index, offset)
                figures = found.figures(point)

                assert point == found.from_progression(item.index, figures.progression).point, path
                if figures.precision is Precision.EXACT:
                    assert point == found.from_total(figures.total_progression).point, path
