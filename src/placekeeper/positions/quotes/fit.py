"""Laying a stretch of letters over the same stretch in another copy, edits and all, and carrying one place across.

Short runs of letters (grams) that both have, in the same order, are the pegs. Between two pegs the letters are compared one
by one. Must not know publications, nor where the letters come from.
"""

from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher

from placekeeper.positions.quotes.search import agreement, agreement_back, occurrences

GRAM = 16
STRIDE = 8
REACH = 1024
"""Letters on either side of a place that may bear witness to it."""
DRIFT = 160
"""So many letters more or fewer may stand within `REACH` in the other copy."""
COMPARABLE = 80
"""Between pegs that are further apart nothing is compared letter by letter."""
VOTERS = 8
"""A gram that stands in a text more often than this says nothing about a place in it."""

Peg = tuple[int, int]
"""A place in the window, and the same place in the other text."""


@dataclass(frozen=True, slots=True)
class Window:
    """Letters around a place, which is before the letter number `at`."""

    letters: str
    at: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the place of a window is in the other text, and what speaks for it.

    `at`: before that letter, as far as can be told. `left`, `right`: the same where the letters on that side agree right up to
    the place, else None. `before`, `after`: the share of the grams on that side which were found in order; None where the window
    has none. `pegs`: how many were found. `gap`: where neither side decides, the letters that differ: from, to in the window
    and from, to in the other text. `apart`: how many letters lie between the place and where both texts agree before it, and
    after it; None where they don't.
    """

    at: int
    left: int | None
    right: int | None
    before: float | None
    after: float | None
    pegs: int
    gap: tuple[int, int, int, int] | None = None
    apart: tuple[int | None, int | None] = (None, None)


def diagonals(window: Window, text: str, most: int = 3) -> list[int]:
    """Where the window may begin in `text`, likeliest first: a letter number, give or take `DRIFT`; negative before its start."""
    votes: dict[int, int] = {}
    for start in range(0, len(window.letters) - GRAM + 1, 2 * STRIDE):
        found = list(occurrences(text, window.letters[start : start + GRAM], VOTERS + 1))
        for at in found if len(found) <= VOTERS else ():
            votes[(at - start) // DRIFT] = votes.get((at - start) // DRIFT, 0) + 1
    totals = {slot: count + votes.get(slot + 1, 0) for slot, count in votes.items()}
    best = sorted(totals, key=lambda slot: (-totals[slot], slot))[:most]
    return [slot * DRIFT + DRIFT // (1 if slot + 1 in votes else 2) for slot in best if totals[slot] > 1]


def fit(window: Window, text: str, diagonal: int) -> Fit:
    """Lays the window over `text`, where it begins about `diagonal` letters after the text does."""
    letters, low = window.letters, max(0, diagonal - DRIFT)
    region = text[low : max(0, diagonal + len(letters) + DRIFT)]
    starts = range(0, len(letters) - GRAM + 1, STRIDE)
    pegs = _chain(
        [(start, low + at) for start in starts for at in _near(region, letters[start : start + GRAM], start + diagonal - low)]
    )
    held = [start for start, _ in pegs]
    before, after = _share(held, starts, 0, window.at), _share(held, starts, window.at, len(letters))
    left, right = _toward(window, text, pegs)
    at_left = left[1] if left and left[0] == window.at else None
    at_right = right[1] if right and right[0] == window.at else None
    gap = (left[0], right[0], left[1], right[1]) if left and right and at_right is None else None
    if at_right is not None or at_left is not None or gap is None:
        at = at_right if at_right is not None else at_left if at_left is not None else _guess(window.at, left or right)
    else:
        at = gap[2] + _between(letters[gap[0] : gap[1]], window.at - gap[0], text[gap[2] : gap[3]])
    apart = (window.at - left[0] if left else None, right[0] - window.at if right else None)
    return Fit(at, at_left, at_right, before, after, len(pegs), gap, apart)


def _near(region: str, gram: str, expected: int) -> tuple[int, ...]:
    """Where a gram stands: where it is expected, else the nearest places on both sides of that."""
    if expected >= 0 and region.startswith(gram, expected):
        return (expected,)
    before, after = region.rfind(gram, 0, max(0, expected) + GRAM - 1), region.find(gram, max(0, expected))
    return tuple(at for at in (before, after) if at >= 0)


def _share(held: list[int], starts: range, low: int, high: int) -> float | None:
    """The share of the grams between two places of the window that were found; None where there are none."""
    of = sum(low <= start <= high - GRAM for start in starts)
    return sum(low <= start <= high - GRAM for start in held) / of if of else None


def _guess(at: int, peg: Peg | None) -> int:
    """The place, by the only peg that there is; -1 without one."""
    return max(0, peg[1] + at - peg[0]) if peg else -1


def _chain(pegs: list[Peg]) -> list[Peg]:
    """The longest run of pegs that stand in the same order in both texts."""
    pegs.sort(key=lambda peg: (peg[0], -peg[1]))
    tails: list[int] = []
    last: list[int] = []
    earlier = [-1] * len(pegs)
    for index, (_, there) in enumerate(pegs):
        rank = bisect_left(tails, there)
        earlier[index] = last[rank - 1] if rank else -1
        tails[rank : rank + 1] = [there]
        last[rank : rank + 1] = [index]
    chain, index = [], last[-1] if last else -1
    while index >= 0:
        chain.append(pegs[index])
        index = earlier[index]
    return chain[::-1]


def _toward(window: Window, text: str, pegs: list[Peg]) -> tuple[Peg | None, Peg | None]:
    """How far the letters agree towards the place, from the nearest peg on its left and from the nearest on its right."""
    letters, at = window.letters, window.at
    over = next(((at, there + at - here) for here, there in pegs if here < at < here + GRAM), None)
    if over:
        return over, over
    left = next(((here + GRAM, there + GRAM) for here, there in reversed(pegs) if here + GRAM <= at), None)
    right = next((peg for peg in pegs if peg[0] >= at), None)
    if left:
        more = agreement(letters, left[0], text, left[1], at - left[0])
        left = (left[0] + more, left[1] + more)
    if right:
        less = agreement_back(letters, right[0], text, right[1], right[0] - at)
        twice = (
            max(0, left[1] - right[1] + less) if left else 0
        )  # letters of the other text that both sides want: the left has them
        right = (right[0] - less + twice, right[1] - less + twice)
    return left, right


def _between(here: str, at: int, there: str) -> int:
    """Where the place before letter `at` of `here` is in `there`, which stands for it in the other copy."""
    if max(len(here), len(there)) > COMPARABLE:
        return round(len(there) * at / len(here))
    from_here, from_there = 0, 0
    for block in SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks():
        if at < block.a:
            return from_there + round((block.b - from_there) * (at - from_here) / (block.a - from_here))
        if at < block.a + block.size:
            return block.b + at - block.a
        from_here, from_there = block.a + block.size, block.b + block.size
    return len(there)
