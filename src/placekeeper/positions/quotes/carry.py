"""The place in another copy of the same publication: found by the letters around it, by numbers only where they are not there.

A place is exact only where both copies say the same around it and no other place of the target does so as well; places that
repeat are told apart by what surrounds them, then by their order. Must not know notations or files.
The steps are told in docs/notations/quotes.md.
"""

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes.candidates import (
    CORE,
    SHORTEST,
    TOO_LIKE,
    Findings,
    Origin,
    Verdict,
    afar,
    judged,
    places,
    repeated,
    search,
)
from placekeeper.positions.quotes.copy import Copy
from placekeeper.positions.quotes.fit import COMPARABLE, REACH
from placekeeper.positions.quotes.letters import across, sentence_ends
from placekeeper.positions.quotes.sentence import same
from placekeeper.positions.spine import Publication

TWIN = 200
"""Letters that make a resource with the same path and the same text the same one."""
FEW = 12
"""Fewer runs of letters in common are no help."""


def carry(point: Point, source: Publication, target: Publication) -> Place:
    """The place in `target` that `point` is in `source`. Raises `NoPlace` where the target has no text, or the point is none."""
    here, there = Copy(source), Copy(target)
    if not 0 <= point.resource < len(here.items):
        raise NoPlace(f"there is no resource {point.resource}: the spine has {len(here.items)} items")
    if twin := _twin(point, here, there):
        return twin
    if not here.folded(point.resource).letters:
        return _wordless(point, here, there)
    return _carried(point, here, there)


def _carried(point: Point, here: Copy, there: Copy) -> Place:
    origin = _origin(point, here)
    if len(origin.window.letters) < SHORTEST:
        return by_share(origin.share, there, "there is too little text around the place")
    return _decided(origin, there, search(origin, there))


def _wordless(point: Point, here: Copy, there: Copy) -> Place:
    """The place of a picture or a title page without letters: as far before the next text as it is in the source."""
    later = (index for index in range(point.resource + 1, len(here.items)) if not here.exhausted and here.folded(index).letters)
    following, reason = next(later, None), "the resource has no letters, its neighbours were found"
    if following is None:
        return by_share(here.share(point.resource, 0.0), there, "there is no text after the place")
    place = _carried(Point(following, 0), here, there)
    index = place.point.resource - (following - point.resource)
    if place.precision is not Precision.EXACT:
        return place
    if index < 0 or any(there.folded(between).letters for between in range(index, place.point.resource)):
        return Place(place.point, Precision.RESOURCE, reason)
    return Place(Point(index, min(max(point.offset, 0), len(there.folded(index).raw))), Precision.RESOURCE, reason)


def by_share(share: float, there: Copy, reason: str) -> Place:
    """The place at a share of the whole: what is left when the text does not help. Raises `NoPlace` where there is no text."""
    wanted, within = there.at_share(share)
    for index in sorted(range(len(there.items)), key=lambda index: abs(index - wanted)):
        if text := there.folded(index).raw:
            side = within if index == wanted else float(index < wanted)
            return Place(Point(index, min(len(text) - 1, int(len(text) * side))), Precision.PROGRESSION, reason)
    raise NoPlace("the publication has no text")


def _twin(point: Point, here: Copy, there: Copy) -> Place | None:
    """The same offset, where the target has the same text under the same path."""
    href = here.items[point.resource].href
    ours = [item.index for item in here.items if href and item.href == href]
    theirs = [item.index for item in there.items if href and item.href == href]
    if not ours or len(ours) != len(theirs):
        return None
    index = theirs[ours.index(point.resource)]
    one, two = here.folded(point.resource), there.folded(index)
    same_spine = index == point.resource and len(here.items) == len(there.items)
    if not one.raw or one.raw != two.raw or (len(one.letters) < TWIN and not same_spine):
        return None
    return Place(Point(index, min(max(point.offset, 0), len(two.raw)), point.element))


def _origin(point: Point, here: Copy) -> Origin:
    folded = here.folded(point.resource)
    offset = min(max(point.offset, 0), len(folded.raw))
    letter = folded.before(offset)
    share = here.share(point.resource, offset / max(1, len(folded.raw)))
    window = here.window(point.resource, letter, REACH)
    onward, href = letter < len(folded.letters), here.items[point.resource].href
    return Origin(here, point.resource, offset, letter, onward, window, share, href)


def _decided(origin: Origin, there: Copy, findings: Findings) -> Place:
    """The best of the places that may be meant, exact where nothing speaks against it."""
    verdicts = findings.verdicts
    if findings.certain:
        return _placed(origin, there, verdicts[0])
    sure = [verdict for verdict in verdicts if verdict.sure]
    if not sure:
        best = max(verdicts, key=lambda each: each.fit.pegs, default=None)
        if best is None or best.fit.pegs < FEW or any(best.rivalled(other) for other in verdicts):
            return by_share(origin.share, there, "the text around the place is not in this copy")
        return _coarse(origin, there, best, Precision.RESOURCE, "little of the text around the place is in this copy")
    best = max(sure, key=lambda each: (each.fit.pegs, -_distance(origin, there, each)))
    rivals = [other for other in verdicts if best.rivalled(other)]
    again = repeated(origin, best.fit) if findings.complete and not rivals else None
    if rivals or not findings.complete or again is not None:
        ordered = _by_order(origin, there)
        if ordered is None or ordered.fit.pegs < TOO_LIKE * best.fit.pegs:
            nearest = min([best, *rivals], key=lambda each: (-afar(origin, there, each), _distance(origin, there, each)))
            one = {each.resource for each in rivals} <= {best.resource} and again in {None, origin.resource}
            where = Precision.RESOURCE if one and findings.complete else Precision.PROGRESSION
            return _coarse(origin, there, nearest, where, "the same text stands in several places")
        best = ordered
    return _placed(origin, there, best)


