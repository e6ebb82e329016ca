"""There and back between notations, at random places of books: `python -m tests.positions.crossing_truth` counts all books.

A character that one of the two engines drops counts as the next one that it keeps, so a place goes through the first notation
once before it is compared.
"""

import random
from collections.abc import Iterator
from itertools import permutations

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.translate import Translator

Dialect = tuple[Notation, str]
DIALECTS: tuple[Dialect, ...] = (
    (Notation.XPOINTER, ""),
    (Notation.XPOINTER, "indexed"),
    (Notation.CFI, ""),
    (Notation.CFI, "epub.js"),
    (Notation.LOCATOR, ""),
    (Notation.HREF_PROGRESSION, ""),
)
"""The notations, and their spellings, that keep a character."""


def engine(dialect: Dialect) -> str:
    """The engine to read a dialect's own value with: the spelling of an XPointer shows by itself."""
    return dialect[1] if dialect[0] is Notation.CFI else ""


def settled(translator: Translator, point: Point, dialect: Dialect) -> Point | None:
    """The point that a dialect makes of a point; None where it has none for it, or says that it is not exact."""
    try:
        value, precision, _ = translator.write(point, *dialect)
        place = translator.read(dialect[0], value, engine(dialect))
    except NoPlace:
        return None
    wanted = {Precision.EXACT, Precision.PROGRESSION} if dialect[0] is Notation.HREF_PROGRESSION else {Precision.EXACT}
    return place.point if precision is Precision.EXACT and place.precision in wanted else None


def lost(translator: Translator, point: Point, one: Dialect, other: Dialect, *, well_formed: bool) -> str:
    """What goes wrong with a point on its way from one dialect to another and back; empty where nothing does.

    Only in files that are not `well_formed` may text that is not white space be dropped.
    """
    here = settled(translator, point, one)
    there = here and settled(translator, here, other)
    if here is None or there is None:
        return ""  # said to be not exact, or that there is nothing: counted apart
    value, _, _ = translator.write(here, *one)
    crossed = translator.translate(NotedPlace(one[0], value), other[0], engine(one), other[1])
    back = translator.translate(crossed.noted, one[0], engine(other), one[1])
    came = translator.read(one[0], back.noted.value, engine(one)).point
    wanted = settled(translator, there, one)
    if wanted is not None and (came.resource, came.offset) != (wanted.resource, wanted.offset):
        return f"{one} {value} -> {other} {crossed.noted.value} -> {back.noted.value}: {wanted} became {came}"
    if well_formed and _between(translator, here, came).strip():
        return f"{one} {value} -> {other} {crossed.noted.value} -> {back.noted.value}: text between {here} and {came}"
    return ""


def _between(translator: Translator, one: Point, other: Point) -> str:
    """The text that was skipped between two points, but for what is no text to a reader: style, scripts."""
    document = translator.publication.resource(one.resource).document
    low, high = sorted((one.offset, other.offset))
    kept = []
    for offset in range(low, min(high, low + 4096)):
        names = {document.names[element] for element in document.ancestors(document.owner(offset))}
        if not names & {"style", "script", "math", "svg", "object", "audio", "video"}:
            kept.append(document.text[offset])
    return "".join(kept) if one.resource == other.resource else "another resource"


def random_points(translator: Translator, count: int, seed: int) -> Iterator[Point]:
    """Points all over a publication, every character as likely."""
    chance = random.Random(seed)
    lengths = []
    for item in translator.publication.spine.items:
        try:
            lengths.append(len(translator.publication.resource(item.index).document.text))
        except NoPlace:
            lengths.append(0)
    if sum(lengths):
        resources = chance.choices(range(len(lengths)), weights=lengths, k=count)
        yield from (Point(resource, chance.randrange(lengths[resource])) for resource in sorted(resources))


def crossings(translator: Translator, count: int, seed: int, *, well_formed: bool = True) -> Iterator[str]:
    """For every point and every pair of dialects, what went wrong."""
    for point in random_points(translator, count, seed):
        for one, other in permutations(DIALECTS, 2):
            yield lost(translator, point, one, other, well_formed=well_formed)
