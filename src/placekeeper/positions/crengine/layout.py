"""Which text nodes crengine keeps: it drops white space while it reads, and again when it decides how each element is rendered.

Must not know pointers. The rules follow crengine's own order of events for one element at a time, so that nothing needs to be
worked out for the rest of the resource. Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvtinydom.cpp
(ldomElementWriter::onText, ldomNode::initNodeRendMethod)
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from placekeeper.positions.crengine.elements import OBJECTS, Display, WhiteSpace, allows_text
from placekeeper.positions.crengine.node import Kind, Node, Texts
from placekeeper.positions.crengine.ruby import container_nodes, ruby_nodes, trimmed
from placekeeper.positions.crengine.style import Generated, Style, Styles
from placekeeper.positions.crengine.text import BLANK, MAX_NODE, Pair, blank, convert, split
from placekeeper.positions.document import Document

_ZERO_WIDTH: Final = Pair("\u200b", (0,), (0,))
_WRAPPED: Final = {Display.INLINE_BLOCK, Display.INLINE_TABLE}
_ROW_GROUPS: Final = {Display.TABLE_ROW_GROUP, Display.TABLE_HEADER_GROUP, Display.TABLE_FOOTER_GROUP}
_PROPER: Final = {
    Display.TABLE: {*_ROW_GROUPS, Display.TABLE_ROW, Display.TABLE_COLUMN_GROUP, Display.TABLE_COLUMN, Display.TABLE_CAPTION},
    Display.TABLE_ROW: {Display.TABLE_CELL},
    **{group: {Display.TABLE_ROW} for group in _ROW_GROUPS},
}


class Layout:
    """The nodes of one fragment, worked out element by element when asked."""

    def __init__(self, document: Document, source: str, styles: Styles) -> None:
        """`document` as crengine reads it, with places in `source`. `styles`: those of the whole document."""
        self.document = document
        self.source = source
        self.styles = styles
        first = styles.while_loading()
        self._loading = None if first is styles else Layout(document, source, first)
        self._nodes: dict[int, list[Node]] = {}
        self._inline: dict[int, Kind] = {}
        self._leaves: dict[int, Kind] = {}
        self._pairs: dict[tuple[int, int], Pair] = {}
        self._texts: dict[int, Texts] = {}

    @cached_property
    def _pieces(self) -> dict[int, list[int]]:
        """Element to the runs of text directly in it."""
        found: dict[int, list[int]] = {}
        for piece, owner in enumerate(self.document.piece_owners):
            found.setdefault(owner, []).append(piece)
        return found

    @cached_property
    def _special(self) -> tuple[bool, bool]:
        names = set(self.document.names)
        return "svg" in names, "math" in names

    def within(self, element: int, name: str) -> bool:
        """Whether the element is, or is inside, one of that name."""
        known = self._special[0] if name == "svg" else self._special[1]
        return known and any(self.document.names[other] == name for other in self.document.ancestors(element))

    def nodes(self, element: int) -> list[Node]:
        """The children of an element that crengine ends up with."""
        found = self._nodes.get(element)
        if found is None:
            found = self._nodes[element] = self._cleaned(element, self._read(element))
        return found

    def texts(self, element: int) -> "Texts":
        """The text nodes among them."""
        found = self._texts.get(element)
        if found is None:
            found = self._texts[element] = Texts([node for node in self.nodes(element) if node.is_text])
        return found

    def text(self, node: Node) -> Pair:
        """A text node's text, beside the resource's own from the start of its piece on."""
        if node.piece < 0:
            return _ZERO_WIDTH
        if self._loading:
            return self._loading.text(node)
        key = node.piece, node.start
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = self._converted(node)
        return found

    def _converted(self, node: Node) -> Pair:
        element = self.document.piece_owners[node.piece]
        raw = self.source[node.start : node.end]
        begins = self.document.piece_sources[node.piece][0]
        cdata = self.source.startswith("[CDATA[", begins - 7) and begins >= 7  # noqa: PLR2004 - the length of that text
        keep = self.styles.of(element).keeps_white or self.within(element, "svg")
        pair = convert(raw, keep_white=keep, cdata=cdata)
        if self._strips_newline(element, node) and pair.text.startswith("\n"):
            pair = _shortened(pair, 1, len(pair.text))
        if "\0" in pair.text:  # crengine takes it for the end of the text
            pair = _shortened(pair, 0, pair.text.index("\0"))
        if self._special[1] and self.within(element, "math"):
            text = pair.text
            pair = _shortened(pair, len(text) - len(text.lstrip(BLANK)), len(text.rstrip(BLANK)))
        return pair

    def _strips_newline(self, element: int, node: Node) -> bool:
        """The first newline of `pre` and `textarea` is not text, if nothing stands before it."""
        if self.document.names[element] not in {"pre", "textarea"}:
            return False
        style = self.styles.of(element)
        pieces = self._pieces[element]
        first = node.piece == pieces[0] and node.start == self.document.piece_sources[node.piece][0]
        children = self.document.children[element]
        return (
            first
            and not (style.before or style.after)
            and not (children and self.document.first_pieces[children[0]] <= node.piece)
        )

    def _read(self, element: int) -> list[Node]:
        """The children before the element is closed. Where rules look ahead, all was closed once before they were true."""
        style = self.styles.of(element)
        before = [_pseudo(style.before)] if style.before else []
        after = [_pseudo(style.after)] if style.after else []
        if not self._loading:
            return before + self._handed(element, style) + after
        kept = (node for node in self._loading.nodes(element) if node.element >= 0 or node.piece >= 0)
        again = [node if node.is_text else Node(self.kind(node.element), element=node.element) for node in kept]
        return before + again + after

    def _handed(self, element: int, style: Style) -> list[Node]:
        """The children as the parser hands them on: without what the element may not hold, and blanks at the start of a block."""
        in_svg, in_math = self.within(element, "svg"), self.within(element, "math")
        holds = allows_text(self.document.names[element], in_svg=in_svg, in_math=in_math)
        drops = style.block and not (style.keeps_white or in_svg)
        empty = not (style.before or style.after)
        found: list[Node] = []
        for child, piece in self._children(element):
            if child >= 0:
                found.append(Node(self.kind(child), element=child))
                empty = False
            elif holds:
                for node in self._text_nodes(piece):
                    if not (node.kind == Kind.BLANK and (in_math or (empty and drops))):
                        found.append(node)
                        empty = False
        return found

    def _children(self, element: int) -> Iterator[tuple[int, int]]:
        """Elements and runs of text in document order: (element, -1) or (-1, piece)."""
        pieces, firsts = self._pieces.get(element, []), self.document.first_pieces
        at, count = 0, len(pieces)
        for child in self.document.children[element]:
            first = firsts[child]
            while at < count and pieces[at] < first:
                yield -1, pieces[at]
                at += 1
            yield child, -1
        for piece in pieces[at:]:
            yield -1, piece

    def _text_nodes(self, piece: int) -> list[Node]:
        start, end = self.document.piece_sources[piece]
        raw = self.source[start:end]
        if len(raw) < MAX_NODE and "&" not in raw:
            return [Node(Kind.TEXT if raw.strip(BLANK) else Kind.BLANK, -1, piece, start, end)]
        found = []
        for first, last in split(raw):
            found.append(
                Node(Kind.BLANK if blank(raw[first:last]) else Kind.TEXT, piece=piece, start=start + first, end=start + last)
            )
        return found

    def kind(self, element: int) -> Kind:
        """What an element is to its parent."""
        style = self.styles.of(element)
        if self.document.children[element] or style.before or style.after or self._special[0]:
            return self._kind(element, style)
        found = self._leaves.get(id(style))
        if found is None:
            found = self._leaves[id(style)] = self._kind(element, style)
        return found

    def _kind(self, element: int, style: Style) -> Kind:
        if style.floats:
            return Kind.FLOAT
        if style.hidden:
            return Kind.INVISIBLE
        if style.display in _WRAPPED or Display.INHERIT < style.display < Display.INLINE or self.within(element, "svg"):
            return Kind.INLINE
        return self._inline_kind(element) if style.display == Display.INLINE else Kind.BLOCK

    def _inline_kind(self, element: int) -> Kind:
        """An inline element is a block to its parent if there are only blocks, and blank text, in it. Innermost first."""
        found = self._inline.get(element)
        if found is not None:
            return found
        last = element
        while self.document.children[last]:
            last = self.document.children[last][-1]
        for each in range(last, element - 1, -1):
            if each not in self._inline and self.styles.of(each).display == Display.INLINE:
                self._inline[each] = Kind.INLINE  # what a child asks about a sibling's parent can't matter
                self._inline[each] = self._from_children(each)
        return self._inline[element]

    def _from_children(self, element: int) -> Kind:
        style = self.styles.of(element)
        if self._is_image(element) or not (self.document.children[element] or style.before or style.after):
            return Kind.INLINE
        kinds = {node.kind for node in self._read(element)}
        return Kind.BLOCK if Kind.BLOCK in kinds and not kinds & {Kind.INLINE, Kind.TEXT} else Kind.INLINE

    def _cleaned(self, element: int, nodes: list[Node]) -> list[Node]:
        """Without the blanks that go when the element is closed, and when its table is."""
        style = self.styles.of(element)
        if style.display == Display.RUBY:
            return ruby_nodes(nodes, self._name, keeps_white=style.keeps_white)
        if expected := self._expected(element):
            return container_nodes(nodes, expected, self._name, keeps_white=style.keeps_white)
        if style.hidden or not nodes or self._is_image(element) or self.within(element, "svg"):
            return nodes
        if style.display == Display.INLINE:
            return _inline_cleaned(nodes)
        if style.display == Display.RUN_IN:
            return nodes
        if style.display not in {Display.TABLE, Display.INLINE_TABLE}:
            nodes = _block_cleaned(nodes, style)
        return self._table_cleaned(element, nodes, style)

    def _is_image(self, element: int) -> bool:
        """An `object` with content of its own shows that instead, unless it says that it is an image."""
        name = self.document.names[element]
        typed = self.document.attributes[element].get("type", "").lower().startswith("image/")
        return name in OBJECTS and (name != "object" or typed or not self.document.children[element])

    def _name(self, node: Node) -> str:
        return self.document.names[node.element] if node.element >= 0 else ""

    def _expected(self, element: int) -> str:
        """What the children of a ruby container should be called; empty for other elements."""
        expected = {"rbc": "rb", "rtc": "rt"}.get(self.document.names[element], "")
        parent = self.document.parents[element]
        boxed = expected and parent >= 0 and self.styles.of(parent).display == Display.RUBY
        annotations = {"rt", "rtc", "rp"}
        return (
            expected if boxed and any(self.document.names[each] in annotations for each in self.document.children[parent]) else ""
        )

    def _table_cleaned(self, element: int, nodes: list[Node], style: Style) -> list[Node]:
        """In a table or a part of one: runs of what does not belong there are boxed, as a row with a cell, or as a cell."""
        proper = self._proper(element, style)
        if not proper:
            return nodes
        in_row = style.display == Display.TABLE_ROW
        return self._boxed(nodes, proper, lambda run: self._cell(run, style) if in_row else self._row(run, style))

    def _boxed(self, nodes: list[Node], proper: set[Display], box: Callable[[list[Node]], list[Node]]) -> list[Node]:
        """Runs between proper children go through `box`; a single blank between two of those only becomes invisible."""
        kept: list[Node] = []
        run: list[Node] = []
        for node in [*nodes, None]:
            if node and (node.is_text or (node.kind != Kind.INVISIBLE and not self._belongs(node, proper))):
                run.append(node)
                continue
            alone = len(run) == 1 and run[0].kind == Kind.BLANK
            kept += run if alone or not run else box(run)
            run = []
            if node:
                kept.append(node)
        return kept

    def _row(self, run: list[Node], style: Style) -> list[Node]:
        """An anonymous row: cells may stand in it; blanks between those go."""
        inner = trimmed(run, keeps_white=style.keeps_white)
        inner = self._boxed(inner, {Display.TABLE_CELL}, lambda other: self._cell(other, style))
        cells = {at for at, node in enumerate(inner) if self._belongs(node, {Display.TABLE_CELL})}
        return [node for at, node in enumerate(inner) if node.kind != Kind.BLANK or not {at - 1, at + 1} & cells]

    def _cell(self, run: list[Node], style: Style) -> list[Node]:
        """An anonymous cell: a block like others."""
        return _block_cleaned(trimmed(run, keeps_white=style.keeps_white), style)

    def _belongs(self, node: Node, proper: set[Display]) -> bool:
        return node.element >= 0 and self.styles.of(node.element).display in proper

    def _proper(self, element: int, style: Style) -> set[Display]:
        """What belongs into the element, if it is a table or a part of one."""
        if style.display in {Display.TABLE, Display.INLINE_TABLE}:
            return _PROPER[Display.TABLE]
        parent = self.document.parents[element]
        boxed = parent < 0 or self.styles.of(parent).display > Display.INLINE  # else nothing makes up for the missing table
        return _PROPER.get(style.display, set()) if boxed else set()


def _pseudo(generated: Generated) -> Node:
    inline = Display.INHERIT < generated.display <= Display.INLINE or generated.display in _WRAPPED
    return Node(Kind.FLOAT if generated.floats else Kind.INLINE if inline else Kind.BLOCK)


def _shortened(pair: Pair, start: int, end: int) -> Pair:
    """Only the characters from `start` to `end` of crengine's text."""
    places = (0, *(place - start for place in pair.places if start < place <= end))
    origins = (pair.origin(start), *(pair.origin(place) for place in pair.places if start < place <= end))
    return Pair(pair.text[start:end], places, origins)


