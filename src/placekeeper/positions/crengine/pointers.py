"""XPointers into a publication: read and written.

A pointer that KOReader can't resolve sends its reader to page 1, so nothing leaves here that does not exist there.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvtinydom.cpp (createXPointerV2, toStringV2)
"""

from placekeeper.positions.crengine.fragments import Fragments
from placekeeper.positions.crengine.view import Spot, View
from placekeeper.positions.crengine.xpointer import TEXT, Step, XPointer, parse, sound
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Publication

_FRAGMENT = "DocFragment"


class Pointers:
    """The XPointers of one publication. Not for several threads at once."""

    def __init__(self, publication: Publication) -> None:
        """Nothing is read before it is asked for."""
        self.fragments = Fragments(publication)

    def resolve(self, value: str) -> Place:
        """Where a pointer leads, in either spelling. Raises `NoPlace` where its resource has no such place, nor one near it."""
        return self.follow(parse(value))

    def follow(self, pointer: XPointer) -> Place:
        """Where a pointer leads that was read, or made, already. Raises `NoPlace`."""
        steps = pointer.steps
        if not steps:
            return Place(Point(0, 0), Precision.ELEMENT, "the start of the publication")
        if self.fragments.is_book:
            return _Descent(self.fragments.views(0)[0], 0).to(steps, pointer.offset)
        if steps[0].name != "body" or steps[0].number > 1:
            raise NoPlace("an XPointer into an EPUB begins with /body")
        if len(steps) == 1:
            return Place(Point(0, 0), Precision.ELEMENT, "the start of the publication")
        if steps[1].name != _FRAGMENT:
            raise NoPlace("an XPointer into an EPUB goes on with /DocFragment")
        index, part = self.fragments.find(steps[1].number)
        view = self.fragments.views(index)[part]
        return _Descent(view, index).to(steps[2:], pointer.offset)

    def write(self, point: Point) -> XPointer:
        """The pointer to a point, or to the next character that crengine keeps. Raises `NoPlace` where there is none."""
        items = self.fragments.publication.spine.items
        if not 0 <= point.resource < len(items):
            raise NoPlace(f"there is no resource {point.resource}: the spine has {len(items)} items")
        if not items[point.resource].declared:
            raise NoPlace("KOReader skips this itemref: it leads to no manifest item")
        views = self.fragments.views(point.resource)
        part, element, spot = _spot(views, point)
        view = views[part]
        steps = () if self.fragments.is_book else self._fragment(point.resource, part)
        if spot is None or view.layout.within(spot.element, "svg"):
            return sound(XPointer((*steps, *view.steps(_shown(view, element, spot))), 0))
        return sound(XPointer((*steps, *view.steps(spot.element), view.text_step(spot)), spot.offset))

    def _fragment(self, index: int, part: int) -> tuple[Step, ...]:
        """The steps to a fragment of an itemref."""
        return Step("body"), Step(_FRAGMENT, self.fragments.first(index) + part, not self.fragments.several())


def _shown(view: View, element: int | None, spot: Spot | None) -> int:
    """The element itself, or the picture that it is a part of."""
    element = spot.element if spot else view.document.body if element is None else element
    pictures = [each for each in view.document.ancestors(element) if view.document.names[each] == "svg"]
    return pictures[-1] if pictures else element


def _spot(views: list[View], point: Point) -> tuple[int, int | None, Spot | None]:
    """The fragment that holds a point, and the element or the place in a text node there."""
    part = 0
    while part + 1 < len(views) and views[part + 1].resource and _starts(views[part + 1]) <= point.offset:
        part += 1
    view = views[part]
    if point.element is not None:
        element = view.element_from_resource(point.element)
        if element is not None and view.inside(element):
            return part, element, None
    return part, None, view.spot(view.from_resource(point.offset)[0])


def _starts(view: View) -> int:
    return view.to_resource(0)[0]


class _Descent:
    """Follows the steps of one pointer below its DocFragment."""

    def __init__(self, view: View, resource: int) -> None:
        self.view = view
        self.resource = resource

    def to(self, steps: tuple[Step, ...], offset: int | None) -> Place:
        """The place at the end of the steps, or as far as they lead."""
        if self.view.resource is None:
            return self._start(Precision.RESOURCE, "KOReader shows a message in place of this file")
        if steps and steps[0].name == "stylesheet":
            return self._start(Precision.RESOURCE, "the style sheet of the file has no place in its text")
        element = 0
        for step in steps:
            if step.name == TEXT:
                return self._text(element, step, offset or 0)
            if "." in step.name:
                return self._above(element, f"KOReader writes the name {step.name}, but can't read it")
            child = self.view.child(element, step)
            if child is None:
                return self._above(element, f"there is no {step.name}[{step.number}] in {self._name(element)}")
            element = child
        return self._at_child(element, offset or 0)

    def _above(self, element: int, reason: str) -> Place:
        """As far as the steps led."""
        place = self._element(element, Precision.ELEMENT) if element else self._start(Precision.RESOURCE, "")
        return Place(place.point, place.precision, reason)

    def _name(self, element: int) -> str:
        return self.view.document.names[element] if element else _FRAGMENT

    def _text(self, element: int, step: Step, offset: int) -> Place:
        texts = self.view.layout.texts(element).nodes
        if not texts:
            place = self._element(element, Precision.ELEMENT)
            return Place(place.point, place.precision, f"KOReader keeps no text in this {self._name(element)}")
        node = texts[min(step.number, len(texts)) - 1]
        if node.piece < 0:
            return self._element(element, Precision.EXACT)
        length = len(self.view.layout.text(node).text)
        if step.number > len(texts):
            there, reason = length, f"text node {step.number} is beyond the {len(texts)} of this {self._name(element)}"
        else:
            there, reason = min(offset, length), f"the text node has {length} characters, not {offset}" if offset > length else ""
        point, same = self._point(self.view.offset(node, there))
        if reason or not same:
            return Place(point, Precision.ELEMENT, reason or "the character is not in the text that browsers show")
        return Place(point)

    def _point(self, offset: int) -> tuple[Point, bool]:
        there, same = self.view.to_resource(offset)
        return Point(self.resource, there), same

    def _at_child(self, element: int, number: int) -> Place:
        """An element, or the place before one of its children: only 0 is seen in practice."""
        if number and element:
            nodes = self.view.layout.nodes(element)
            if number < len(nodes) and nodes[number].is_text:
                return Place(self._point(self.view.offset(nodes[number], 0))[0], Precision.ELEMENT, "a child by number")
            if number < len(nodes) and nodes[number].element >= 0:
                return self._element(nodes[number].element, Precision.ELEMENT)
        return self._element(element or self.view.document.body, Precision.EXACT)

    def _element(self, element: int, precision: Precision) -> Place:
        """The start of an element: its first visible text, or itself where it has none."""
        view = self.view
        if view.resource is None:
            return self._start(Precision.RESOURCE, "KOReader shows a message in place of this file")
        inside = view.first_text(element, inside=True)
        if inside is not None:
            point, same = self._point(inside)
            return Place(point, precision if same else Precision.ELEMENT)
        after = view.first_text(element, inside=False)
        offset = view.to_resource(view.document.starts[element] if after is None else after)[0]
        other = view.element_of_resource(element)
        if other is None:
            return Place(Point(self.resource, offset), Precision.ELEMENT, f"browsers see no such {self._name(element)}")
        return Place(Point(self.resource, offset, other), precision)

    def _start(self, precision: Precision, reason: str) -> Place:
        return Place(Point(self.resource, 0), precision, reason)
