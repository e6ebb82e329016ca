"""A quote: text around a place, and finding it again in a text that need not be the same to the letter.

The steps, each tried only when the one before found nothing: the very characters; the letters, whatever stands between them;
the quoted part without its surroundings; the whole with some errors. Nothing is told as exact that could be another sentence.
Must not know publications.
Source: https://www.w3.org/TR/annotation-model/#text-quote-selector
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Self

from placekeeper.positions.point import Precision
from placekeeper.positions.quotes.letters import Folded, across, letters_of, mark, past_marks
from placekeeper.positions.quotes.search import (
    LONGEST,
    agreement,
    agreement_back,
    allowed,
    occurrences_near,
    similar,
    span,
)

WIDTH = 32
"""Code points before and after a place that are stored with a reading."""
SURROUNDINGS = 64
FIRM = 16
"""So many letters that stand only once are no chance."""
FIRM_WITH_ERRORS = 32
NEAR, APART = 0.02, 0.1
"""Where a quote stands several times: one is meant that is so near to the expected place while all others are so far from it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The text before and after a place, as it stands in the resource."""

    before: str
    after: str

    @classmethod
    def at(cls, text: str, offset: int, width: int = WIDTH) -> Self:
        """The quote of a place: `width` code points on either side, fewer at the ends of the text."""
        return cls(text[max(0, offset - width) : max(0, offset)], text[offset : offset + width])

    def find(self, text: str, near: float | None = None) -> "Match | None":
        """The place in `text`, see `find`; its `offset` and `end` are the place where there is no text after it."""
        if self.after:
            return find(text, self.after, self.before, near=near)
        match = find(text, self.before, near=near)
        return match and Match(match.end, match.end, match.precision, match.reason, match.candidates)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quote was found: `offset` up to, not including, `end`, in code points.

    `candidates`: how many places were equally good, 1 where it is the only one; where they are more, the precision is not
    exact, unless the expected place tells them apart. `reason`: why it is not exact, in plain words.
    """

    offset: int
    end: int
    precision: Precision = Precision.EXACT
    reason: str = ""
    candidates: int = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant. `strength`: letters that speak for it; `firm`: it would be certain if it were the only one."""

    start: int
    end: int
    strength: int
    firm: bool
    near: float = 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quote as characters, and as the letters of each part; surroundings are cut to `SURROUNDINGS` letters.

    `opening`: what stands between the letters of prefix and exact, `inside`: how much of it is the prefix's. `closing`: the marks
    after the last letter of exact. `near`: where it is expected, as a share of the text.
    """

    whole: str
    lead: int
    length: int
    prefix: str
    exact: str
    suffix: str
    opening: str
    inside: int
    closing: int
    near: float | None = None

    @classmethod
    def of(cls, exact: str, prefix: str = "", suffix: str = "", near: float | None = None) -> Self:
        """What to look for."""
        before, after = letters_of(prefix)[-SURROUNDINGS:], letters_of(suffix)[:SURROUNDINGS]
        whole, quoted, ahead = prefix + exact + suffix, Folded(exact), Folded(prefix)
        first, last = quoted.offset(0), quoted.gap(len(quoted.letters))[0]
        start = ahead.gap(len(ahead.letters))[0]
        opening, closing = whole[start : len(prefix) + first], sum(bool(mark(char)) for char in exact[last:])
        inside = len(prefix) - start
        return cls(whole, len(prefix), len(exact), before, quoted.letters, after, opening, inside, closing, near)


@lru_cache(maxsize=8)
def folded(text: str) -> Folded:
    """The letters of a text; those of the last few texts are kept."""
    return Folded(text)


def find(text: str, exact: str, prefix: str = "", suffix: str = "", near: float | None = None) -> Match | None:
    """Where `exact` stands in `text`, between `prefix` and `suffix`; None where it does not.

    `near`: where it is expected, as a share of the text (0 to 1). Prefix and suffix need not agree with the text, they only
    speak for a place. An empty `exact` stands nowhere.
    """
    if not exact:
        return None
    if near is not None:
        near = min(max(near, 0.0), 1.0) if isfinite(near) else None
    wanted = Wanted.of(exact, prefix, suffix, near)
    for step in (verbatim, by_letters, without_surroundings, with_errors):
        candidates = [
            Candidate(found.start, found.end, found.strength, found.firm, found.start / max(1, len(text)))
            for found in step(folded(text), wanted)
        ]
        if candidates:
            best, precision, reason, rivals = chosen(candidates, near)
            return Match(best.start, best.end, precision, reason, rivals)
    return None


def verbatim(text: Folded, wanted: Wanted) -> list[Candidate]:
    """The very characters, surroundings included."""
    starts = [at + wanted.lead for at in occurrences_near(text.raw, wanted.whole, wanted.near)]
    return [Candidate(start, start + wanted.length, len(wanted.whole), firm=True) for start in starts]


