"""A publication without its text: lengths, elements, ids, where characters are wide. Small enough to be kept for every book.

With it all arithmetic of positions works, and CFIs, selectors and element look-ups can be made and read though the file is gone
or not opened: `PositionMap.skeleton` is a `Document` whose text is filler of the same lengths. It must not know where it is kept;
`position_map_bytes` writes and reads it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from re import compile as pattern

from placekeeper.positions.document import NO_ATTRIBUTES, Document, utf16
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.spine import Publication, Spine

ASTRAL = pattern("[\U00010000-\U0010ffff]")
FILLER, WIDE_FILLER = "x", "\U00010000"
KEPT = 32
"""Skeletons that are kept at a time."""


class DamagedMap(ValueError):
    """Bytes that are not a position map, or not one that was written whole."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A document without its text. One entry for each element, in document order, in `names`, `counts`, `leads` and `tails`.

    `names`: numbers in the map's `names`. `counts`: how many children. `leads`: code points of text right before the element, in
    its parent. `tails`: code points between its last child (or its start) and its end. `ids`: elements and their ids. `wide`:
    offsets of astral code points. `breaks`: as in `Document`.
    """

    length: int
    body: int
    names: Sequence[int]
    counts: Sequence[int]
    leads: Sequence[int]
    tails: Sequence[int]
    ids: Sequence[tuple[int, str]]
    wide: Sequence[int]
    breaks: Sequence[int]


@dataclass(frozen=True)
class PositionMap:
    """The outlines of a publication's resources, by index; where one has no text, what `NoPlace` says of it.

    `lengths`: of the resources' texts, in code points, 0 where there is none.
    """

    spine: Spine
    names: tuple[str, ...]
    lengths: tuple[int, ...]
    outlines: Sequence[Outline | str]

    @cached_property
    def positions(self) -> Positions:
        """Readium's positions, and all arithmetic with them."""
        return Positions(self.spine, self.lengths.__getitem__)

    def skeleton(self, resource: int) -> Document:
        """The document with ids as its only attributes, and filler for text. Raises `NoPlace` where the resource has no text."""
        if not 0 <= resource < len(self.outlines):
            raise NoPlace(f"there is no resource {resource}")
        return self._skeletons(resource)

    @cached_property
    def _skeletons(self) -> Callable[[int], Document]:
        return lru_cache(KEPT)(self._skeleton)

    def _skeleton(self, resource: int) -> Document:
        outline = self.outlines[resource]
        if isinstance(outline, str):
            raise NoPlace(outline)
        return skeleton_of(outline, self.names)


def build(publication: Publication) -> PositionMap:
    """The map of a publication. Costs what parsing all of it costs, and a little."""
    numbers: dict[str, int] = {}
    outlines: list[Outline | str] = []
    for item in publication.spine.items:
        try:
            outlines.append(outline_of(publication.resource(item.index).document, numbers))
        except NoPlace as error:
            outlines.append(str(error))
    lengths = tuple(0 if isinstance(outline, str) else outline.length for outline in outlines)
    return PositionMap(publication.spine, tuple(numbers), lengths, tuple(outlines))


def outline_of(document: Document, numbers: dict[str, int]) -> Outline:
    """The outline of a document; names that `numbers` does not have yet are added to it."""
    starts, ends, counts = document.starts, document.ends, []
    leads, tails = [0] * len(starts), []
    for at, end, children in zip(starts, ends, document.children, strict=True):
        counts.append(len(children))
        reached = at
        for child in children:
            leads[child] = starts[child] - reached
            reached = ends[child]
        tails.append(end - reached)
    attributes = enumerate(document.attributes)
    ids = [(element, identity) for element, has in attributes if has and (identity := has.get("id"))]
    text = document.text
    wide = [match.start() for match in ASTRAL.finditer(text)] if utf16(text) != len(text) else []
    names = [numbers.setdefault(name, len(numbers)) for name in document.names]
    return Outline(len(text), document.body, names, counts, leads, tails, ids, wide, list(document.breaks))


def skeleton_of(outline: Outline, names: Sequence[str]) -> Document:
    """A document of an outline. Raises `DamagedMap` where the outline is not one of a document."""
    document = Document()
    document.names = [names[number] for number in outline.names]
    document.body, document.breaks = outline.body, list(outline.breaks)
    document.text = _filler(outline.length, outline.wide)
    _grow(document, outline)
    document.attributes = [NO_ATTRIBUTES] * len(document.names)
    for element, identity in outline.ids:
        document.attributes[element] = {"id": identity}
    return document


def _grow(document: Document, outline: Outline) -> None:
    """Parents, children, starts, ends and runs of text, from what stands between the tags."""
    starts, parents, at = document.starts, document.parents, 0
    document.ends = [0] * len(outline.names)
    document.children = [[] for _ in outline.names]
    opened: list[int] = []
    missing: list[int] = []  # children that the opened elements still lack
    for element, (count, lead) in enumerate(zip(outline.counts, outline.leads, strict=True)):
        parent = opened[-1] if opened else -1
        at = _run(document, at, lead, parent)
        starts.append(at)
        parents.append(parent)
        if parent >= 0:
            document.children[parent].append(element)
            missing[-1] -= 1
        opened.append(element)
        missing.append(count)
        while missing and not missing[-1]:
            missing.pop()
            ended = opened.pop()
            at = document.ends[ended] = _run(document, at, outline.tails[ended], ended)
    if opened or at != outline.length:
        raise DamagedMap("the outline of a resource does not add up")


def _run(document: Document, at: int, length: int, owner: int) -> int:
    if length:
        document.piece_starts.append(at)
        document.piece_owners.append(owner)
    return at + length


def _filler(length: int, wide: Sequence[int]) -> str:
    if not wide:
        return FILLER * length
    ends = [*wide, length]
    return FILLER * wide[0] + "".join(WIDE_FILLER + FILLER * (end - start - 1) for start, end in zip(wide, ends[1:], strict=True))
