"""One DocFragment as crengine has it, joined with the resource as browsers have it: offsets and elements, there and back.

Must not know publications, nor how a fragment gets its number.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from placekeeper.positions import xhtml
from placekeeper.positions.align import Alignment
from placekeeper.positions.crengine import text
from placekeeper.positions.crengine.css import Sheet
from placekeeper.positions.crengine.elements import words
from placekeeper.positions.crengine.layout import Layout
from placekeeper.positions.crengine.node import Kind, Node
from placekeeper.positions.crengine.sources import Sources
from placekeeper.positions.crengine.style import Styles
from placekeeper.positions.crengine.xpointer import TEXT, Step
from placekeeper.positions.document import Document

MAX_SEARCH: Final = 20_000
"""Runs of text that are looked at for the next one that crengine keeps."""
MAX_REFERENCE: Final = 40
"""Characters of the longest reference that has a meaning."""
MOVED: Final = words("table thead tbody tfoot tr colgroup")
"""Elements out of which browsers move text."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A text node of crengine's and an offset in it, or an element (`node` is None)."""

    element: int
    node: Node | None = None
    offset: int = 0


class View:
    """A fragment. `document` is crengine's, `resource` the browsers'; the same object where both parsers agree."""

    def __init__(self, document: Document, source: str, sheet: Sheet, resource: Document | None, shift: int = 0) -> None:
        """`resource` is None where there is nothing to join: crengine made the fragment up. It begins at `shift` in `source`."""
        self.document = document
        self.resource = resource
        self.source = source
        self.layout = Layout(document, source, Styles(document, sheet))
        self._same = document is resource
        self._shift = shift
        self._named: dict[int, dict[str, list[int]]] = {}
        self._begins: dict[int, tuple[list[int], list[int]]] = {}

    @cached_property
    def _join(self) -> Alignment | Sources:
        """By the source where both know their places in it; the text is compared where the browsers' does not."""
        resource = self.resource or Document()
        if resource.piece_starts and len(resource.piece_starts) == len(resource.piece_sources):
            return Sources(self.document, resource, self.source, self._shift)
        return Alignment(self.document.text, resource.text, _settled(self.document))

    def to_resource(self, offset: int) -> tuple[int, bool]:
        """An offset of the resource's text for one of crengine's, and whether the character is the same."""
        if self._same or self.resource is None:
            return (offset, True) if self._same else (0, False)
        return self._join.there(offset), self._join.exact(offset)

    def from_resource(self, offset: int) -> tuple[int, bool]:
        """The way back."""
        if self._same or self.resource is None:
            return (offset, True) if self._same else (0, False)
        return self._join.back(offset), self._join.exact_back(offset)

    def element_of_resource(self, element: int) -> int | None:
        """The resource's element for one of crengine's; None where none stands for it."""
        return self._across(element, self.document, self.resource, lambda offset: self.to_resource(offset)[0])

    def element_from_resource(self, element: int) -> int | None:
        """The way back."""
        return self._across(element, self.resource, self.document, lambda offset: self.from_resource(offset)[0])

    def _across(self, element: int, here: Document | None, there: Document | None, move: Callable[[int], int]) -> int | None:
        """By name and place in the text; among several of the same, by order."""
        if here is None or there is None or not 0 <= element < len(here.names):
            return None
        if self._same or element == here.body:
            return element if self._same else there.body
        name, start = here.names[element].lower(), here.starts[element]
        others = [each for each in _starting(there, move(start)) if there.names[each].lower() == name]
        if not others:
            return None
        at = sum(1 for each in _starting(here, start) if each < element and here.names[each].lower() == name)
        return others[at] if at < len(others) else None

    def inside(self, element: int) -> bool:
        """Whether one of crengine's elements is in the body; nothing else is there for it."""
        return self.document.inside_body(element)

    def spot(self, offset: int) -> Spot | None:
        """Where crengine has the character at `offset` of its text; else the next one that it keeps, or the end of the last."""
        document = self.document
        piece = bisect_right(document.piece_starts, offset) - 1
        if piece >= 0:
            owner = document.piece_owners[piece]
            nodes = self.layout.texts(owner).of(piece)
            for node in nodes[max(0, bisect_right(nodes, offset, key=self.begins) - 1) :]:
                begins, pair = self.begins(node), self.layout.text(node)
                place = pair.place(max(offset - begins, pair.origins[0]))
                if place < len(pair.text) and offset <= begins + pair.origin(len(pair.text) - 1):
                    return Spot(owner, node, place)
        return self._next(piece + 1) or self._last(piece)

    def _next(self, piece: int) -> Spot | None:
        """The start of the first text node from some run of text on."""
        for later in range(piece, min(len(self.document.piece_starts), piece + MAX_SEARCH)):
            for node, _, pair in self._texts(later):
                if pair.text:
                    return Spot(self.document.piece_owners[later], node)
        return None

    def _last(self, piece: int) -> Spot | None:
        """The end of the last text node up to some run of text."""
        for earlier in range(piece, max(-1, piece - MAX_SEARCH), -1):
            owner = self.document.piece_owners[earlier]
            for node in reversed(self.layout.texts(owner).of(earlier)):
                if length := len(self.layout.text(node).text):
                    return Spot(owner, node, length)
        return None

    def _texts(self, piece: int) -> Iterator[tuple[Node, int, text.Pair]]:
        """The text nodes of a run of text, where each begins in crengine's plain text, and its text."""
        for node in self.layout.texts(self.document.piece_owners[piece]).of(piece):
            yield node, self.begins(node), self.layout.text(node)

    def begins(self, node: Node) -> int:
        """Where a text node's source begins in the document's text."""
        starts, begins = self._begins.get(node.piece) or self._measured(node.piece)
        return begins[bisect_right(starts, node.start) - 1] + self._length(
            starts[bisect_right(starts, node.start) - 1], node.start
        )

    def _measured(self, piece: int) -> tuple[list[int], list[int]]:
        """Places in the source, a few thousand characters apart, and where each is in the document's text."""
        start, end = self.document.piece_sources[piece]
        starts, begins = [start], [self.document.piece_starts[piece]]
        for at in range(start + text.MAX_NODE, end, text.MAX_NODE):
            if (place := self._between(starts[-1], at)) > starts[-1]:
                begins.append(begins[-1] + self._length(starts[-1], place))
                starts.append(place)
        self._begins[piece] = starts, begins
        return starts, begins

    def _between(self, start: int, at: int) -> int:
        """A place up to `at` where neither a reference nor a line end is cut in two."""
        reference = self.source.rfind("&", max(start, at - MAX_REFERENCE), at)
        at = reference if reference >= 0 else at
        while at > start and self.source[at - 1] in "&\r":
            at -= 1
        return at

    def _length(self, start: int, end: int) -> int:
        """How long some source is as text."""
        raw = self.source[start:end]
        return len(xhtml.decode(raw) if self._same else text.plain(raw))

    def offset(self, node: Node, place: int) -> int:
        """The offset in the document's text of a place in a text node; the end is behind the last character."""
        pair = self.layout.text(node)
        if place < len(pair.text):
            return self.begins(node) + pair.origin(place)
        return self.begins(node) + (pair.origin(place - 1) + 1 if place else pair.origins[0])

    def first_text(self, element: int, *, inside: bool, visible: bool = True) -> int | None:
        """Where the first kept text that is not blank begins, from the start of an element on; None where there is none."""
        document = self.document
        first = document.first_pieces[element]
        for piece in range(first, min(len(document.piece_starts), first + MAX_SEARCH)):
            owner = document.piece_owners[piece]
            if inside and document.piece_starts[piece] >= document.ends[element]:
                return None
            if not (visible and self.layout.styles.of(owner).hidden):
                for node, begins, pair in self._texts(piece):
                    if node.kind != Kind.BLANK and pair.text:
                        return begins + pair.origin(0)
        return None

    def steps(self, element: int) -> list[Step]:
        """The steps from below the DocFragment to an element."""
        found = []
        while element > 0:
            name = self.document.names[element]
            alike = self._alike(self.document.parents[element])[name]
            found.append(Step(name, bisect_left(alike, element) + 1, len(alike) == 1))
            element = self.document.parents[element]
        return found[::-1]

    def text_step(self, spot: Spot) -> Step:
        """The step to a text node."""
        texts = self.layout.texts(spot.element)
        return Step(TEXT, texts.place(spot.node) + 1, len(texts.nodes) == 1) if spot.node else Step(TEXT)

    def _alike(self, parent: int) -> dict[str, list[int]]:
        """The children of an element by name."""
        found = self._named.get(parent)
        if found is None:
            found = self._named[parent] = {}
            for child in self.document.children[parent]:
                found.setdefault(self.document.names[child], []).append(child)
        return found

    def child(self, element: int, step: Step) -> int | None:
        """The child element of that name and number."""
        alike = self._alike(element).get(step.name, ())
        return alike[step.number - 1] if step.number <= len(alike) else None


def _settled(document: Document) -> str:
    """The text, with NUL for what stands loose in tables: crengine drops it, and browsers move it elsewhere."""
    if "table" not in document.names:
        return document.text
    settled, starts = list[str](), [*document.piece_starts, len(document.text)]
    for (start, end), owner in zip(pairwise(starts), document.piece_owners, strict=True):
        piece = document.text[start:end]
        settled.append("\0" * len(piece) if _is_loose(document, owner) and piece.strip(text.BLANK) else piece)
    return "".join(settled)


def _is_loose(document: Document, owner: int) -> bool:
    """Whether text directly in an element is within a table, but not in a cell or a caption."""
    while document.names[owner] in MOVED:
        if document.names[owner] == "table":
            return True
        owner = document.parents[owner]
    return False


def _starting(document: Document, start: int) -> range:
    """The elements of the body that begin at an offset, in document order."""
    first = max(bisect_left(document.starts, start), document.body + 1)
    return range(first, bisect_right(document.starts, start))
