"""Cookies and form tokens: how a browser shows who it is, and that a form came from a page of this server.

The session's cookie is read by no script and sent by no other site's form. A browser that has not signed in has a cookie of its
own, so that its forms have a token too. Both live in the folder of the page that sets them, which is the root.
Source: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hmac
import secrets
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from placekeeper.domain.account import Principal
from placekeeper.services.sessions import Sessions

SESSION: Final = "placekeeper"
VISITOR: Final = "placekeeper-visitor"
TOKEN: Final = "token"  # noqa: S105 - a name, no secret
"""The field of a form that holds its token."""
HEADER: Final = "x-csrf-token"
"""Where programs put it."""
_LONGEST: Final = 256


class FormTokens:
    """Makes the tokens of forms and checks them."""

    def __init__(self, secret: bytes, public_url: str | None) -> None:
        """`secret`: the server's."""
        self._key = blake2b(b"forms of pages", key=secret, digest_size=32).digest()
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url)) if public_url else ""

    def token(self, cookie: str) -> str:
        """The token of all forms that a browser with this cookie is shown."""
        return blake2b(cookie.encode(), key=self._key, digest_size=16).hexdigest()

    def fits(self, request: Request, cookie: str, said: str) -> bool:
        """Whether a form may be believed: it has its browser's token, and did not come from another site."""
        right = bool(cookie) and hmac.compare_digest(self.token(cookie).encode(), said.encode())
        return right and self._is_ours(request)

    def _is_ours(self, request: Request) -> bool:
        """What the browser itself says of where the form was. Old ones say nothing."""
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = request.headers.get("origin")
        return origin is None or origin == self._origin or _host(origin) == request.headers.get("host")


class Scripts:
    """A browser's session where a program asks, and no form: believed with the token of its forms in a header."""

    def __init__(self, sessions: Sessions, tokens: FormTokens) -> None:
        """Nothing happens yet."""
        self._sessions, self._tokens = sessions, tokens

    async def visitor(self, request: Request) -> Principal | None:
        """Who has signed in; None where nobody has, or another site may ask."""
        session = cookie_of(request, SESSION)
        if not session or not self._tokens.fits(request, session, request.headers.get(HEADER, "")):
            return None
        return await self._sessions.holder(session)


def _host(origin: str) -> str:
    """The host and port of an origin; "" where it is none, which is nobody's."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def cookie_of(request: Request, name: str) -> str:
    """A cookie, or ""."""
    value = request.cookies.get(name, "")
    return value if len(value) <= _LONGEST else ""


def new_visitor() -> str:
    """What a browser that has not signed in is called."""
    return secrets.token_hex(16)


def remember(request: Request, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie. Without a time it goes with the browser's window."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=seconds, path=None, secure=secure, httponly=True, samesite="lax")


def forget(answer: Response, name: str) -> None:
    """Delete a cookie."""
    answer.set_cookie(name, "", max_age=0, path=None, httponly=True, samesite="lax")
