"""The CFIs of apps on epub.js: other trees, other text steps.

epub.js shows what an HTML parser makes of the serialized document, and numbers the text nodes of an element on their own: the
k-th is step 2k + 1, wherever it stands. An id in brackets must match there, so none is written. Offsets of points count the text
of the resource as browsers parse the file; both texts are joined by `align`.
It must not know publications, nor the package part of a CFI.
Source: https://github.com/futurepress/epub.js/blob/v0.3.93/src/epubcfi.js
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from placekeeper.positions.align import Alignment, Span
from placekeeper.positions.cfi.syntax import Offset, Path, Step
from placekeeper.positions.cfi.text import beside, corrected, inside
from placekeeper.positions.cfi.walk import Doubt, Landing, judged, steps_to, walk
from placekeeper.positions.document import Document, utf16
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Resource

Nodes = list[tuple[int, int]]


@dataclass(slots=True)
class _View:
    """What was worked out about a re-parsed document: how its text joins the resource's, and the text nodes of its elements."""

    alignment: Alignment
    nodes: dict[int, Nodes] = field(default_factory=dict)


_views: WeakKeyDictionary[Document, _View] = WeakKeyDictionary()
"""Kept as long as the document: a resource that is asked again pays nothing."""


def locate(resource: Resource, steps: Sequence[Step], offset: Offset | None, doubts: list[Doubt]) -> Place:
    """The place that steps and offset mean in epub.js."""
    index, shown = resource.item.index, _shown(resource)
    if shown is None:
        return Place(Point(index, 0), Precision.RESOURCE, "what epub.js shows of this ill-formed file is not known")
    landing = walk(shown, steps)
    doubts = [*doubts, *landing.doubts]
    there, is_element = _landed(resource.document, shown, landing, offset, doubts)
    alignment = _view(resource.document, shown).alignment
    element = _counterpart(shown, landing.element, resource.document, alignment.gap(there, 1)) if is_element else None
    if is_element and not shown.inside_body(landing.element):
        doubts.append((Precision.RESOURCE, "the place is outside the text"))
    if element is not None:
        return judged(resource.document, Point(index, resource.document.starts[element], element), doubts)
    if not alignment.exact_back(there):
        doubts.append((Precision.ELEMENT, "epub.js shows text there that the file, parsed as it should be, does not have"))
    return judged(resource.document, Point(index, alignment.back(there)), doubts)


def path_to(resource: Resource, point: Point) -> Path | None:
    """The path in the resource that epub.js follows to a point; None where there is none."""
    document, shown = resource.document, _shown(resource)
    if shown is None or not 0 <= point.offset <= len(document.text) or not 0 <= (point.element or 0) < len(document.names):
        return None
    alignment = _view(document, shown).alignment
    if point.element and document.starts[point.element] == point.offset:
        element = _counterpart(document, point.element, shown, alignment.gap(point.offset))
        path = Path((steps_to(shown, element, ids=False),)) if element else None
        if path and _comes_back(resource, path, point):
            return path
    path = _path_to_text(document, shown, alignment.there(point.offset))
    return path if path and _comes_back(resource, path, Point(point.resource, point.offset)) else None


def _shown(resource: Resource) -> Document | None:
    try:
        return resource.reparsed
    except NoPlace:
        return None


def _view(document: Document, shown: Document) -> _View:
    view = _views.get(shown)
    if view is None:
        view = _views[shown] = _View(Alignment(document.text, shown.text))
    return view


def _nodes(document: Document, shown: Document, element: int) -> Nodes:
    """The text nodes of an element of the re-parsed document."""
    nodes = _view(document, shown).nodes
    if element not in nodes:
        nodes[element] = list(shown.text_nodes(element))
    return nodes[element]


def _landed(
    document: Document, shown: Document, landing: Landing, offset: Offset | None, doubts: list[Doubt]
) -> tuple[int, bool]:
    """An offset in the text that is shown, and whether the element is meant rather than the character there."""
    element = landing.element
    if landing.at_end:
        return shown.ends[element], False
    if landing.text is None:
        doubts += beside(offset)
        return shown.starts[element], True
    nodes = _nodes(document, shown, element)
    if not nodes:  # epub.js writes /1:0 for the start of any element, though it can't read that itself
        return shown.starts[element], True
    if landing.text >= len(nodes):
        doubts.append((Precision.ELEMENT, f"the element has no text node number {landing.text + 1}"))
        return shown.ends[element], False
    at = inside(shown.text, nodes[landing.text], offset, doubts)
    if offset and offset.assertion.values:
        at, said = corrected(shown.text, at, offset.assertion.values)
        doubts += said
    return at, False


def _path_to_text(document: Document, shown: Document, offset: int) -> Path | None:
    """The path to the text node that holds a character; at the end of the text, to the end of the last one."""
    if not shown.text:
        return Path((steps_to(shown, shown.body, ids=False),)) if shown.body else None
    at = min(offset, len(shown.text) - 1)
    owner = shown.owner(at)
    nodes = _nodes(document, shown, owner)
    number = bisect_right(nodes, (at, len(shown.text) + 1)) - 1
    before = shown.text[nodes[number][0] : offset]
    return Path(((*steps_to(shown, owner, ids=False), Step(2 * number + 1)),), Offset(utf16(before)))


def _comes_back(resource: Resource, path: Path, point: Point) -> bool:
    """Whether what was written leads to the point again."""
    place = locate(resource, path.parts[0], path.offset, [])
    found = place.point if point.element is not None else Point(place.point.resource, place.point.offset)
    return found == point and place.precision is Precision.EXACT


def _counterpart(one: Document, element: int, other: Document, places: tuple[Span, Span]) -> int | None:
    """The element of the other document that begins at the same place: the same one among those of its name."""
    name = one.names[element]
    here, there = _beginning(one, places[0], name), _beginning(other, places[1], name)
    return there[here.index(element)] if len(here) == len(there) else None


def _beginning(document: Document, span: Span, name: str) -> list[int]:
    """The elements of a name that begin within a span, in document order."""
    first, last = bisect_left(document.starts, span[0]), bisect_right(document.starts, span[1])
    return [number for number in range(first, last) if document.names[number].lower() == name.lower()]
