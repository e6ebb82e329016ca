"""What belongs to a publication: its file, the recordings of an audiobook that is a folder, its cover. Knows no feed."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import NotFound, PlacekeeperError
from placekeeper.domain.publication import Publication
from placekeeper.protocols.opds.addresses import V2
from placekeeper.protocols.opds.conditions import settled
from placekeeper.protocols.opds.described import MANIFEST, filename, is_recordings
from placekeeper.protocols.opds.door import Door
from placekeeper.protocols.opds.downloads import GUARDED, download
from placekeeper.protocols.opds.feeds import Entry
from placekeeper.protocols.opds.json_dialect import JsonDialect
from placekeeper.services.library import Library
from placekeeper.services.recordings import needs_addresses
from placekeeper.services.shelf import Shelf

_SIZES: Final = ("cover", "thumbnail")


class Resources:
    """The endpoints. They are the same in both dialects, and speak OPDS 2.0 where something goes wrong."""

    def __init__(self, door: Door, library: Library, shelf: Shelf) -> None:
        """Nothing happens yet."""
        self._door, self._library, self._shelf = door, library, shelf
        one = V2 + "/publications/{id}"
        self.routes = [
            Route(one + "/file/{name:path}", self._file),
            Route(one + "/recordings/" + MANIFEST, self._manifest),
            Route(one + "/recordings/{name:path}", self._recording),
            *(Route(f"{one}/{size}", self._cover(size)) for size in _SIZES),
        ]

    async def _file(self, request: Request) -> Response:
        publication = await self._publication(request)
        file = await self._library.opened(publication)
        await self._acquired(request, publication)
        return await download(request, file, filename(publication), publication.described.media_type)

    async def _manifest(self, request: Request) -> Response:
        publication = await self._publication(request)
        if not is_recordings(publication):
            raise NotFound("this is no folder of recordings")
        await self._acquired(request, publication)
        whole = needs_addresses(request.headers.get("user-agent", ""))
        answer = settled(request, JsonDialect().manifest(Entry(publication), self._door.site(request, V2), whole=whole))
        answer.headers["vary"] = "user-agent"
        return answer

    async def _recording(self, request: Request) -> Response:
        """One of the files that the scan has found in the folder, and no other."""
        publication, name = await self._publication(request), request.path_params["name"]
        link = next((link for link in publication.described.reading_order if link.href == name), None)
        if link is None or not is_recordings(publication):
            raise NotFound("there is no such recording")
        file = await self._library.opened(replace(publication, path=f"{publication.path}/{name}".removeprefix("/")))
        return await download(request, file, name, link.media_type)

    def _cover(self, size: str) -> Callable[[Request], Awaitable[Response]]:
        async def handler(request: Request) -> Response:
            image = await self._library.cover(await self._publication(request), size)
            if image is None:
                raise NotFound("there is no cover")
            body, media_type = image
            headers = {**GUARDED, "cache-control": "private, max-age=86400"}
            return settled(request, Response(body, media_type=media_type, headers=headers))

        return handler

    async def _acquired(self, request: Request, publication: Publication) -> None:
        """Somebody has it now. Where that can't be noted, they get it all the same."""
        if request.method == "GET":
            with suppress(PlacekeeperError):
                await self._shelf.acquire(await self._door.principal(request), publication)

    async def _publication(self, request: Request) -> Publication:
        """The publication that the path names. Raises Unauthorized, NoLibrary, NotFound."""
        principal = await self._door.principal(request)
        return await self._library.publication(principal, request.path_params["id"])
