"""A child of an element as crengine has it, and what it is to its parent. Nothing else."""

import enum
from dataclasses import dataclass
from typing import Final


class Kind(enum.IntEnum):
    """What a child is to its parent, when the parent decides about white space."""

    BLANK = 0
    TEXT = 1
    INLINE = 2
    BLOCK = 3
    FLOAT = 4
    INVISIBLE = 5


@dataclass(frozen=True, slots=True)
class Node:
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
        self._of_piece: dict[int, list[Node]] = {}
        self._places: dict[tuple[int, int], int] = {}
        for place, node in enumerate(nodes):
            self._of_piece.setdefault(node.piece, []).append(node)
            self._places[node.piece, node.start] = place

    def of(self, piece: int) -> list[Node]:
        """Those that a run of text was cut into."""
        return self._of_piece.get(piece, [])

    def place(self, node: Node) -> int:
        """Which of them a node is, from 0."""
        return self._places[node.piece, node.start]


GENERATED: Final = Node(Kind.TEXT)
"""A text node of crengine's own that holds one zero width space: the base of an annotation that has none."""
