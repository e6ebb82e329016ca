"""Annotations of every kind over HTTP, at `/annotations/w3c/`.

Must not know what a place is. The media type that apps send is not looked at, and neither is `Slug`.
Source: https://www.w3.org/TR/annotation-protocol/
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from placekeeper.asking import body_of, client_of
from placekeeper.domain.account import Principal
from placekeeper.domain.account import Scope as CredentialScope
from placekeeper.domain.annotation import Annotation
from placekeeper.domain.errors import InvalidRequest, NotFound, PlacekeeperError, Unauthorized
from placekeeper.domain.publication import URN
from placekeeper.protocols.web_annotations import answers, containers, selectors
from placekeeper.protocols.web_annotations.documents import PATH, address_of, created, revised, served
from placekeeper.protocols.web_annotations.faults import TooLarge, WrongMethod
from placekeeper.protocols.web_annotations.problems import problem, unauthorized
from placekeeper.services.accounts import Accounts
from placekeeper.services.anchoring import Anchoring
from placekeeper.services.annotating import Annotating
from placekeeper.services.authentication_document import base_for
from placekeeper.services.authorization import authorized

PATHS: Final = re.compile(rf"{PATH[:-1]}(?:/(.*))?", re.DOTALL)
CHANGES: Final = "changes"
BODY_BYTES: Final = 262_144
"""Of an annotation. A note of fifty pages fits; a picture does not, which has an address of its own."""
MOST_CHANGES: Final = 200
"""Changes of one answer: of the largest annotations, 50 MB."""
_PAGE: Final = re.compile(r"[0-9]{1,9}")
ANY_SCOPE: Final = frozenset(CredentialScope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, by whom, and how that reaches the server (`https://host`)."""

    request: Request
    principal: Principal
    base: str


Handlers = dict[str, Callable[[Asked, str], Awaitable[Response]]]


