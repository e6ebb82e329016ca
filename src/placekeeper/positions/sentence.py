"""The sentence at a place, for people to read: what stands there, from the mark before it to the next.

A sentence ends at its block (a paragraph, a heading, a table's cell) at the latest, and not after an initial or a title like
"Mr.". No two places are compared by it, see `quotes.sentence` for that. Must not know notations or publications.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Final

from placekeeper.positions.document import Document

LONGEST: Final = 400
"""Code points of a sentence that are shown; longer ones are cut on both sides of the place."""
_INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "image", "img", "ins", "kbd", "label", "mark", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span",
    "strike", "strikethrough", "strong", "style", "sub", "sup", "svg", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""Elements of HTML and FictionBook that begin no new line. All others do."""
_ASIDE: Final = frozenset({"rp", "rt", "rtc", "script", "style"})
"""Elements whose text is no part of the sentence: how its signs are read, and what is not shown at all."""
_SPACE = re.compile(r"\s+")
_VISIBLE = re.compile(r"\S")
_END = re.compile(
    r"""[.!?\u2026]+["'\u2019\u201d\u00bb\u203a)\]]*(?=\s+(?![a-z]))|[\u3002\uff01\uff1f\uff0e\u0964\u0965\u061f\u06d4\u1362\u17d4]+["'\u2019\u201d\u300d\u300f)]*"""
)
_NO_END = re.compile(
    r"(?:^|[\s(\u2018\u201c\"'])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Mme|Mlle|Messrs|Prof|Rev|Capt|Col|Gen|Lt|Sgt|No|vol|pp?)\.$"
)
"""What stands before a full stop that ends no sentence."""


def sentence_at(document: Document, offset: int) -> str:
    """The sentence at an offset of a document's text, white space collapsed; "" where the document has no text from there on.

    At white space, that of the next visible code point.
    """
    seen = _VISIBLE.search(document.text, offset)
    if seen is None:
        return ""
    at = seen.start()
    low, high = _line(document, at)
    first, last = max(low, at - LONGEST), min(high, at + LONGEST)
    text = document.text[first:last]
    ends = [found.end() for found in _END.finditer(text) if not _NO_END.search(text, 0, found.end())]
    here = at - first
    before = [end for end in ends if end <= here]
    after = [end for end in ends if end > here]
    start, stop = before[-1] if before else 0, after[0] if after else len(text)
    sentence = _SPACE.sub(" ", _shown(document, first + start, first + stop)).strip()
    return ("\u2026" if start == 0 and first > low else "") + sentence + ("\u2026" if not after and last < high else "")


def _shown(document: Document, start: int, stop: int) -> str:
    """The text between two offsets, without what is aside; all of it where there is nothing else."""
    kept, at = "", start
    for element in range(bisect_left(document.starts, start), bisect_left(document.starts, stop)):
        if document.names[element].lower() in _ASIDE and document.ends[element] > at:
            kept += document.text[at : document.starts[element]]
            at = document.ends[element]
    kept += document.text[at:stop]
    return kept if kept.strip() else document.text[start:stop]


def _line(document: Document, offset: int) -> tuple[int, int]:
    """Where the text around an offset begins and ends that stands in one block, with no other block between."""
    element = document.owner(offset)
    while document.names[element].lower() in _INLINE and element != document.body and document.parents[element] >= 0:
        element = document.parents[element]
    low, high = document.starts[element], document.ends[element]
    blocks = [child for child in document.children[element] if document.names[child].lower() not in _INLINE]
    at = bisect_right(blocks, offset, key=lambda child: document.starts[child])
    if at:
        low = max(low, document.ends[blocks[at - 1]])
    if at < len(blocks):
        high = min(high, document.starts[blocks[at]])
    return low, high
