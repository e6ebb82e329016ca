"""What goes wrong, as problem details with the types that the draft registers.

Sources: https://drafts.opds.io/opds-progression-1.0, https://www.rfc-editor.org/rfc/rfc9457
"""

from typing import Final

import msgspec
from starlette.responses import Response

from placekeeper.domain.errors import Full, InvalidRequest, NotFound, PlacekeeperError, Refused, Unavailable

MEDIA_TYPE: Final = "application/problem+json"
ALLOWED: Final = ("GET", "HEAD", "PUT")
_REGISTRY: Final = "https://registry.opds.io/error#"


class NotLater(Refused):
    """What was sent is not later than what is stored."""


class TooLarge(InvalidRequest):
    """The body is over the limit."""


class WrongMethod(InvalidRequest):
    """The resource has other methods."""


_PROBLEMS: Final[tuple[tuple[type[PlacekeeperError], int, str, str], ...]] = (
    (NotLater, 409, _REGISTRY + "progression-date", "A more recent progression point is already available."),
    (TooLarge, 413, _REGISTRY + "progression-invalid-payload", "The document is too large."),
    (WrongMethod, 405, "about:blank", "Method not allowed"),
    (
        InvalidRequest,
        400,
        _REGISTRY + "progression-invalid-payload",
        "Progression could not be updated due to an invalid payload.",
    ),
    (NotFound, 404, "about:blank", "Not found"),
    (Full, 507, "about:blank", "The account is full"),
    (Unavailable, 503, "about:blank", "Unavailable"),
    (PlacekeeperError, 500, "about:blank", "Internal error"),
)
"""Error, status, type, title: the first that fits."""


def problem(error: PlacekeeperError) -> Response:
    """The answer for what went wrong."""
    for kind, status, type_, title in _PROBLEMS:
        if isinstance(error, kind):
            said = {"type": type_, "title": title, "status": status} | ({"detail": str(error)} if str(error) else {})
            headers = {"allow": ", ".join(ALLOWED)} if kind is WrongMethod else {}
            return Response(msgspec.json.encode(said), status, headers, media_type=MEDIA_TYPE)
    raise AssertionError("the last row fits every error")
