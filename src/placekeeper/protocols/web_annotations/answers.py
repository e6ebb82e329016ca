"""Answers with the headers that the protocol asks for, and conditions on what a client has. Knows no account.

Sources: https://www.w3.org/TR/annotation-protocol/, https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from starlette.responses import Response

from placekeeper.protocols.web_annotations.containers import LDP
from placekeeper.services.annotation_service import MEDIA_TYPE

CONTAINER_METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
CHANGES_METHODS: Final = ("GET", "HEAD", "OPTIONS")
ITEM_METHODS: Final = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
ACCEPT_POST: Final = f"{MEDIA_TYPE}, application/ld+json, application/json"
REVALIDATED: Final = "private, no-cache"
_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def of_container(body: bytes, headers: Mapping[str, str], address: str) -> Response:
    """The list or a page of it. `headers`: of the request; `address`: of just this form of it."""
    answer = settled(Response(body), digest(body), headers)
    answer.headers["vary"] = "Accept, Prefer"
    answer.headers["content-location"] = address
    return described(answer, CONTAINER_METHODS)


def of_item(body: bytes, etag: str, headers: Mapping[str, str]) -> Response:
    """One annotation."""
    return described(settled(Response(body), etag, headers), ITEM_METHODS)


def of_changes(body: bytes) -> Response:
    """Changes, which are no resource of the protocol."""
    return Response(body, headers={"allow": ", ".join(CHANGES_METHODS)}, media_type="application/json")


def etag_of(change: str) -> str:
    """The entity tag of an annotation: each change has another."""
    return f'"{change}"'


def settled(answer: Response, etag: str, headers: Mapping[str, str]) -> Response:
    """An answer with its tag, without its body where the client has that already."""
    known = headers.get("if-none-match", "")
    if known.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _TAG.findall(known)}:
        answer = Response(None, 304)
    else:
        answer.headers["content-type"] = MEDIA_TYPE
    answer.headers["etag"] = etag
    return answer


def matches(wanted: str | None, etag: str) -> bool:
    """Whether If-Match holds, by strong comparison; it does where it is not said."""
    return wanted is None or wanted.strip() == "*" or etag in _TAG.findall(wanted)


def described(answer: Response, methods: tuple[str, ...]) -> Response:
    """An answer that says what the resource is, and what may be asked of it."""
    answer.headers["allow"] = ", ".join(methods)
    if methods == CONTAINER_METHODS:
        answer.headers["accept-post"] = ACCEPT_POST
        answer.headers.append("link", f'<{LDP}#BasicContainer>; rel="type"')
        answer.headers.append("link", f'<http://www.w3.org/TR/annotation-protocol/>; rel="{LDP}#constrainedBy"')
    elif methods == ITEM_METHODS:
        answer.headers.append("link", f'<{LDP}#Resource>; rel="type"')
    return answer


def digest(body: bytes) -> str:
    """The entity tag of what is made anew for each request."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'
