"""Finding places in the library's files: within a bound on time, once, and never at the cost of a place."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Described, Kind, Link, Metadata, Publication
from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.spine import Publication as Source
from placekeeper.services.library import positions_of
from placekeeper.services.placing import Placed, Placing
from placekeeper.services.translators import WAITING, Translators
from tests.opds_progression.library import small_book

HALF = NotedPlace(Notation.OPDS_PROGRESSION, '{"progression": 0.5}')
POINTER = NotedPlace(Notation.XPOINTER, "/body/DocFragment[2]/body/p[3]/text().0")
NOWHERE = NotedPlace(Notation.XPOINTER, "/body/DocFragment[99]/body/p[3]")


class Shelves:
    """One book, opened as a test wants it: `opening` may wait or fail. `opened`: how often it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.path = small_book(folder / "book.epub", opf_path="content.opf")
        self.whole = open_publication(self.path)
        self.opened = 0
        self.opening: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)
        links = tuple(Link(href=item.href, media_type=item.media_type, length=item.length) for item in self.whole.spine.items)
        self.publication = Publication(
            id="p",
            edition_id="e",
            folder=str(folder),
            path="book.epub",
            size=1,
            modified_at=1,
            described=Described(kind=Kind.EPUB, media_type="application/epub+zip", metadata=Metadata(), reading_order=links),
            added_at=1,
            scanned_at=1,
        )

    async def positions(self, publication: Publication) -> Positions:
        return positions_of(publication)

    async def source(self, publication: Publication) -> Source | None:
        self.opened += 1
        await self.opening()
        return self.whole


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path)


@pytest.fixture
def placing(shelves: Shelves) -> Iterator[Placing]:
    translators = Translators(shelves, seconds=0.2)
    placing = Placing(shelves, translators)
    yield placing
    translators.close()


def run(action: Coroutine[Any, Any, Placed]) -> Placed:
    return asyncio.run(action)


def test_found_once(shelves: Shelves, placing: Placing) -> None:
    """A place is found with its number, chapter and references, and is known from then on."""

    async def twice() -> tuple[Placed, Placed]:
        first = await placing.placed(shelves.publication, POINTER, 0.1)
        return first, await placing.placed(shelves.publication, POINTER, 0.9)

    first, second = asyncio.run(twice())
    assert first == second
    assert first.found
    assert first.references[0].startswith("two.xhtml#")
    assert 1 == shelves.opened


def test_slow_files(shelves: Shelves, placing: Placing) -> None:
    """Who asks for a place in a file that is slow is answered in time with the writer's number, and with the place later."""
    shelves.opening = lambda: asyncio.sleep(0.6)

    async def thrice() -> tuple[Placed, float, Placed]:
        began = time.monotonic()
        first = await asyncio.gather(*(placing.placed(shelves.publication, POINTER, 0.1) for _ in range(3)))
        waited = time.monotonic() - began
        await asyncio.sleep(0.7)
        return first[0], waited, await placing.placed(shelves.publication, POINTER, 0.1)

    first, waited, later = asyncio.run(thrice())
    assert (0.1, False, ()) == (first.progression, first.found, first.references)
    assert waited < 0.5
    assert later.found
    assert 1 == shelves.opened


def test_many_at_once(shelves: Shelves, placing: Placing) -> None:
    """More places than may wait are answered at once, with their writers' numbers."""
    shelves.opening = lambda: asyncio.sleep(0.1)
    places = [NotedPlace(Notation.XPOINTER, f"/body/DocFragment[2]/body/p[3]/text().{n}") for n in range(3 * WAITING)]

    async def crowd() -> list[Placed]:
        return list(await asyncio.gather(*(placing.placed(shelves.publication, place, 0.1) for place in places)))

    found = asyncio.run(crowd())
    assert WAITING == shelves.opened
    assert {0.1} == {each.progression for each in found[WAITING:]}


def test_broken_files(shelves: Shelves, placing: Placing) -> None:
    """Whatever happens when a file is opened, there is a place, by its writer's number."""

    async def broken() -> None:
        raise RuntimeError("the disk is gone")

    shelves.opening = broken
    placed = run(placing.placed(shelves.publication, POINTER, 0.25))

    assert (0.25, False) == (placed.progression, placed.found)
    assert 0.25 == placed.locator["locations"]["totalProgression"]


def test_places_that_lead_nowhere(shelves: Shelves, placing: Placing) -> None:
    """A place that leads nowhere is its writer's number, is looked for once, and without a number is nothing at all."""

    async def twice() -> list[Placed]:
        return [await placing.placed(shelves.publication, NOWHERE, 0.25) for _ in range(2)]

    assert [0.25, 0.25] == [each.progression for each in asyncio.run(twice())]
    assert 1 == shelves.opened
    wrong = NotedPlace(Notation.READIUM_PROGRESSION, '{"locator": {"href": "no such file"}}')
    with pytest.raises(NoPlace):
        run(placing.placed(shelves.publication, wrong, None))


def test_by_a_locators_numbers(shelves: Shelves, placing: Placing) -> None:
    """Where the file can't be opened, a locator is worked out from what the scan kept."""

    async def broken() -> None:
        raise OSError

    shelves.opening = broken
    for locations, inside in (('{"progression": 0.5}', 0.5), ("{}", 0.0), ('{"progression": 7}', 0.0)):
        noted = NotedPlace(Notation.READIUM_PROGRESSION, f'{{"locator": {{"href": "two.xhtml", "locations": {locations}}}}}')
        placed = run(Placing(shelves, Translators(shelves, seconds=0.2)).placed(shelves.publication, noted, None))

        assert "two.xhtml" == placed.locator["href"]
        assert abs(inside - placed.locator["locations"]["progression"]) < 0.01
