"""What crengine does to the children of `ruby`, where it boxes bases and annotations: blanks go, a missing base is made up.

Must not know style, but for whether white space is kept. Source:
https://github.com/koreader/crengine/blob/master/crengine/src/lvtinydom.cpp (ldomNode::initNodeRendMethod, boxWrapChildren)
"""

from collections.abc import Callable
from typing import Final

from placekeeper.positions.crengine.node import GENERATED, Kind, Node

_ANNOTATION: Final = {"rt", "rtc", "rp"}
Name = Callable[[Node], str]


def ruby_nodes(nodes: list[Node], name: Name, *, keeps_white: bool) -> list[Node]:
    """The children of a `ruby` element: cut into segments, each a base and its annotations."""
    kept: list[Node] = []
    first = last = -1
    start = 0
    for at, node in enumerate(nodes):
        final_text = node.kind == Kind.TEXT and at == len(nodes) - 1
        if last >= 0 and name(node) not in _ANNOTATION and node.kind != Kind.BLANK and not final_text:
            kept += nodes[start:first] + _segment(trimmed(nodes[first : last + 1], keeps_white=keeps_white), name, keeps_white)
            start, first, last = last + 1, -1, -1
        if first < 0 and node.kind != Kind.BLANK:
            first = at
        if final_text or name(node) in _ANNOTATION:
            last = at
    if last >= 0:
        kept += nodes[start:first] + _segment(trimmed(nodes[first : last + 1], keeps_white=keeps_white), name, keeps_white)
        start = last + 1
    return kept + nodes[start:]


def _segment(nodes: list[Node], name: Name, keeps_white: bool) -> list[Node]:  # noqa: FBT001 - one of two callers' own words
    """One base with its annotations, each boxed."""
    kept: list[Node] = []
    first = -1
    base_done = base_present = False
    for at, node in enumerate(nodes):
        its = name(node)
        if first >= 0 and ((its == "rtc") if base_done else (its in _ANNOTATION)):
            kept += trimmed(nodes[first:at], keeps_white=keeps_white)
            base_present = base_present or not base_done
            first = -1
        if its in {"rbc", "rtc"}:
            kept.append(node)
            first, base_done, base_present = -1, True, base_present or its == "rbc"
        elif first >= 0:
            continue
        elif node.kind == Kind.BLANK:
            kept.append(node)
        else:
            first, base_done = at, base_done or its in _ANNOTATION
    if first >= 0:
        kept += trimmed(nodes[first:], keeps_white=keeps_white)
    return kept if base_present else [GENERATED, *kept]


def container_nodes(nodes: list[Node], expected: str, name: Name, *, keeps_white: bool) -> list[Node]:
    """The children of `rbc` and `rtc`: boxed, unless there is one of the `expected` name; an empty one gets a character."""
    if any(name(node) == expected for node in nodes):
        return nodes
    return trimmed(nodes, keeps_white=keeps_white) if nodes else [GENERATED]


def trimmed(nodes: list[Node], *, keeps_white: bool) -> list[Node]:
    """What stays of some children when they are put in a box: not the blanks before them, nor one behind them."""
    if keeps_white:
        return nodes
    start = next((at for at, node in enumerate(nodes) if node.kind != Kind.BLANK), len(nodes))
    end = len(nodes) - (start < len(nodes) and nodes[-1].kind == Kind.BLANK)
    return nodes[start:end]
