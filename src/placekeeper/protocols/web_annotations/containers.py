"""The collection and its pages: what is in them, by the preference of who asks. Knows no account and no request.

Source: https://www.w3.org/TR/annotation-protocol/#container-retrieval
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import msgspec

from placekeeper.domain.ids import time_of
from placekeeper.protocols.web_annotations.documents import PATH, address_of, served
from placekeeper.services.annotating import Page

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
LDP: Final = "http://www.w3.org/ns/ldp"
PAGE_SIZE: Final = 100
"""Annotations of a page. One has a kilobyte or so, and at most 256 of them, so that a page never takes more than 26 MB."""
MINIMAL: Final = f"{LDP}#PreferMinimalContainer"
IRIS: Final = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS: Final = "http://www.w3.org/ns/oa#PreferContainedDescriptions"
_INCLUDE: Final = re.compile(r'\binclude\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the list is wanted. `minimal`: without a page; `iris`: addresses in place of annotations; `source`: only about that."""

    base: str
    minimal: bool = False
    iris: bool = False
    source: str | None = None

    def address(self, **more: str) -> str:
        """Where the list is, or a page of it, for who wants it like this."""
        said = ({"iris": "1"} if self.iris else {}) | ({"target": self.source} if self.source is not None else {}) | more
        query = "&".join(f"{name}={quote(value, safe=':/')}" for name, value in said.items())
        return self.base + PATH + (f"?{query}" if query else "")


def preferred(header: str) -> frozenset[str]:
    """Which of the three preferences a `Prefer` header says."""
    said = {iri for found in _INCLUDE.finditer(header) for iri in (found[1] or found[2] or "").split()}
    return frozenset(said & {MINIMAL, IRIS, DESCRIPTIONS})


def collection(view: View, first: Page) -> bytes:
    """The list with its first page, or only with where it begins and ends."""
    said: dict[str, Any] = {"@context": [CONTEXT, f"{LDP}.jsonld"], "type": ["BasicContainer", "AnnotationCollection"]}
    said |= _head(view, first) | {"label": "Annotations"}
    if first.total:
        said["first"] = view.address(page="0") if view.minimal else _page(view, 0, first)
        said["last"] = view.address(page=str((first.total - 1) // PAGE_SIZE))
    return msgspec.json.encode(said)


def page(view: View, number: int, found: Page) -> bytes:
    """A page by itself."""
    return msgspec.json.encode({"@context": CONTEXT} | _page(view, number, found) | {"partOf": _head(view, found)})


def _head(view: View, found: Page) -> dict[str, Any]:
    said: dict[str, Any] = {"id": view.address(), "total": found.total}
    if found.last_change:
        at = datetime.fromtimestamp(time_of(found.last_change) / 1000, UTC)
        said["modified"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return said


def _page(view: View, number: int, found: Page) -> dict[str, Any]:
    said: dict[str, Any] = {"id": view.address(page=str(number)), "type": "AnnotationPage", "startIndex": found.start}
    if found.start + len(found.annotations) < found.total and found.annotations:
        said["next"] = view.address(page=str(number + 1), after=found.annotations[-1].id)
    if number:
        said["prev"] = view.address(page=str(number - 1))
    return said | {"items": list(_items(view, found))}


def _items(view: View, found: Page) -> Iterable[str | msgspec.Raw]:
    for each in found.annotations:
        yield address_of(each, view.base) if view.iris else msgspec.Raw(served(each, view.base))
