"""How often a place of a shared book is found in other copies of it: `python -m tests.positions.quote_truth [BOOK...]`.

Prints a row for each pair, and the misses by cause. The claims are in `test_quote_copies`.
"""

import random
import re
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.quotes.letters import letters_of
from tests.positions.copies import KINDS, derive
from tests.shared import ROOT

SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]+[\"'\u2019\u201d\u00bb)\]]*(?=\s|$)|\n\s*\n|[\u3002\uff01\uff1f]")
Truth = Callable[[Point], Point | None]


@dataclass
class Score:
    """What came of many places. `lost`: the copy has not got them; exact is wrong there, unless the same words stand there."""

    places: int = 0
    same: int = 0
    exact: int = 0
    exact_wrong: int = 0
    lost: int = 0
    lost_exact: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    misses: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        share = 100 * self.same / max(1, self.places)
        wrong, mean = self.exact_wrong + self.lost_exact, 1000 * self.seconds / max(1, self.places + self.lost)
        counts = f"{self.places:6} {share:7.2f} % {100 * self.exact / max(1, self.places):7.2f} % {wrong:6} {self.lost:6}"
        return f"{name:58} {counts} {mean:8.2f} ms {1000 * self.slowest:7.0f} ms"


class Sentences:
    """Which sentence of a resource a place is in: white space belongs to the sentence that follows."""

    def __init__(self, book: EpubPublication) -> None:
        self._book = book
        self._ends: dict[int, list[int]] = {}

    def at(self, point: Point) -> tuple[int, int]:
        text = self._book.resource(point.resource).document.text
        ends = self._ends.setdefault(point.resource, [match.end() for match in SENTENCE.finditer(text)])
        offset = point.offset
        while offset < len(text) and text[offset].isspace():
            offset += 1
        return point.resource, bisect_right(ends, offset)


def measure(source: EpubPublication, target: EpubPublication, truth: Truth, points: Iterator[Point]) -> Score:
    """Carries the points over and compares with the truth."""
    score, sentences = Score(), Sentences(target)
    for point in points:
        wanted = truth(visible(source, point))
        started = time.perf_counter()
        place = carry(point, source, target)
        took = time.perf_counter() - started
        score.seconds += took
        score.slowest = max(score.slowest, took)
        exact = place.precision is Precision.EXACT
        if wanted is None:
            exact = exact and words(source, visible(source, point)) != words(target, place.point)
            score.lost += 1
            score.lost_exact += exact
            if exact:
                score.shown.append("lost, yet exact: " + described(source, target, point, place.point, place))
            continue
        score.places += 1
        score.exact += exact
        if sentences.at(wanted) == sentences.at(place.point):
            score.same += 1
            continue
        score.exact_wrong += exact
        score.misses[f"{place.precision}: {place.reason}"] += 1
        score.shown.append(described(source, target, point, wanted, place))
    return score


def words(book: EpubPublication, point: Point) -> str:
    """The next letters from a point."""
    return letters_of(book.resource(point.resource).document.text[point.offset : point.offset + 400])[:16]


def visible(book: EpubPublication, point: Point) -> Point:
    """The first character from a point that is not white space, where there is one."""
    text = book.resource(point.resource).document.text[point.offset :]
    return Point(point.resource, point.offset + len(text) - len(text.lstrip())) if text.strip() else point


def described(source: EpubPublication, target: EpubPublication, point: Point, wanted: Point, place: Place) -> str:
    def text(book: EpubPublication, at: Point) -> str:
        whole = book.resource(at.resource).document.text
        return repr(whole[max(0, at.offset - 30) : at.offset] + "|" + whole[at.offset : at.offset + 40])

    lines = (f"{point}: {text(source, point)}", f"wanted {wanted}: {text(target, wanted)}", f"got {text(target, place.point)}")
    return "\n     ".join((*lines, str(place)))


def some_points(book: EpubPublication, count: int, seed: int = 1) -> Iterator[Point]:
    """Random places, every code point of the book as likely as any other; in a long book, of twelve of its resources."""
    chance, lengths = random.Random(seed), {}
    indexes = list(range(len(book.spine.items)))
    for index in sorted(chance.sample(indexes, 40)) if len(indexes) > 40 else indexes:
        try:
            lengths[index] = len(book.resource(index).document.text)
        except NoPlace:
            continue
    for index in sorted(chance.choices(list(lengths), list(lengths.values()), k=count)):
        yield Point(index, chance.randrange(lengths[index]))


def word_truth(source: EpubPublication, target: EpubPublication) -> dict[Point, Point]:
    """Where the words of two builds with the same reading order are, by a comparison of their words, resource by resource."""
    found = {}
    for index in range(min(len(source.spine.items), len(target.spine.items))):
        texts = [book.resource(index).document.text for book in (source, target)]
        ours, theirs = ([(match.start(), match[0]) for match in re.finditer(r"\w+", text)] for text in texts)
        matcher = SequenceMatcher(None, [word for _, word in ours], [word for _, word in theirs], autojunk=False)
        for block in matcher.get_matching_blocks():
            for at in range(block.size if block.size > 2 else 0):
                found[Point(index, ours[block.a + at][0])] = Point(index, theirs[block.b + at][0])
    return found


def compare(one: str, two: str, count: int) -> Score:
    """Two builds of one book, from the shared corpus: places in the first one against the comparison of all words."""
    source, target = (open_epub(ROOT / "corpus" / f"{name}.epub") for name in (one, two))
    truth = word_truth(source, target)
    points = random.Random(one).sample(list(truth), min(count, len(truth)))
    return measure(source, target, truth.get, iter(points))


def printed(score: Score, name: str) -> None:
    print(score.row(name), flush=True)
    for cause, count in score.misses.most_common():
        print(f"    {count:4} {cause}")
    for line in score.shown[:SHOW]:
        print(f"     {line}")


def main(names: list[str]) -> None:
    books = [ROOT / "corpus" / f"{name}.epub" for name in names] or sorted((ROOT / "corpus").glob("*.epub"))
    print(f"{'copy':58} {'places':>6} {'sentence':>9} {'exact':>9} {'wrong':>6} {'lost':>6} {'mean':>11} {'slowest':>10}")
    for one, two in () if names else PAIRS:
        printed(compare(one, two, 3 * COUNT), f"{one} -> {two}")
    with tempfile.TemporaryDirectory() as folder:
        for path in books:
            for kind in KINDS:
                derived = derive(path, kind, Path(folder))
                source, target = open_epub(path), open_epub(derived.path)
                printed(measure(source, target, derived.truth, some_points(source, COUNT)), f"{path.stem[:36]} {kind}")
                derived.path.unlink()


COUNT, SHOW = 300, 4
PAIRS = (
    ("pg_alice", "stump_book"),
    ("stump_book", "pg_alice"),
    ("pg_golden-harpoon", "pg_golden-harpoon_retagged-1"),
    ("pg_golden-harpoon_retagged-1", "pg_golden-harpoon"),
)

if __name__ == "__main__":
    main(sys.argv[1:])
