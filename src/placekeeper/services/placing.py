"""Where a place of one notation is in a publication of the library: as a number, as references, as a locator, with its chapter.

Numbers are those of Readium's positions. A place of another copy is found by the text around it. Knows no protocol.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Kind, Publication
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.readium.href import Hrefs, encode
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.readium.timeline import Timeline
from placekeeper.positions.simplified import places as bookmark
from placekeeper.positions.translate import LADDER, Translator
from placekeeper.services.paging import PAGED, locator_of, page_of, reference_to
from placekeeper.services.translators import Shelves, Translators

TIMED: Final = frozenset({Notation.OPDS_PROGRESSION, Notation.READIUM_PROGRESSION})
"""Notations that can say a time of an audiobook."""
SURE: Final = frozenset({Precision.EXACT, Precision.ELEMENT})
"""How well a place must be known in another copy for references to it."""


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


class Placing:
    """Finds places."""

    def __init__(self, library: Shelves, translators: Translators) -> None:
        """Nothing is opened yet."""
        self._library, self._translators = library, translators

    async def placed(
        self, publication: Publication, noted: NotedPlace, progression: float | None, copy: Publication | None = None
    ) -> Placed:
        """Where a noted place is. Where that can't be told (in time), `progression`, its writer's own number, is believed.

        `copy`: the publication whose place it is, where that is another one. Raises NoPlace where there is no such number and the
        place leads nowhere.
        """
        kind = publication.described.kind
        if kind in PAGED:
            positions = await self._library.positions(publication)
            return _page(
                publication, positions, noted, progression, alike=await self._has_as_many_pages(copy, publication, positions)
            )
        with suppress(NoPlace, TimeoutError):
            if kind is Kind.AUDIOBOOK:
                return _heard(publication, await self._library.positions(publication), noted)
            key = ("placed", noted.notation.value, blake2b(noted.value.encode(), digest_size=16).digest())
            files = [publication] if copy is None else [publication, copy]
            found = await self._translators.ask(key, files, partial(_translated, noted))
            if found is not None:
                return found
        if kind is Kind.AUDIOBOOK and progression is not None:
            with suppress(NoPlace):
                return _heard_about(publication, await self._library.positions(publication), progression)
        return _by_number(publication, await self._library.positions(publication), noted, progression)

    async def _has_as_many_pages(self, copy: Publication | None, publication: Publication, positions: Positions) -> bool:
        """Whether a page of the copy is the same page here, as far as their numbers tell."""
        if copy is None:
            return True
        alike = copy.described.kind is publication.described.kind
        return alike and (await self._library.positions(copy)).total == positions.total


def _translated(noted: NotedPlace, target: Translator, source: Translator | None = None) -> Placed | None:
    """What the files themselves say."""
    try:
        place, sure = _found(noted, target, source)
        point = place.point
        return Placed(
            progression=target.scope.positions.total_progression(point),
            locator=target.locator(point),
            positions=target.scope.positions.total,
            title=target.publication.spine.title(point.resource),
            references=tuple(target.references(point)) if sure else (),
            found=sure,
        )
    except NoPlace:
        return None


def _found(noted: NotedPlace, target: Translator, source: Translator | None) -> tuple[Place, bool]:
    """The place, and whether references to it may be given: found surely, if in another copy, whatever its writer's measure."""
    if source is None:
        return target.read(noted.notation, noted.value), True
    place = source.read(noted.notation, noted.value)
    there = carry(place.point, source.publication, target.publication)
    return there, there.precision in SURE


def found_in(noted: NotedPlace, target: Translator, source: Translator | None) -> Place:
    """The point of a noted place in a publication; `source`: the copy that it is a place of, if another. Raises NoPlace."""
    if source is None:
        return target.read(noted.notation, noted.value)
    place = source.read(noted.notation, noted.value)
    there = carry(place.point, source.publication, target.publication)
    coarsest = max(place.precision, there.precision, key=LADDER.index)
    return Place(there.point, coarsest, "; ".join(filter(None, [place.reason, there.reason])))


