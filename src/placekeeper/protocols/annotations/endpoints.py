"""Bookmarks and reading positions over HTTP, at `/annotations/` and below each catalog, as Library Simplified has them.

Must not know what a place is, nor how readings are judged. Nothing is cached, and everything is in one page. The media type that
apps send is not looked at: Android says one, iOS another. Source: https://www.w3.org/TR/annotation-protocol/
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from placekeeper.asking import body_of, client_of
from placekeeper.domain.account import Principal
from placekeeper.domain.account import Scope as CredentialScope
from placekeeper.domain.annotation import Annotation
from placekeeper.domain.errors import NotFound, PlacekeeperError, Unauthorized
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Kind
from placekeeper.protocols.annotations import items, pages
from placekeeper.protocols.annotations.apps import app_of, device_of, sender_of
from placekeeper.protocols.annotations.bookmarks import IDLING, TIME, Bookmark, read
from placekeeper.protocols.annotations.faults import Malformed, TooLarge, WrongMethod
from placekeeper.protocols.annotations.identifiers import source_of
from placekeeper.protocols.annotations.items import Asker
from placekeeper.protocols.annotations.jsonld import annotation
from placekeeper.protocols.annotations.problems import problem, unauthorized
from placekeeper.protocols.annotations.times import unix
from placekeeper.services.accounts import Accounts
from placekeeper.services.authentication_document import base_for
from placekeeper.services.authorization import authorized
from placekeeper.services.bookmarking import Bookmarked, Bookmarks
from placekeeper.services.idling import Idling, Idlings, Said
from placekeeper.services.keeping import Order

BASES: Final = ("", "/opds", "/opds/v1.2", "/opds/v2")
"""Palace's app for iOS adds `annotations/` to whatever the address of its catalog is."""
PATH: Final = re.compile(rf"({'|'.join(BASES)})/annotations(?:/(.*))?", re.DOTALL)
BODY_BYTES: Final = 65_536
"""Of an annotation. The longest seen has four thousand; JSON-LD can make twice as much of one."""
NO_DEVICE: Final = frozenset({"", "null"})
ANY_SCOPE: Final = frozenset(CredentialScope)
MANY: Final = 100
"""Items of a list that take some milliseconds to make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, by whom, with which app, and where its list is."""

    request: Request
    principal: Principal
    asker: Asker
    list: str


