"""The patron's profile and the token for a password, as Palace's apps ask for them; and what iOS needs to be told of this server.

Must not know annotations. Source: https://github.com/NYPL-Simplified/Simplified/wiki/User-Profile-Management-Protocol
"""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from placekeeper.asking import body_of, client_of
from placekeeper.domain.account import Principal
from placekeeper.domain.account import Scope as CredentialScope
from placekeeper.domain.errors import InvalidRequest, PlacekeeperError, Unauthorized
from placekeeper.protocols.annotations.faults import WrongMethod, WrongType
from placekeeper.protocols.annotations.problems import problem, unauthorized
from placekeeper.services.access import SECONDS
from placekeeper.services.accounts import Accounts
from placekeeper.services.annotation_service import MEDIA_TYPE, PATH, RELATION
from placekeeper.services.authentication_document import PALACE, PROFILE, PROFILE_TYPE, REALM, TOKEN, base_for
from placekeeper.services.authorization import authorized
from placekeeper.services.bookmarking import Bookmarks

REGISTRY: Final = "/libraries/qa"
"""Palace's app for iOS asks a server that is typed in its developer settings there, which catalogs it has."""
SYNCHRONIZE: Final = "simplified:synchronize_annotations"
BODY_BYTES: Final = 16_384
"""Of a profile: it has one setting."""
_UPDATED: Final = "2026-11-26T00:00:00Z"
ANY_SCOPE: Final = frozenset(CredentialScope)


class Profiles:
    """The ASGI application. `handles` says whether a path is one of its."""

    def __init__(self, accounts: Accounts, bookmarks: Bookmarks, *, public_url: str | None) -> None:
        """`public_url`: how apps reach the server; None: as they ask."""
        self._accounts, self._bookmarks, self._public_url = accounts, bookmarks, public_url
        self._paths = {PROFILE: self._profile, TOKEN: self._token, REGISTRY: self._registry}

    def handles(self, path: str) -> bool:
        """Whether this path is one of these."""
        return path.rstrip("/") in self._paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._paths[scope["path"].rstrip("/")](request)
        except Unauthorized as error:
            scope["error"] = error
            answer = unauthorized(request, error, self._base(request))
        except PlacekeeperError as error:
            scope["error"] = error
            answer = problem(error)
        except Exception as error:  # noqa: BLE001 - an app must get a problem document, whatever failed here
            scope["error"] = error
            answer = problem(PlacekeeperError())
        answer.headers.setdefault("cache-control", "no-store")
        if request.method == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)

    async def _profile(self, request: Request) -> Response:
        _allow(request, "GET", "HEAD", "PUT")
        principal = await self._principal(request)
        if request.method == "PUT":
            return await self._change(request, principal)
        wanted = await self._bookmarks.synchronized(principal)
        address = self._base(request) + PATH
        said = {
            "simplified:authorization_identifier": principal.account_name,
            "settings": {SYNCHRONIZE: wanted},
            "links": [{"rel": RELATION, "type": MEDIA_TYPE, "href": address}],
        }
        answer = Response(msgspec.json.encode(said))
        answer.headers["content-type"] = PROFILE_TYPE
        return answer

    async def _change(self, request: Request, principal: Principal) -> Response:
        """One setting can be written. False hides annotations from the apps, and deletes nothing."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in {PROFILE_TYPE, f"application/{PROFILE_TYPE}"}:
            raise WrongType(f"Expected {PROFILE_TYPE}")
        body = await body_of(request, BODY_BYTES, "a profile")
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise InvalidRequest("Submitted profile document was not valid JSON.") from error
        if not isinstance(said, dict) or not isinstance(said.get("settings") or {}, dict):
            raise InvalidRequest("Submitted profile document was not a JSON object.")
        settings: dict[str, Any] = said.get("settings") or {}
        for name in settings:
            if name != SYNCHRONIZE:
                raise InvalidRequest(f'"{name[:80]}" is not a writable setting.')
        wanted = settings.get(SYNCHRONIZE)
        if SYNCHRONIZE in settings and not isinstance(wanted, bool):
            raise InvalidRequest(f"{SYNCHRONIZE} is true or false.")
        if isinstance(wanted, bool):
            await self._bookmarks.synchronize(principal, wanted=wanted)
        return Response(body, media_type="text/plain")

    async def _token(self, request: Request) -> Response:
        """A token for Basic. Exactly these members: Android's app takes no others."""
        _allow(request, "POST")
        principal = await self._principal(request)
        token = await self._accounts.access_token(principal)
        said = {"accessToken": token, "tokenType": "Bearer", "expiresIn": SECONDS}
        return Response(msgspec.json.encode(said), media_type="application/json")

    async def _registry(self, request: Request) -> Response:
        """The one catalog that there is, for everybody."""
        _allow(request, "GET", "HEAD")
        base = self._base(request)
        path, media_type = PALACE.start
        catalog = {
            "metadata": {"id": base + path, "title": REALM, "updated": _UPDATED},
            "links": [
                {"rel": "http://opds-spec.org/catalog", "href": base + path, "type": media_type},
                {"href": base + PALACE.path, "type": PALACE.media_type},
            ],
        }
        said = {"metadata": {"title": REALM}, "links": [], "catalogs": [catalog]}
        return Response(msgspec.json.encode(said), media_type="application/opds+json", headers={"cache-control": "no-cache"})

    async def _principal(self, request: Request) -> Principal:
        return await authorized(self._accounts, request.headers.get("authorization", ""), client_of(request), ANY_SCOPE)

    def _base(self, request: Request) -> str:
        return base_for(request.url.scheme, request.headers, self._public_url)


def _allow(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise WrongMethod(methods)
