"""Where a place of one notation is in a publication of the library: as a number, as references, as a locator, with its chapter.

Numbers are those of Readium's positions. The work is done in a thread, within a bound on time, and is remembered: who asks is
never kept waiting for a large file. Knows no protocol.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final, Protocol

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Kind, Publication
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.readium.href import Hrefs, encode
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.readium.timeline import Timeline
from placekeeper.positions.spine import Publication as Source
from placekeeper.positions.translate import Translator
from placekeeper.services.askers import Recent

SECONDS: Final = 1.0
"""Who asks for a place waits so long at most; what is found later is remembered for the next time."""
WAITING: Final = 32
"""Places that may wait for the thread. More are answered without it."""
TRANSLATORS: Final = 8
TIMED: Final = frozenset({Notation.OPDS_PROGRESSION, Notation.READIUM_PROGRESSION})
"""Notations that can say a time of an audiobook."""
REMEMBERED: Final = 2_048


class Shelves(Protocol):
    """What is needed of the library."""

    async def positions(self, publication: Publication) -> Positions:
        """Readium's positions of a publication."""

    async def source(self, publication: Publication) -> Source | None:
        """The file opened to find places in it; None where it can't be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A place in a publication. `progression`: 0 to 1 of the whole. `references`: most exact first, none where only the number is
    known. `locator`: Readium's. `positions`: how many there are in all. `found`: whether the place itself was, not just a number.
    """

    progression: float
    locator: dict[str, Any]
    positions: int
    title: str = ""
    references: tuple[str, ...] = ()
    found: bool = False


Key = tuple[str, int, int, str, bytes]


class Placing:
    """Finds places. One thread for all: what it opens is not for several."""

    def __init__(self, library: Shelves, *, seconds: float = SECONDS) -> None:
        """Nothing is opened yet."""
        self._library, self._seconds = library, seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="placing")
        self._known: Recent[Key, Placed] = Recent(REMEMBERED)
        self._nowhere: Recent[Key, bool] = Recent(REMEMBERED)
        self._pending: dict[Key, asyncio.Future[Placed | None]] = {}
        self._translators: Recent[int, Translator] = Recent(TRANSLATORS)

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def placed(self, publication: Publication, noted: NotedPlace, progression: float | None) -> Placed:
        """Where a noted place is. Where that can't be told (in time), `progression`, its writer's own number, is believed.

        Raises NoPlace where there is no such number and the place leads nowhere.
        """
        digest = blake2b(noted.value.encode(), digest_size=16).digest()
        key = (publication.id, publication.size, publication.modified_at, noted.notation.value, digest)
        known = self._known.get(key)
        if known is not None:
            return known
        positions = await self._library.positions(publication)
        with suppress(NoPlace, TimeoutError):
            kind = publication.described.kind
            if kind in {Kind.PDF, Kind.COMIC} and noted.notation is Notation.PAGE:
                return _page(publication, positions, noted.value)
            if kind is Kind.AUDIOBOOK:
                return _heard(publication, positions, noted)
            found = None if self._nowhere.get(key) else await self._found(key, publication, noted)
            if found is not None:
                return found
        return _by_number(publication, positions, noted, progression)

    async def _found(self, key: Key, publication: Publication, noted: NotedPlace) -> Placed | None:
        """What the file itself says. Raises TimeoutError."""
        pending = self._pending.get(key)
        if pending is None:
            if len(self._pending) >= WAITING:
                return None
            pending = asyncio.ensure_future(self._look(key, publication, noted))
            self._pending[key] = pending
            pending.add_done_callback(lambda _done: self._pending.pop(key))
        return await asyncio.wait_for(asyncio.shield(pending), self._seconds)

    async def _look(self, key: Key, publication: Publication, noted: NotedPlace) -> Placed | None:
        try:
            source = await self._library.source(publication)
            if source is None:
                return None
            placed = await asyncio.get_running_loop().run_in_executor(self._thread, self._translated, source, noted)
        except Exception:  # noqa: BLE001 - whatever is wrong with a file, its reader has a place, if only as a number
            placed = None
        if placed is None:
            self._nowhere.keep(key, True)  # noqa: FBT003 - a set that forgets
        else:
            self._known.keep(key, placed)
        return placed

    def _translated(self, source: Source, noted: NotedPlace) -> Placed | None:
        """In the thread."""
        translator = self._translators.get(id(source))
        if translator is None or translator.publication is not source:
            translator = Translator(source)
        self._translators.keep(id(source), translator)
        try:
            point = translator.read(noted.notation, noted.value).point
            return Placed(
                progression=translator.scope.positions.total_progression(point),
                locator=translator.locator(point),
                positions=translator.scope.positions.total,
                title=source.spine.items[point.resource].title,
                references=tuple(translator.references(point)),
                found=True,
            )
        except NoPlace:
            return None


