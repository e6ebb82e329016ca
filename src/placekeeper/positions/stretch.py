"""A stretch of text that somebody has marked: found by what its selectors say, and the same one in another copy.

The marked words decide. A pointer counts as exact only where they stand there, or where nobody has said which they are; a
quotation that may be several places is none. Must not know annotations, accounts or files.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.positions.cfi.ranges import read_range
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes import quote
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.quotes.letters import across, letters_of, mark
from placekeeper.positions.quotes.seek import anywhere, seek
from placekeeper.positions.translate import LADDER, MAX_VALUE, Translator

SURE: Final = frozenset({Precision.EXACT, Precision.ELEMENT})
WITNESS: Final = 64
"""Characters around a pointer in which the marked words must begin."""
TOUCHING: Final = 12
"""Letters at either end that must be the marked ones, for a passage to begin and end exactly there."""
BESIDE: Final = 8
"""Letters on either side of a passage that must be those that were noted with it, in a text that it was not marked in."""
STRETCHED: Final = 2
"""A stretch that is so many times longer or shorter in another copy is not the same one."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """The marked words, and what stands before and after them."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a stretch begins; `end`: where it ends, unless the start says that too, or nobody does."""

    start: NotedPlace
    end: NotedPlace | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """All that is said of a stretch. `progression`: of the whole publication, from 0 to 1."""

    quotation: Quotation | None = None
    pointers: tuple[Pointer, ...] = ()
    progression: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` up to, not including, `end`, an offset in the same resource; where both are one, only a place is known."""

    start: Point
    end: int
    precision: Precision = Precision.EXACT
    reason: str = ""


def find(selection: Selection, there: Translator, *, stale: bool = False) -> Stretch:
    """The stretch, in the copy that it was marked in. `stale`: its file has changed since. Raises `NoPlace`."""
    pointed = _pointed(selection, there)
    if selection.quotation is None:
        found = pointed if pointed is not None else _by_number(selection, there)
        return _doubted(found) if stale else found
    agreeing = _agreeing(selection.quotation, pointed, there) if pointed is not None else None
    if agreeing is not None and not stale:
        return agreeing
    share = selection.progression
    if pointed is not None:
        with suppress(NoPlace):
            share = there.scope.positions.total_progression(pointed.start)
    try:
        return find_quoted(selection.quotation, there, share, own=not stale)
    except NoPlace:
        if agreeing is None:
            raise
        return _doubted(agreeing)


def find_quoted(quotation: Quotation, there: Translator, share: float | None = None, *, own: bool = False) -> Stretch:
    """The stretch by its words alone. `share`: where it is expected in the whole. `own`: it was marked in this very text, so that
    words which stand there once need no surroundings. Raises `NoPlace` where they are not found, or in several places of which
    none is meant beyond doubt, or amid another text.
    """
    if len(quotation.exact) > MAX_VALUE:
        raise NoPlace(f"a quotation of {len(quotation.exact)} characters is over the limit of {MAX_VALUE}")
    publication = there.publication
    resources = range(len(publication.spine.items))
    place = anywhere(quotation.exact, quotation.prefix, quotation.suffix, publication, resources)
    if place.precision not in SURE and share is not None:
        place = seek(quote.Quote(quotation.prefix, quotation.exact), publication, share)
    if place.precision not in SURE:
        raise NoPlace(place.reason or "the quoted text is not found beyond doubt")
    found = _quoted_from(quotation, place, there)
    return found if own else _amid(quotation, found, there)


def carried(stretch: Stretch, here: Translator, there: Translator) -> Stretch:
    """The stretch in another copy: both ends are looked for. Raises `NoPlace`."""
    start = carry(stretch.start, here.publication, there.publication)
    coarsest = max(stretch.precision, start.precision, key=LADDER.index)
    alone = Stretch(start.point, start.point.offset, coarsest, start.reason or stretch.reason)
    if stretch.end <= stretch.start.offset or coarsest not in SURE:
        return alone
    text = here.publication.resource(stretch.start.resource).document.text[: stretch.end]
    last = len(text.rstrip()) - 1
    if last < stretch.start.offset:
        return alone
    end = carry(Point(stretch.start.resource, last), here.publication, there.publication)
    there_end = end.point.offset + 1
    coarsest = max(coarsest, end.precision, key=LADDER.index)
    before, after = last + 1 - stretch.start.offset, there_end - start.point.offset
    alike = before <= STRETCHED * after and after <= STRETCHED * before
    if end.point.resource != start.point.resource or after <= 0 or not alike or end.precision not in SURE:
        return replace(alone, precision=Precision.ELEMENT, reason="only the beginning is found in this copy")
    found = Stretch(start.point, there_end, coarsest, start.reason or end.reason or stretch.reason)
    return _compared(text[stretch.start.offset :], found, there)


def words(stretch: Stretch, there: Translator) -> Quotation | None:
    """The stretch in the copy's own words; None where no stretch is known, or none beyond doubt."""
    if stretch.precision not in SURE or stretch.end <= stretch.start.offset:
        return None
    text, start = there.publication.resource(stretch.start.resource).document.text, stretch.start.offset
    before = text[max(0, start - quote.WIDTH) : start]
    return Quotation(text[start : stretch.end], before, text[stretch.end : stretch.end + quote.WIDTH])


def _doubted(found: Stretch) -> Stretch:
    coarsest = max(found.precision, Precision.RESOURCE, key=LADDER.index)
    return replace(found, precision=coarsest, reason="the file has changed since the passage was marked")


def _pointed(selection: Selection, there: Translator) -> Stretch | None:
    """Where the first pointer leads that leads anywhere."""
    for pointer in selection.pointers:
        with suppress(NoPlace):
            start, end = _ends(pointer, there)
            same = end is not None and end.point.resource == start.point.resource and end.point.offset > start.point.offset
            if end is None or not same:
                return Stretch(start.point, start.point.offset, start.precision, start.reason)
            coarsest = max(start.precision, end.precision, key=LADDER.index)
            return Stretch(start.point, end.point.offset, coarsest, start.reason or end.reason)
    return None


def _ends(pointer: Pointer, there: Translator) -> tuple[Place, Place | None]:
    if pointer.start.notation is Notation.CFI and pointer.end is None:
        return read_range(pointer.start.value, there.publication)
    start = there.read(pointer.start.notation, pointer.start.value)
    return start, there.read(pointer.end.notation, pointer.end.value) if pointer.end is not None else None


def _agreeing(quotation: Quotation, pointed: Stretch, there: Translator) -> Stretch | None:
    """The stretch that begins at a pointer, if it is the quoted one."""
    try:
        text = there.publication.resource(pointed.start.resource).document.text
    except NoPlace:
        return None
    low = max(0, pointed.start.offset - WITNESS)
    window = text[low : pointed.start.offset + 2 * len(quotation.exact) + WITNESS]
    wanted = letters_of(quotation.exact)
    match = quote.find(window, quotation.exact, near=(pointed.start.offset - low) / max(1, len(window)))
    if match is None or not wanted or letters_of(window[match.offset : match.end]) != wanted:
        return None
    start = low + match.offset
    between = text[min(start, pointed.start.offset) : max(start, pointed.start.offset)]
    return None if letters_of(between) else Stretch(Point(pointed.start.resource, start), low + match.end)


def _quoted_from(quotation: Quotation, place: Place, there: Translator) -> Stretch:
    """The stretch of a quotation whose beginning is found."""
    text, start = there.publication.resource(place.point.resource).document.text, place.point.offset
    match = quote.find(text, quotation.exact, quotation.prefix, quotation.suffix, near=start / max(1, len(text)))
    if match is None or match.offset != start:
        reason = place.reason or "only the beginning is found in this copy"
        return Stretch(place.point, start, Precision.ELEMENT, reason)
    end = _end(quotation, text, match.end)
    return _compared(quotation.exact, Stretch(place.point, end, place.precision, place.reason), there)


def _end(quotation: Quotation, text: str, end: int) -> int:
    """The end of a quotation whose last letter is found: at the same mark behind it, as far as the marks are the same."""
    exact, after = quote.folded(quotation.exact), quote.folded(quotation.suffix)
    tail = quotation.exact[exact.gap(len(exact.letters))[0] :].rstrip() if exact.letters else ""
    if not tail:
        return end
    folded = quote.folded(text)
    low, high = folded.gap(folded.before(end))
    last = low + across(tail + quotation.suffix[: after.gap(0)[1]], len(tail) - 1, text[low:high])
    return last + 1 if last < high and mark(text[last]) == mark(tail[-1]) else end


def _amid(quotation: Quotation, found: Stretch, there: Translator) -> Stretch:
    """What was found, less than exact where what stands on one side of it is another text. Raises `NoPlace` where both are."""
    text = there.publication.resource(found.start.resource).document.text
    near = 4 * quote.SURROUNDINGS
    ahead, behind = text[max(0, found.start.offset - near) : found.start.offset], text[found.end : found.end + near]
    noted = [(letters_of(quotation.prefix)[::-1], letters_of(ahead)[::-1]), (letters_of(quotation.suffix), letters_of(behind))]
    agreeing = [_agree(wanted, beside) for wanted, beside in noted if wanted]
    if agreeing and not any(agreeing):
        raise NoPlace("the quoted words stand there, but amid another text")
    if all(agreeing):
        return found
    coarsest = max(found.precision, Precision.ELEMENT, key=LADDER.index)
    return replace(found, precision=coarsest, reason=found.reason or "the text beside the passage is another one in this copy")


def _agree(wanted: str, text: str) -> bool:
    few = min(BESIDE, len(wanted))
    return wanted[:few] == text[:few]


def _compared(marked: str, found: Stretch, there: Translator) -> Stretch:
    """What was found, less than exact where it begins or ends with other letters than what was marked."""
    text = there.publication.resource(found.start.resource).document.text[found.start.offset : found.end]
    one, other = letters_of(marked), letters_of(text)
    few = min(TOUCHING, len(one))
    if one[:few] == other[:few] and one[len(one) - few :] == other[len(other) - few :]:
        return found
    coarsest = max(found.precision, Precision.ELEMENT, key=LADDER.index)
    return replace(found, precision=coarsest, reason=found.reason or "the passage begins or ends otherwise in this copy")


def _by_number(selection: Selection, there: Translator) -> Stretch:
    if selection.progression is None:
        raise NoPlace("no selector says a place that can be found in a text")
    place = there.scope.positions.from_total(selection.progression)
    return Stretch(place.point, place.point.offset, Precision.PROGRESSION, "only a number is known of the place")
