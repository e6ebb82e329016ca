"""A publication as letters: where each resource lies in the whole, and what stands around a place across resources.

Resources are read when they are needed, each once. Sizes of files stand for the lengths of texts until then: they only decide
where to look first. Must not know how places are compared.
"""

from collections.abc import Iterator
from itertools import accumulate
from weakref import WeakKeyDictionary

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.quotes.fit import Window
from placekeeper.positions.quotes.letters import Folded
from placekeeper.positions.spine import Publication

MOST_READ = 20_000_000
"""Code points of one publication that are read for one place: about ten times the longest novel."""
HOPS = 200
"""Resources that are looked at for the letters around one place: title pages and pictures have few."""

_NOTHING = Folded("")
_kept: WeakKeyDictionary[Document, Folded] = WeakKeyDictionary()


class Copy:
    """One copy of a publication. `size`: bytes of its files; `read`: code points that were read so far."""

    def __init__(self, publication: Publication) -> None:
        """Nothing is read yet."""
        self.publication = publication
        self.items = publication.spine.items
        self.read = 0
        self._folded: dict[int, Folded] = {}
        sizes = [max(1, item.length) if item.present and item.readable else 0 for item in self.items]
        self.size = sum(sizes)
        total = max(1, self.size)
        ends = list(accumulate(sizes))
        self._spans = [((end - size) / total, size / total) for end, size in zip(ends, sizes, strict=True)]

    @property
    def exhausted(self) -> bool:
        """As much was read as one place is worth."""
        return self.read >= MOST_READ

    def folded(self, index: int) -> Folded:
        """The letters of a resource; none where it has no text or is not there."""
        if index not in self._folded:
            self._folded[index] = folded = self._make(index)
            self.read += len(folded.raw)
        return self._folded[index]

    def _make(self, index: int) -> Folded:
        if not 0 <= index < len(self.items):
            return _NOTHING
        try:
            document = self.publication.resource(index).document
        except NoPlace:
            return _NOTHING
        folded = _kept.get(document)
        if folded is None:
            _kept[document] = folded = Folded(document.text)
        return folded

    def share(self, index: int, within: float) -> float:
        """Where a place is in the whole, from 0 to 1, by the sizes of the files; `within`: its share of the resource."""
        start, size = self._spans[index]
        return start + size * within

    def at_share(self, share: float) -> tuple[int, float]:
        """The resource at a share of the whole, and the share in it."""
        for index, (start, size) in enumerate(self._spans):
            if size and share < start + size:
                return index, max(0.0, (share - start) / size)
        return max(0, len(self._spans) - 1), 1.0

    def distance(self, index: int, share: float) -> float:
        """How far a resource is from a share of the whole, 0 where it holds it."""
        start, size = self._spans[index]
        return max(start - share, share - start - size, 0.0)

    def outward(self, share: float, href: str) -> Iterator[int]:
        """All resources, the likeliest first: those with the same path, then by distance from what is expected."""
        same = {item.index for item in self.items if href and item.href == href}
        order = sorted(range(len(self.items)), key=lambda index: (index not in same, self.distance(index, share), index))
        return (index for index in order if self.items[index].present and self.items[index].readable)

    def window(self, index: int, letter: int, reach: int) -> Window:
        """Up to `reach` letters on either side of the place before a letter of a resource, over neighbouring resources too."""
        letters = self.folded(index).letters
        before, after = [letters[max(0, letter - reach) : letter]], [letters[letter : letter + reach]]
        for pieces, step in ((before, -1), (after, 1)):
            missing, at = reach - len(pieces[0]), index + step
            while missing > 0 and 0 <= at < len(self.items) and abs(at - index) <= HOPS and not self.exhausted:
                more = self.folded(at).letters
                pieces.append(more[-missing:] if step < 0 else more[:missing])
                missing, at = missing - len(pieces[-1]), at + step
        left = "".join(reversed(before))
        return Window(left + "".join(after), len(left))

    def step(self, index: int, letter: int, by: int) -> tuple[int, int] | None:
        """The place so many letters further on (or back); None where the publication does not reach so far."""
        letter += by
        while letter < 0 and index > 0:
            index -= 1
            letter += len(self.folded(index).letters)
        while letter > len(self.folded(index).letters) and index < len(self.items) - 1 and not self.exhausted:
            letter -= len(self.folded(index).letters)
            index += 1
        return (index, letter) if 0 <= letter <= len(self.folded(index).letters) else None

    def walk(self, index: int, letter: int, *, onward: bool) -> tuple[int, int]:
        """The resource and the letter in it of a place that may lie outside of `index`.

        Between two resources: at the start of the later one if `onward`, else at the end of the earlier one.
        """
        last = len(self.items) - 1
        while letter < 0 and index > 0:
            index -= 1
            letter += len(self.folded(index).letters)
        while letter > len(self.folded(index).letters) and index < last:
            letter -= len(self.folded(index).letters)
            index += 1
        letter = min(max(letter, 0), len(self.folded(index).letters))
        if onward and letter == len(self.folded(index).letters):
            return next(((at, 0) for at in range(index + 1, last + 1) if self.folded(at).letters), (index, letter))
        if not onward and letter == 0:
            earlier = ((at, len(self.folded(at).letters)) for at in range(index - 1, -1, -1) if self.folded(at).letters)
            return next(earlier, (index, letter))
        return index, letter
