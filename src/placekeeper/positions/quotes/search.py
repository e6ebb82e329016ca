"""Finding letters in letters: every occurrence, how far two texts agree, and occurrences with some errors in them.

Must not know where the letters come from. Errors are counted as edits (Levenshtein), by the bit-parallel method of Myers
(https://doi.org/10.1145/316542.316550) on whole numbers of any length, and only where a piece of the pattern stands unharmed:
of k + 1 pieces, k errors spare one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MOST = 256
"""More occurrences than this are not looked at: such a text can't tell places apart."""
SHORTEST_PIECE = 6
"""Pieces that are shorter stand everywhere."""
LONGEST = 320
"""Of a longer pattern only so much is looked for with errors."""
CANDIDATES = 64
"""So many places are looked at closely."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An occurrence with `errors` edits: from `start` up to, not including, `end`."""

    start: int
    end: int
    errors: int


def occurrences(text: str, wanted: str, most: int = MOST) -> Iterator[int]:
    """Where `wanted` stands in `text`, overlaps included, ascending, at most `most` of them; nowhere when it is empty."""
    at = text.find(wanted) if wanted else -1
    while at >= 0 and most > 0:
        yield at
        most -= 1
        at = text.find(wanted, at + 1)


def occurrences_near(text: str, wanted: str, near: float | None, most: int = MOST) -> list[int]:
    """Where `wanted` stands in `text`, ascending: at most so many before and after a share of it (0 to 1), the nearest ones."""
    if near is None:
        return list(occurrences(text, wanted, most))
    middle = min(max(0, int(near * len(text))), len(text))
    before: list[int] = []
    at = text.rfind(wanted, 0, middle + len(wanted) - 1) if wanted else -1
    while at >= 0 and len(before) < most:
        before.append(at)
        at = text.rfind(wanted, 0, at + len(wanted) - 1)
    after = (at + middle for at in occurrences(text[middle:], wanted, most))
    return [*reversed(before), *after]


def agreement(one: str, start: int, two: str, other: int, most: int) -> int:
    """How many characters agree from `start` in `one` and `other` in `two` onwards, up to `most`."""
    low, high = 0, max(0, min(most, len(one) - start, len(two) - other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[start + low : start + middle] == two[other + low : other + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def agreement_back(one: str, end: int, two: str, other: int, most: int) -> int:
    """How many characters agree before `end` in `one` and before `other` in `two`, up to `most`."""
    low, high = 0, max(0, min(most, end, other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[end - middle : end - low] == two[other - middle : other - low]:
            low = middle
        else:
            high = middle - 1
    return low


def likest(pattern: str, text: str, *, anchored: bool = False) -> tuple[int, int]:
    """The end of the part of `text` that is most like `pattern`, and its errors; `anchored`: the part begins where `text` does.

    Of equally good ends it is the one that makes the part as long as the pattern, else the first.
    """
    length = len(pattern)
    full, top = (1 << length) - 1, 1 << (length - 1)
    masks: dict[str, int] = {}
    for index, char in enumerate(pattern):
        masks[char] = masks.get(char, 0) | 1 << index
    up, down, errors, first = full, 0, length, int(anchored)
    best, fewest = 0, length
    for index, char in enumerate(text, 1):
        same = masks.get(char, 0)
        across = (((same & up) + up) ^ up) | same
        rise, fall = down | (full & ~(across | up)), up & across
        errors += bool(rise & top) - bool(fall & top)
        rise, fall = (rise << 1 | first) & full, (fall << 1) & full
        either = same | down
        up, down = fall | (full & ~(either | rise)), rise & either
        if errors < fewest or (errors == fewest and anchored and abs(index - length) < abs(best - length)):
            best, fewest = index, errors
    return best, fewest


def span(pattern: str, text: str, low: int, high: int) -> Hit:
    """The part of `text` between `low` and `high` that is most like `pattern`."""
    low = max(low, 0)
    end, errors = likest(pattern, text[low:high])
    end += low
    back, _ = likest(pattern[::-1], text[max(low, end - 2 * len(pattern)) : end][::-1], anchored=True)
    return Hit(end - back, end, errors)


def allowed(length: int) -> int:
    """How many errors a pattern may have and still be taken for itself: one in ten."""
    return length // 10


def similar(text: str, pattern: str) -> list[Hit]:
    """Occurrences of `pattern` with errors, fewest first, that do not overlap.

    Empty where the pattern is too short to allow one. Patterns longer than 320 are not for this; they have places to hold on to.
    """
    length = min(len(pattern), LONGEST)
    most = allowed(length)
    step = length // (most + 1)
    if not most or step < SHORTEST_PIECE:
        return []
    diagonals: dict[int, int] = {}
    for start in range(0, length - step + 1, step):
        for at in occurrences(text, pattern[start : start + step], CANDIDATES):
            diagonal = (at - start) // (most + 1)
            diagonals[diagonal] = diagonals.get(diagonal, 0) + 1
    promising = sorted(diagonals, key=lambda diagonal: -diagonals[diagonal])[:CANDIDATES]
    hits = []
    for diagonal in promising:
        low = diagonal * (most + 1) - most
        hits.append(span(pattern[:length], text, low, low + length + 3 * most + 1))
    return _apart(sorted((hit for hit in hits if hit.errors <= 2 * most), key=lambda hit: (hit.errors, hit.start)))


def _apart(hits: list[Hit]) -> list[Hit]:
    """The hits without those that overlap a better one."""
    kept: list[Hit] = []
    for hit in hits:
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return kept
