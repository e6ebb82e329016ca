"""A child of an element as crengine has it, and what it is to its parent. Nothing else."""

import enum
from bisect import bisect_left
from typing import Final, NamedTuple


class Kind(enum.IntEnum):
    """What a child is to its parent, when the parent decides about white space."""

    BLANK = 0
    TEXT = 1
    INLINE = 2
    BLOCK = 3
    FLOAT = 4
    INVISIBLE = 5


class Node(NamedTuple):
    """An element (`element`), a text node (`piece`: a run of the document's text; `start`, `end`: in the source), or neither."""

    kind: Kind
    element: int = -1
    piece: int = -1
    start: int = 0
    end: int = 0

    @property
    def is_text(self) -> bool:
        """Whether it is a text node."""
        return self.kind <= Kind.TEXT

    @property
    def inlineish(self) -> bool:
        """Whether it stands in a line with others."""
        return self.kind <= Kind.INLINE


class Texts:
    """Text nodes of one element, in order: `nodes`; and where to find each."""

    def __init__(self, nodes: list[Node]) -> None:
        """In document order."""
        self.nodes = nodes
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        for place, node in enumerate(nodes):
            piece = node.piece
            if piece in self._first:
                self._last[piece] = place
            else:
                self._first[piece] = place

    def of(self, piece: int) -> list[Node]:
        """Those that a run of text was cut into."""
        first = self._first.get(piece)
        return [] if first is None else self.nodes[first : self._last.get(piece, first) + 1]

    def place(self, node: Node) -> int:
        """Which of them a node is, from 0."""
        first = self._first[node.piece]
        return bisect_left(self.nodes, node.start, first, self._last.get(node.piece, first), key=_start)


def _start(node: Node) -> int:
    return node.start


GENERATED: Final = Node(Kind.TEXT)
"""A text node of crengine's own that holds one zero width space: the base of an annotation that has none."""
