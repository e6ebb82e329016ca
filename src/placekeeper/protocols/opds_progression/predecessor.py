"""The predecessor: Readium's progression documents, as Cantook and the clients of Komga speak them, on the same data.

`{modified, device {id, name}, locator}`; 204 where there is nothing and after a PUT. Knows no HTTP.
Source: https://github.com/opds-community/drafts/discussions/67
"""

from typing import Any, Final

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Reading
from placekeeper.protocols.opds_progression.dialect import Dialect, Said, device_of, stamp
from placekeeper.protocols.opds_progression.moments import written
from placekeeper.protocols.opds_progression.parsing import number, parsed
from placekeeper.services.placing import Placed

MEDIA_TYPE: Final = "application/vnd.readium.progression+json"
PROTOCOL: Final = "readium-progression"


def read(body: bytes) -> Said:
    """What a document says. Raises InvalidRequest, whose message names what is wrong with it."""
    said = parsed(body)
    at, device_id, device_name = stamp(said, uri=False)
    locator = said.get("locator")
    href = locator.get("href") if isinstance(locator, dict) else None
    if not isinstance(locator, dict) or not isinstance(href, str) or not href:
        raise InvalidRequest("locator is a Readium locator, with a href")
    locations = locator.get("locations")
    return Said(
        place=NotedPlace(Notation.READIUM_PROGRESSION, body.decode()),
        said=said,
        at=at,
        device_id=device_id,
        device_name=device_name,
        progression=number(locations.get("totalProgression")) if isinstance(locations, dict) else None,
    )


def made(head: Reading, placed: Placed, *, earlier: bool) -> dict[str, Any]:  # noqa: ARG001 - has one draft only
    """The document of a place that another protocol wrote."""
    return {
        "modified": written(head.time),
        "device": device_of(head),
        "locator": placed.locator,
    }


DIALECT: Final = Dialect(
    protocol=PROTOCOL,
    notation=Notation.READIUM_PROGRESSION,
    media_type=MEDIA_TYPE,
    nothing_yet=204,
    created=204,
    replaced=204,
    read=read,
    made=made,
)
"""The predecessor's dialect."""
