"""The report of the last scans and how far the present one is; and asking for one.

Everybody who sees the library sees how many files there are. Paths, and what is wrong with which file, are for admins.
"""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.account import Scope
from placekeeper.domain.errors import Forbidden
from placekeeper.services.library import Library
from placekeeper.web.door import Door, Visit
from placekeeper.web.shelves import shown

NAMED: Final = 50
"""Skipped files that the page names, and damaged ones; the API and `placekeeper scan` tell of a thousand."""
DONE: Final = {
    "uploaded": "Your books have arrived. They are in the library as soon as they are scanned.",
    "asked": "A scan has been asked for.",
}
"""What has been done, after a form."""


class Scans:
    """The page and its form."""

    def __init__(self, door: Door, library: Library) -> None:
        """Nothing happens yet."""
        self._library = library
        self.routes: list[Route] = [
            door.page("/library/scan", self._report),
            door.form("/library/scan", self._scan),
        ]

    async def _report(self, visit: Visit) -> Response:
        shown(visit)
        report = await self._library.report()
        return visit.show(
            "scan.html",
            report=report,
            skipped=[(each.path, each.why) for each in report.skipped[:NAMED]],
            damaged=[(path, why) for _folder, path, why in report.damaged[:NAMED]],
            progress=self._library.progress(),
            own=self._library.own,
            admin=visit.principal.may(Scope.ADMIN),
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _scan(self, visit: Visit) -> Response:
        shown(visit)
        if not visit.principal.may(Scope.ADMIN):
            raise Forbidden("only an admin asks for a scan")
        await self._library.request_scan()
        return visit.to("library/scan", did="asked")
