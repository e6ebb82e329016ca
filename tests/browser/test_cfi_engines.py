"""CFIs between us and the engines that readers use, on real books and on random documents."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from placekeeper.formats.epub import open_epub
from placekeeper.positions.align import Alignment
from placekeeper.positions.cfi.resolve import EPUBJS, resolve, write, write_epubjs
from placekeeper.positions.document import utf16
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.spine import Publication, Resource
from tests.browser import markup
from tests.browser.engines import Engines
from tests.epubs import make_epub, xhtml
from tests.shared import shared

BOOKS = 12
RESOURCES = 5
POINTS = 12
TIDY, WILD, BROKEN = 60, 40, 40
LONGEST = 400_000
"""Characters of a resource that is asked about: a browser takes seconds for the longest."""

Outcome = tuple[str, object, object]
"""The CFI, where it should lead, where it leads."""


@pytest.fixture(scope="module")
def random_book(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """A publication of random documents: tidy ones, ones that no content model allows, and ones that are not well-formed."""
    chance = random.Random(20)
    documents = [xhtml(markup.body(chance)) for _ in range(TIDY)]
    documents += [xhtml(markup.wild(chance) + "end") for _ in range(WILD)]
    documents += [markup.broken(chance, xhtml(markup.body(chance))) for _ in range(BROKEN)]
    files = {f"{number}.xhtml": document for number, document in enumerate(documents)}
    return open_epub(make_epub(tmp_path_factory.mktemp("random") / "random.epub", files))


@pytest.fixture(scope="module")
def real_resources() -> list[tuple[Publication, Resource]]:
    """Some resources of the shared books."""
    chance = random.Random(21)
    paths = sorted(shared("corpus").glob("*.epub"))
    return [found for path in chance.sample(paths, BOOKS) for found in _some(path, chance)]


def _some(path: Path, chance: random.Random) -> Iterator[tuple[Publication, Resource]]:
    book = open_epub(path)
    for item in chance.sample(book.spine.items, min(RESOURCES, len(book.spine.items))):
        resource = _readable(book, item.index)
        if resource and 0 < len(resource.source) < LONGEST:
            yield book, resource


def _readable(book: Publication, index: int) -> Resource | None:
    try:
        resource = book.resource(index)
    except NoPlace:
        return None
    return resource if resource.document.text else None


def all_of(book: Publication) -> list[tuple[Publication, Resource]]:
    found = [(book, _readable(book, item.index)) for item in book.spine.items]
    return [(book, resource) for book, resource in found if resource]


def points(resource: Resource) -> list[Point]:
    """Random characters, and the starts of random elements."""
    document, index = resource.document, resource.item.index
    chance = random.Random(len(document.text))
    elements = [number for number in range(len(document.names)) if document.inside_body(number)]
    offsets = chance.sample(range(len(document.text)), min(POINTS, len(document.text)))
    starts = chance.sample(elements, min(POINTS, len(elements)))
    return [Point(index, at) for at in offsets] + [Point(index, document.starts[number], number) for number in starts]


def units(resource: Resource, offset: int) -> int:
    return utf16(resource.document.text[:offset])


def chances(resource: Resource) -> list[tuple[float, float]]:
    chance = random.Random(len(resource.source))
    return [(chance.random(), chance.random()) for _ in range(POINTS)]


def misses(outcomes: Iterable[Outcome]) -> tuple[int, list[Outcome]]:
    """How many there are, and those that lead elsewhere."""
    found = list(outcomes)
    return len(found), [outcome for outcome in found if outcome[1] != outcome[2]]


def read_by_foliate(engines: Engines, resources: list[tuple[Publication, Resource]]) -> Iterator[Outcome]:
    for book, resource in resources:
        wanted = points(resource)
        cfis = [write(point, book) for point in wanted]
        places = engines.ask("foliateReads", resource.source, cfis)
        yield from zip(cfis, (units(resource, point.offset) for point in wanted), places, strict=True)


def written_by_foliate(engines: Engines, resources: list[tuple[Publication, Resource]]) -> Iterator[Outcome]:
    for book, resource in resources:
        base = f"epubcfi(/{book.spine.step}/{resource.item.step})"
        for cfi, place in engines.ask("foliateWrites", resource.source, base, chances(resource)):
            yield cfi, place, units(resource, resolve(cfi, book).point.offset)


def shown_places(resource: Resource, offset: int) -> list[int]:
    """Where an offset is in what epub.js shows, in UTF-16 units: one place, or all those that what was lost there makes one."""
    document, shown = resource.document, resource.reparsed
    assert shown is not None
    first, last = Alignment(document.text, shown.text).gap(offset)[1]
    return [utf16(shown.text[:at]) for at in range(first, last + 1)]


def read_by_epubjs(engines: Engines, resources: list[tuple[Publication, Resource]]) -> Iterator[Outcome]:
    for book, resource in resources:
        if resource.reparsed is None:
            continue
        written = [(point, cfi) for point in points(resource) if (cfi := write_epubjs(point, book))]
        text = engines.ask("textAsEpubjs", resource.source, resource.item.href)
        places = engines.ask("epubjsReads", resource.source, resource.item.href, [cfi for _, cfi in written])
        yield "the text", text.rstrip(), resource.reparsed.text.rstrip()
        for (point, cfi), place in zip(written, places, strict=True):
            wanted = shown_places(resource, point.offset)
            yield cfi, place if place in wanted else wanted, place


def written_by_epubjs(engines: Engines, resources: list[tuple[Publication, Resource]]) -> Iterator[Outcome]:
    for book, resource in resources:
        if resource.reparsed is None:
            continue
        base = f"/{book.spine.step}/{2 * resource.item.index + 2}"
        for cfi, place in engines.ask("epubjsWrites", resource.source, resource.item.href, base, chances(resource)):
            found = shown_places(resource, resolve(cfi, book, EPUBJS).point.offset)
            yield cfi, place, place if place in found else found


def test_foliate_reads_ours_in_books(engines: Engines, real_resources: list[tuple[Publication, Resource]]) -> None:
    """CFIs that we write for places in real books lead foliate-js to the same character: 99.9 of 100."""
    count, missed = misses(read_by_foliate(engines, real_resources))

    assert count > 30 * POINTS
    assert len(missed) <= 0.001 * count, (len(missed), missed[:5])


def test_we_read_foliates_in_books(engines: Engines, real_resources: list[tuple[Publication, Resource]]) -> None:
    """Points, elements and ranges that foliate-js writes in real books lead us to the same character: 99.9 of 100."""
    count, missed = misses(written_by_foliate(engines, real_resources))

    assert len(missed) <= 0.001 * count, (len(missed), missed[:5])


def test_epubjs_reads_ours_in_books(engines: Engines, real_resources: list[tuple[Publication, Resource]]) -> None:
    """CFIs that we write for epub.js lead it to the same text in real books: 99 of 100."""
    count, missed = misses(read_by_epubjs(engines, real_resources))

    assert count > 20 * POINTS
    assert len(missed) <= 0.01 * count, (len(missed), missed[:5])


def test_we_read_epubjss_in_books(engines: Engines, real_resources: list[tuple[Publication, Resource]]) -> None:
    """CFIs that epub.js writes in real books lead us to the same text: 99 of 100."""
    count, missed = misses(written_by_epubjs(engines, real_resources))

    assert len(missed) <= 0.01 * count, (len(missed), missed[:5])


def test_foliate_reads_ours_anywhere(engines: Engines, random_book: Publication) -> None:
    """In random documents foliate-js finds every place that we write, elements included."""
    assert [] == misses(read_by_foliate(engines, all_of(random_book)))[1]


def test_we_read_foliates_anywhere(engines: Engines, random_book: Publication) -> None:
    """In random documents we find every place that foliate-js writes: points, starts of elements, ranges."""
    assert [] == misses(written_by_foliate(engines, all_of(random_book)))[1]


def test_epubjs_reads_ours_anywhere(engines: Engines, random_book: Publication) -> None:
    """In random documents epub.js finds the text of what we write for it: 99 of 100."""
    count, missed = misses(read_by_epubjs(engines, all_of(random_book)))

    assert len(missed) <= 0.01 * count, (len(missed), missed[:5])


def test_we_read_epubjss_anywhere(engines: Engines, random_book: Publication) -> None:
    """In random documents we find the text of what epub.js writes: 99 of 100."""
    count, missed = misses(written_by_epubjs(engines, all_of(random_book)))

    assert len(missed) <= 0.01 * count, (len(missed), missed[:5])
