"""The catalogs over HTTP: who may come in, which path is which feed, and what is answered where something goes wrong.

Must not know what stands in a feed, nor how it is written. Paths: docs/protocols/opds.md.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import PlacekeeperError
from placekeeper.protocols.opds.addresses import Site
from placekeeper.protocols.opds.asked import asked, page_of
from placekeeper.protocols.opds.atom_dialect import AtomDialect, search_description
from placekeeper.protocols.opds.catalog import PATHS, Catalog
from placekeeper.protocols.opds.conditions import settled
from placekeeper.protocols.opds.door import Door
from placekeeper.protocols.opds.errors import Errors
from placekeeper.protocols.opds.feeds import Entry, Feed
from placekeeper.protocols.opds.json_dialect import JsonDialect
from placekeeper.protocols.opds.json_wire import FEED
from placekeeper.protocols.opds.resources import Resources
from placekeeper.services.accounts import Accounts
from placekeeper.services.authentication_document import PALACE, STANDARD, Variant, authentication_document
from placekeeper.services.library import Library
from placekeeper.services.shelf import Shelf

MOUNT: Final = "/opds"
Handler = Callable[[Request], Awaitable[Response]]


class Dialect(Protocol):
    """How feeds are written."""

    root: str

    def feed(self, feed: Feed, site: Site) -> Response:
        """A feed, as an answer."""

    def publication(self, entry: Entry, site: Site) -> Response:
        """One publication, as an answer."""


class Opds:
    """The ASGI application. `handles` says whether a path is one of its."""

    def __init__(self, accounts: Accounts, library: Library, shelf: Shelf, *, public_url: str | None) -> None:
        """`public_url`: how apps reach the server; None: as they ask."""
        self._door = Door(accounts, library, public_url)
        self._catalog = Catalog(library, shelf)
        self._json, self._atom = JsonDialect(), AtomDialect()
        errors = Errors(public_url)
        self._app = Starlette(
            routes=[
                *(Route(variant.path, self._authentication(variant)) for variant in (STANDARD, PALACE)),
                Route(MOUNT, self._either),
                *self._feeds(self._json),
                *self._feeds(self._atom),
                Route(self._atom.root + "/opensearch.xml", self._description),
                *Resources(self._door, library, shelf).routes,
            ],
            exception_handlers={PlacekeeperError: errors.ours, HTTPException: errors.others, Exception: errors.others},
        )
        self._app.router.redirect_slashes = False  # a redirect names a host that the client chose

    def handles(self, path: str) -> bool:
        """Whether this path belongs to the catalogs."""
        return _tidy(path) == MOUNT or _tidy(path).startswith(MOUNT + "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. People type addresses with a slash too many: it does no harm."""
        await self._app({**scope, "path": _tidy(scope["path"])}, receive, send)

    def _feeds(self, dialect: Dialect) -> list[Route]:
        """The feeds in one dialect."""
        catalog, root = self._catalog, dialect.root
        listing = self._feed(dialect, lambda who, request: catalog.listing(who, asked(request.query_params)))
        return [
            Route(root, self._feed(dialect, lambda who, _request: catalog.root(who))),
            Route(root + "/publications", listing),
            Route(root + "/search", listing),
            Route(root + "/publications/{id}", self._publication(dialect)),
            *(Route(root + path, self._groups(dialect, by)) for by, path in PATHS.items()),
            Route(root + "/reading", self._read(dialect, finished=False)),
            Route(root + "/finished", self._read(dialect, finished=True)),
            Route(root + "/loans", self._feed(dialect, lambda who, _request: catalog.loans(who))),
        ]

    def _feed(self, dialect: Dialect, make: Callable[[Principal, Request], Awaitable[Feed]]) -> Handler:
        """The handler of a feed."""

        async def handler(request: Request) -> Response:
            principal = await self._door.principal(request)
            feed = await make(principal, request)
            written = await asyncio.to_thread(dialect.feed, feed, self._door.site(request, dialect.root))
            return settled(request, written)

        return handler

    def _groups(self, dialect: Dialect, by: str) -> Handler:
        return self._feed(dialect, lambda who, request: self._catalog.groups(who, by, page_of(request.query_params)))

    def _read(self, dialect: Dialect, *, finished: bool) -> Handler:
        def make(who: Principal, request: Request) -> Awaitable[Feed]:
            return self._catalog.read(who, finished=finished, page=page_of(request.query_params))

        return self._feed(dialect, make)

    def _publication(self, dialect: Dialect) -> Handler:
        async def handler(request: Request) -> Response:
            principal = await self._door.principal(request)
            entry = await self._catalog.entry(principal, request.path_params["id"])
            return settled(request, dialect.publication(entry, self._door.site(request, dialect.root)))

        return handler

    async def _either(self, request: Request) -> Response:
        """The root for who knows only the server: OPDS 2.0 where the client says that it reads it, else 1.2."""
        dialect: Dialect = self._json if FEED in request.headers.get("accept", "") else self._atom
        answer = await self._feed(dialect, lambda who, _request: self._catalog.root(who))(request)
        answer.headers["vary"] = "accept"
        return answer

    async def _description(self, request: Request) -> Response:
        await self._door.principal(request)
        return settled(request, search_description(self._door.site(request, self._atom.root)))

    def _authentication(self, variant: Variant) -> Handler:
        """How to sign in: for everybody, and as apps keep asking for it, cheaply."""

        async def handler(request: Request) -> Response:
            body = authentication_document(self._door.base(request), variant)
            return Response(body, media_type=variant.media_type, headers={"cache-control": "no-cache"})

        return handler


def _tidy(path: str) -> str:
    """A path without doubled slashes and without one at its end."""
    while "//" in path:
        path = path.replace("//", "/")
    return path.rstrip("/")
