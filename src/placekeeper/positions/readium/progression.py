"""Places in documents of progression: of OPDS Progression (a number, and references) and of its predecessor (a locator).

The best reference counts; the number, where the references lead nowhere, or no further than to the resource that it is in.
It must not know who keeps documents. In and out. Source: https://drafts.opds.io/opds-progression-1.0
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.fragment import read_references, write_reference
from placekeeper.positions.readium.href import encode
from placekeeper.positions.readium.locator_read import Scope, read_locator

MOST: Final = 16
"""References that are looked at: clients write five at most."""
SAFE: Final = "/?:@!$&'()*+,;=-._~"


def read_progression(document: Mapping[str, Any], scope: Scope) -> Place:
    """The place of a Progression Document, or of its predecessor's. Raises `NoPlace`."""
    if "locator" in document:
        return read_locator(document["locator"], scope)
    number = document.get("progression")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise NoPlace("progression is a number")
    try:
        place = read_references(islice(_references(document), MOST), scope.publication, scope.hrefs, scope.resolve_cfi)
    except NoPlace:
        return scope.positions.from_total(number)
    if place.precision is not Precision.RESOURCE:
        return place
    rough = scope.positions.from_total(number)
    return rough if rough.point.resource == place.point.resource else place


def _references(document: Mapping[str, Any]) -> Iterator[str]:
    """What a document refers to; an earlier draft has `fragments`, without a path, which are those of no resource."""
    for key in ("references", "fragments"):
        listed = document.get(key)
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, str):
                yield each if key == "references" or "#" in each else f"#{each}"


def write_references(point: Point, scope: Scope, cfi: str) -> list[str]:
    """References of a point, the most exact one first: to its text, to the element around it, to the fixed page, and as CFI."""
    publication = scope.publication
    item = publication.spine.items[point.resource]
    written = [write_reference(point, publication).value, _element(point, scope)]
    if item.fixed and item.linear:
        pages = [each.index for each in publication.spine.items if each.fixed and each.linear]
        written.append(f"#page={pages.index(point.resource) + 1}")
    if cfi:
        written.append(f"#{quote(cfi, safe=SAFE, errors='replace')}")
    return list(dict.fromkeys(each for each in written if each))


def _element(point: Point, scope: Scope) -> str:
    """The nearest element with an id that leads to it, unless that is around everything; the resource alone where none is."""
    publication = scope.publication
    try:
        document = publication.resource(point.resource).document
    except NoPlace:
        return encode(publication.spine.items[point.resource].href)
    around = point.element if point.element is not None else document.owner(point.offset)
    for element in document.ancestors(around):
        attributes = document.attributes[element]
        identity = attributes.get("id", "") if attributes else ""
        if identity and document.ids.get(identity) == element and element not in {0, document.body}:
            return write_reference(Point(point.resource, document.starts[element], element), publication).value
    return ""