class WebAnnotations:
    """The ASGI application. `handles` says whether a path is one of its."""

    def __init__(self, accounts: Accounts, annotating: Annotating, anchoring: Anchoring, *, public_url: str | None) -> None:
        """`public_url`: how apps reach the server; None: as they ask."""
        self._accounts, self._annotating, self._anchoring = accounts, annotating, anchoring
        self._public_url = public_url

    def handles(self, path: str) -> bool:
        """Whether this path is the protocol's."""
        return PATHS.fullmatch(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Unauthorized as error:
            scope["error"] = error
            answer = unauthorized(request, base_for(request.url.scheme, request.headers, self._public_url))
        except PlacekeeperError as error:
            scope["error"] = error
            answer = problem(error)
        except Exception as error:  # noqa: BLE001 - an app must get a problem document, whatever failed here
            scope["error"] = error
            answer = problem(PlacekeeperError())
        answer.headers.setdefault("cache-control", answers.REVALIDATED)
        if request.method == "HEAD":
            answer.body = b""  # what it would be is told by its length
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        found = PATHS.fullmatch(request.scope["path"])
        rest = (found[1] or "") if found else ""
        handlers = self._handlers(rest)
        if request.method == "OPTIONS":
            return answers.described(Response(status_code=200), tuple(handlers))
        if request.method not in handlers:
            raise WrongMethod(tuple(handlers))
        address = client_of(request)
        principal = await authorized(self._accounts, request.headers.get("authorization", ""), address, ANY_SCOPE)
        base = base_for(request.url.scheme, request.headers, self._public_url)
        return await handlers[request.method](Asked(request=request, principal=principal, base=base), rest)

    def _handlers(self, rest: str) -> Handlers:
        """What may be asked of a path below the list, and who answers; OPTIONS is answered before."""
        if not rest:
            return dict(zip(answers.CONTAINER_METHODS, (self._list, self._list, self._list, self._post), strict=True))
        if rest == CHANGES:
            return dict(zip(answers.CHANGES_METHODS, (self._changes,) * 3, strict=True))
        one = (self._one, self._one, self._one, self._put, self._delete)
        return dict(zip(answers.ITEM_METHODS, one, strict=True))

    async def _list(self, asked: Asked, _rest: str) -> Response:
        query, said = asked.request.query_params, containers.preferred(", ".join(asked.request.headers.getlist("prefer")))
        iris = query.get("iris", "") == "1" or containers.IRIS in said
        view = containers.View(base=asked.base, minimal=containers.MINIMAL in said, iris=iris, source=query.get("target"))
        number = _number(query.get("page", "0"), "page")
        size, after = containers.PAGE_SIZE, query.get("after", "") if number else ""
        found = await self._annotating.page(asked.principal, view.source, after=after, offset=number * size, limit=size)
        if number and not found.annotations:
            raise NotFound(f"page: there is no page {number}")
        if "page" in query:
            body, address = containers.page(view, number, found), view.address(page=str(number))
        else:
            body, address = containers.collection(view, found), view.address()
        answer = answers.of_container(body, asked.request.headers, address)
        if said:
            answer.headers["preference-applied"] = "return=representation"
        return answer

    async def _post(self, asked: Asked, _rest: str) -> Response:
        made = await self._annotating.create(
            asked.principal,
            created(await body_of(asked.request, BODY_BYTES, "an annotation", TooLarge)),
        )
        answer = _item(asked, made, {})
        answer.status_code = 201
        answer.headers["location"] = address_of(made, asked.base)
        return answer

    async def _one(self, asked: Asked, rest: str) -> Response:
        found = await self._annotating.one(asked.principal, rest)
        source = asked.request.query_params.get("source")
        return _item(asked, found, asked.request.headers) if source is None else await self._in_book(asked, found, source)

    async def _in_book(self, asked: Asked, found: Annotation, source: str) -> Response:
        """An annotation as it stands in a publication of the library."""
        if not source.startswith(URN):
            raise InvalidRequest(f"source: it must be a publication as the catalogs name it, {URN} and its id")
        said = selectors.marked(found)
        passages = await self._anchoring.anchored(asked.principal, [each for _, each in said], source.removeprefix(URN))
        there = [(target, one) for (target, _), one in zip(said, passages, strict=True) if not isinstance(one, str)]
        if not there:
            raise NotFound("; ".join(dict.fromkeys(map(str, passages))) or "no target has a selector that says a place")
        body = selectors.anchored(found, address_of(found, asked.base), source, there)
        return answers.of_item(body, answers.digest(body), asked.request.headers)

    async def _put(self, asked: Asked, rest: str) -> Response:
        body, expected = (
            await body_of(asked.request, BODY_BYTES, "an annotation", TooLarge),
            _expected(asked.request),
        )
        return _item(asked, await self._annotating.change(asked.principal, rest, expected, lambda old: revised(body, old)), {})

    async def _delete(self, asked: Asked, rest: str) -> Response:
        await self._annotating.delete(asked.principal, rest, _expected(asked.request))
        return Response(status_code=204)

    async def _changes(self, asked: Asked, _rest: str) -> Response:
        query = asked.request.query_params
        limit = min(MOST_CHANGES, _number(query.get("limit", str(MOST_CHANGES)), "limit"))
        if not limit:
            raise InvalidRequest("limit: it must be at least 1")
        found = await self._annotating.changes(asked.principal, query.get("since", ""), limit)
        changes = [_change(each, asked.base) for each in found.annotations]
        return answers.of_changes(msgspec.json.encode({"changes": changes, "next": found.next, "more": found.more}))


def _item(asked: Asked, found: Annotation, headers: Any) -> Response:
    return answers.of_item(served(found, asked.base), answers.etag_of(found.change), headers)


def _change(found: Annotation, base: str) -> dict[str, Any]:
    deleted = found.deleted_at is not None
    said = None if deleted else msgspec.Raw(served(found, base))
    return {"id": address_of(found, base), "change": found.change, "deleted": deleted, "annotation": said}


def _expected(request: Request) -> Callable[[Annotation], bool]:
    wanted = request.headers.get("if-match")
    return lambda found: answers.matches(wanted, answers.etag_of(found.change))


def _number(said: str, name: str) -> int:
    if not _PAGE.fullmatch(said):
        raise InvalidRequest(f"{name}: it must be a whole number from 0")
    return int(said)
