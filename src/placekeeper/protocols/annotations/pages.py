"""Lists of annotations, and single ones, as the apps read them: JSON, headers, entity tags. Knows no account and no library.

Everything is in the list's one page: no app follows a link to a second one. Source: https://www.w3.org/TR/annotation-protocol/
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec
from starlette.responses import Response

from placekeeper.services.annotation_service import MEDIA_TYPE

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
LDP: Final = "http://www.w3.org/ns/ldp"
LIST_METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
WORK_METHODS: Final = ("GET", "HEAD", "OPTIONS")
ITEM_METHODS: Final = ("GET", "HEAD", "OPTIONS", "DELETE")
UNCACHED: Final = "no-store"
"""iOS keeps an answer for three hours that does not say otherwise."""


def listed(address: str, items: Sequence[Mapping[str, Any]], newest: int | None, methods: tuple[str, ...]) -> Response:
    """A list with all its items. `newest`: when the last of them changed, Unix milliseconds."""
    said = {
        "@context": [CONTEXT, f"{LDP}.jsonld"],
        "id": address,
        "type": ["BasicContainer", "AnnotationCollection"],
        "total": len(items),
        "first": {"id": address, "type": "AnnotationPage", "items": items},
    }
    body = msgspec.json.encode(said)
    tag = blake2b(body, digest_size=12).hexdigest() if items else ""
    answer = Response(body, headers={"etag": f'W/"{tag}"', "cache-control": UNCACHED})
    answer.headers["content-type"] = MEDIA_TYPE
    if newest is not None:
        answer.headers["last-modified"] = format_datetime(datetime.fromtimestamp(newest // 1000, UTC), usegmt=True)
    answer.headers.append("link", f'<{LDP}#BasicContainer>; rel="type"')
    answer.headers.append("link", f'<http://www.w3.org/TR/annotation-protocol/>; rel="{LDP}#constrainedBy"')
    return _allowing(answer, methods)


def single(item: Mapping[str, Any], methods: tuple[str, ...]) -> Response:
    """One annotation."""
    answer = Response(msgspec.json.encode({"@context": CONTEXT, **item}), headers={"cache-control": UNCACHED})
    answer.headers["content-type"] = MEDIA_TYPE
    answer.headers["link"] = f'<{LDP}#Resource>; rel="type"'
    return _allowing(answer, methods)


def options(methods: tuple[str, ...]) -> Response:
    """What may be asked of a resource."""
    return _allowing(Response(status_code=200, headers={"cache-control": UNCACHED}), methods)


def _allowing(answer: Response, methods: tuple[str, ...]) -> Response:
    answer.headers["allow"] = ",".join(methods)
    if "POST" in methods:
        answer.headers["accept-post"] = MEDIA_TYPE
    return answer
