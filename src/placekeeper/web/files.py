"""Covers and downloads, for who has signed in. What comes from a library's file must not act as a page of this server."""

from collections.abc import Awaitable, Callable
from typing import BinaryIO, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import NotFound
from placekeeper.domain.publication import RECORDINGS
from placekeeper.services.library import Library
from placekeeper.web.door import Door, Visit

GUARDED: Final = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, max-age=2592000",
}
Send = Callable[[Request, BinaryIO, str, str], Awaitable[Response]]
"""Sends an open file, by its name and media type, and closes it."""


class Files:
    """The endpoints."""

    def __init__(self, door: Door, library: Library, send: Send) -> None:
        """Nothing happens yet."""
        self._library, self._send = library, send
        self.routes: list[Route] = [
            door.page("/covers/{publication}", self._cover),
            door.page("/files/{publication}", self._file),
        ]

    async def _cover(self, visit: Visit) -> Response:
        """A small cover. Its address has what changes with the file, so it may be kept."""
        publication = await self._library.publication(visit.principal, visit.request.path_params["publication"])
        size = "cover" if visit.asked("size") == "cover" else "thumbnail"
        image = await self._library.cover(publication, size)
        if image is None:
            raise NotFound("there is no cover")
        body, media_type = image
        return Response(body, 200, GUARDED, media_type=media_type)

    async def _file(self, visit: Visit) -> Response:
        """The file itself, to be kept and not to be shown. `track`: of a folder of recordings, one that the scan has found."""
        publication = await self._library.publication(visit.principal, visit.request.path_params["publication"])
        described, track = publication.described, visit.asked("track")
        link = next((each for each in described.reading_order if each.href == track), None) if track else None
        if track and (link is None or described.media_type != RECORDINGS):
            raise NotFound("there is no such recording")
        file = await self._library.opened(publication, track)
        name = track or publication.path.rpartition("/")[2]
        return await self._send(visit.request, file, name, link.media_type if link else described.media_type)
