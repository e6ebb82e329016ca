"""Joins two nearly equal texts: which offset in the one is which in the other.

It serves views of one resource whose parsers disagree in places: a lost newline, a lost CDATA section, the rest of a broken file.
It must not know documents or notations. Order is kept: text that one of the two moved counts as lost in one place and new in
the other. Blocks that stand in both are found from where the texts part to where they meet again, looking near first; the work
is bounded, and what is left when the bound is reached counts as different. What stands beside a gap and in the gap as well may be
the one or the other: such characters are joined, but are not said to be the same.
Source of the idea of meeting again: https://neil.fraser.name/writing/diff/
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property

Block = tuple[int, int, int]
"""Start in the one text, start in the other, length."""

Span = tuple[int, int]

WINDOWS = ((16, 8), (64, 20), (512, 24), (4096, 32), (65_536, 32), (1_048_576, 32))
"""How far ahead is looked for the place where the texts meet again, and how many equal characters are no chance there."""

WORK = 64_000_000
"""Characters that may be looked at in all, besides some for each character of the texts: about a tenth of a second."""

WORK_EACH = 8

SHORT = 8
"""Equal characters that are not looked for elsewhere: they are found everywhere."""

CHANCE = 4
"""Equal characters at the start or the end of texts that differ: fewer are chance."""

NEAR = 1024
"""How far around a gap text is looked for that might be meant as well."""

MAX_UNSURE = 1000
"""Blocks in a row of which nothing is sure, until a gap is taken to reach to the end of the texts."""


class Alignment:
    """From offsets in `here` to offsets in `there`. Nothing is computed before the first question."""

    def __init__(self, here: str, there: str, settled: str | None = None) -> None:
        """Two texts. `settled`: the first one, with other characters where it is known that it has nothing in the other."""
        self._texts = here, there
        self._settled = here if settled is None else settled
        self._sure: dict[int, Block] = {}

    @cached_property
    def blocks(self) -> list[Block]:
        """What stands in both, ascending, not touching each other in both texts at once."""
        here, there = self._settled, self._texts[1]
        return [(0, 0, len(here))] if here == there else list(_blocks(here, there))

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        return [here for here, _, _ in self.blocks], [there for _, there, _ in self.blocks]

    def there(self, offset: int) -> int:
        """The offset in the other text; of a lost character, that of the nearest kept one that follows."""
        return self._across(offset, 0)

    def back(self, offset: int) -> int:
        """The same from the other text to this one."""
        return self._across(offset, 1)

    def exact(self, offset: int) -> bool:
        """Whether the other text surely has the character at an offset of this one. The ends of both belong together."""
        return self._exact(offset, 0)

    def exact_back(self, offset: int) -> bool:
        """The same for a character of the other text."""
        return self._exact(offset, 1)

    def gap(self, offset: int, side: int = 0) -> tuple[Span, Span]:
        """The offsets of this text (`side` 1: of the other) that are one place with an offset, and the same place in the other.

        Both are one offset where text is surely the same on both sides of it; otherwise they reach over what is not.
        """
        at = self._block(offset, side)
        around = self.sure(at) if at >= 0 else (0, 0, 0)
        within = offset - around[side]
        if 0 < within < around[2]:
            return (offset, offset), (around[1 - side] + within,) * 2
        before = self._kept(at - (within <= 0), -1)
        after = self._kept(at + (within > 0 or not around[2]), 1)
        return _span(before, after, side), _span(before, after, 1 - side)

    def sure(self, at: int) -> Block:
        """What is surely the same of a block: without what stands in the gaps beside it too, or could be had by moving them."""
        found = self._sure.get(at)
        if found is None:
            here, there, length = self.blocks[at]
            before, after = self._loose(at, 0), self._loose(at + 1, 1)
            kept = max(0, length - before - after)
            found = self._sure[at] = here + min(before, length), there + min(before, length), kept
        return found

    def _loose(self, at: int, edge: int) -> int:
        """How many characters are not sure behind (`edge` 0) or before (1) the gap that stands before a block."""
        before = self.blocks[at - 1] if at else (0, 0, 0)
        after = self.blocks[at] if at < len(self.blocks) else (len(self._texts[0]), len(self._texts[1]), 0)
        spans = [_span(before, after, side) for side in (0, 1)]
        length = before[2] if edge else after[2]
        sizes = [end - start for start, end in spans]
        if not any(sizes):
            return 0
        if length < CHANCE and all(sizes) and sizes[0] != sizes[1]:
            return length
        return max(_loose(text, span, length, edge=edge) for text, span in zip(self._texts, spans, strict=True))

    def _kept(self, at: int, step: int) -> Block:
        """The nearest block of which something is sure, or the start or the end of both texts."""
        for number in range(at, at + step * MAX_UNSURE, step):
            if not 0 <= number < len(self.blocks):
                break
            if (block := self.sure(number))[2]:
                return block
        return (0, 0, 0) if step < 0 else (len(self._texts[0]), len(self._texts[1]), 0)

    def _block(self, offset: int, side: int) -> int:
        return bisect_right(self._starts[side], offset) - 1

    def _exact(self, offset: int, side: int) -> bool:
        at = self._block(offset, side)
        block = self.sure(at) if at >= 0 else (0, 0, 0)
        return 0 <= offset - block[side] < block[2] or offset == len(self._texts[side])

    def _across(self, offset: int, side: int) -> int:
        at = self._block(offset, side)
        if at >= 0:
            block = self.blocks[at]
            if offset - block[side] < block[2]:
                return block[1 - side] + offset - block[side]
        if at + 1 < len(self.blocks):
            return self.blocks[at + 1][1 - side]
        return len(self._texts[1 - side])


def _span(before: Block, after: Block, side: int) -> Span:
    return before[side] + before[2], after[side]


def _loose(text: str, gap: Span, length: int, *, edge: int) -> int:
    """How many characters behind a gap (`edge` 0) or before it (1) can be had in it, by moving it, or again near it."""
    start, end = gap

    def run(size: int) -> tuple[str, int]:
        begins = start - size if edge else end
        return text[begins : begins + size], begins

    def again(size: int) -> bool:
        words, begins = run(size)
        near = max(0, min(start, begins) - NEAR), max(end, begins + size) + NEAR
        return text.find(words, *near) != begins or text.find(words, begins + 1, near[1]) >= 0

    moved = inside = 0
    if start < end and length:
        moved = (_equal_back if edge else _equal)(text, start, text, end, length)
        inside = _longest(length, lambda size: text.find(run(size)[0], start, end) >= 0)
    repeated = SHORT + _longest(length - SHORT, lambda size: again(SHORT + size)) if length >= SHORT and again(SHORT) else 0
    return max(moved, inside, repeated)


def _longest(most: int, fits: Callable[[int], bool]) -> int:
    """The greatest size up to `most` that fits, where all smaller ones do."""
    size, step = 0, 1
    while step:
        step = min(step, most - size)
        if step and fits(size + step):
            size += step
            step *= 2
        else:
            step //= 2
    return size


def _blocks(here: str, there: str) -> Iterator[Block]:
    """Equal runs from the start, a meeting place, and so on; the equal end is found first, so that it can't be missed."""
    shorter = min(len(here), len(there))
    prefix = _equal(here, 0, there, 0, shorter)
    suffix = _equal_back(here, len(here), there, len(there), shorter - prefix)
    ends = len(here) - suffix, len(there) - suffix
    if prefix:
        yield 0, 0, prefix
    yield from _between(here, there, (prefix, prefix), ends)
    if suffix:
        yield ends[0], ends[1], suffix


