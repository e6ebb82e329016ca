"""What the two dialects of the protocol share, and what tells them apart: the documents' common stamp, media type, statuses.

Knows neither dialect, and no HTTP. A document is kept as the text that came.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Outcome, Reading
from placekeeper.protocols.opds_progression.moments import Moment, moment
from placekeeper.protocols.opds_progression.parsing import parsed
from placekeeper.protocols.opds_progression.uris import is_uri
from placekeeper.services.keeping import Order
from placekeeper.services.placing import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a document: `place` is its text, `said` the same parsed, `at` its `modified`.

    `progression` is None where the document does not say how far it is in the whole. `earlier`: by a client of a draft that
    had `fragments` instead of `references`.
    """

    place: NotedPlace
    said: dict[str, Any]
    at: Moment
    device_id: str
    device_name: str
    progression: float | None
    earlier: bool = False


class Make(Protocol):
    """Makes a document of a place that was written in another dialect."""

    def __call__(self, head: Reading, placed: Placed, *, earlier: bool) -> dict[str, Any]:
        """The document, to be written as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One of the two. `nothing_yet`, `created`, `replaced`: statuses; 204 goes without a body."""

    protocol: str
    notation: Notation
    media_type: str
    nothing_yet: int
    created: int
    replaced: int
    read: Callable[[bytes], Said]
    made: Make


def stamp(said: dict[str, Any], *, uri: bool) -> tuple[Moment, str, str]:
    """When, and the device's id and name. `uri`: whether the id must be one. Raises InvalidRequest."""
    modified = said.get("modified")
    at = moment(modified) if isinstance(modified, str) else None
    if at is None:
        raise InvalidRequest("modified is a date and time with a zone, such as 2026-03-01T12:00:00Z")
    device = said.get("device")
    device_id, name = (device.get("id"), device.get("name")) if isinstance(device, dict) else (None, None)
    if not isinstance(device_id, str) or not (is_uri(device_id) if uri else device_id.strip()):
        raise InvalidRequest("device.id is a URI, such as urn:uuid:..." if uri else "device.id is a string, not empty")
    if not isinstance(name, str) or not name.strip():
        raise InvalidRequest("device.name is a string, not empty")
    return at, device_id, name


def device_of(head: Reading) -> dict[str, str]:
    """The device that wrote a place, for a document: its own id where that is a URI of a sister dialect's, else one of ours."""
    report = head.report
    own = report.device_foreign_id or ""
    kept = head.outcome is not Outcome.CHOSEN and report.observed_at is not None and is_uri(own)
    id_ = own if kept else f"urn:placekeeper:device:{report.device_id}"
    return {"id": id_, "name": report.device_name.strip() or "another device"}


def order(said: Said) -> Callable[[NotedPlace], Order]:
    """How a document stands to the one that is stored, if that is of the same dialect: times to their last digit."""

    def compare(stored: NotedPlace) -> Order:
        if stored.notation is not said.place.notation:
            return Order.UNKNOWN
        if stored.value == said.place.value:
            return Order.AGAIN
        try:
            other = parsed(stored.value.encode())
        except InvalidRequest:
            return Order.UNKNOWN
        if other == said.said:
            return Order.AGAIN
        at = moment(str(other.get("modified")))
        return Order.UNKNOWN if at is None else Order.LATER if said.at > at else Order.NOT_LATER

    return compare
