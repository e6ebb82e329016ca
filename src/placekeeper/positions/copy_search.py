"""Looking through another copy for the places that may be meant, from the expected one outward.

First for letters that stand unchanged on one side of the place, then for short runs of them in the same order. Each place that is
found is judged by a thousand letters on either side. Must not know what is made of the places.
"""

from dataclasses import dataclass

from placekeeper.positions.quote_copy import Copy
from placekeeper.positions.quote_fit import DRIFT, REACH, Fit, Window, diagonals, fit
from placekeeper.positions.quote_search import MOST, occurrences

CORE = 64
"""Letters on one side of a place that are looked for first."""
SHORTEST = 24
"""Fewer letters are not looked for by themselves."""
JUDGED = 48
"""So many places are looked at closely; where there are more, the text can't tell them apart."""
STRONG, FAIR, WEAK = 0.6, 0.5, 0.3
"""Shares of the surroundings that agree: on both sides, beyond doubt; on one side, or on both, certain if there is no other."""
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
        return other.fit.pegs > (self.fit.pegs - 8 if whole else 0.75 * self.fit.pegs)


def search(window: Window, there: Copy, share: float, href: str) -> tuple[list[Verdict], bool]:
    """Places that may be meant, and whether they are all that there are; a single one where it is beyond doubt.

    `share`: where the place is expected in the whole; `href`: the path of its resource in the source.
    """
    verdicts: list[Verdict] = []
    for index in there.outward(share, href):
        if there.exhausted or len(verdicts) >= JUDGED:
            return verdicts, False
        found = _by_core(window, there, index)
        verdicts += found
        if alone := _alone(found):
            return [alone], True
    if any(verdict.sure for verdict in verdicts):
        return verdicts, True
    for index in there.outward(share, href):
        if there.distance(index, share) <= NEARBY:
            found = _by_votes(window, there, index)
            verdicts += found
            if alone := _alone(found):
                return [alone], True
    return verdicts, True


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


def _alone(found: list[Verdict]) -> Verdict | None:
    """The place that fits beyond doubt while no other does nearly as well."""
    best = max(found, key=lambda each: each.fit.pegs, default=None)
    return best if best and best.strong and not any(best.rivalled(other) for other in found) else None


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