class Annotations:
    """The ASGI application. `handles` says whether a path is one of its."""

    def __init__(self, accounts: Accounts, idlings: Idlings, bookmarks: Bookmarks, *, public_url: str | None) -> None:
        """`public_url`: how apps reach the server; None: as they ask."""
        self._accounts, self._idlings, self._bookmarks, self._public_url = accounts, idlings, bookmarks, public_url

    def handles(self, path: str) -> bool:
        """Whether this path is the protocol's."""
        return PATH.fullmatch(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Unauthorized as error:
            scope["error"] = error
            answer = unauthorized(request, error, base_for(request.url.scheme, request.headers, self._public_url))
        except PlacekeeperError as error:
            scope["error"] = error
            answer = problem(error)
        except Exception as error:  # noqa: BLE001 - an app must get a problem document, whatever failed here
            scope["error"] = error
            answer = problem(PlacekeeperError())
        answer.headers["cache-control"] = pages.UNCACHED
        if request.method == "HEAD":
            answer.body = b""  # what it would be is told by its length
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        found = PATH.fullmatch(request.scope["path"])
        base, rest = (found[1], found[2] or "") if found else ("", "")
        handlers = self._handlers(rest)
        if request.method == "OPTIONS":
            return pages.options(tuple(handlers))
        if request.method not in handlers:
            raise WrongMethod(tuple(handlers))
        authorization = request.headers.get("authorization", "")
        principal = await authorized(self._accounts, authorization, client_of(request), ANY_SCOPE)
        server = base_for(request.url.scheme, request.headers, self._public_url)
        app, sender = app_of(request.headers.get("user-agent", "")), sender_of(authorization, client_of(request))
        asker = Asker(app=app, sender=sender, base=server)
        asked = Asked(request=request, principal=principal, asker=asker, list=f"{server}{base}/annotations/")
        return await handlers[request.method](asked, rest)

    def _handlers(self, rest: str) -> dict[str, Callable[[Asked, str], Awaitable[Response]]]:
        """What may be asked of a path below the list, and who answers; OPTIONS is answered before."""
        if not rest:
            return dict(zip(pages.LIST_METHODS, (self._list, self._list, self._list, self._post), strict=True))
        if "/" in rest:
            return dict(zip(pages.WORK_METHODS, (self._of_work,) * 3, strict=True))
        return dict(zip(pages.ITEM_METHODS, (self._detail, self._detail, self._detail, self._delete), strict=True))

    async def _list(self, asked: Asked, _rest: str) -> Response:
        if await self._bookmarks.synchronized(asked.principal) is False:
            return pages.listed(asked.list, [], None, pages.LIST_METHODS)
        places = await self._idlings.all(asked.principal)
        marks = await self._bookmarks.all(asked.principal)
        return await self._listed(asked, asked.list, places, marks, pages.LIST_METHODS)

    async def _of_work(self, asked: Asked, rest: str) -> Response:
        source, address = source_of(rest), asked.list + quote(rest, safe="/:")
        if await self._bookmarks.synchronized(asked.principal) is False:
            return pages.listed(address, [], None, pages.WORK_METHODS)
        place = await self._idlings.of(asked.principal, source)
        marks = await self._bookmarks.all(asked.principal, source)
        places = [place] if place is not None and not place.hidden else []
        return await self._listed(asked, address, places, marks, pages.WORK_METHODS)

    async def _listed(
        self, asked: Asked, address: str, places: list[Idling], marks: list[Annotation], methods: tuple[str, ...]
    ) -> Response:
        """Places and bookmarks as one list, made beside the event loop where there are many: nobody else waits for it."""
        kinds = await self._idlings.kinds(asked.principal, {mark.source for mark in marks})
        listed = partial(_listed, asked, address, places, marks, methods, kinds)
        return listed() if len(marks) + len(places) < MANY else await asyncio.to_thread(listed)

    async def _post(self, asked: Asked, _rest: str) -> Response:
        said = read(annotation(await _decoded(asked.request)))
        if said.motivation != IDLING:
            kept = await self._bookmarks.keep(asked.principal, _bookmarked(said, asked.asker))
            return pages.single(items.of_bookmark(kept, asked.list + kept.id, asked.asker), pages.LIST_METHODS)
        await self._idlings.keep(asked.principal, _said(said, asked), client_of(asked.request))
        place = await self._idlings.of(asked.principal, said.source)
        if place is None:
            raise NotFound("the account has no place there any more")
        return pages.single(items.of_place(place, asked.list + place.id, asked.asker), pages.LIST_METHODS)

    async def _detail(self, asked: Asked, rest: str) -> Response:
        if rest.startswith("place-"):
            place = await self._idlings.with_id(asked.principal, rest)
            return pages.single(items.of_place(place, asked.list + rest, asked.asker), pages.ITEM_METHODS)
        found = await self._bookmarks.one(asked.principal, rest)
        return pages.single(items.of_bookmark(found, asked.list + rest, asked.asker), pages.ITEM_METHODS)

    async def _delete(self, asked: Asked, rest: str) -> Response:
        if rest.startswith("place-"):
            await self._idlings.hide(asked.principal, await self._idlings.with_id(asked.principal, rest))
        else:
            await self._bookmarks.delete(asked.principal, rest)
        return Response(status_code=200)


def _listed(
    asked: Asked, address: str, places: list[Idling], marks: list[Annotation], methods: tuple[str, ...], kinds: Mapping[str, Kind]
) -> Response:
    """Places and bookmarks as one list, the one changed last first: iOS takes the first place of a book that it meets."""
    places = [place for place in places if items.is_told(place)]
    told = [(place.head.id, items.of_place(place, asked.list + place.id, asked.asker)) for place in places]
    told += [
        (mark.change, items.of_bookmark(mark, asked.list + mark.id, asked.asker))
        for mark in marks
        if items.is_listed(mark, kinds.get(mark.source))
    ]
    told.sort(key=lambda row: row[0], reverse=True)
    times = [place.head.report.received_at for place in places] + [mark.changed_at for mark in marks]
    return pages.listed(address, [each for _when, each in told], max(times, default=None), methods)


def _bookmarked(said: Bookmark, asker: Asker) -> Bookmarked:
    return Bookmarked(
        source=said.source,
        motivation=said.motivation,
        place=said.canonical,
        content=items.content(said, asker),
        said_at=said.time_ms,
    )


def _said(said: Bookmark, asked: Asked) -> Said:
    def order(stored: NotedPlace) -> Order:
        """Two places of one second come in the order in which they were sent: Android's app says no more of the time."""
        if stored.notation is not Notation.SIMPLIFIED:
            return Order.UNKNOWN
        before = json.loads(stored.value)
        if (before["selector"], before["body"]) == (said.selector_value, dict(said.body)):
            return Order.AGAIN
        at = unix(str(before["body"].get(TIME)))
        return Order.LATER if at is None or said.time_ms >= at else Order.NOT_LATER

    place = NotedPlace(Notation.SIMPLIFIED, items.content(said, asked.asker))
    authorization = asked.request.headers.get("authorization", "")
    device_id = said.device if said.device not in NO_DEVICE else device_of(authorization)
    return Said(
        source=said.source,
        place=place,
        device_name=asked.asker.app,
        device_id=device_id,
        observed_at=said.time_ms,
        order=order,
    )


async def _decoded(request: Request) -> Any:
    """The body as JSON. Raises Malformed, TooLarge."""
    body = await body_of(request, BODY_BYTES, "an annotation", TooLarge)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the annotation is no JSON: {error}") from error
