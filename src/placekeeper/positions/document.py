"""One resource as browsers see it: elements and text with code point offsets. Built once, after that everything is a look-up.

It must not know how markup is parsed (it is fed events), nor any notation. Offsets count code points of the resource's text: all
character data below `body` in document order, nothing collapsed, nothing left out. Text between two child elements is a
*chunk*, as in EPUB CFI: comments vanish in it, and it exists even when it is empty.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-path-child-ref
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise

NO_ATTRIBUTES: Mapping[str, str] = {}


class Document:
    """Elements are numbered in document order, from 0 (the root); the lists have one entry for each.

    `names`: local names as written. `parents`: -1 for the root. `starts`, `ends`: offsets of the element's text in `text`; an
    element outside `body` has both at 0 or at the end. `attributes`: local names to values. `breaks`: offsets, ascending,
    where something other than an element (a comment) splits the text of a chunk into two DOM text nodes.
    `body`: the number of the element whose text counts; the root where there is no `body`.
    """

    def __init__(self) -> None:
        """Empty; see `Builder`."""
        self.text = ""
        self.names: list[str] = []
        self.parents: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.attributes: list[Mapping[str, str]] = []
        self.children: list[list[int]] = []
        self.breaks: list[int] = []
        self.body = 0
        self.plain = False  # whether parsers that follow neither XML nor HTML see the same elements in the same source
        self.piece_starts: list[int] = []  # where each run of text begins, ascending
        self.piece_owners: list[int] = []  # the element that holds that run directly
        self.piece_sources: list[tuple[int, int]] = []  # where each run stands in the source; empty where nobody knows
        self.first_pieces: list[int] = []  # for each element, how many runs of text begin before its start tag

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """`id` to element; the first one where an id is given twice, as `getElementById` does."""
        found: dict[str, int] = {}
        for element, attributes in enumerate(self.attributes):
            if attributes and (name := attributes.get("id")):
                found.setdefault(name, element)
        return found

    def owner(self, offset: int) -> int:
        """The element that directly holds the code point at `offset`; at the end of the text, the last one that holds text."""
        at = bisect_right(self.piece_starts, offset) - 1
        return self.piece_owners[at] if at >= 0 else self.body

    def chunk(self, element: int, number: int) -> tuple[int, int]:
        """Start and end of the `number`-th chunk (from 0) of an element: before its first child, between two, after the last."""
        children = self.children[element]
        start = self.ends[children[number - 1]] if number else self.starts[element]
        end = self.starts[children[number]] if number < len(children) else self.ends[element]
        return start, end

    def chunk_at(self, element: int, offset: int) -> int:
        """The number of the chunk of `element` that holds the code point at `offset`."""
        children = self.children[element]
        low, high = 0, len(children)
        while low < high:
            middle = (low + high) // 2
            if self.starts[children[middle]] > offset or self.ends[children[middle]] > offset:
                high = middle
            else:
                low = middle + 1
        return low

    def text_nodes(self, element: int) -> Iterator[tuple[int, int]]:
        """The non-empty text node children of an element, as starts and ends: chunks, cut at comments."""
        for number in range(len(self.children[element]) + 1):
            start, end = self.chunk(element, number)
            if start < end:
                first, last = bisect_right(self.breaks, start), bisect_right(self.breaks, end - 1)
                yield from pairwise((start, *self.breaks[first:last], end))

    def ancestors(self, element: int) -> Iterator[int]:
        """The element, its parent, and so on to the root."""
        while element >= 0:
            yield element
            element = self.parents[element]

    def inside_body(self, element: int) -> bool:
        """Whether the element is `body` or below it."""
        return self.body in self.ancestors(element)


class Builder:
    """Takes the events of a parser, in document order, and makes a `Document`. Unclosed elements are closed by `finish`."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.document = Document()
        self._open: list[int] = []
        self._pieces: list[str] = []
        self._length = 0
        self.counting = False  # whether `body` is open, so that text counts
        self._body = -1

    def start(self, name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> int:
        """An element begins; its number. Only the first `body` below the root counts as such, or a root like `svg`."""
        document, number = self.document, len(self.document.names)
        parent = self._open[-1] if self._open else -1
        if self._body < 0 and ((parent == 0 and name.lower() == "body") or (parent < 0 and name.lower() != "html")):
            self._body = document.body = number
            self.counting = True
        document.names.append(name)
        document.parents.append(parent)
        document.starts.append(self._length)
        document.ends.append(self._length)
        document.attributes.append(attributes)
        document.children.append([])
        document.first_pieces.append(len(self._pieces))
        if parent >= 0:
            document.children[parent].append(number)
        self._open.append(number)
        return number

    def end(self) -> None:
        """The innermost open element ends."""
        number = self._open.pop()
        self.document.ends[number] = self._length
        if number == self._body:
            self.counting = False

    def text(self, text: str, source: tuple[int, int] | None = None) -> None:
        """Character data of the innermost open element. `source`: from where to where it stands in the source, if known."""
        if self.counting and text:
            if source:
                self.document.piece_sources.append(source)
            self.document.piece_starts.append(self._length)
            self.document.piece_owners.append(self._open[-1])
            self._pieces.append(text)
            self._length += len(text)

    def split(self) -> None:
        """Something that is not an element stands here (a comment): text nodes do not run across it."""
        breaks = self.document.breaks
        if self.counting and (not breaks or breaks[-1] != self._length):
            breaks.append(self._length)

    def open_names(self) -> list[str]:
        """The names of the open elements, from the root on."""
        return [self.document.names[element] for element in self._open]

    def finish(self) -> Document:
        """The document."""
        while self._open:
            self.end()
        self.document.text = "".join(self._pieces)
        return self.document


def utf16(text: str) -> int:
    """How many UTF-16 code units the text takes: what JavaScript, and so CFI, counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def from_utf16(text: str, units: int) -> int:
    """How many code points of `text` its first `units` UTF-16 code units are; half a code point counts as none of it."""
    if text.isascii():
        return min(units, len(text))
    encoded = text.encode("utf-16-le", "surrogatepass")[: units * 2]
    whole = encoded.decode("utf-16-le", "ignore")
    return len(whole)
