"""Looking through another copy for the places that may be meant, from the expected one outward.

First for letters that stand unchanged on one side of the place, then for short runs of them in the same order. Each place that is
found is judged by a thousand letters on either side. Must not know what is made of the places.
"""

from dataclasses import dataclass

from placekeeper.positions.quotes.copy import Copy
from placekeeper.positions.quotes.fit import DRIFT, GRAM, REACH, Fit, Window, diagonals, fit
from placekeeper.positions.quotes.search import MOST, occurrences

CORE = 64
"""Letters on one side of a place that are looked for first."""
SHORTEST = 24
"""Fewer letters are not looked for by themselves."""
JUDGED = 48
"""So many places are looked at closely; where there are more, the text can't tell them apart."""
STRONG, FAIR, WEAK = 0.6, 0.5, 0.3
"""Shares of the surroundings that agree: on both sides, beyond doubt; on one side, or on both, certain if there is no other."""
SCALES = (2_048, 8_192, 32_768)
"""Distances in letters at which the text is compared to tell repeated passages, sections and chapters apart."""
LOOKED_THROUGH = 150_000
"""Bytes of files (half a million letters) that are looked through to the end, whatever is found before: it is cheap."""
TOO_LIKE, A_FEW = 0.75, 8
"""A place with so large a share of the runs of another is its rival; where all agree, one with so few less."""
ENOUGH = 24
"""Fewer runs of letters are never beyond doubt."""
NEARBY = 0.15
"""How far from the expected place, in shares of the whole, is looked for text that differs from letter to letter."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A place in the target, before a letter of a resource, and how it fits."""

    resource: int
    letter: int
    fit: Fit

    @property
    def strong(self) -> bool:
        """Nearly all agrees on both sides."""
        sides = [side for side in (self.fit.before, self.fit.after) if side is not None]
        return bool(sides) and min(sides) >= STRONG and self.fit.pegs >= ENOUGH

    @property
    def sure(self) -> bool:
        """Enough agrees, if it is the only place."""
        before, after = self.fit.before or 0.0, self.fit.after or 0.0
        return min(before, after) >= WEAK or max(before, after) >= FAIR

    def rivalled(self, other: "Verdict") -> bool:
        """Whether another place fits too well to be sure of this one."""
        if (self.resource, self.letter) == (other.resource, other.letter):
            return False
        whole = self.fit.before in {None, 1.0} and self.fit.after in {None, 1.0}
        return other.fit.pegs > (self.fit.pegs - A_FEW if whole else TOO_LIKE * self.fit.pegs)


@dataclass(frozen=True, slots=True)
class Origin:
    """The place in the source, `here`. `letter`: how many stand before it in its resource; `onward`: others follow there.

    `share`: where it is in the whole, from 0 to 1; `href`: the path of its resource.
    """

    here: Copy
    resource: int
    offset: int
    letter: int
    onward: bool
    window: Window
    share: float
    href: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Places that may be meant. `complete`: there are no others; `certain`: it is the only one, beyond doubt."""

    verdicts: list[Verdict]
    complete: bool = True
    certain: bool = False


def search(origin: Origin, there: Copy) -> Findings:
    """Places of another copy that may be meant."""
    window, share, href = origin.window, origin.share, origin.href
    hasty = there.size > LOOKED_THROUGH and not _listed_twice(origin)
    verdicts: list[Verdict] = []
    for index in there.outward(share, href):
        if there.exhausted or len(verdicts) >= JUDGED:
            return Findings(verdicts, complete=False)
        found = _by_core(window, there, index)
        verdicts += found
        if hasty and (alone := _alone(origin, there, found)):
            return Findings([alone], certain=True)
    if any(verdict.strong for verdict in verdicts):
        return Findings(verdicts)
    for index in there.outward(share, href):
        if there.distance(index, share) <= NEARBY:
            found = _by_votes(window, there, index)
            verdicts += found
            if hasty and (alone := _alone(origin, there, found)):
                return Findings([alone], certain=True)
    return Findings(verdicts)


def repeated(origin: Origin, best: Fit) -> int | None:
    """The resource where the source says in another place what agrees with the target: it may be that one which was found.

    None where it does not; -1 where that can't be told.
    """
    here, window = origin.here, origin.window
    own = here.walk(origin.resource, origin.letter, onward=True)
    for index in range(len(here.items)):
        for each in _by_core(window, here, index):
            if (each.resource, each.letter) != own and _covers(each.fit, best):
                return each.resource
    return -1 if here.exhausted else None


def _covers(other: Fit, best: Fit) -> bool:
    """Whether a place has nearly all that speaks for the best one, or all of it on a side where that is not much."""
    sides = ((other.before or 0.0, best.before or 0.0), (other.after or 0.0, best.after or 0.0))
    weak = any(0 < mine < STRONG and its >= TOO_LIKE * mine for its, mine in sides)
    return weak or other.pegs > TOO_LIKE * best.pegs


def places(letters: str, there: Copy) -> list[tuple[int, int]]:
    """Every place in a copy where these letters stand: resource and letter; over the ends of resources too."""
    found: list[tuple[int, int]] = []
    for index in range(len(there.items)):
        own = there.folded(index).letters
        edge = there.window(index, len(own), len(letters))
        text = own + edge.letters[edge.at :][: len(letters) - 1]
        found += [(index, at) for at in occurrences(text, letters, MOST - len(found)) if at < len(own)]
        if there.exhausted or len(found) >= MOST:
            break
    return found


def _listed_twice(origin: Origin) -> bool:
    """Whether the source has the text of the place's resource in a second one, as far as sizes of files tell."""
    items, mine = origin.here.items, origin.here.items[origin.resource]
    alike = (item.index for item in items if item.length == mine.length and item is not mine and item.present)
    letters = origin.here.folded(origin.resource).letters
    return any(origin.here.folded(index).letters == letters for index in alike)