def _inline_cleaned(nodes: list[Node]) -> list[Node]:
    """Blocks in a line lose the blanks beside them; if there are only blocks, nothing goes."""
    others = any(node.kind in {Kind.INLINE, Kind.TEXT} for node in nodes)
    if not others or not any(node.kind == Kind.BLOCK for node in nodes):
        return nodes
    beside = {at + step for at, node in enumerate(nodes) if node.kind == Kind.BLOCK for step in (-1, 1)}
    return [node for at, node in enumerate(nodes) if node.kind != Kind.BLANK or at not in beside]


def _block_cleaned(nodes: list[Node], style: Style) -> list[Node]:
    kinds = {node.kind for node in nodes}
    inline = any(kind <= Kind.INLINE for kind in kinds)
    if not inline:
        return nodes
    if Kind.BLOCK in kinds:
        return _mixed_cleaned(nodes, style)
    only_blanks = kinds <= {Kind.BLANK, Kind.FLOAT} and style.white_space < WhiteSpace.PRE
    return [node for node in nodes if not node.is_text] if Kind.FLOAT in kinds and only_blanks else nodes


def _mixed_cleaned(nodes: list[Node], style: Style) -> list[Node]:
    """Blanks stay only between two that stand in a line; then each run of those gets a box, and loses blanks at its ends."""
    kept: list[Node] = []
    at = 0
    while at < len(nodes):
        end = at
        while end < len(nodes) and nodes[end].kind == Kind.BLANK:
            end += 1
        if end == at:
            kept.append(nodes[at])
            at += 1
            continue
        before, after = (nodes[at - 1] if at else None), (nodes[end] if end < len(nodes) else None)
        if before and after and _stand_together(before, after):
            kept += nodes[at:end]
        at = end
    return kept if style.keeps_white else _runs_cleaned(kept)


def _stand_together(before: Node, after: Node) -> bool:
    together = all(node.inlineish or node.kind == Kind.FLOAT for node in (before, after))
    return together and (before.inlineish or after.inlineish)


def _runs_cleaned(nodes: list[Node]) -> list[Node]:
    """Runs of floats and blanks alone lose the blanks."""
    kept: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node and (node.inlineish or node.kind == Kind.FLOAT):
            run.append(node)
            continue
        real = any(each.kind in {Kind.TEXT, Kind.INLINE} for each in run)
        kept += run if real else [each for each in run if each.kind != Kind.BLANK]
        run = []
        if node:
            kept.append(node)
    return kept
