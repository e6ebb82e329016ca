"""From a Readium locator to a point, by the best of its hints that holds.

It must not know CFI, nor how an edited quotation is found: both are handed in as functions. The order of the hints is Readium's;
a DOM path or CFI counts only where the text there is what the locator quotes, and an unambiguous quotation beats every number.
Source: https://github.com/readium/architecture/tree/master/models/locators
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from placekeeper.positions.document import Document, from_utf16, utf16
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.href import Hrefs, split
from placekeeper.positions.readium.locator import Locator, parse
from placekeeper.positions.readium.passage import MOST, Choice, agrees, seek
from placekeeper.positions.readium.positions import Positions, positions_of
from placekeeper.positions.readium.selector import query
from placekeeper.positions.readium.text_fragment import MARK, find_text
from placekeeper.positions.spine import Publication

ResolveCfi = Callable[[str], Place]
"""The place of a whole `epubcfi(...)` in the publication; raises `NoPlace`."""


class Quoted(Protocol):
    """A quotation that was found with differences: from where to where, how surely, and why not more so."""

    @property
    def offset(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def precision(self) -> Precision:
        """How surely this is it."""

    @property
    def reason(self) -> str:
        """Why it is not exact."""


FindQuote = Callable[[str, str, str, str, float | None], Quoted | None]
"""Text, quotation, what stands before and after it, and about where, as a share of the text."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What locators are read in and written for: made once for a publication, see `scope_of`."""

    publication: Publication
    positions: Positions
    hrefs: Hrefs
    resolve_cfi: ResolveCfi | None = None
    find_quote: FindQuote | None = None


def scope_of(publication: Publication, resolve_cfi: ResolveCfi | None = None, find_quote: FindQuote | None = None) -> Scope:
    """A publication with what reading locators needs besides it. Without a function, the hints that need it are passed over."""
    return Scope(publication, positions_of(publication), Hrefs(publication.spine), resolve_cfi, find_quote)


@dataclass(frozen=True, slots=True)
class _Sight:
    """A locator and the resource it is about."""

    locator: Locator
    scope: Scope
    resource: int
    document: Document

    def place(self, offset: int, precision: Precision, reason: str = "", element: int | None = None) -> Place:
        """A place in the resource."""
        return Place(Point(self.resource, offset, element), precision, reason)

    @property
    def near(self) -> int | None:
        """The offset that the numbers speak of; None where there are none."""
        number = _by_number(self)
        return number.point.offset if number.precision is Precision.PROGRESSION else None

    @property
    def quotation(self) -> str:
        """The text that stands at the place, as far as the locator says."""
        return self.locator.highlight or self.locator.after


def read_locator(value: Any, scope: Scope) -> Place:
    """The place of a locator, as parsed JSON. Raises `NoPlace` where it is none, or names no resource and no number either."""
    return resolve_locator(parse(value), scope)


def resolve_locator(locator: Locator, scope: Scope) -> Place:
    """The place of a locator. Raises `NoPlace` where it names no resource and no number."""
    try:
        resource, assumed = _resource(locator, scope)
    except NoPlace as error:
        return _without_resource(locator, scope, error)
    place = _in_resource(locator, scope, resource)
    if not assumed:
        return place
    return Place(place.point, place.precision, "; ".join(filter(None, [f"the href was {assumed}", place.reason])))


def _resource(locator: Locator, scope: Scope) -> tuple[int, str]:
    """The resource, and what was assumed to find it; where the spine has the file twice, the one that the position is in."""
    if locator.idref and not locator.href:
        return scope.hrefs.item(locator.idref), ""
    found, assumed = scope.hrefs.find(locator.href)
    position = locator.position
    held = [one for one in found if position and scope.positions.holds(one, position)] if len(found) > 1 else found
    return (held or found)[0], assumed


def _without_resource(locator: Locator, scope: Scope, error: NoPlace) -> Place:
    positions, position, total = scope.positions, locator.position, locator.total_progression
    if position is not None and position <= positions.total:
        place = positions.from_position(position)
    elif total is not None and positions.total:
        place = positions.from_total(total)
    else:
        raise error
    return Place(place.point, place.precision, f"{error}; {place.reason}")


def _in_resource(locator: Locator, scope: Scope, resource: int) -> Place:
    try:
        document = scope.publication.resource(resource).document
    except NoPlace as error:
        return Place(Point(resource, 0), Precision.RESOURCE, str(error))
    sight = _Sight(locator, scope, resource, document)
    ways = (_by_pointer, _by_quotation, _by_exact_fragment, _by_doubtful_pointer, _by_selector, _by_id)
    return next((place for way in ways if (place := way(sight))), None) or _by_number(sight)


def _by_pointer(sight: _Sight) -> Place | None:
    text, quotation = sight.document.text, sight.quotation
    return next((place for place in _pointers(sight) if agrees(text, place.point.offset, quotation)), None)


def _by_doubtful_pointer(sight: _Sight) -> Place | None:
    """Where the pointer leads though other text stands there, as the quoted text is nowhere to be found."""
    place = next(_pointers(sight), None)
    return place and Place(place.point, Precision.PROGRESSION, "what the locator quotes is neither there nor elsewhere")


