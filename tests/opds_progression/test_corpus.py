"""Every resource of every real book: Thorium's number leads into the position that it was made in, and ours leads Thorium there;
references lead to the character.

Thorium's arithmetic, from its own words: https://github.com/edrlab/thorium-reader/tree/develop/src/common (readium/positions,
models/opdsProgression): positions of 1,024 bytes, one for a fixed page.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.readium.fragment import write_reference
from placekeeper.positions.readium.positions import in_reading_order
from placekeeper.positions.spine import Publication
from placekeeper.positions.translate import Translator
from tests.opds_progression.client import document
from tests.opds_progression.schema import progression_errors
from tests.shared import ROOT, shared

BOOKS = sorted(ROOT.glob("corpus/*.epub"))
INSIDE = (0.0, 0.01, 0.25, 1 / 3, 0.5, 0.9, 0.99, 0.999999)


@dataclass(frozen=True)
class Stretch:
    """A resource as Thorium counts it: its positions, and the first of them (1-based)."""

    resource: int
    first: int
    count: int


def stretches(publication: Publication) -> tuple[list[Stretch], int]:
    """Thorium's list of positions: by resource, and how many in all."""
    found, total = [], 0
    for item in filter(in_reading_order, publication.spine.items):
        count = 1 if item.fixed else max(1, -(-item.length // 1024))
        found.append(Stretch(item.index, total + 1, count))
        total += count
    return found, total


def thorium_opens(progression: float, found: list[Stretch], total: int) -> tuple[int, int]:
    """The resource and position that Thorium goes to."""
    scaled = progression * total
    if progression == 1:
        stretch, inside = found[-1], 0.95
    else:
        stretch = next(each for each in found if each.first - 1 <= scaled < each.first - 1 + each.count)
        inside = (scaled - (stretch.first - 1)) / stretch.count
    return stretch.resource, stretch.first + min(stretch.count - 1, int(inside * stretch.count))


@pytest.fixture(params=BOOKS, ids=lambda path: path.stem)
def book(request: pytest.FixtureRequest) -> Translator:
    path: Path = request.param
    return Translator(open_publication(path))


def test_books_are_there() -> None:
    """There are real books to try."""
    assert shared("corpus").is_dir()
    assert len(BOOKS) > 15


def test_thoriums_numbers(book: Translator) -> None:
    """A number that Thorium makes of a place in a resource is read as the position that the place is in; the edges of positions
    too.
    """
    found, total = stretches(book.publication)
    assert total == book.scope.positions.total
    for stretch in found:
        edges = [index / stretch.count for index in range(0, stretch.count, max(1, stretch.count // 7))]
        for inside in (*INSIDE, *edges):
            said = json.loads(json.dumps(document((stretch.first - 1 + inside * stretch.count) / total)))
            point = book.read("opds-progression", said).point

            assert stretch.resource == point.resource, (stretch, inside)
            assert _position(stretch, inside) == _counted(book, point, stretch), (stretch, inside)


def test_our_numbers(book: Translator) -> None:
    """A number that is made of a place leads Thorium to its resource and its position; the very end to the last resource."""
    found, total = stretches(book.publication)
    for stretch in found:
        length = book.scope.positions.length(stretch.resource)
        for offset in {0, length // 3, length // 2, max(0, length - 1)}:
            figures = book.scope.positions.figures(Point(stretch.resource, offset))
            sent = json.loads(json.dumps(figures.total_progression))

            assert (stretch.resource, figures.position) == thorium_opens(sent, found, total), (stretch, offset)


def test_references_lead_to_the_character(book: Translator) -> None:
    """The text fragment of a word's start leads to that character, in a document whose number is wrong, unless the text says that
    it stands there more than once; the CFI always does. All are URI references.
    """
    chance, found = random.Random(7), stretches(book.publication)[0]
    for stretch in chance.sample(found, k=min(12, len(found))):
        for point in word_starts(book, stretch.resource, chance):
            references = book.references(point)
            written = write_reference(point, book.publication)

            assert [] == progression_errors(document(0.5, references=references))
            assert point == book.read("opds-progression", document(0.123, references=references[-1:])).point
            if written.exact:
                assert written.value == references[0]
                assert point == book.read("opds-progression", document(0.123, references=references[:1])).point


def word_starts(book: Translator, resource: int, chance: random.Random) -> list[Point]:
    """A few places in a resource where words begin."""
    try:
        text = book.publication.resource(resource).document.text
    except NoPlace:
        return []
    starts = [at for at in range(1, len(text)) if text[at].isalpha() and text[at - 1].isspace()]
    return [Point(resource, at) for at in chance.sample(starts, k=min(4, len(starts)))]


def _position(stretch: Stretch, inside: float) -> int:
    return stretch.first + min(stretch.count - 1, int(inside * stretch.count + 1e-9))


def _counted(book: Translator, point: Point, stretch: Stretch) -> int:
    """The position of a point; where a resource has no text to tell, all are its first."""
    if not book.scope.positions.length(stretch.resource):
        return stretch.first
    return book.scope.positions.position(point)
