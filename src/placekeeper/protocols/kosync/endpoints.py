"""The endpoints of KOSync as one plain ASGI callable: the hot path has no framework under it.

Every answer is exactly `application/json`: a charset breaks KOReader 2025.04 (koreader#13539). Users type the address with
or without `/kosync`, with or without a trailing slash, so that clients ask for `//users/auth`: all of it works.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import InvalidRequest, Outdated, PlacekeeperError, Unauthorized
from placekeeper.protocols.kosync import wire
from placekeeper.protocols.kosync.patience import Patience, Wait
from placekeeper.services.accounts import Accounts
from placekeeper.services.matching import Named
from placekeeper.services.pointing import Pointing
from placekeeper.services.readings import Place, Readings

T = TypeVar("T")

Scope_ = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOUNT = "/kosync"
PROGRESS = "/syncs/progress/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KosyncLimits:
    """`body_bytes`: KOReader's largest body has a few hundred. While a reading is being stored, its client hears an interim
    answer every `interim_seconds`, at most `interim_most` of them, if it is one that can bear it. After `doubt_seconds`
    it is looked whether the client is still there; after `late_seconds` of silence (KOReader bears 2) it is taken for gone.
    """

    body_bytes: int = 65_536
    interim_seconds: float = 1.0
    interim_most: int = 10
    doubt_seconds: float = 0.5
    late_seconds: float = 1.9


@dataclass(slots=True)
class Request:
    """What an endpoint needs of a request. `address` is the client's, `document` the decoded last segment if there is one."""

    scope: Scope_
    receive: Receive
    address: str
    document: str


Answered = tuple[int, bytes]
Endpoint = Callable[[Request], Awaitable[Answered]]


