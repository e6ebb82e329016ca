"""A work: where everybody is in it, how it came to that, and what belongs to it. The pages; `steering` has the forms.

Knows no protocol.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.shelf import Query
from placekeeper.services.explaining import Explaining
from placekeeper.services.history import DevicePlace, History, WorkInFull
from placekeeper.services.library import Library
from placekeeper.services.noting import Noting
from placekeeper.services.overview import Overview
from placekeeper.services.quoting import Quoting
from placekeeper.web.door import Door, Visit
from placekeeper.web.timeline import timeline

ROWS: Final = 20
"""Readings of one page of a history."""
DRAWN: Final = 200
"""Readings that are looked at for the picture, and for what to undo."""
DEVICES: Final = 12
"""Devices whose own places are shown, those first that were heard last."""
OFFERED: Final = 8
"""Books and works that are offered to be linked or joined."""
DONE: Final = {
    "restored": "That is your place now. Your devices are offered it the next time they ask.",
    "finished": "Marked as finished.",
    "abandoned": "Put aside.",
    "reading": "Marked as being read.",
    "again": "Begun again: a new reading is counted from now on.",
    "joined": "Both are one work now, with one history.",
    "parted": "They are two works again.",
    "linked": "Linked.",
    "unlinked": "It does not belong to this work any more. To undo that, link or join it below.",
}
"""What has been done, after a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the pages of a work are made of."""

    history: History
    overview: Overview
    explaining: Explaining
    quoting: Quoting
    library: Library
    noting: Noting


class Works:
    """The pages."""

    def __init__(self, door: Door, services: Services) -> None:
        """Nothing happens yet."""
        self._services = services
        self.routes: list[Route] = [
            door.page("/works/{work}", self._work),
            door.page("/works/{work}/history", self._history),
            door.page("/works/{work}/belongs", self._belongs),
        ]

    async def _work(self, visit: Visit) -> Response:
        services, principal = self._services, visit.principal
        shown = await services.overview.work(principal, visit.work)
        full = await services.history.work(principal, visit.work)
        readings = await services.history.readings(principal, visit.work, before=None, limit=DRAWN)
        places = newest(await services.history.places(principal, visit.work))
        rows = readings[:ROWS]
        lasts = [each.last for each in places if each.last is not None]
        heads = [shown.work.head] if shown.work.head is not None else []
        return visit.show(
            "work.html",
            shown=shown,
            into=into_of(full),
            places=places,
            rows=rows,
            more=rows[-1].id if len(readings) > ROWS else "",
            passages=await services.quoting.passages(principal, [*heads, *lasts, *rows]),
            timeline=timeline(readings, visit.now),
            notes=await services.noting.notes(principal, shown),
            before=undone(shown.work.head, readings),
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _history(self, visit: Visit) -> Response:
        services, principal = self._services, visit.principal
        shown = await services.overview.work(principal, visit.work)
        before = visit.asked("before") or None
        readings = await services.history.readings(principal, visit.work, before=before, limit=ROWS + 1)
        rows = readings[:ROWS]
        return visit.show(
            "history.html",
            shown=shown,
            rows=rows,
            more=rows[-1].id if len(readings) > ROWS else "",
            passages=await services.quoting.passages(principal, rows),
        )

    async def _belongs(self, visit: Visit) -> Response:
        services, principal, query = self._services, visit.principal, visit.asked("q")[:200]
        shown = await services.overview.work(principal, visit.work)
        full = await services.history.work(principal, visit.work)
        explained = await services.explaining.work(principal, visit.work)
        own = {each.edition_id for each in shown.publications}
        books = explained.candidates
        if query:
            books = (await services.library.listing(principal, Query(text=query, limit=OFFERED))).publications
        works = [await services.overview.work(principal, each) for each in explained.works[:OFFERED]]
        works += (await services.overview.search(principal, query))[0][:OFFERED] if query else []
        others = {each.work.id: each for each in works if each.work.id != visit.work}
        joined = [
            (each, await services.overview.work(principal, each.from_id)) for each in full.merges if each.into_id == visit.work
        ]
        return visit.show(
            "belongs.html",
            shown=shown,
            explained=explained,
            joined=joined,
            into=into_of(full),
            books=[each for each in books if each.edition_id not in own],
            read_in=await services.overview.read_in(principal, books),
            works=list(others.values()),
            query=query,
            done=DONE.get(visit.asked("did"), ""),
        )


def newest(places: Sequence[DevicePlace]) -> list[DevicePlace]:
    """The devices that have told a place last, that one first."""
    return sorted(places, key=lambda each: each.last.id if each.last else "", reverse=True)[:DEVICES]


def into_of(full: WorkInFull) -> str:
    """The id of the work that this one is joined to, or ""."""
    return next((each.into_id for each in full.merges if each.from_id == full.work.id), "")


def undone(head: Reading | None, readings: Sequence[Reading]) -> Reading | None:
    """What was the place before the person took another one back; None where it was not the person."""
    if head is None or head.outcome is not Outcome.CHOSEN:
        return None
    older = [each for each in readings if each.id < head.id and each.effect is Effect.HEAD]
    return older[0] if older else None
