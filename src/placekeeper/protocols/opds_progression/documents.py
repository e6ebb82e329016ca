"""Progression Documents: what makes one valid, and the document that is made of a place that another protocol wrote.

A document is kept as the text that came; what is read of it here is only what must be known to judge it. Knows no HTTP.
Sources: https://drafts.opds.io/opds-progression-1.0, https://drafts.opds.io/schema/progression.schema.json
"""

from typing import Any, Final

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Reading
from placekeeper.protocols.opds_progression.dialect import Dialect, Said, device_of, stamp
from placekeeper.protocols.opds_progression.moments import written
from placekeeper.protocols.opds_progression.parsing import number, parsed
from placekeeper.protocols.opds_progression.uris import fragment, is_reference
from placekeeper.services.placing import Placed

MEDIA_TYPE: Final = "application/opds-progression+json"
PROTOCOL: Final = "opds-progression"


def read(body: bytes) -> Said:
    """What a document says. Raises InvalidRequest, whose message names what is wrong with it."""
    said = parsed(body)
    at, device_id, device_name = stamp(said, uri=True)
    progression = number(said.get("progression"))
    if progression is None:
        raise InvalidRequest("progression is a number from 0 to 1")
    if not isinstance(said.get("title", ""), str):
        raise InvalidRequest("title is a string")
    references = said.get("references", [])
    if not isinstance(references, list) or not all(isinstance(each, str) and is_reference(each) for each in references):
        raise InvalidRequest("references is a list of URI references: blanks, [ ] ^ and what is not ASCII are percent-encoded")
    return Said(
        place=NotedPlace(Notation.OPDS_PROGRESSION, body.decode()),
        said=said,
        at=at,
        device_id=device_id,
        device_name=device_name,
        progression=progression,
        earlier="fragments" in said,
    )


def made(head: Reading, placed: Placed, *, earlier: bool) -> dict[str, Any]:
    """The document of a place that another protocol wrote. `earlier`: who asks knows `fragments` only."""
    document: dict[str, Any] = {"title": placed.title} if placed.title else {}
    document |= {
        "modified": written(head.time),
        "device": device_of(head),
        "progression": placed.progression,
    }
    references = [each for each in map(_reference, placed.references) if is_reference(each)]
    if references:
        document["references"] = references
    fragments = [tail for each in references if (tail := each.partition("#")[2])]
    if earlier and fragments:
        document["fragments"] = fragments
    return document


def _reference(reference: str) -> str:
    """A reference whose fragment holds nothing that must be percent-encoded."""
    path, mark, tail = reference.partition("#")
    return path + mark + (tail if is_reference("#" + tail) else fragment(tail))


DIALECT: Final = Dialect(
    protocol=PROTOCOL,
    notation=Notation.OPDS_PROGRESSION,
    media_type=MEDIA_TYPE,
    nothing_yet=200,
    created=201,
    replaced=200,
    read=read,
    made=made,
)
"""OPDS Progression 1.0."""