def _page(publication: Publication, positions: Positions, noted: NotedPlace, progression: float | None, *, alike: bool) -> Placed:
    """A page of a publication that has one position for each: said in words, else by its number. Raises NoPlace.

    `alike`: whether the words are of this publication, or of a copy with the same pages.
    """
    said = page_of(publication, positions, noted) if alike else None
    if said is None:
        placed = _by_number(publication, positions, noted, progression)
        page = placed.locator["locations"].get("position")
        return placed if page is None else replace(placed, locator=locator_of(publication, placed.locator, page))
    placed = _at(positions, positions.from_position(said).point, None)
    reference = reference_to(publication, positions, said)
    return replace(placed, locator=locator_of(publication, placed.locator, said), references=(reference,), found=True)


def _heard(publication: Publication, positions: Positions, noted: NotedPlace) -> Placed:
    """A time of an audiobook. Raises NoPlace where no durations are known, or the place says no time."""
    timeline = Timeline([(link.href, link.duration) for link in publication.described.reading_order])
    if noted.notation is Notation.SIMPLIFIED:
        hrefs = [link.href for link in publication.described.reading_order]
        track, seconds = bookmark.time_of(bookmark.locator_of(json.loads(noted.value)), hrefs)
        time = timeline.inside(track, seconds)
    else:
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


def _heard_about(publication: Publication, positions: Positions, progression: float) -> Placed:
    """The time that a number means: else an app would begin the recording anew. Raises NoPlace where no durations are known."""
    noted = NotedPlace(Notation.OPDS_PROGRESSION, json.dumps({"progression": progression}))
    return replace(_heard(publication, positions, noted), progression=progression, references=(), found=False)


def _by_number(publication: Publication, positions: Positions, noted: NotedPlace, progression: float | None) -> Placed:
    """By numbers alone: the writer's own, or those of its locator. Raises NoPlace where there are none that lead anywhere."""
    if progression is None:
        said = json.loads(noted.value)
        point = (
            _by_bookmark(positions, said) if noted.notation is Notation.SIMPLIFIED else _by_locator(positions, said["locator"])
        )
        return _at(positions, point, None)
    try:
        return _at(positions, positions.from_total(progression).point, progression)
    except NoPlace:
        name = encode(publication.path.rpartition("/")[2]) or "publication"
        locator = {"href": name, "type": publication.described.media_type, "locations": {"totalProgression": progression}}
        return Placed(progression=progression, locator=locator, positions=0)


def _by_bookmark(positions: Positions, said: dict[str, Any]) -> Point:
    """The point of a bookmark, by its numbers. Raises NoPlace."""

    def in_resource(href: str, progress: float | None) -> Place:
        return positions.from_progression(Hrefs(positions.spine).find(href)[0][0], progress or 0.0)

    def no_text(_cfi: str) -> Place:
        raise NoPlace("there is no text to follow a CFI in")

    readers = bookmark.Readers(
        in_resource=in_resource,
        located=lambda locator: Place(_by_locator(positions, locator)),
        page=positions.from_position,
        cfi=no_text,
    )
    try:
        return bookmark.place_of(said, positions.spine, readers).point
    except NoPlace:
        number = bookmark.number_of(said)
        if number is None:
            raise
        return positions.from_total(number).point


def _by_locator(positions: Positions, locator: Mapping[str, Any]) -> Point:
    """The point of a locator, by its numbers. Raises NoPlace."""
    locations = locator.get("locations")
    locations = locations if isinstance(locations, dict) else {}
    position, inside, total = (locations.get(key) for key in ("position", "progression", "totalProgression"))
    try:
        resource = Hrefs(positions.spine).find(locator["href"])[0][0]
    except NoPlace:
        if isinstance(total, int | float) and not isinstance(total, bool) and 0 <= total <= 1:
            return positions.from_total(total).point
        raise
    if isinstance(inside, int | float) and not isinstance(inside, bool) and 0 <= inside <= 1:
        return positions.from_progression(resource, inside).point
    if isinstance(position, int) and not isinstance(position, bool) and positions.holds(resource, position):
        return positions.from_position(position).point
    return Point(resource, 0)


def _at(positions: Positions, point: Point, progression: float | None) -> Placed:
    """A point as numbers say it; `progression` where that is known already."""
    figures, item, title = positions.figures(point), positions.spine.items[point.resource], positions.spine.title(point.resource)
    total = figures.total_progression if progression is None else progression
    locations = {"progression": figures.progression, "position": figures.position, "totalProgression": total}
    locator: dict[str, Any] = {"href": encode(item.href), "type": item.media_type or "application/octet-stream"}
    locator |= ({"title": title} if title else {}) | {"locations": locations}
    return Placed(progression=total, locator=locator, positions=positions.total, title=title)
