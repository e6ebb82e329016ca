"""The door of the pages: who is there, whether a form may be believed, and errors as pages in plain words.

Knows no page in particular: each is a handler that takes a `Visit`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import Forbidden, InvalidRequest, NotFound, Outdated, PlacekeeperError, Refused, Unauthorized
from placekeeper.domain.ports import Clock
from placekeeper.services.sessions import Sessions
from placekeeper.web.parts import Parts
from placekeeper.web.rendering import page, root_of
from placekeeper.web.session import SESSION, TOKEN, VISITOR, FormTokens, cookie_of, new_visitor, remember

FIELDS: Final = 40
"""Of a form: none has more."""
TRIES: Final = 3
"""How often somebody is recognised anew because the account's credentials have changed meanwhile."""
_INNER: Final = re.compile(r"[a-z][a-z0-9/-]{0,200}")
"""A page of ours below the root: no scheme, no host, no way out."""
_ERRORS: Final[tuple[tuple[type[PlacekeeperError], int, str], ...]] = (
    (InvalidRequest, 400, "That can't be done"),
    (Forbidden, 403, "That is not allowed"),
    (NotFound, 404, "Nothing here"),
    (Refused, 400, "That can't be done"),
    (PlacekeeperError, 503, "Not now"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a browser. `visitor`: who has signed in. `root`: the way to `/`. `form`: what was filled in.

    `library`: whether there is a library to see.
    """

    request: Request
    visitor: Principal | None
    root: str
    token: str
    now: int
    form: Mapping[str, str] = field(default_factory=dict)
    library: bool = False

    @property
    def principal(self) -> Principal:
        """Who has signed in. Raises Unauthorized."""
        if self.visitor is None:
            raise Unauthorized("sign in first")
        return self.visitor

    @property
    def address(self) -> str:
        """Where the browser is."""
        return self.request.client.host if self.request.client else ""

    @property
    def publication(self) -> str:
        """The id of the publication in the path."""
        return str(self.request.path_params["publication"])

    @property
    def work(self) -> str:
        """The id of the work in the path."""
        return str(self.request.path_params["work"])

    def asked(self, name: str) -> str:
        """A parameter of the address, or ""."""
        return self.request.query_params.get(name, "").strip()

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page."""
        name = self.visitor.account_name if self.visitor else ""
        here = self.request.scope["path"].removeprefix("/")
        common = {"root": self.root, "token": self.token, "now": self.now, "name": name, "here": here, "library": self.library}
        common["admin"] = self.visitor is not None and self.visitor.may(Scope.ADMIN)
        return page(template, common | context, status)

    def to(self, path: str = "", **query: str) -> Response:
        """Another page of ours, after a form."""
        return RedirectResponse(self.root + path + ("?" + urlencode(query) if query else ""), 303)


Handler = Callable[[Visit], Awaitable[Response]]
Receiver = Callable[[Visit, Parts], Awaitable[Response]]
"""Takes a form with files as it comes."""


class Door:
    """Makes endpoints of handlers."""

    def __init__(
        self, sessions: Sessions, tokens: FormTokens, clock: Clock, *, body_bytes: int, shows: Callable[[Principal], bool]
    ) -> None:
        """`body_bytes` caps forms. `shows`: whether there is a library to see for somebody."""
        self._sessions, self._tokens, self._clock, self._body_bytes = sessions, tokens, clock, body_bytes
        self._shows = shows

    def page(self, path: str, handler: Handler, *, public: bool = False) -> Route:
        """A page. `public`: also for who has not signed in."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, handler, public=public)

        return Route(path, endpoint, methods=["GET"])

    def form(self, path: str, handler: Handler, *, public: bool = False) -> Route:
        """What becomes of a form."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, handler, public=public)

        return Route(path, endpoint, methods=["POST"])

    def upload(self, path: str, receiver: Receiver, *, octets: int) -> Route:
        """What becomes of a form with files. Its token is its first field: nothing behind it is read before it is right."""

        async def endpoint(request: Request) -> Response:
            parts = Parts(request, octets)

            async def handler(visit: Visit) -> Response:
                return await receiver(visit, parts)

            return await self._answer(request, handler, parts=parts)

        return Route(path, endpoint, methods=["POST"])

    async def lost(self, request: Request, error: Exception) -> Response:
        """The answer where there is no page: one that says so, for browsers."""
        if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("Not Found", 404)

        async def handler(_visit: Visit) -> Response:
            raise NotFound("there is no such page") from error

        return await self._answer(request, handler, public=True)

    async def _answer(self, request: Request, handler: Handler, *, public: bool = False, parts: Parts | None = None) -> Response:
        visit, cookie = await self._visit(request)
        try:
            if visit.visitor is None and not public:
                raise Unauthorized("sign in first")
            if parts is not None:
                self._check(request, cookie, await parts.first(TOKEN))
            elif request.method == "POST":
                visit = await self._filled(visit, cookie)
            answer = await self._handled(visit, handler)
        except PlacekeeperError as error:
            request.scope["error"] = error
            answer = _refusal(visit, error)
        if visit.visitor is None and visit.root == "./" and cookie != cookie_of(request, VISITOR):
            remember(request, answer, VISITOR, cookie)
        return answer

    async def _handled(self, visit: Visit, handler: Handler) -> Response:
        for _ in range(TRIES):
            with suppress(Outdated):  # another of the account's credentials was revoked meanwhile, perhaps
                return await handler(visit)
            again, _cookie = await self._visit(visit.request)
            visit = replace(again, form=visit.form)
        raise Unauthorized("the account has changed: sign in again")

    async def _visit(self, request: Request) -> tuple[Visit, str]:
        """The visit, and the cookie that its forms' token belongs to."""
        session = cookie_of(request, SESSION)
        principal = await self._sessions.holder(session) if session else None
        cookie = session if principal else cookie_of(request, VISITOR) or new_visitor()
        path = request.scope["path"]
        token = self._tokens.token(cookie)
        library = principal is not None and self._shows(principal)
        visit = Visit(request=request, visitor=principal, root=root_of(path), token=token, now=self._clock(), library=library)
        return visit, cookie

    async def _filled(self, visit: Visit, cookie: str) -> Visit:
        """The visit with its form. Raises Forbidden where another site may have made it."""
        form = await self._form(visit.request)
        self._check(visit.request, cookie, form.get(TOKEN, ""))
        return replace(visit, form=form)

    def _check(self, request: Request, cookie: str, token: str) -> None:
        if not self._tokens.fits(request, cookie, token):
            raise Forbidden("this form is too old, or did not come from a page of this server: load the page again")

    async def _form(self, request: Request) -> dict[str, str]:
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise InvalidRequest("this is no form")
        body = bytearray()
        try:
            async for part in request.stream():
                body += part
                if len(body) > self._body_bytes:
                    raise InvalidRequest("the form is too large")
            return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS))
        except ClientDisconnect as error:
            raise InvalidRequest("the browser went away") from error
        except ValueError as error:
            raise InvalidRequest("this is no form") from error


def inner(path: str) -> str:
    """The path of a page of ours, as it may be gone to after signing in; "" for anything else."""
    return path if _INNER.fullmatch(path) else ""


def _refusal(visit: Visit, error: PlacekeeperError) -> Response:
    """What went wrong, as a page; on to the sign-in where that is what is missing."""
    if isinstance(error, Unauthorized):
        wanted = inner(visit.request.scope["path"].removeprefix("/")) if visit.request.method == "GET" else ""
        return visit.to("sign-in", **({"wanted": wanted} if wanted else {}))
    status, title = next((status, title) for kind, status, title in _ERRORS if isinstance(error, kind))
    return visit.show("error.html", status, title=title, problem=str(error))
