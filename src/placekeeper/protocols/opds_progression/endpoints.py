"""The one resource of the protocol over HTTP, in both dialects. Must not know what a place is, nor how readings are judged.

Nothing that may be sent is insisted on: Thorium always sends the exact Accept and Content-Type, others send none.
Source: https://drafts.opds.io/opds-progression-1.0
"""

import re
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from placekeeper.asking import body_of, client_of
from placekeeper.domain.account import Principal
from placekeeper.domain.account import Scope as CredentialScope
from placekeeper.domain.errors import PlacekeeperError, Unauthorized
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Effect, Outcome
from placekeeper.protocols.opds_progression import documents, predecessor
from placekeeper.protocols.opds_progression.dialect import Dialect, Said, order
from placekeeper.protocols.opds_progression.problems import ALLOWED, NotLater, TooLarge, WrongMethod, problem
from placekeeper.services.accounts import Accounts
from placekeeper.services.askers import Recent
from placekeeper.services.authentication_document import authentication_document, base_for, challenge
from placekeeper.services.authorization import authorized
from placekeeper.services.keeping import Kept
from placekeeper.services.progressing import Answer, Progressing, Report

PATH: Final = re.compile(r"/opds/v2/publications/([^/]+)/progression(/readium)?/?")
PRIVATE: Final = {"cache-control": "private, no-store", "vary": "accept, authorization"}
REMEMBERED: Final = 10_000
"""Clients of an earlier draft that are remembered."""
ANY_SCOPE: Final = frozenset(CredentialScope)


class OpdsProgression:
    """The ASGI application. `handles` says whether a path is one of its."""

    def __init__(self, accounts: Accounts, progressing: Progressing, *, body_bytes: int, public_url: str | None) -> None:
        """`body_bytes` caps documents. `public_url`: how apps reach the server; None: as they ask."""
        self._accounts, self._progressing = accounts, progressing
        self._body_bytes, self._public_url = body_bytes, public_url
        self._earlier: Recent[tuple[str, str, str], bool] = Recent(REMEMBERED)

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
            base = base_for(request.url.scheme, request.headers, self._public_url)
            answer = Response(authentication_document(base), 401, challenge(base))
        except PlacekeeperError as error:
            scope["error"] = error
            answer = problem(error)
        except Exception as error:  # noqa: BLE001 - a client must get problem details, whatever failed here
            scope["error"] = error
            answer = problem(PlacekeeperError())
        for name, value in PRIVATE.items():
            answer.headers[name] = value
        if request.method == "HEAD":
            answer.body = b""  # what it would be is told by its length
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ALLOWED:
            raise WrongMethod
        principal = await authorized(self._accounts, request.headers.get("authorization", ""), client_of(request), ANY_SCOPE)
        found = PATH.fullmatch(request.scope["path"])
        publication = await self._progressing.publication(principal, found[1] if found else "")
        if request.method == "PUT":
            return await self._put(request, principal, publication)
        return await self._get(request, principal, publication)

    async def _get(self, request: Request, principal: Principal, publication: Publication) -> Response:
        dialect = _dialect(request, "accept")
        place = await self._progressing.place(principal, publication, dialect.protocol, client_of(request))
        if place is None:
            return _response(dialect, b"", dialect.nothing_yet)
        return _response(dialect, self._written(dialect, place, request, principal), 200)

    async def _put(self, request: Request, principal: Principal, publication: Publication) -> Response:
        dialect = _dialect(request, "content-type")
        said = dialect.read(await body_of(request, self._body_bytes, "a document", TooLarge))
        self._earlier.keep(_client(request, principal), said.earlier)
        kept = await self._progressing.keep(principal, publication, _report(dialect, said), client_of(request))
        if _taken(kept) and kept.stored is not None:
            status = dialect.created if kept.reading.outcome is Outcome.FIRST else dialect.replaced
            return _response(dialect, kept.stored.report.place.value.encode(), status)
        place = await self._progressing.place(principal, publication, dialect.protocol, client_of(request))
        stored = self._written(dialect, place, request, principal) if place is not None else b""
        if stored and msgspec.json.decode(stored) == said.said:  # the document that we made of another protocol's place
            return _response(dialect, stored, dialect.replaced)
        raise NotLater

    def _written(self, dialect: Dialect, place: Answer, request: Request, principal: Principal) -> bytes:
        """The document as its client wrote it, else one that says the same in this dialect."""
        if place.own is not None:
            return place.own.report.place.value.encode()
        assert place.placed is not None, "a place is in words of its own, or it is worked out"  # noqa: S101
        earlier = self._earlier.get(_client(request, principal)) or False
        return msgspec.json.encode(dialect.made(place.head, place.placed, earlier=earlier))


def _taken(kept: Kept) -> bool:
    """Whether what was sent is what is stored now: as the place, as other words for it, or because it was stored before."""
    return kept.again or kept.reading.effect is Effect.HEAD or kept.reading.outcome is Outcome.ECHO


def _report(dialect: Dialect, said: Said) -> Report:
    return Report(
        protocol=dialect.protocol,
        place=said.place,
        progression=said.progression,
        device_id=said.device_id,
        device_name=said.device_name,
        observed_at=said.at.milliseconds,
        order=order(said),
    )


def _dialect(request: Request, header: str) -> Dialect:
    """The predecessor at its own path, or where a header asks for it and not for the dialect of today."""
    asked = request.headers.get(header, "").lower()
    own = PATH.fullmatch(request.scope["path"])
    if own is not None and own[2]:
        return predecessor.DIALECT
    named = predecessor.MEDIA_TYPE in asked and documents.MEDIA_TYPE not in asked
    return predecessor.DIALECT if named else documents.DIALECT


def _response(dialect: Dialect, body: bytes, status: int) -> Response:
    if status == 204:  # noqa: PLR2004 - it has no body, whatever there would be
        return Response(status_code=status)
    return Response(body, status, media_type=dialect.media_type)


def _client(request: Request, principal: Principal) -> tuple[str, str, str]:
    """Who asks, as well as a GET tells it."""
    return principal.account_id, principal.credential_id or client_of(request), request.headers.get("user-agent", "")[:255]