def _distance(origin: Origin, there: Copy, verdict: Verdict) -> float:
    """How far a place is from the expected one, in shares of the whole."""
    within = verdict.letter / max(1, len(there.folded(verdict.resource).letters))
    return abs(there.share(verdict.resource, within) - origin.share)


def _by_order(origin: Origin, there: Copy) -> Verdict | None:
    """Where both copies have the same letters equally often: the place that is as many of them in."""
    window = origin.window
    lead = min(CORE, window.at)
    core = window.letters[window.at - lead : window.at + CORE]
    ours, theirs = places(core, origin.here), places(core, there)
    if len(ours) != len(theirs) or origin.here.exhausted or there.exhausted:
        return None
    wanted = origin.here.walk(origin.resource, origin.letter - lead, onward=True)
    if wanted not in ours:
        return None
    resource, letter = theirs[ours.index(wanted)]
    return next(iter(judged(window, there, resource, [letter + lead])), None)


def _placed(origin: Origin, there: Copy, verdict: Verdict) -> Place:
    """The place of a verdict that is certain; less than exact where the text differs just there."""
    fit = verdict.fit
    touching = fit.right if origin.onward else fit.left
    if touching is not None and (fit.left is not None or not _ends_a_word(origin)):
        return _checked(origin, there, _point(origin, there, verdict, touching))
    if fit.gap is None:
        apart = fit.apart[origin.onward]
        near = Precision.ELEMENT if apart is not None and apart <= SHORTEST else Precision.RESOURCE
        return _coarse(origin, there, verdict, near, "the text next to the place is not in this copy")
    if max(fit.gap[1] - fit.gap[0], fit.gap[3] - fit.gap[2]) > COMPARABLE:
        return _coarse(origin, there, verdict, Precision.RESOURCE, "the text of the place is not in this copy")
    place = _point(origin, there, verdict, fit.at)
    if origin.onward and _same_sentence(origin, there, verdict, place):
        return _checked(origin, there, place)
    return Place(place, Precision.ELEMENT, "the sentence is another one in this copy")


def _checked(origin: Origin, there: Copy, place: Point) -> Place:
    """An exact place, if the sentence there is the same one."""
    one, two = origin.here.folded(origin.resource), there.folded(place.resource)
    reason = same(one, origin.letter, two, two.before(place.offset), onward=origin.onward)
    return Place(place, Precision.ELEMENT, reason) if reason else Place(place)


def _ends_a_word(origin: Origin) -> bool:
    """Whether a mark stands at the place that belongs to the word before it, as the full stop of a sentence does."""
    folded = origin.here.folded(origin.resource)
    rest = folded.raw[origin.offset : folded.gap(origin.letter)[1]]
    return bool(rest) and not rest[0].isspace() and any(char.isspace() for char in rest)


def _coarse(origin: Origin, there: Copy, verdict: Verdict, precision: Precision, reason: str) -> Place:
    return Place(_point(origin, there, verdict, verdict.fit.at), precision, reason)


def _point(origin: Origin, there: Copy, verdict: Verdict, at: int) -> Point:
    """The point before letter `at` of what the verdict is about, at the same mark between the letters as in the source."""
    resource, letter = there.walk(verdict.resource, verdict.letter + at - verdict.fit.at, onward=origin.onward)
    one, two = origin.here.folded(origin.resource), there.folded(resource)
    (start, end), (low, high) = one.gap(origin.letter), two.gap(letter)
    inside = min(max(origin.offset, start), end) - start
    return Point(resource, low + across(one.raw[start:end], inside, two.raw[low:high]))


def _same_sentence(origin: Origin, there: Copy, verdict: Verdict, place: Point) -> bool:
    """Whether as many sentences end before and after the place, in the letters that differ, in both copies."""
    if verdict.fit.gap is None:
        return False
    low, high, there_low, there_high = verdict.fit.gap
    one, two = origin.here.folded(origin.resource), there.folded(place.resource)
    first, last = origin.letter + low - origin.window.at, origin.letter + high - origin.window.at
    shift = two.before(place.offset) - verdict.fit.at
    letters = one.letters[first:last] + two.letters[max(0, there_low + shift) : there_high + shift]
    if any(char.isdigit() for char in letters):  # one number is not another: chapters, verses, years
        return False
    if first < 0 or last > len(one.letters) or there_low + shift < 0 or there_high + shift > len(two.letters):
        return False
    ours, theirs = (one.gap(first)[0], one.offset(last)), (two.gap(there_low + shift)[0], two.offset(there_high + shift))
    before = sentence_ends(one.raw[ours[0] : origin.offset]) == sentence_ends(two.raw[theirs[0] : place.offset])
    return before and sentence_ends(one.raw[origin.offset : ours[1]]) == sentence_ends(two.raw[place.offset : theirs[1]])