def _between(here: str, there: str, at: tuple[int, int], ends: tuple[int, int]) -> Iterator[Block]:
    i, j = at
    work = WORK + WORK_EACH * (len(here) + len(there))
    while i < ends[0] and j < ends[1] and work > 0:
        met, cost = _meeting(here, there, (i, j), ends)
        work -= cost
        if met is None:
            return
        back = _equal_back(here, met[0], there, met[1], min(met[0] - i, met[1] - j))
        start, other = met[0] - back, met[1] - back
        length = back + _equal(here, met[0], there, met[1], min(ends[0] - met[0], ends[1] - met[1]))
        yield start, other, length
        i, j = start + length, other + length


def _meeting(here: str, there: str, at: tuple[int, int], ends: tuple[int, int]) -> tuple[tuple[int, int] | None, int]:
    """Where the texts go on alike, with the least text left out, and what it cost to look."""
    cost = 0
    for window, length in WINDOWS:
        best: tuple[int, int] | None = None
        nearest = 2 * window
        for skipped in range(0, window, max(1, window // 64)):
            if skipped >= nearest:
                break
            for swapped in (False, True):
                one, other = (there, here) if swapped else (here, there)
                start, beside = at[swapped] + skipped, at[not swapped]
                probe = one[start : min(start + length, ends[swapped])]
                if len(probe) < length and skipped:
                    continue
                limit = min(ends[not swapped], beside + nearest - skipped + length)
                found = other.find(probe, beside, limit)
                cost += limit - beside
                if found >= 0 and skipped + found - beside < nearest:
                    nearest = skipped + found - beside
                    best = (found, start) if swapped else (start, found)
        if best:
            return best, cost
    return None, cost


def _equal(here: str, i: int, there: str, j: int, most: int) -> int:
    """How many characters are equal from two offsets on, found by comparing slices that grow and then shrink."""
    length, step = 0, 64
    while step:
        step = min(step, most - length)
        if step and here[i + length : i + length + step] == there[j + length : j + length + step]:
            length += step
            step *= 2
        else:
            step //= 2
    return length


def _equal_back(here: str, i: int, there: str, j: int, most: int) -> int:
    """How many characters are equal before two offsets."""
    length, step = 0, 64
    while step:
        step = min(step, most - length)
        if step and here[i - length - step : i - length] == there[j - length - step : j - length]:
            length += step
            step *= 2
        else:
            step //= 2
    return length
