"""From a point to a Readium locator that Readium's toolkits resolve to it, and that this project reads back to the same point.

It must not know CFI: a ready `partialCfi` is handed in. The quotation is raw text, as toolkits compare it with `textContent`, and
lies within one element, which `cssSelector` names: kotlin-toolkit looks nowhere else. `domRange` has a selector of its own.
Source: https://github.com/readium/architecture/tree/master/models/locators
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from placekeeper.positions.document import Document, utf16
from placekeeper.positions.href import encode
from placekeeper.positions.locator import DomPoint, Locator, dump
from placekeeper.positions.locator_read import Scope, resolve_locator
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.selector import write
from placekeeper.positions.spine import Item

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
    item = scope.publication.spine.items[point.resource]
    numbers = _numbered(point, scope, item)
    try:
        document = scope.publication.resource(point.resource).document
    except NoPlace:
        return dump(numbers)
    full = replace(_described(point, document, numbers), partial_cfi=partial_cfi, fragments=tuple(fragments))
    without_cfi = replace(full, partial_cfi="", fragments=())
    for locator in (full, without_cfi, replace(without_cfi, dom=None), _without_text(without_cfi)):
        if _comes_back(locator, point, scope):
            return dump(locator)
    return dump(numbers)


def _numbered(point: Point, scope: Scope, item: Item) -> Locator:
    locator = Locator(href=encode(item.href), type=item.media_type or DEFAULT_TYPE, title=item.title)
    try:
        figures = scope.positions.figures(point)
    except NoPlace:
        return replace(locator, progression=scope.positions.progression(point))
    return replace(
        locator, progression=figures.progression, total_progression=figures.total_progression, position=figures.position
    )


def _described(point: Point, document: Document, locator: Locator) -> Locator:
    """With selector and text. An element has no text of its own here: a quotation would lead past it."""
    try:
        if point.element is not None:
            return replace(locator, css_selector=write(document, point.element))
        owner = document.owner(point.offset)
        root = _quotable(document, owner, point.offset)
        text, end = document.text, _quotation_end(document, root, point.offset)
        return replace(
            locator,
            css_selector=write(document, root),
            dom=_dom(document, owner, point.offset),
            before=text[max(0, point.offset - AROUND) : point.offset],
            highlight=text[point.offset : end],
            after=text[end : end + AROUND],
        )
    except NoPlace:  # too deep for a selector
        return locator


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


def _dom(document: Document, element: int, offset: int) -> DomPoint | None:
    """The text node and the UTF-16 offset in it; None where there is no text to point into."""
    if len(document.children[element]) > MAX_SIBLINGS:
        return None
    for number, (start, end) in enumerate(document.text_nodes(element)):
        if start <= offset < end or (offset == end == len(document.text)):
            return DomPoint(write(document, element), number, utf16(document.text[start:offset]))
    return None


def _without_text(locator: Locator) -> Locator:
    return replace(locator, before="", highlight="", after="")


def _comes_back(locator: Locator, point: Point, scope: Scope) -> bool:
    try:
        return resolve_locator(locator, scope).point == point
    except NoPlace:
        return False
