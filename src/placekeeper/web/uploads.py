"""Books from the browser into the server's own folder: the form, and taking it in as it comes. Knows nothing of the disk."""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.formats.recognising import ENDINGS
from placekeeper.services.uploading import Uploading
from placekeeper.web.door import Door, Visit
from placekeeper.web.parts import Parts

ACCEPTED: Final = ",".join([*ENDINGS, ".zip"])
"""Endings that the browser offers; `.zip` for FictionBooks."""


class Uploads:
    """The page and its form."""

    def __init__(self, door: Door, uploading: Uploading, *, octets: int) -> None:
        """`octets` caps a form."""
        self._uploading, self._octets = uploading, octets
        self.routes: list[Route] = [
            door.page("/library/upload", self._page),
            door.upload("/library/upload", self._receive, octets=octets),
        ]

    async def _page(self, visit: Visit) -> Response:
        self._uploading.check(visit.principal)
        return visit.show("upload.html", outcomes=[], accept=ACCEPTED, octets=self._octets)

    async def _receive(self, visit: Visit, parts: Parts) -> Response:
        async with await self._uploading.begin(visit.principal, parts.announced) as upload:
            wanted = False
            while (event := await parts.next()) is not None:
                if isinstance(event, bytes):
                    if wanted:
                        await upload.write(event)
                    continue
                wanted = event.filename is not None
                if event.filename is not None:
                    await upload.begin(event.filename)
            outcomes = await upload.finish()
        if not any(each.why for each in outcomes):
            return visit.to("library/scan", did="uploaded")
        status = 200 if any(not each.why or each.publication for each in outcomes) else 400
        return visit.show("upload.html", status, outcomes=outcomes, accept=ACCEPTED, octets=self._octets)