def _page(publication: Publication, positions: Positions, value: str) -> Placed:
    """A page of a publication that has one position for each. Raises NoPlace."""
    page = int(value) if value.isdigit() and len(value) < len(str(positions.total)) + 1 else 0
    placed = _at(positions, positions.from_position(page).point, None)
    reference = f"#page={page}" if publication.described.kind is Kind.PDF else str(placed.locator["href"])
    return replace(placed, references=(reference,), found=True)


def _heard(publication: Publication, positions: Positions, noted: NotedPlace) -> Placed:
    """A time of an audiobook. Raises NoPlace where no durations are known, or the place says no time."""
    timeline = Timeline([(link.href, link.duration) for link in publication.described.reading_order])
    time = timeline.read(json.loads(noted.value)) if noted.notation in TIMED else timeline.at(float("nan"))
    link = publication.described.reading_order[time.track]
    locations = {
        "fragments": [f"t={time.seconds:.3f}"],
        "progression": time.progression,
        "totalProgression": time.total_progression,
    }
    locator = {"href": encode(link.href), "type": link.media_type or "audio/mpeg", "locations": locations}
    return Placed(
        progression=time.total_progression,
        locator=locator | ({"title": link.title} if link.title else {}),
        positions=positions.total,
        title=link.title,
        references=tuple(timeline.references(time)),
        found=True,
    )


def _by_number(publication: Publication, positions: Positions, noted: NotedPlace, progression: float | None) -> Placed:
    """By numbers alone: the writer's own, or those of its locator. Raises NoPlace where there are none that lead anywhere."""
    if progression is None:
        return _at(positions, _by_locator(positions, noted.value), None)
    try:
        return _at(positions, positions.from_total(progression).point, progression)
    except NoPlace:
        name = encode(publication.path.rpartition("/")[2]) or "publication"
        locator = {"href": name, "type": publication.described.media_type, "locations": {"totalProgression": progression}}
        return Placed(progression=progression, locator=locator, positions=0)


def _by_locator(positions: Positions, value: str) -> Point:
    """The point of a locator in a document, by its numbers. Raises NoPlace."""
    locator = json.loads(value)["locator"]
    locations = locator.get("locations")
    locations = locations if isinstance(locations, dict) else {}
    resource = Hrefs(positions.spine).find(locator["href"])[0][0]
    position, inside = locations.get("position"), locations.get("progression")
    if isinstance(inside, int | float) and not isinstance(inside, bool) and 0 <= inside <= 1:
        return positions.from_progression(resource, inside).point
    if isinstance(position, int) and not isinstance(position, bool) and positions.holds(resource, position):
        return positions.from_position(position).point
    return Point(resource, 0)


def _at(positions: Positions, point: Point, progression: float | None) -> Placed:
    """A point as numbers say it; `progression` where that is known already."""
    figures, item = positions.figures(point), positions.spine.items[point.resource]
    total = figures.total_progression if progression is None else progression
    locations = {"progression": figures.progression, "position": figures.position, "totalProgression": total}
    locator: dict[str, Any] = {"href": encode(item.href), "type": item.media_type or "application/octet-stream"}
    locator |= ({"title": item.title} if item.title else {}) | {"locations": locations}
    return Placed(progression=total, locator=locator, positions=positions.total, title=item.title)
