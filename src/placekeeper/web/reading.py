"""Reading: what somebody reads now, is in the middle of, has finished or put aside, and the search among all of it."""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.work import State
from placekeeper.services.explaining import Explaining
from placekeeper.services.overview import FOUND, Overview, Shown
from placekeeper.services.quoting import Quoting
from placekeeper.web.door import Door, Handler, Visit

SHOWN: Final = 13
"""Works of the front page: the one that is read now, and those to go on with."""
LISTED: Final = 30
"""Works of a list's page."""
LATELY: Final = 3
"""Finished works of the front page."""
PROPOSED: Final = 3
"""Works without a file that the front page looks up in the library."""


class Reading:
    """The pages."""

    def __init__(self, door: Door, overview: Overview, quoting: Quoting, explaining: Explaining, front: Handler) -> None:
        """`front`: the front page of who has not signed in."""
        self._overview, self._quoting, self._explaining, self._front = overview, quoting, explaining, front
        self.routes: list[Route] = [
            door.page("/", self._home, public=True),
            door.page("/reading", self._list("Reading", State.READING)),
            door.page("/finished", self._list("Finished", State.FINISHED)),
            door.page("/put-aside", self._list("Put aside", State.ABANDONED)),
            door.page("/search", self._search),
        ]

    async def _home(self, visit: Visit) -> Response:
        if visit.visitor is None:
            return await self._front(visit)
        principal = visit.principal
        shown = await self._overview.works(principal, State.READING, limit=SHOWN + 1)
        finished = await self._overview.lately(principal, State.FINISHED, LATELY)
        heads = [each.work.head for each in shown[:SHOWN] if each.work.head is not None]
        passages = await self._quoting.passages(principal, heads)
        return visit.show(
            "reading.html",
            shown=shown[:SHOWN],
            more=len(shown) > SHOWN,
            finished=finished,
            passages=passages,
            aside=await self._overview.aside(principal, shown[0].work) if shown else None,
            proposals=await self._proposals(visit, shown[:SHOWN]),
        )

    async def _proposals(self, visit: Visit, shown: list[Shown]) -> list[tuple[Shown, int]]:
        """Works without a file, each with how many books of the library it might be."""
        if not self._overview.sees(visit.principal):
            return []
        found = []
        for each in [each for each in shown if not each.publications and each.title][:PROPOSED]:
            explained = await self._explaining.work(visit.principal, each.work.id)
            if explained.candidates:
                found.append((each, len(explained.candidates)))
        return found

    def _list(self, title: str, state: State) -> Handler:
        async def handler(visit: Visit) -> Response:
            before = visit.asked("before") or None
            shown = await self._overview.works(visit.principal, state, before=before, limit=LISTED + 1)
            more = shown[LISTED - 1].work.id if len(shown) > LISTED else ""
            return visit.show(
                "list.html", title=title, shown=shown[:LISTED], more=more, query="", searching=False, all_shown=True, shelved=0
            )

        return handler

    async def _search(self, visit: Visit) -> Response:
        query = visit.asked("q")[:200]
        shown, shelved = await self._overview.search(visit.principal, query)
        return visit.show(
            "list.html",
            title="Search",
            shown=shown,
            more="",
            query=query,
            searching=True,
            all_shown=len(shown) < FOUND,
            shelved=shelved,
        )