class Kosync:
    """The ASGI application. `handles` says whether a path is one of the protocol."""

    def __init__(self, accounts: Accounts, readings: Readings, pointing: Pointing, limits: KosyncLimits | None = None) -> None:
        """Nothing happens yet."""
        self._accounts, self._readings, self._pointing = accounts, readings, pointing
        self._limits = limits or KosyncLimits()
        self._patience = Patience(seconds=self._limits.interim_seconds, most=self._limits.interim_most)
        self._routes: dict[str, dict[str, Endpoint]] = {
            "/healthcheck": {"GET": self._healthcheck, "HEAD": self._healthcheck},
            "/users/create": {"POST": self._register},
            "/users/auth": {"GET": self._authorize},
            "/users/me": {"DELETE": self._delete},
            "/users/password": {"PUT": self._change_key},
            "/syncs/progress": {"PUT": self._push},
            PROGRESS: {"GET": self._pull},
        }

    def handles(self, path: str) -> bool:
        """Whether this path is the protocol's: under `/kosync`, or at the root where users leave that out."""
        if path.startswith((PROGRESS, MOUNT + "/")) or path in self._routes:
            return True
        path = _single(path)
        return path.startswith((PROGRESS, MOUNT + "/")) or path.rstrip("/") in self._routes

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        """Answer one request, errors in the dialect's own form."""
        headers = []
        try:
            endpoint, document = self._route(scope)
            client = scope.get("client")
            status, body = await endpoint(Request(scope, receive, client[0] if client else "", document))
        except wire.WrongMethod as error:
            status, body = wire.failure(error)
            headers.append((b"allow", str(error).encode()))
        except PlacekeeperError as error:
            status, body = wire.failure(error)
            scope["error"] = error
        except Exception as error:  # noqa: BLE001 - a client must get the dialect's own error, whatever failed here
            status, body = wire.failure(PlacekeeperError())
            scope["error"] = error
        headers += (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _route(self, scope: Scope_) -> tuple[Endpoint, str]:
        """The endpoint that a request is for, and the document in its path. Raises NoSuchPath, WrongMethod, TooLarge."""
        path, document = scope["path"], ""
        if path not in self._routes or path == PROGRESS:
            path, document = _tidy(path, scope.get("raw_path"))
        methods = self._routes.get(path)
        if methods is None:
            raise wire.NoSuchPath
        endpoint = methods.get(scope["method"])
        if endpoint is None:
            raise wire.WrongMethod(", ".join(methods))
        if scope.get("oversized"):
            raise wire.TooLarge
        return endpoint, document

    async def _healthcheck(self, _request: Request) -> Answered:
        return 200, b'{"state":"OK"}'

    async def _register(self, request: Request) -> Answered:
        name, key = wire.registration(await self._body(request))
        await self._accounts.register(name, key, request.address)
        return 201, wire.encode({"username": name})

    async def _authorize(self, request: Request) -> Answered:
        await self._principal(request)
        return 200, b'{"authorized":"OK"}'

    async def _delete(self, request: Request) -> Answered:
        name, key = _credentials(request)
        await self._accounts.delete(name, key, request.address)
        return 200, b'{"deleted":true}'

    async def _change_key(self, request: Request) -> Answered:
        name, key = _credentials(request)
        principal = await self._accounts.authenticate(name, key, request.address)
        await self._accounts.change_key(principal, wire.new_key(await self._body(request)), request.address)
        return 200, b'{"updated":true}'

    async def _push(self, request: Request) -> Answered:
        address = request.address
        with self._patience.wait(request.scope) as client:
            body = await self._body(request)  # at once: what has come stays, also when the client gives up from here on
            principal, kept = await self._as_principal(request, lambda who: self._pointing.push(who, wire.push(body), address))
            if await self._lost(client, request):
                with suppress(PlacekeeperError):  # the reading is kept: whatever becomes of the mark, the answer is yes
                    await self._readings.unanswered(principal, kept)
        return 200, wire.stored(kept)

    async def _lost(self, client: Wait, request: Request) -> bool:
        """Whether the client gave up before its answer came."""
        if client.waited < self._limits.doubt_seconds:
            return False
        return client.silence >= self._limits.late_seconds or await _gone(request.receive)

    async def _pull(self, request: Request) -> Answered:
        address = request.address

        def look(who: Principal) -> Awaitable[Place | None]:
            document = wire.checked_document(request.document)
            return self._pointing.place(who, document, _asked(request, document), address, wire.PROTOCOL)

        _principal, place = await self._as_principal(request, look)
        return 200, wire.answer(place)

    async def _as_principal(self, request: Request, use: Callable[[Principal], Awaitable[T]]) -> tuple[Principal, T]:
        """Do what authorises again itself, with the credentials as they are remembered, else as they are now."""
        try:
            principal = await self._principal(request, checked_later=True)
            return principal, await use(principal)
        except Outdated:
            principal = await self._principal(request)
            return principal, await use(principal)

    async def _principal(self, request: Request, *, checked_later: bool = False) -> Principal:
        name, key = _credentials(request)
        principal = await self._accounts.authenticate(name, key, request.address, checked_later=checked_later)
        if not principal.may(Scope.SYNC):
            raise Unauthorized
        return principal

    async def _body(self, request: Request) -> bytes:
        """The whole body, up to the limit."""
        body = bytearray()
        while True:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise InvalidRequest("the client went away")
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise wire.TooLarge
            if not message.get("more_body", False):
                return bytes(body)


def _credentials(request: Request) -> tuple[str, str]:
    """Name and key as they were sent; of a repeated header, the first. Raises Unauthorized when one is missing."""
    name = key = b""
    for header, value in request.scope["headers"]:
        if header == b"x-auth-user":
            name = name or value
        elif header == b"x-auth-key":
            key = key or value
    if not name or not key or b":" in name:
        raise Unauthorized
    return _decoded(name), _decoded(key)


def _decoded(value: bytes) -> str:
    """A header's value: UTF-8 where it is, else Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _asked(request: Request, document: str) -> tuple[Named, ...]:
    """The identifiers of a GET, none where it names none. An empty `ids=` is a broken list, not an absent one."""
    query = request.scope["query_string"]
    if not query:
        return ()
    try:
        parameters = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=32))
    except ValueError as error:
        raise InvalidRequest("too many parameters") from error
    ids = parameters.get("ids")
    return wire.asked_identifiers(ids, document) if ids is not None else ()


def _tidy(path: str, raw_path: bytes | None = None) -> tuple[str, str]:
    """The route of a path, and the document at its end: mount, doubled and trailing slashes taken away.

    The document is one segment of the path as it was sent, then percent-decoded: it may hold a slash of its own.
    """
    if raw_path is not None and b"%" in raw_path:
        path = raw_path.decode("latin-1")
    path = _single(path)
    if path.startswith(MOUNT + "/"):
        path = path[len(MOUNT) :]
    if path.startswith(PROGRESS):
        document = path[len(PROGRESS) :].removesuffix("/")
        if document and "/" not in document:
            return PROGRESS, unquote(document)
    return path.rstrip("/"), ""


def _single(path: str) -> str:
    """A path without doubled slashes."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


async def _gone(receive: Receive) -> bool:
    """Whether the client has closed the connection: after the body, nothing else can come."""
    try:
        message = await asyncio.wait_for(receive(), 0.001)
    except TimeoutError:
        return False
    return bool(message["type"] == "http.disconnect")
