"""What becomes of the forms of a work: take a place back, say how it stands, join and part, link and unlink.

Each changes one thing, says so on the page that follows, and can be undone there.
"""

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.work import State
from placekeeper.services.finishing import AGAIN, Finishing
from placekeeper.services.history import History
from placekeeper.services.joining import Joining
from placekeeper.services.library import Library
from placekeeper.services.linking import Linking
from placekeeper.web.door import Door, Visit


class Steering:
    """The forms."""

    def __init__(
        self, door: Door, history: History, finishing: Finishing, joining: Joining, linking: Linking, library: Library
    ) -> None:
        """Nothing happens yet."""
        self._history, self._finishing, self._joining, self._linking = history, finishing, joining, linking
        self._library = library
        self.routes: list[Route] = [
            door.form("/works/{work}/restore", self._restore),
            door.form("/works/{work}/state", self._mark),
            door.form("/works/{work}/join", self._join),
            door.form("/works/{work}/part", self._part),
            door.form("/works/{work}/link", self._link),
            door.form("/works/{work}/unlink", self._unlink),
        ]

    async def _restore(self, visit: Visit) -> Response:
        await self._history.restore(visit.principal, visit.work, visit.form.get("reading", ""))
        return visit.to(f"works/{visit.work}", did="restored")

    async def _mark(self, visit: Visit) -> Response:
        said = visit.form.get("state", "")
        if said != AGAIN and said not in set(State):
            raise InvalidRequest("a work is being read, finished, put aside or begun again")
        await self._finishing.mark(visit.principal, visit.work, None if said == AGAIN else State(said))
        return visit.to(f"works/{visit.work}", did=said)

    async def _join(self, visit: Visit) -> Response:
        await self._joining.join(visit.principal, visit.work, visit.form.get("work", ""))
        return visit.to(f"works/{visit.work}/belongs", did="joined")

    async def _part(self, visit: Visit) -> Response:
        await self._joining.part(visit.principal, visit.work, visit.form.get("merge", ""))
        return visit.to(f"works/{visit.work}/belongs", did="parted")

    async def _link(self, visit: Visit) -> Response:
        publication = await self._library.publication(visit.principal, visit.form.get("publication", ""))
        await self._linking.link_publication(visit.principal, visit.work, publication)
        return visit.to(f"works/{visit.work}/belongs", did="linked")

    async def _unlink(self, visit: Visit) -> Response:
        form = visit.form
        await self._linking.unlink(visit.principal, visit.work, form.get("type", ""), form.get("value", ""))
        return visit.to(f"works/{visit.work}/belongs", did="unlinked")
