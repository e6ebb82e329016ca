"""References: a resource with a fragment, as OPDS Progression lists them and `locate` answers them. In and out.

Fragments read are element ids, text fragments, `epubcfi(...)` (by a function handed in) and `page=` (the n-th fixed page). A time
or a region of an image is no place in a text. It must not know who keeps references.
Source: https://idpf.org/epub/linking/, https://wicg.github.io/scroll-to-text-fragment/, https://www.w3.org/TR/media-frags/
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.href import Hrefs, encode, split
from placekeeper.positions.readium.text_fragment import MARK, find_text
from placekeeper.positions.readium.text_fragment_write import write_text
from placekeeper.positions.spine import Publication

MAX_LENGTH = 32_768
MAX_ID = 1_000
"""Longer ids are not written."""
MEDIA = re.compile(r"(?:t|xywh|track)=")
PAGE = re.compile(r"page=([0-9]{1,6})")
ResolveCfi = Callable[[str], Place]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that was written. `exact`: read back, it leads to the very character; if not, `reason` says to what."""

    value: str
    exact: bool = True
    reason: str = ""


def read_reference(
    reference: str, publication: Publication, hrefs: Hrefs | None = None, resolve_cfi: ResolveCfi | None = None
) -> Place:
    """The place of `href#fragment`; of `#fragment` where that says all. Raises `NoPlace` where it leads nowhere."""
    if len(reference) > MAX_LENGTH:
        raise NoPlace(f"the reference is longer than {MAX_LENGTH} characters")
    path, fragment = split(reference)
    if "epubcfi(" in fragment:
        if not resolve_cfi:
            raise NoPlace("CFIs are not read here")
        return resolve_cfi(unquote(fragment))
    if not path:
        return _anywhere(fragment, publication)
    found, assumed = (hrefs or Hrefs(publication.spine)).find(path)
    place = _in_resource(found[0], fragment, publication)
    reason = "; ".join(filter(None, [f"the href was {assumed}" if assumed else "", place.reason]))
    return Place(place.point, place.precision, reason)


def read_references(
    references: Iterable[str], publication: Publication, hrefs: Hrefs | None = None, resolve_cfi: ResolveCfi | None = None
) -> Place:
    """The most exact place of several references, the first among equals. Raises `NoPlace` where all lead nowhere."""
    best: Place | None = None
    ranks = list(Precision)
    error = NoPlace("there is no reference")
    for reference in references:
        try:
            place = read_reference(reference, publication, hrefs, resolve_cfi)
        except NoPlace as refused:
            error = refused
            continue
        if best is None or ranks.index(place.precision) < ranks.index(best.precision):
            best = place
    if best is None:
        raise error
    return best


def write_reference(point: Point, publication: Publication) -> Reference:
    """The reference of a point: a text fragment where there is text, the id of an element, else the resource alone.

    Raises `NoPlace` where the publication has no such resource.
    """
    if not 0 <= point.resource < len(publication.spine.items):
        raise NoPlace(f"the spine has no resource {point.resource}")
    item = publication.spine.items[point.resource]
    href = encode(item.href)
    try:
        document = publication.resource(point.resource).document
    except NoPlace as error:
        return Reference(href, exact=False, reason=str(error))
    if any(other.href == item.href for other in publication.spine.items[: point.resource]):
        return _to_element(href, document, point, "the spine has the same file before")
    if point.element is not None and (identity := _id(document, point.element)):
        return Reference(f"{href}#{identity}")
    try:
        written = write_text(document, point.offset)
    except NoPlace as error:
        return _to_element(href, document, point, str(error))
    if written.offset == point.offset and point.element is None:
        return Reference(f"{href}#{written.fragment}")
    what = "the start of the word" if written.offset < point.offset else "the text that follows"
    return Reference(f"{href}#{written.fragment}", exact=False, reason=f"it leads to {what}")


def _anywhere(fragment: str, publication: Publication) -> Place:
    """A fragment without a path: a page of a publication of fixed pages, else nothing that could be found."""
    if page := PAGE.fullmatch(fragment):
        pages = [item for item in publication.spine.items if item.fixed and item.linear]
        number = int(page[1])
        if 1 <= number <= len(pages):
            return Place(Point(pages[number - 1].index, 0), Precision.RESOURCE, "only the page is known")
        raise NoPlace(f"there are {len(pages)} fixed pages, no page {number}")
    raise NoPlace("the reference names no resource")


def _in_resource(resource: int, fragment: str, publication: Publication) -> Place:
    start = Place(Point(resource, 0), Precision.RESOURCE, "only the resource is known")
    if not fragment:
        return start
    try:
        document = publication.resource(resource).document
    except NoPlace as error:
        return Place(start.point, Precision.RESOURCE, str(error))
    identity, mark, _ = fragment.partition(MARK)
    if mark and (found := find_text(document, fragment)):
        reason = "" if found.unique else "the quoted text stands there more than once; the first was taken"
        return Place(Point(resource, found.start), Precision.EXACT if found.unique else Precision.RESOURCE, reason)
    element = document.ids.get(identity, document.ids.get(unquote(identity)))
    if element is not None:
        return Place(Point(resource, document.starts[element], element), Precision.ELEMENT, "only the element is known")
    if MEDIA.match(identity):
        raise NoPlace("a time or a region of an image is not a place in a text")
    return Place(start.point, Precision.RESOURCE, "the fragment leads nowhere in the resource")


def _to_element(href: str, document: Document, point: Point, reason: str) -> Reference:
    """By the nearest id around the point that is not around everything."""
    around = point.element if point.element is not None else document.owner(point.offset)
    for element in document.ancestors(around):
        if element in {document.body, 0}:
            break
        if identity := _id(document, element):
            return Reference(f"{href}#{identity}", exact=False, reason=f"{reason}; it leads to the element around it")
    return Reference(href, exact=False, reason=reason)


def _id(document: Document, element: int) -> str:
    """The id that leads to an element, percent-encoded; empty where none does."""
    identity = document.attributes[element].get("id", "") if document.attributes[element] else ""
    written = 0 < len(identity) <= MAX_ID and document.ids.get(identity) == element
    return quote(identity, safe="/?:@!$'()*+,;=~", errors="replace") if written else ""
