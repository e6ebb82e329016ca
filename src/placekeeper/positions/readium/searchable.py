"""The text of a document as browsers search it: one space for each run of white space, no case, no accents, blocks kept apart.

It must not know what is searched for. Elements are blocks by their names, as style sheets are not looked at.
Source: https://wicg.github.io/scroll-to-text-fragment/#finding-ranges-in-a-document
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from unicodedata import category, normalize
from weakref import WeakKeyDictionary

from placekeeper.positions.document import Document

BLOCKS = (
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p "
    "plaintext pre search section summary table tbody td tfoot th thead title tr ul xmp"
)
APART = "audio button canvas embed input img math object rb rp rt rtc ruby svg video"
"""What browsers may search across or not: a quotation that is to be found everywhere does not run across their edges."""
UNSEEN = "head iframe noframes noscript script select style template textarea"
KINDS = {name: kind for kind, names in (("edge", BLOCKS), ("apart", APART), ("unseen", UNSEEN)) for name in names.split()}
RUBY = frozenset({"rp", "rt", "rtc"})
SPACES = "\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ODD = re.compile(f"[{SPACES}\xc0-\u024f\u0386-\u03ce\u0400-\u045f\u1e00-\u1fff]")
IGNORED = "\xad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
JOINERS = frozenset(IGNORED)
IGNORABLE = re.compile(f"[{IGNORED}]+")
BLANKS = re.compile(" +")
NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that put no spaces between words, so that only a dictionary knows where words begin."""


class Searchable:
    """`text`: the folded text. The methods take and give indexes into it unless they say otherwise."""

    def __init__(self, document: Document, *, without_ruby: bool = False) -> None:
        """Folds the text once; `without_ruby`: as if there were no ruby annotations."""
        folded = fold(document.text)
        edges, apart, unseen = _edges(document, RUBY if without_ruby else frozenset())
        folded = _tidied(folded, unseen)
        self._edges = sorted(edges)  # in the document's text, as are the others up to `_cut_at`
        self._apart = sorted(edges | apart)
        self._inline = sorted(apart)
        self._raw = document.text
        self._cut_starts: list[int] = []
        self._cut_ends: list[int] = []
        self._cut_at: list[int] = []  # where in `text` the cut is
        self._removed: list[int] = []  # how much has been cut up to there
        kept, removed, last = [], 0, 0
        for start, end in _cuts(folded):
            kept.append(folded[last:start])
            self._cut_at.append(start - removed)
            removed += end - start
            self._cut_starts.append(start)
            self._cut_ends.append(end)
            self._removed.append(removed)
            last = end
        self.text = "".join([*kept, folded[last:]])

    def offset(self, index: int) -> int:
        """The offset in the document's text of the code point at an index."""
        at = bisect_right(self._cut_at, index)
        return index + (self._removed[at - 1] if at else 0)

    def index(self, offset: int) -> int:
        """The index of the code point at an offset of the document's text; of what follows, where that one was cut."""
        at = bisect_right(self._cut_starts, offset)
        if not at:
            return offset
        return self._cut_at[at - 1] if offset < self._cut_ends[at - 1] else offset - self._removed[at - 1]

    def whole(self, start: int, end: int) -> bool:
        """Whether no edge of a block lies within."""
        first, last = self.offset(start), self.offset(end - 1)
        return bisect_right(self._edges, first) == bisect_right(self._edges, last)

    def stretch(self, index: int) -> tuple[int, int]:
        """The stretch around an index that every browser searches as one."""
        offset = self.offset(index)
        at = bisect_right(self._apart, offset)
        start = self._apart[at - 1] if at else 0
        end = self._apart[at] if at < len(self._apart) else self.offset(len(self.text))
        return self.index(start), self.index(end)

    def bounded(self, index: int) -> bool:
        """Whether a word may begin or end there; between two letters of a script without spaces, one always may."""
        text = self.text
        if not 0 < index < len(text):
            return True
        left, right = text[index - 1], text[index]
        if not (wordy(left) and wordy(right)) or NO_SPACES.match(left) or NO_SPACES.match(right):
            return True
        return self._edge_between(index)

    def sure(self, index: int) -> bool:
        """Whether a word begins or ends there without a dictionary having to say so."""
        text = self.text
        if not 0 < index < len(text) or not (wordy(text[index - 1]) and wordy(text[index])):
            return True
        return self._edge_between(index)

    def _edge_between(self, index: int) -> bool:
        last = self.offset(index - 1)
        return bisect_right(self._edges, last) != bisect_right(self._edges, self.offset(index))

    def joined(self, index: int) -> bool:
        """Whether an ignored character stands there: to browsers it belongs to the word in front, which so ends behind it."""
        return index > 0 and self._raw[(after := self.offset(index - 1) + 1) : after + 1] in JOINERS

    def odd(self, index: int) -> bool:
        """Whether a run of white space stands there that browsers do not collapse, as not all of it is ASCII."""
        if self.text[index] != " " or not index:
            return False
        run = self._raw[self.offset(index - 1) + 1 : self.offset(index + 1)]
        return len(run) > 1 and not run.isascii()

    def together(self, left: int, right: int) -> bool:
        """Whether no image, ruby or the like begins or ends between the code points in front of `left` and at `right`."""
        first, last = self.offset(left - 1) + 1 if left else 0, self.offset(right)
        return bisect_left(self._inline, first) == bisect_right(self._inline, last)

    def skip(self, index: int) -> int:
        """The index, behind white space that stands there."""
        return index + 1 if self.text.startswith(" ", index) else index

    def find(self, wanted: str, start: int = 0) -> Iterator[int]:
        """Where `wanted` (folded, see `squeezed`) stands in one block, from `start` on."""
        at = self.text.find(wanted, start) if wanted else -1
        while at >= 0:
            if self.whole(at, at + len(wanted)):
                yield at
            at = self.text.find(wanted, at + 1)


