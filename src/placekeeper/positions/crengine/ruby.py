"""What crengine does to white space in `ruby`, where it boxes bases and annotations.

Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvtinydom.cpp (ldomNode::initNodeRendMethod, boxWrapChildren)
"""

from typing import TYPE_CHECKING, Final

from placekeeper.positions.document import Document

if TYPE_CHECKING:
    from placekeeper.positions.crengine.layout import Node

_ANNOTATION: Final = {"rt", "rtc", "rp"}


def without_ruby_blanks(nodes: "list[Node]", document: Document, *, keeps_white: bool) -> "list[Node]":
    """The children of a `ruby` element without those blanks that fall between a base and its annotation."""
    if keeps_white:
        return nodes
    kept: list[Node] = []
    segment: list[Node] = []
    annotated = -1  # the last annotation in the segment
    for node in nodes:
        name = document.names[node.element] if node.element >= 0 else ""
        blank = node.is_text and node.kind == 0
        if annotated >= 0 and name not in _ANNOTATION and not blank and not (node is nodes[-1] and node.is_text):
            kept += _segment(segment[: annotated + 1], document) + segment[annotated + 1 :]
            segment, annotated = [], -1
        segment.append(node)
        if name in _ANNOTATION or (node is nodes[-1] and node.is_text and not blank):
            annotated = len(segment) - 1
    if annotated < 0:
        return kept + segment
    return kept + _segment(segment[: annotated + 1], document) + segment[annotated + 1 :]


def _segment(nodes: "list[Node]", document: Document) -> "list[Node]":
    """A base with its annotations: blanks before the base stay outside, those right before the first annotation go."""
    start = next((at for at, node in enumerate(nodes) if not (node.is_text and node.kind == 0)), len(nodes))
    first = next(
        (at for at, node in enumerate(nodes) if node.element >= 0 and document.names[node.element] in _ANNOTATION), len(nodes)
    )
    if first > start and first < len(nodes) and nodes[first - 1].is_text and nodes[first - 1].kind == 0:
        return nodes[: first - 1] + nodes[first:]
    return nodes
