"""The place of a stored quote in a publication, when the copy that it was taken from is not at hand.

Thirty-two code points on either side are little: what stands more than once is told apart by the expected place only where that
is beyond doubt. Must not know notations or files.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes.candidates import NEARBY
from placekeeper.positions.quotes.carry import by_share
from placekeeper.positions.quotes.copy import Copy
from placekeeper.positions.quotes.letters import Folded
from placekeeper.positions.quotes.quote import (
    Candidate,
    Quote,
    Wanted,
    by_letters,
    chosen,
    verbatim,
    with_errors,
    without_surroundings,
)
from placekeeper.positions.quotes.search import MOST
from placekeeper.positions.spine import Publication

MOST_SEEN = 4_096
"""Places of a short quotation's letters that are looked at, most of them within other words."""

Step = Callable[[Folded, Wanted], list[Candidate]]
Found = tuple[int, Candidate]
"""A resource, and a place in it."""


def seek(quote: Quote, target: Publication, share: float | None = None) -> Place:
    """Where the place of a quote is in `target`; `share`: where it is expected in the whole, from 0 to 1.

    Raises `NoPlace` where the quote is not found and nothing is expected, and where the target has no text.
    """
    there = Copy(target)
    wanted = Wanted.of(quote.after, quote.before) if quote.after else Wanted.of(quote.before)
    steps = (by_letters if wanted.exact else verbatim, without_surroundings, with_errors)
    for number, step in enumerate(steps):
        near = number > 0 and share is not None
        order = (index for index in _order(there, share) if not near or there.distance(index, share or 0.0) <= NEARBY)
        found, complete = _found(there, order, wanted, step)
        if found:
            return _chosen(found, quote, share, searched=not near and complete)
    if share is None:
        raise NoPlace("the text is not in this publication")
    return by_share(share, there, "the text is not in this publication")


def anywhere(exact: str, prefix: str, suffix: str, target: Publication, resources: Iterable[int]) -> Place:
    """Where a quotation stands in some resources of `target`, all of them looked through at each step.

    Raises `NoPlace` where it stands in none. Only a quotation that stands once is told as exact.
    """
    there, wanted, order = Copy(target), Wanted.of(exact, prefix, suffix), list(resources)
    all_complete = True
    for step in (verbatim, by_letters, without_surroundings, with_errors):
        found, complete = _found(there, order, wanted, step)
        all_complete = all_complete and complete
        if found:
            return _chosen(found, Quote("", exact), None, searched=all_complete)
    few = "too short to be found among so many places" if not all_complete else "not in the publication"
    raise NoPlace(f"the quoted text is {few}")


def _order(there: Copy, share: float | None) -> Iterable[int]:
    return range(len(there.items)) if share is None else there.outward(share, "")


def _found(there: Copy, order: Iterable[int], wanted: Wanted, step: Step) -> tuple[list[Found], bool]:
    """What a step finds, and whether it looked at all there is."""
    found: list[Found] = []
    seen = 0
    letters = wanted.prefix + wanted.exact + wanted.suffix if step is by_letters else ""
    if step is without_surroundings:
        letters = wanted.exact
    for index in order:
        if there.exhausted or len(found) >= MOST or seen >= MOST_SEEN:
            return found, False
        folded = there.folded(index)
        seen += min(folded.letters.count(letters), 2 * MOST) if letters else 0
        for candidate in step(folded, wanted):
            near = there.share(index, candidate.start / max(1, len(folded.raw)))
            found.append((index, replace(candidate, near=near)))
    return found, not there.exhausted and len(found) < MOST


def _chosen(found: list[Found], quote: Quote, share: float | None, *, searched: bool) -> Place:
    """The best of the places; exact only where the whole publication was searched."""
    best, precision, reason, _ = chosen((candidate for _, candidate in found), share)
    index = next(index for index, candidate in found if candidate is best)
    point = Point(index, best.start if quote.after else best.end)
    if precision is Precision.RESOURCE and len({index for index, _ in found}) > 1:
        precision = Precision.PROGRESSION
    if precision is Precision.EXACT and not searched:
        precision, reason = Precision.ELEMENT, "only a part of the text around the place agrees"
    return Place(point, precision, reason)
