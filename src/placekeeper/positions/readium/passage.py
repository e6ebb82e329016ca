"""Finding a quotation in one text to the letter, and telling its occurrences apart by what surrounds them.

White space may differ, nothing else: `quote` is for texts that were edited. It must not know where text and quotation come from.
Source: https://www.w3.org/TR/annotation-model/#text-quote-selector
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST = 500
"""Occurrences that are looked at; a quotation that stands there more often says nothing."""
NEIGHBOURHOODS = (2048, 65536)
WITNESS = 64
"""Code points on either side that are compared."""
LETTERS = 24
"""Letters that must agree for a place to be the quoted one."""
MAX_WORDS = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a quotation begins. `count`: how many places it may be; 1 where it is found beyond doubt."""

    start: int
    end: int
    count: int


def occurrences(text: str, quotation: str, low: int, high: int) -> list[tuple[int, int]]:
    """Starts and ends of the quotation within `text[low:high]`, at most `MOST`: to the letter; if there is none, by its words."""
    found: list[tuple[int, int]] = []
    at = text.find(quotation, low, high) if quotation else -1
    while at >= 0 and len(found) < MOST:
        found.append((at, at + len(quotation)))
        at = text.find(quotation, at + 1, high)
    if found or not (pattern := _words(quotation)):
        return found
    for match in pattern.finditer(text, low, high):
        found.append(match.span())
        if len(found) == MOST:
            break
    return found


def seek(text: str, quotation: str, bounds: tuple[int, int], before: str, after: str, near: int | None) -> Choice | None:
    """Where the quotation stands within bounds; where too often to look at all places, one about `near`, with `MOST` as count."""
    low, high = bounds
    found = occurrences(text, quotation, low, high)
    if len(found) < MOST:
        return choose(text, found, before, after, near) if found else None
    if near is not None:
        reaches = (occurrences(text, quotation, max(low, near - reach), min(high, near + reach)) for reach in NEIGHBOURHOODS)
        found = next(filter(None, reaches), found)
    choice = choose(text, found, before, after, near)
    return Choice(choice.start, choice.end, MOST)


def choose(text: str, found: Sequence[tuple[int, int]], before: str, after: str, near: int | None) -> Choice:
    """Which of the occurrences is meant: the one whose surroundings agree most; among equals the nearest to `near`."""
    if len(found) == 1:
        return Choice(*found[0], 1)
    before, after = _letters(before)[-WITNESS:], _letters(after)[:WITNESS]
    scores = [
        _common(before[::-1], _letters(text[max(0, start - 2 * WITNESS) : start])[::-1])
        + _common(after, _letters(text[end : end + 2 * WITNESS]))
        for start, end in found
    ]
    best = max(scores)
    left = [place for place, score in zip(found, scores, strict=True) if score == best]
    start, end = left[0] if near is None else min(left, key=lambda place: abs(place[0] - near))
    return Choice(start, end, len(left))


def agrees(text: str, offset: int, quotation: str) -> bool:
    """Whether the text from `offset` on begins as the quotation does, white space and case aside."""
    wanted = _letters(quotation[: 4 * LETTERS])[:LETTERS]
    return not wanted or _letters(text[offset : offset + 12 * LETTERS]).startswith(wanted)


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


def _common(one: str, other: str) -> int:
    """How many code points two texts have in common at their starts."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


@lru_cache(64)
def _words(quotation: str) -> re.Pattern[str] | None:
    words = quotation.split()
    if not words or len(words) > MAX_WORDS or (len(words) == 1 and words[0] == quotation):
        return None
    return re.compile(r"\s+".join(map(re.escape, words)))
