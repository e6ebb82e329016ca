"""What goes wrong, as the problem documents of Library Simplified's servers. Knows no annotation.

Android's app takes the status from the document, and asks for a password again only where the type says that this may help.
"""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from placekeeper.domain.errors import Full, InvalidRequest, NotFound, PlacekeeperError, Unauthorized, Unavailable
from placekeeper.protocols.annotations.faults import BadMotivation, BadTarget, Malformed, TooLarge, WrongMethod, WrongType
from placekeeper.services.authentication_document import PALACE, authentication_document, challenge

MEDIA_TYPE: Final = "application/api-problem+json"
_TERMS: Final = "http://librarysimplified.org/terms/problem/"
_AUTH: Final = "http://palaceproject.io/terms/problem/auth/"

_PROBLEMS: Final[tuple[tuple[type[PlacekeeperError], int, str, str], ...]] = (
    (TooLarge, 413, _TERMS + "invalid-annotation-format", "Invalid annotation format."),
    (Malformed, 400, _TERMS + "invalid-annotation-format", "Invalid annotation format."),
    (BadTarget, 400, _TERMS + "invalid-annotation-target", "Invalid annotation target."),
    (BadMotivation, 400, _TERMS + "invalid-annotation-motivation", "Invalid annotation motivation."),
    (WrongType, 415, _TERMS + "unsupported-media-type", "Unsupported media type."),
    (WrongMethod, 405, "about:blank", "Method not allowed."),
    (InvalidRequest, 400, _TERMS + "invalid-input", "Invalid input."),
    (NotFound, 404, _TERMS + "no-annotation", "No annotation."),
    (Full, 507, "about:blank", "The account is full."),
    (Unavailable, 503, "about:blank", "Unavailable."),
    (PlacekeeperError, 500, _TERMS + "internal-server-error", "Internal server error."),
)
"""Error, status, type, title: the first that fits."""


def problem(error: PlacekeeperError) -> Response:
    """The answer for what went wrong, but for who is not signed in."""
    status, type_, title = next(row[1:] for row in _PROBLEMS if isinstance(error, row[0]))
    headers = {"allow": ", ".join(error.allowed)} if isinstance(error, WrongMethod) else {}
    return _response(status, type_, title, str(error) or title, headers)


def unauthorized(request: Request, error: Unauthorized, base: str) -> Response:
    """A 401: who has shown nothing is told how to sign in; who has shown something wrong, what is wrong with it.

    A token may be had anew, a right password may not. `base`: the server as its apps reach it.
    """
    headers, shown = challenge(base, PALACE), request.headers.get("authorization", "").strip()
    if not shown:
        return Response(authentication_document(base, PALACE), 401, headers)
    bearer = shown.lower().startswith("bearer")
    kind = "recoverable/token/invalid" if bearer else "unrecoverable/credentials/invalid"
    title = "Access token invalid" if bearer else "Invalid credentials"
    del headers["content-type"]
    return _response(401, _AUTH + kind, title, str(error) or "Name or password are wrong.", headers)


def _response(status: int, type_: str, title: str, detail: str, headers: dict[str, str]) -> Response:
    said = {"type": type_, "title": title, "status": status, "detail": detail}
    return Response(msgspec.json.encode(said), status, headers, media_type=MEDIA_TYPE)
