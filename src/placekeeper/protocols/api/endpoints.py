"""The door of `/api`: routes, signing in, bodies, entity tags, problems. What is asked for stands in the operations.

Sources: https://www.rfc-editor.org/rfc/rfc9457 (problems), https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final, cast

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from placekeeper.asking import body_of, client_of
from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import Forbidden, InvalidRequest, NotFound, Outdated, PlacekeeperError, Unauthorized
from placekeeper.protocols.api import openapi
from placekeeper.protocols.api.operations import PAGE, Asked, Operation, page_of
from placekeeper.protocols.api.wire import Answer, Problem
from placekeeper.services.accounts import Accounts

Visitor = Callable[[Request], Awaitable[Principal | None]]
CACHING: Final = "private, no-cache"
TRIES: Final = 3
"""How often somebody is recognised anew because the account's credentials have changed meanwhile."""
_ERRORS: tuple[tuple[type[PlacekeeperError], int, str], ...] = (
    (InvalidRequest, 400, "Invalid request"),
    (Unauthorized, 401, "Unauthorized"),
    (Forbidden, 403, "Forbidden"),
    (NotFound, 404, "Not found"),
    (PlacekeeperError, 503, "Unavailable"),
)


class Api:
    """The application, to be mounted at `/api`."""

    def __init__(self, accounts: Accounts, operations: Sequence[Operation], visitor: Visitor, *, body_bytes: int) -> None:
        """`visitor`: who asks with a browser's session. `body_bytes` caps request bodies."""
        self._accounts, self._visitor, self._body_bytes = accounts, visitor, body_bytes
        self._document = msgspec.json.encode(openapi.document(operations))
        paths = dict.fromkeys(operation.path for operation in operations)
        routes = [Route(path, _Endpoint(self, [each for each in operations if each.path == path])) for path in paths]
        self.app = Starlette(
            routes=[Route("/openapi.json", self._describe), *routes],
            exception_handlers={PlacekeeperError: _problem, HTTPException: _http_problem, Exception: _http_problem},
        )
        self.app.router.redirect_slashes = False  # a redirect is no problem detail, and names a host that the client chose

    async def answer(self, request: Request, operation: Operation) -> Response:
        """The answer to one request."""
        principal = await self._admitted(request, operation)
        before, limit = page_of(request.query_params) if operation.paged else (None, PAGE)
        body = await self._body(request, operation.body) if operation.body is not None else None
        asked = Asked(principal=principal, path=request.path_params, body=body, before=before, limit=limit)
        if operation.streamed:
            return _download(cast("AsyncIterator[bytes]", operation.call(asked)))
        for _ in range(TRIES):
            with suppress(Outdated):  # another token was revoked meanwhile, perhaps
                return _written(request, operation, await cast("Awaitable[Answer]", operation.call(asked)))
            asked = replace(asked, principal=await self._admitted(request, operation))
        return _written(request, operation, await cast("Awaitable[Answer]", operation.call(asked)))

    async def _describe(self, request: Request) -> Response:
        """The OpenAPI document, for everybody."""
        return _settled(request, Response(self._document, media_type=openapi.JSON))

    async def _admitted(self, request: Request, operation: Operation) -> Principal:
        """Who asks, if they may ask for that."""
        principal = await self._principal(request)
        if operation.library and not principal.library:
            raise Forbidden("this account does not see the library: an admin can let it in")
        return principal

    async def _principal(self, request: Request) -> Principal:
        """Who asks: a bearer token of the scope `account`, or a browser that has signed in and is no other site's tool."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        visitor = None if kind else await self._visitor(request)
        if visitor is not None:
            return visitor
        if kind.lower() != "bearer" or not token:
            raise Unauthorized("a bearer token is needed")
        address = client_of(request)
        principal = await self._accounts.authenticate_bearer(token.strip(), address)
        if not principal.may(Scope.ACCOUNT):
            raise Unauthorized("this token may not see the account")
        return principal

    async def _body(self, request: Request, type_: type[Answer]) -> Answer:
        body = await body_of(request, self._body_bytes)
        try:
            return msgspec.json.decode(body, type=type_)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise InvalidRequest(f"the body does not fit: {error}") from error


class _Endpoint:
    """All operations of one path, as an ASGI application: Starlette's routes of one path would answer 405 for each other."""

    def __init__(self, api: Api, operations: Sequence[Operation]) -> None:
        self._api, self._operations = api, {operation.method: operation for operation in operations}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        operation = self._operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            allowed = [*self._operations, *(["HEAD"] if "GET" in self._operations else [])]
            raise HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
        answer = await self._api.answer(request, operation)
        await answer(scope, receive, send)


def _written(request: Request, operation: Operation, answer: Answer) -> Response:
    written = Response(msgspec.json.encode(answer), operation.status, media_type=openapi.JSON)
    return _settled(request, written) if operation.method == "GET" else written


def _download(parts: AsyncIterator[bytes]) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="placekeeper.json"'}
    return StreamingResponse(parts, headers=headers, media_type=openapi.JSON)


def _settled(request: Request, answer: Response) -> Response:
    """An answer with its entity tag; without its body where the client has that already."""
    etag = f'"{blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known or known == ["*"]:
        answer = Response(None, 304)
    answer.headers.update({"etag": etag, "cache-control": CACHING})
    return answer


def _problem(request: Request, error: Exception) -> Response:
    """Problem details for one of our errors."""
    status, title = next((status, title) for kind, status, title in _ERRORS if isinstance(error, kind))
    request.scope["error"] = error
    headers = {"www-authenticate": 'Bearer realm="placekeeper"'} if status == 401 else {}  # noqa: PLR2004 - RFC 9110
    return Response(msgspec.json.encode(Problem(title, status, str(error))), status, headers, media_type=openapi.PROBLEM)


def _http_problem(_request: Request, error: Exception) -> Response:
    """Problem details for what the router itself refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "Internal error"
    detail = "Not found" if status == 404 else detail  # noqa: PLR2004 - RFC 9110
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return Response(msgspec.json.encode(Problem(detail, status, detail)), status, headers, media_type=openapi.PROBLEM)
