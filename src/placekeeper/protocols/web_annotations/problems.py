"""What goes wrong, as problem documents; and how to sign in. Knows no annotation.

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from placekeeper.domain.errors import Changed, Full, Gone, InvalidRequest, NotFound, PlacekeeperError, Unavailable
from placekeeper.protocols.web_annotations.faults import Fixed, TooLarge, WrongMethod
from placekeeper.services.authentication_document import authentication_document, challenge, variant_for

MEDIA_TYPE: Final = "application/problem+json"
UNAVAILABLE: Final = 503

_PROBLEMS: Final[tuple[tuple[type[PlacekeeperError], int, str], ...]] = (
    (TooLarge, 413, "Content too large"),
    (WrongMethod, 405, "Method not allowed"),
    (Fixed, 409, "Conflict"),
    (InvalidRequest, 400, "Bad request"),
    (Gone, 410, "Gone"),
    (NotFound, 404, "Not found"),
    (Changed, 412, "Precondition failed"),
    (Full, 507, "The account is full"),
    (Unavailable, UNAVAILABLE, "Unavailable"),
    (PlacekeeperError, 500, "Internal server error"),
)
"""Error, status, title: the first that fits."""


def problem(error: PlacekeeperError) -> Response:
    """The answer for what went wrong, but for who is not signed in."""
    status, title = next(row[1:] for row in _PROBLEMS if isinstance(error, row[0]))
    said = {"type": "about:blank", "title": title, "status": status, "detail": str(error) or title}
    headers = {"allow": ", ".join(error.allowed)} if isinstance(error, WrongMethod) else {}
    headers |= {"retry-after": "1"} if status == UNAVAILABLE else {}
    return Response(msgspec.json.encode(said), status, headers, media_type=MEDIA_TYPE)


def unauthorized(request: Request, base: str) -> Response:
    """A 401, which says how to sign in. `base`: the server as its apps reach it."""
    variant = variant_for(request.headers.get("user-agent", ""))
    return Response(authentication_document(base, variant), 401, challenge(base, variant))