def _alone(origin: Origin, there: Copy, found: list[Verdict]) -> Verdict | None:
    """The place that fits beyond doubt while no other does nearly as well."""
    best = max(found, key=lambda each: each.fit.pegs, default=None)
    if best is None or not best.strong or any(best.rivalled(other) for other in found):
        return None
    return best if afar(origin, there, best) == len(SCALES) else None


def afar(origin: Origin, there: Copy, verdict: Verdict) -> int:
    """At how many of the distances in `SCALES` both copies say the same on one side of the place at least.

    A place in a text that repeats, be it a whole chapter, has other neighbours than the one that is meant.
    """
    return sum(any(_same_afar(origin, there, verdict, side * scale) for side in (1, -1)) for scale in SCALES)


def _same_afar(origin: Origin, there: Copy, verdict: Verdict, by: int) -> bool:
    """Whether both copies say the same so many letters on; where the source ends before, there is nothing to compare."""
    ours = origin.here.step(origin.resource, origin.letter, by)
    if ours is None:
        return origin.here.step(origin.resource, origin.letter, -by) is None
    theirs = there.step(verdict.resource, verdict.letter, by)
    if theirs is None:
        return False
    sample = origin.here.window(*ours, 8 * GRAM).letters
    near = there.window(*theirs, 16 * GRAM + abs(by) // 12).letters
    grams = [sample[start : start + GRAM] for start in range(0, len(sample) - GRAM + 1, 2 * GRAM)]
    return 2 * sum(gram in near for gram in grams) >= len(grams)


def _by_core(window: Window, there: Copy, index: int) -> list[Verdict]:
    """Places in a resource where the letters just before or just after the place stand unchanged."""
    letters = there.folded(index).letters
    before, after = window.letters[max(0, window.at - CORE) : window.at], window.letters[window.at : window.at + CORE]
    found = set(occurrences(letters, after, JUDGED)) if len(after) >= SHORTEST else set()
    if len(before) >= SHORTEST:
        found |= {at + len(before) for at in occurrences(letters, before, JUDGED)}
    return judged(window, there, index, sorted(found))


def _by_votes(window: Window, there: Copy, index: int) -> list[Verdict]:
    """Places in a resource where short runs of the letters stand in the same order."""
    return judged(window, there, index, [start + window.at for start in diagonals(window, there.folded(index).letters)])


def judged(window: Window, there: Copy, index: int, letters: list[int]) -> list[Verdict]:
    """How the window fits where its place is before these letters of a resource, or near that."""
    verdicts: dict[tuple[int, int], Verdict] = {}
    for letter in letters:
        home, place = there.walk(index, letter, onward=True)
        near = there.window(home, place, REACH + 2 * DRIFT)
        found = fit(window, near.letters, near.at - window.at)
        if found.pegs:
            at = there.walk(home, place + found.at - near.at, onward=True)
            if at not in verdicts or found.pegs > verdicts[at].fit.pegs:
                verdicts[at] = Verdict(*at, found)
    return list(verdicts.values())