def by_letters(text: Folded, wanted: Wanted) -> list[Candidate]:
    """The same letters, surroundings included, where they are enough or begin and end with words."""
    whole = wanted.prefix + wanted.exact + wanted.suffix
    if not wanted.exact:
        return []
    starts = [
        at for at in occurrences_near(text.letters, whole, wanted.near) if len(whole) >= FIRM or _words(text, at, at + len(whole))
    ]
    return [_candidate(text, wanted, at + len(wanted.prefix), len(wanted.exact), len(whole), firm=True) for at in starts]


def without_surroundings(text: Folded, wanted: Wanted) -> list[Candidate]:
    """The same letters; the surroundings speak for a place as far as they agree next to it."""
    exact, found = wanted.exact, []
    if not exact:
        for start in occurrences_near(text.raw, wanted.whole[wanted.lead : wanted.lead + wanted.length], wanted.near):
            around = _around(text, wanted, text.before(start), text.before(start))
            found.append(Candidate(start, start + wanted.length, 1 + around, around >= FIRM))
        return found
    for at in occurrences_near(text.letters, exact, wanted.near):
        around = _around(text, wanted, at, at + len(exact))
        if len(exact) >= FIRM or _words(text, at, at + len(exact)):
            firm = len(exact) + around >= FIRM
            found.append(_candidate(text, wanted, at, len(exact), len(exact) // 4 + around, firm=firm))
    return found


def with_errors(text: Folded, wanted: Wanted) -> list[Candidate]:
    """The letters with some errors, surroundings included."""
    exact = wanted.exact[: LONGEST - 2 * SURROUNDINGS]
    suffix = wanted.suffix if exact == wanted.exact else ""
    whole = wanted.prefix + exact + suffix
    found = []
    for hit in similar(text.letters, whole):
        part = span(exact, text.letters, hit.start, hit.end) if exact else hit
        strength = max(1, len(whole) - 6 * hit.errors)
        firm = len(whole) >= FIRM_WITH_ERRORS and hit.errors <= allowed(len(whole))
        length = part.end - part.start + len(wanted.exact) - len(exact)
        found.append(_candidate(text, wanted, part.start, length, strength, firm=firm))
    return found


def chosen(candidates: Iterable[Candidate], near: float | None) -> tuple[Candidate, Precision, str, int]:
    """The best candidate, how sure that is, why it is not surer, and how many are as good. There must be at least one."""
    ranked = sorted(candidates, key=lambda each: (-each.strength, each.start))
    best, rivals = ranked[0], [each for each in ranked if 2 * each.strength > ranked[0].strength]
    reason = ""
    if len(rivals) > 1:
        rivals = [each for each in rivals if each.strength == best.strength] or rivals
        count = len(rivals)
        if near is None:
            return best, Precision.RESOURCE, f"the text stands there {max(2, count)} times", max(2, count)
        by_distance = sorted(ranked[: ranked.index(rivals[-1]) + 1], key=lambda each: abs(each.near - near))
        best = by_distance[0]
        told = abs(best.near - near) <= NEAR and all(abs(each.near - near) >= APART for each in by_distance[1:])
        if not told:
            return best, Precision.RESOURCE, f"the text stands there {max(2, count)} times", max(2, count)
        reason = "the text stands there several times"
    if best.firm:
        return best, Precision.EXACT, "", len(rivals)
    return best, Precision.ELEMENT, reason or "too little of the text agrees to be certain", len(rivals)


def _candidate(text: Folded, wanted: Wanted, at: int, length: int, strength: int, *, firm: bool) -> Candidate:
    """The place of so many letters, with the marks that the quote has before and after them."""
    (low, high), (last, beyond) = text.gap(at), text.gap(at + max(1, length))
    start = low + across(wanted.opening, wanted.inside, text.raw[low:high])
    return Candidate(start, max(start, last + past_marks(text.raw[last:beyond], wanted.closing)), strength, firm)


def _around(text: Folded, wanted: Wanted, start: int, end: int) -> int:
    """How many letters of the surroundings agree next to a place."""
    before = agreement_back(wanted.prefix, len(wanted.prefix), text.letters, start, SURROUNDINGS)
    return before + agreement(wanted.suffix, 0, text.letters, end, SURROUNDINGS)


def _words(text: Folded, start: int, end: int) -> bool:
    """Whether something stands between the letters from `start` to `end` and their neighbours, as around words."""
    begins, ends = text.gap(start), text.gap(end)
    return (start == 0 or begins[0] < begins[1]) and (end == len(text.letters) or ends[0] < ends[1])