def _pointers(sight: _Sight) -> Iterator[Place]:
    """The places that a DOM range and a CFI lead to."""
    if place := _by_dom(sight):
        yield place
    if sight.locator.partial_cfi and (place := _by_cfi(sight, sight.locator.partial_cfi)):
        yield place


def _by_dom(sight: _Sight) -> Place | None:
    dom, document = sight.locator.dom, sight.document
    if not dom or (element := _element(sight, dom.css_selector)) is None:
        return None
    nodes = list(document.text_nodes(element))
    if not nodes and not dom.node and not dom.offset:
        return sight.place(document.starts[element], Precision.ELEMENT, "the DOM range names an element without text", element)
    if dom.node >= len(nodes):
        return None
    start, end = nodes[dom.node]
    text = document.text[start:end]
    return sight.place(start + from_utf16(text, dom.offset), Precision.EXACT) if dom.offset <= utf16(text) else None


def _by_cfi(sight: _Sight, cfi: str) -> Place | None:
    spine = sight.scope.publication.spine
    if not cfi.startswith("epubcfi("):
        cfi = f"epubcfi(/{spine.step}/{spine.items[sight.resource].step}!{cfi})"
    try:
        place = sight.scope.resolve_cfi(cfi) if sight.scope.resolve_cfi else None
    except NoPlace:
        return None
    return place if place and place.point.resource == sight.resource else None


def _by_quotation(sight: _Sight) -> Place | None:
    """By the text at the place; by what stands before it, if that is all there is."""
    locator, text = sight.locator, sight.document.text
    quotation = sight.quotation or locator.before
    if not quotation.strip():
        return None
    before, after = (locator.before, locator.after if locator.highlight else "") if sight.quotation else ("", "")
    element = _element(sight, locator.css_selector)
    within = (0, 0) if element is None else (sight.document.starts[element], sight.document.ends[element])
    for bounds, inside in ((within, True), ((0, len(text)), False)):
        if choice := seek(text, quotation, bounds, before, after, sight.near):
            return _chosen(sight, choice, inside=inside)
    share = sight.near / len(text) if sight.near is not None and text else None
    match = sight.scope.find_quote(text, quotation, before, after, share) if sight.scope.find_quote else None
    if not match:
        return None
    reason = match.reason or "the quoted text was found with small differences"
    return sight.place(match.offset if sight.quotation else match.end, match.precision, reason)


def _chosen(sight: _Sight, choice: Choice, *, inside: bool) -> Place:
    offset = choice.start if sight.quotation else choice.end
    if choice.count == 1:
        return sight.place(offset, Precision.EXACT)
    reason = f"the quoted text stands there {choice.count if choice.count < MOST else f'at least {MOST}'} times; "
    if inside:
        return sight.place(offset, Precision.ELEMENT, reason + "one of those in the element was taken")
    if sight.near is not None:
        return sight.place(offset, Precision.PROGRESSION, reason + "the one nearest to the progression was taken")
    return sight.place(offset, Precision.RESOURCE, reason + "the first one was taken")


def _by_exact_fragment(sight: _Sight) -> Place | None:
    for fragment in _fragments(sight.locator):
        if MARK in fragment and (found := find_text(sight.document, fragment)):
            precision = Precision.EXACT if found.unique else Precision.RESOURCE
            return sight.place(found.start, precision, "" if found.unique else "the quoted text stands there more than once")
        if fragment.startswith("epubcfi(") and (place := _by_cfi(sight, unquote(fragment))):
            return place
    return None


def _by_selector(sight: _Sight) -> Place | None:
    """The element, unless all text is in it: that says nothing."""
    element = _element(sight, sight.locator.css_selector)
    if element is None or element in sight.document.ancestors(sight.document.body):
        return None
    return sight.place(sight.document.starts[element], Precision.ELEMENT, "only the element is known", element)


def _by_id(sight: _Sight) -> Place | None:
    for fragment in _fragments(sight.locator):
        element = sight.document.ids.get(fragment, sight.document.ids.get(unquote(fragment)))
        if element is not None:
            return sight.place(sight.document.starts[element], Precision.ELEMENT, "only the element is known", element)
    return None


def _by_number(sight: _Sight) -> Place:
    """The place by progression, position, total progression, as far as they are in this resource; else its start."""
    locator, resource, positions = sight.locator, sight.resource, sight.scope.positions
    position, total = locator.position, locator.total_progression
    if locator.progression is not None:
        return positions.from_progression(resource, locator.progression)
    if position is not None and positions.holds(resource, position):
        return positions.from_position(position)
    if total is not None and positions.total and (place := positions.from_total(total)).point.resource == resource:
        return place
    return Place(Point(resource, 0), Precision.RESOURCE, "only the resource is known")


def _fragments(locator: Locator) -> Iterator[str]:
    yield from (fragment.removeprefix("#") for fragment in locator.fragments)
    if own := split(locator.href)[1]:
        yield own


def _element(sight: _Sight, selector: str) -> int | None:
    try:
        return query(sight.document, selector) if selector.strip() else None
    except NoPlace:  # an app's selector that can't be read is one hint less
        return None
