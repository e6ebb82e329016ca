"""What goes wrong, in each dialect's words: problem details for OPDS 2.0, a line of text for 1.2, and the 401 that both share."""

from typing import Final, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from placekeeper.domain.errors import InvalidRequest, NotFound, PlacekeeperError, Refused, Unauthorized, Unavailable
from placekeeper.protocols.opds.addresses import V1, base_of
from placekeeper.protocols.opds.atom_dialect import AtomDialect
from placekeeper.protocols.opds.json_dialect import JsonDialect
from placekeeper.services.authentication_document import authentication_document, challenge, variant_for


class NoLibrary(Refused):
    """The account is known, and sees no library: the answer to whatever it asks for, be it there or not."""


class Dialect(Protocol):
    """What errors need of a dialect."""

    def problem(self, status: int, title: str, detail: str) -> Response:
        """An error, as an answer."""


_ATOM: Final = AtomDialect()
_JSON: Final = JsonDialect()
_STATUSES: Final[tuple[tuple[type[PlacekeeperError], int, str], ...]] = (
    (InvalidRequest, 400, "Invalid request"),
    (Unauthorized, 401, "Unauthorized"),
    (NoLibrary, 403, "No library"),
    (NotFound, 404, "Not found"),
    (Unavailable, 503, "Unavailable"),
    (PlacekeeperError, 500, "Internal error"),
)


class Errors:
    """Turns errors into answers."""

    def __init__(self, public_url: str | None) -> None:
        """`public_url`: see `addresses.base_of`."""
        self._public_url = public_url

    def ours(self, request: Request, error: Exception) -> Response:
        """The answer for an error of our tree."""
        request.scope["error"] = error
        status, title = next((status, title) for kind, status, title in _STATUSES if isinstance(error, kind))
        if isinstance(error, Unauthorized):
            base = base_of(request.url.scheme, request.headers, self._public_url)
            variant = variant_for(request.headers.get("user-agent", ""))
            return Response(authentication_document(base, variant), status, challenge(base, variant))
        return _dialect(request).problem(status, title, str(error))

    def others(self, request: Request, error: Exception) -> Response:
        """The answer for what the router refuses, and for what should never happen."""
        if isinstance(error, HTTPException):
            answer = _dialect(request).problem(error.status_code, error.detail, "")
            answer.headers.update(error.headers or {})
            return answer
        request.scope["error"] = error
        return _dialect(request).problem(500, "Internal error", "")


def _dialect(request: Request) -> Dialect:
    return _ATOM if request.scope["path"].startswith(V1) else _JSON