_MADE: WeakKeyDictionary[Document, Searchable] = WeakKeyDictionary()


def searchable(document: Document) -> Searchable:
    """The searchable text of a document, made once."""
    found = _MADE.get(document)
    if found is None:
        found = _MADE[document] = Searchable(document)
    return found


def squeezed(text: str) -> str:
    """A text to search for, in the form in which it is found."""
    return " ".join(IGNORABLE.sub("", fold(text)).split())


def fold(text: str) -> str:
    """Without case and accents, white space as spaces; as long as it was."""
    lowered = text.lower()
    if len(lowered) != len(text):  # U+0130 becomes two
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    for space in "\t\n\r\f":
        lowered = lowered.replace(space, " ")
    if not lowered.isascii():
        for char in set(ODD.findall(lowered)):
            lowered = lowered.replace(char, _base(char))
    return lowered


def _ignored(text: str) -> list[str]:
    """The ignored characters that a text has, each once."""
    return [] if text.isascii() else [char for char in IGNORED if char in text]


def wordy(char: str) -> bool:
    """Whether the character is part of words: letters, digits, marks on them."""
    return char.isalnum() or char == "_" or (not char.isascii() and category(char)[0] == "M")


def _base(char: str) -> str:
    if char.isspace():
        return " "
    return "\u03c3" if char == "\u03c2" else normalize("NFKD", char)[0].lower()[0]  # both are sigma


def _edges(document: Document, unseen: frozenset[str]) -> tuple[set[int], set[int], list[tuple[int, int]]]:
    """Offsets where blocks begin or end; where what stands apart does; what is not searched at all, as starts and ends."""
    edges: set[int] = set()
    apart: set[int] = set()
    hidden: list[tuple[int, int]] = []
    kinds = {name: "unseen" if name in unseen else KINDS.get(name.lower(), "") for name in set(document.names)}
    for element, (name, start, end) in enumerate(zip(document.names, document.starts, document.ends, strict=True)):
        kind = kinds[name]
        if document.attributes[element] and "hidden" in document.attributes[element]:
            kind = "unseen"
        if kind:
            (edges if kind == "edge" else apart).update((start, end))
            if kind == "unseen" and start < end and (not hidden or start >= hidden[-1][1]):
                hidden.append((start, end))
    return edges, apart, hidden


def _tidied(folded: str, unseen: list[tuple[int, int]]) -> str:
    """With unseen text and ignored characters as white space where they touch white space; as long as it was."""
    for start, end in unseen:
        touches = folded[max(0, start - 1) : start] == " " or folded[end : end + 1] == " "
        folded = folded[:start] + (" " if touches else "\xad") * (end - start) + folded[end:]
    for char in _ignored(folded):
        folded = folded.replace(" " + char, "  ").replace(char + " ", "  ")
    return folded


def _cuts(folded: str) -> list[tuple[int, int]]:
    """What is left out, in order: ignored characters, and white space after white space."""
    cuts = []
    for char in _ignored(folded):
        at = folded.find(char)
        while at >= 0:
            cuts.append((at, at + 1))
            at = folded.find(char, at + 1)
    at = folded.find("  ")
    while at >= 0:
        end = BLANKS.match(folded, at).end()  # type: ignore[union-attr]
        cuts.append((at + 1, end))
        at = folded.find("  ", end)
    return sorted(cuts)
