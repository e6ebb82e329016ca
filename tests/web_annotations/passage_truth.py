"""Passages marked in a book, looked for in other copies of it: `python -m tests.web_annotations.passage_truth [PASSAGES]`.

Half of them begin and end anywhere in words, half with sentences. What each copy has of the original is known from making it.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from placekeeper.formats.opening import open_publication
from placekeeper.positions import stretch
from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.stretch import Quotation, Selection
from placekeeper.positions.translate import Translator
from tests.crossing.copies import FEW
from tests.positions.copies import KINDS, Derived, derive
from tests.positions.quote_truth import some_points
from tests.shared import ROOT

WAYS = ("own file known", "words alone")
ENDS = ".!?”"


def passages(book: Translator, count: int, seed: int = 5) -> Iterator[tuple[Point, int]]:
    """Where they begin, and where they end."""
    chance = random.Random(seed)
    for number, point in enumerate(some_points(book.publication, count, seed)):
        text = book.publication.resource(point.resource).document.text
        start, end = point.offset, point.offset + chance.randrange(8, 400)
        whole = number % 2
        while start < len(text) and not (text[start] == "“" or text[start].isupper() if whole else text[start].isalpha()):
            start += 1
        end = max(end, start + 8)
        while end < len(text) and not (text[end - 1] in ENDS and text[end] not in ENDS if whole else text[end - 1].isalpha()):
            end += 1
        if end < len(text):
            yield Point(point.resource, start), end


def found(book: Translator, copy: Translator, start: Point, end: int, way: str) -> stretch.Stretch:
    text = book.publication.resource(start.resource).document.text
    before, after = text[max(0, start.offset - 32) : start.offset], text[end : end + 32]
    quotation = Quotation(text[start.offset : end], before, after)
    if way == WAYS[1]:
        return stretch.find_quoted(quotation, copy)
    return stretch.carried(stretch.find(Selection(quotation), book), book, copy)


def verdict(derived: Derived, start: Point, end: int, there: stretch.Stretch) -> str:
    """How a passage was found: less than exact, exact, or told as exact and elsewhere."""
    if there.precision is not Precision.EXACT:
        return str(there.precision)
    first, last = derived.truth(start), derived.truth(Point(start.resource, end - 1))
    right = first is not None and last is not None and first.resource == last.resource
    return "exact" if right and (first, last.offset + 1) == (there.start, there.end) else "WRONG"  # type: ignore[union-attr]


def tally(stem: str, kind: str, count: int, folder: Path) -> Counter[tuple[str, str]]:
    """What came of the passages of a book in a copy."""
    source = ROOT / "corpus" / f"{stem}.epub"
    derived = derive(source, kind, folder)
    book, copy = (Translator(open_publication(path)) for path in (source, derived.path))
    counts: Counter[tuple[str, str]] = Counter()
    for start, end in passages(book, count):
        for way in WAYS:
            try:
                counts[way, verdict(derived, start, end, found(book, copy, start, end, way))] += 1
            except NoPlace:
                counts[way, "not found"] += 1
    return counts


def shown(counts: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{way}: {how} {number}" for (way, how), number in sorted(counts.items()))


def main(count: int) -> int:
    """Print a line for each copy; how many were told as exact and are elsewhere."""
    total: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for stem in FEW:
            for kind in KINDS:
                counts = tally(stem, kind, count, Path(folder))
                total += counts
                print(f"{stem[:28]:28} {kind:14} {shown(counts)}", flush=True)
    print(shown(total))
    return sum(number for (_way, how), number in total.items() if how == "WRONG")


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)))
