"""From a point to a Readium locator that Readium's toolkits resolve to it, and that this project reads back to the same point.

It must not know CFI: a ready `partialCfi` is handed in. The quotation is raw text, as toolkits compare it with `textContent`, and
lies within one element, which `cssSelector` names: kotlin-toolkit looks nowhere else. `domRange` has a selector of its own.
Source: https://github.com/readium/architecture/tree/master/models/locators
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from placekeeper.positions.document import Document, utf16
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.readium.href import encode
from placekeeper.positions.readium.locator import DomPoint, Locator, dump
from placekeeper.positions.readium.locator_read import Scope, resolve_locator
from placekeeper.positions.readium.selector import write

AROUND = 32
LEAST = 20
MOST = 80
MAX_SIBLINGS = 1000
"""With more children than this between, counting text nodes costs more than the hint is worth."""
INDENTATION = re.compile(r"\s{2,}")
DEFAULT_TYPE = "application/xhtml+xml"


def write_locator(point: Point, scope: Scope, *, partial_cfi: str = "", fragments: Sequence[str] = ()) -> dict[str, Any]:
    """The locator of a point, as JSON. Raises `NoPlace` where the publication has no such resource.

    `partial_cfi`: the part of the CFI behind `!`. Hints that would lead this project's reader elsewhere are left out.
    """
    if not 0 <= point.resource < len(scope.publication.spine.items):
        raise NoPlace(f"the spine has no resource {point.resource}")
    spine = scope.publication.spine
    item, title = spine.items[point.resource], spine.title(point.resource)
    fields: dict[str, Any] = {"href": encode(item.href), "type": item.media_type or DEFAULT_TYPE, "title": title}
    fields |= _numbers(point, scope)
    try:
        document = scope.publication.resource(point.resource).document
    except NoPlace:
        return dump(Locator(**fields))
    for hints in _hints(point, document, {"partial_cfi": partial_cfi, "fragments": tuple(fragments)}):
        locator = Locator(**fields, **hints)
        if _comes_back(locator, point, scope):
            return dump(locator)
    return dump(Locator(**fields))


def _numbers(point: Point, scope: Scope) -> dict[str, Any]:
    try:
        figures = scope.positions.figures(point)
    except NoPlace:  # nothing is in Readium's reading order
        return {"progression": scope.positions.progression(point)}
    return {
        "progression": figures.progression,
        "total_progression": figures.total_progression,
        "position": figures.position,
    }


def _hints(point: Point, document: Document, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What leads to the point besides numbers: everything, and less and less of it.

    An element has no text here, as a quotation would lead past it; `body` is the start of all text.
    """
    try:
        if point.element is not None and point.element not in document.ancestors(document.body):
            pointer: dict[str, Any] = {"css_selector": write(document, point.element)}
            words: dict[str, Any] = {}
        else:
            pointer, words = _described(point.offset, document)
    except NoPlace:  # too deep for a selector
        pointer, words = {}, _words(document.text, point.offset, point.offset + LEAST)
    yield {**given, **pointer, **words}
    yield {**pointer, **words}
    yield {**pointer, **words, "dom": None}
    yield pointer


def _described(offset: int, document: Document) -> tuple[dict[str, Any], dict[str, Any]]:
    """Selectors, and the text there; behind an indentation, as that would be lost on the way."""
    text = document.text
    indentation = INDENTATION.match(text, offset)
    seen = indentation.end() if indentation and indentation.end() < len(text) else offset
    owner = document.owner(offset)
    root, end = _quoted(document, owner if seen == offset else document.owner(seen), seen)
    selector = write(document, root)
    dom = _dom(document, owner, offset, selector if root == owner else "")
    return {"css_selector": selector, "dom": dom}, _words(text, seen, end)


def _words(text: str, start: int, end: int) -> dict[str, Any]:
    return {"before": text[max(0, start - AROUND) : start], "highlight": text[start:end], "after": text[end : end + AROUND]}


def _quoted(document: Document, owner: int, offset: int) -> tuple[int, int]:
    """The element to look in, and the end of the quotation: the first pair that is found there once, else the smallest."""
    root = _quotable(document, owner, offset)
    first = root, _quotation_end(document, root, offset)
    wider = root, min(document.ends[root], offset + MOST)
    tight = owner, min(document.ends[owner], offset + MOST)
    for element, end in (first, wider, tight):
        quotation, start = document.text[offset:end], document.starts[element]
        found = document.text.find(quotation, start, document.ends[element]) if quotation.strip() else -1
        if found == offset and document.text.find(quotation, offset + 1, document.ends[element]) < 0:
            return element, end
    return tight if document.text[offset : tight[1]].strip() else first


def _quotable(document: Document, owner: int, offset: int) -> int:
    """The innermost element around the offset with `LEAST` characters left in it; `body` where none has."""
    for element in document.ancestors(owner):
        if document.ends[element] - offset >= LEAST or element == document.body:
            return element
    return document.body


def _quotation_end(document: Document, root: int, offset: int) -> int:
    """The end of the quotation: before an indentation, if that leaves enough, else behind a word."""
    limit = min(document.ends[root], offset + MOST)
    if indentation := INDENTATION.search(document.text, min(offset + LEAST, limit), limit):
        return indentation.start() if indentation.start() > offset else limit
    if limit == document.ends[root]:
        return limit
    space = document.text.rfind(" ", offset + LEAST, limit)
    return space if space > 0 else limit


def _dom(document: Document, element: int, offset: int, selector: str) -> DomPoint | None:
    """The text node and the UTF-16 offset in it; None where there is no text to point into. `selector`: if it is known."""
    if len(document.children[element]) > MAX_SIBLINGS:
        return None
    for number, (start, end) in enumerate(document.text_nodes(element)):
        if start <= offset < end or (offset == end == len(document.text)):
            return DomPoint(selector or write(document, element), number, utf16(document.text[start:offset]))
    return None


def _comes_back(locator: Locator, point: Point, scope: Scope) -> bool:
    try:
        found = resolve_locator(locator, scope).point
    except NoPlace:
        return False
    return found.offset == point.offset and (found == point or found.element is None) and found.resource == point.resource
