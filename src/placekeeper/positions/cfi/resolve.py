"""From an EPUB CFI to a point and back, as the specification says and foliate-js does.

It must not know files: it is given a publication. Which engine wrote a CFI can't be seen in it, so the caller says so where it is
epub.js; those are followed by `cfi_epubjs`.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/
"""

from bisect import bisect_left
from collections.abc import Sequence

from placekeeper.positions.cfi import epubjs as cfi_epubjs
from placekeeper.positions.cfi.reading import parse
from placekeeper.positions.cfi.syntax import Cfi, Offset, Path, Step, format_cfi
from placekeeper.positions.cfi.text import beside, corrected, inside
from placekeeper.positions.cfi.walk import Doubt, Landing, judged, named, steps_to, walk
from placekeeper.positions.document import Document, utf16
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Item, Publication, Resource, Spine

EPUBJS = "epub.js"
"""The engine whose CFIs need another reading."""

BODY = (Step(4),)


def resolve(cfi: str | Cfi, publication: Publication, engine: str = "") -> Place:
    """The place that a CFI, or the start of a range, means. Raises `NoPlace` where it can't be read or names no resource."""
    path = (parse(cfi) if isinstance(cfi, str) else cfi).point
    package, *jumps = path.parts
    item, doubts = _item(package, publication.spine, engine)
    try:
        resource = publication.resource(item.index)
        document = resource.document
    except NoPlace as error:
        return Place(Point(item.index, 0), Precision.RESOURCE, str(error))
    if not jumps or not jumps[0]:
        return Place(Point(item.index, 0), Precision.RESOURCE, "the CFI names a resource and no place in it")
    offset = path.offset
    if len(jumps) > 1:
        offset = None
        doubts.append((Precision.ELEMENT, "the document that is embedded here was not entered"))
    if engine == EPUBJS:
        return cfi_epubjs.locate(resource, jumps[0], offset, doubts)
    place = landed(document, item.index, walk(document, jumps[0]), offset, doubts)
    return place if doubts or place.precision is Precision.EXACT else _otherwise(resource, jumps[0], offset, place)


def _otherwise(resource: Resource, steps: Sequence[Step], offset: Offset | None, place: Place) -> Place:
    """The place that epub.js means, where that fits and the specification's reading does not: so it was likely the writer."""
    other = cfi_epubjs.locate(resource, steps, offset, [])
    if other.precision is not Precision.EXACT:
        return place
    return Place(other.point, Precision.ELEMENT, "read as epub.js counts, because it does not fit as the specification does")


def write(point: Point, publication: Publication) -> str:
    """The CFI of a point. Raises `NoPlace` where the publication has no such point."""
    item = _known(point, publication.spine)
    package = (Step(publication.spine.step), Step(item.step, named(item.itemref_id)))
    try:
        document = publication.resource(item.index).document
    except NoPlace:
        return format_cfi(Cfi(Path((package, BODY))))
    local, offset = _local(document, point)
    return format_cfi(Cfi(Path((package, local or BODY), offset)))


def write_epubjs(point: Point, publication: Publication) -> str | None:
    """The CFI of a point for apps on epub.js; None where none leads there. Raises `NoPlace` as `write` does."""
    item = _known(point, publication.spine)
    try:
        path = cfi_epubjs.path_to(publication.resource(item.index), point)
    except NoPlace:
        return None
    if path is None:
        return None
    return format_cfi(Cfi(Path(((Step(publication.spine.step), Step(2 * item.index + 2)), *path.parts), path.offset)))


def _known(point: Point, spine: Spine) -> Item:
    if not 0 <= point.resource < len(spine.items):
        raise NoPlace(f"the publication has no resource {point.resource}")
    return spine.items[point.resource]


def _item(package: Sequence[Step], spine: Spine, engine: str) -> tuple[Item, list[Doubt]]:
    """The item by its step alone: the id of an itemref is not believed, as no engine does (old ones wrote wrong ones)."""
    first, step = ([step.index for step in package] + [0])[:2]
    if not step or step % 2:
        raise NoPlace("the CFI names no item of the spine")
    items = spine.items
    if engine == EPUBJS:
        at = step // 2 - 1
        found = 0 <= at < len(items)
    else:
        at = bisect_left(items, step, key=lambda item: item.step)
        found = at < len(items) and items[at].step == step
    if not found:
        raise NoPlace(f"the spine has no item at step /{step}")
    wrong = engine != EPUBJS and first != spine.step
    return items[at], [(Precision.ELEMENT, "the first step is not that of the spine")] if wrong else []


def landed(document: Document, resource: int, landing: Landing, offset: Offset | None, doubts: list[Doubt]) -> Place:
    """The place where steps of the specification's kind end."""
    element = landing.element
    doubts = [*doubts, *landing.doubts]
    if landing.at_end:
        return judged(document, Point(resource, document.ends[element]), doubts)
    if landing.text is None:
        doubts += beside(offset)
        return judged(document, Point(resource, document.starts[element], element), doubts)
    if not document.inside_body(element):
        return judged(document, Point(resource, 0, element), doubts)
    if document.starts[element] == document.ends[element]:
        return judged(document, Point(resource, document.starts[element], element), doubts)
    if landing.text > len(document.children[element]):
        doubts.append((Precision.ELEMENT, f"the element has no text at step /{2 * landing.text + 1}"))
        return judged(document, Point(resource, document.ends[element]), doubts)
    at = inside(document.text, document.chunk(element, landing.text), offset, doubts)
    if offset and offset.assertion.values:
        at, said = corrected(document.text, at, offset.assertion.values)
        doubts += said
    return judged(document, Point(resource, at), doubts)


def _local(document: Document, point: Point) -> tuple[tuple[Step, ...], Offset | None]:
    """The path in the resource: to the element where one is meant or there is no text, else into the text."""
    text, element = document.text, point.element
    if not 0 <= point.offset <= len(text):
        raise NoPlace(f"the resource has {len(text)} characters, none is at {point.offset}")
    if element is not None and not 0 <= element < len(document.names):
        raise NoPlace(f"the resource has {len(document.names)} elements, none is number {element}")
    if not text or (element and document.starts[element] == point.offset):  # there is no path to the root
        return _to_element(document, element or document.body), None
    at = min(point.offset, len(text) - 1)
    owner = document.owner(at)
    chunk = document.chunk_at(owner, at)
    before = text[document.chunk(owner, chunk)[0] : point.offset]
    return (*steps_to(document, owner), Step(2 * chunk + 1)), Offset(utf16(before))


def _to_element(document: Document, element: int) -> tuple[Step, ...]:
    """Without the last id where an earlier element has the same: foliate-js would go there, whatever the step says."""
    steps = steps_to(document, element)
    if steps and steps[-1].id and document.ids[steps[-1].id] != element:
        return (*steps[:-1], Step(steps[-1].index))
    return steps
