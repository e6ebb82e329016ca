"""Writing the shortest text fragment that leads browsers, and this project, to one place of a document and to no other.

It must not know resources or publications. What is written holds for every browser: whole words, within one stretch of text.
Source: https://wicg.github.io/scroll-to-text-fragment/#generating-text-fragment-directives
"""

from collections.abc import Iterator
from dataclasses import dataclass

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.searchable import IGNORABLE, NO_SPACES, Searchable, searchable, wordy
from placekeeper.positions.readium.text_fragment import MAX_TRIES, Directive, matches, write_directive

SHORTEST = 12
LONGEST = 160
SURROUNDINGS = 120
"""Code points of prefix or suffix at most."""
MAX_WORD = 64
MOST = 300
"""Code points of each part at most, whatever it has to run to: a word without an end is no quotation."""
INSIDE_WORDS = frozenset("'\u2019.:\xb7,_")
"""Between two letters or digits these are a part of the word."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text fragment, without `#`, and the offset that it leads to: not always the one asked for, as words are kept whole."""

    fragment: str
    offset: int


def write_text(document: Document, offset: int) -> Written:
    """The fragment for the text at an offset, or at the start of its word. Raises `NoPlace` where no text can tell the place."""
    text = searchable(document)
    start = text.skip(text.index(offset))
    if start >= len(text.text):
        raise NoPlace("no text follows that could be quoted")
    start = _word_start(text, start)
    draft = _Draft(text, start)
    draft.extend()
    directive = draft.directive(document.text)
    if next(matches(text, directive), None) != (start, draft.end):
        raise NoPlace("the text there can't be quoted so that it is found")
    return Written(write_directive(directive), text.offset(start))


class _Draft:
    """A quotation that grows until it has no rivals: other places where the same text stands. All numbers are indexes."""

    def __init__(self, text: Searchable, start: int) -> None:
        self.text, self.start = text, start
        low, self.high = text.stretch(start)
        self.end = self.suffix_start = self.suffix_end = start
        self.prefix_end = self.prefix_start = start
        if not text.sure(start):  # in a script without spaces: what stands behind a prefix need not be bounded
            self.prefix_start = next((at for at in range(start, max(low, start - MOST), -1) if text.sure(at)), low)
        self.rivals: list[int] = []

    def extend(self) -> None:
        """Takes the shortest start, then a suffix, then a prefix, until only one place is left."""
        text, folded, start = self.text, self.text.text, self.start
        if start - self.prefix_start > MOST:
            raise NoPlace("no word begins near the text there")
        ends = _ends(text, start, self.high, LONGEST)
        for self.end in ends:
            if self.end - start >= SHORTEST:
                break
        if self.end == start:
            raise NoPlace("the text there has no end that could be quoted")
        prefix = folded[self.prefix_start : start]
        found = _standing(folded, folded[start : self.end])
        self.rivals = [at for at in found if at != start and folded.endswith(prefix, 0, at)]
        for end in ends if self.rivals else ():
            self.end, words = end, folded[start:end]
            self.rivals = [at for at in self.rivals if folded.startswith(words, at)]
            if not self.rivals:
                return
        if self.rivals and not self._with_suffix():
            self._with_prefix()

    def directive(self, raw: str) -> Directive:
        """What was found, in the words of the document's text."""
        return Directive(
            self._words(raw, self.start, self.end),
            prefix=self._words(raw, self.prefix_start, self.prefix_end),
            suffix=self._words(raw, self.suffix_start, self.suffix_end),
        )

    def _with_suffix(self) -> bool:
        text, folded = self.text, self.text.text
        if self.high - self.start <= MOST and not any(
            map(wordy, folded[self.end : self.high])
        ):  # what is left of the block says nothing: the next one may
            self.end, words = _unskip(folded, self.high), folded[self.start : _unskip(folded, self.high)]
            self.rivals = [at for at in self.rivals if folded.startswith(words, at)]
            if not self.rivals:
                return True
        length = self.end - self.start
        self.suffix_start = self.suffix_end = text.skip(self.end)
        if self.suffix_start == len(folded) or not text.together(self.end, self.suffix_start):
            return False
        for end in _ends(text, self.suffix_start, text.stretch(self.suffix_start)[1], SURROUNDINGS):
            self.suffix_end, suffix = end, folded[self.suffix_start : end]
            self.rivals = [at for at in self.rivals if folded.startswith(suffix, text.skip(at + length))]
            if not self.rivals:
                return True
        return False

    def _with_prefix(self) -> None:
        text, folded = self.text, self.text.text
        if self.prefix_start == self.prefix_end:
            self.prefix_start = self.prefix_end = _unskip(folded, self.start)
        if not self.prefix_end or not text.together(self.prefix_end, self.start):
            return
        low = max(text.stretch(self.prefix_end - 1)[0], self.prefix_end - SURROUNDINGS)
        for at in range(self.prefix_start - 1, low - 1, -1):
            if text.odd(at):
                return
            if wordy(folded[at]) and _bounds_word(text, at):
                self.prefix_start, prefix = at, folded[at : self.prefix_end]
                self.rivals = [one for one in self.rivals if folded.endswith(prefix, 0, _unskip(folded, one))]
                if not self.rivals:
                    return

    def _words(self, raw: str, start: int, end: int) -> str:
        if start == end:
            return ""
        first, last = self.text.offset(start), self.text.offset(end - 1) + 1
        words = " ".join(IGNORABLE.sub("", raw[first : min(last, first + 8 * MOST)]).split())
        if last - first > 8 * MOST or len(words) > MOST:
            raise NoPlace("the text there is too long to be quoted")
        return words


def _standing(folded: str, words: str) -> Iterator[int]:
    """Where words stand, across blocks too: a rival too many does no harm."""
    at = folded.find(words)
    for _ in range(MAX_TRIES):
        if at < 0:
            return
        yield at
        at = folded.find(words, at + 1)


def _ends(text: Searchable, start: int, high: int, most: int) -> Iterator[int]:
    """Where words end behind `start`; where the stretch ends, if there is no word in it."""
    folded, last = text.text, min(high, start + most)
    none = True
    for at in range(start + 1, last + 1):
        if text.odd(at - 1):
            return
        if wordy(folded[at - 1]) and (at == high or _bounds_word(text, at)) and not text.joined(at):
            none = False
            yield at
    if none and last == high:
        trimmed = _unskip(folded, high)
        if trimmed > start:
            yield trimmed


def _word_start(text: Searchable, start: int) -> int:
    """The start of the word that an index is in; the index itself where that can't be told."""
    if NO_SPACES.match(text.text, start) or (start and NO_SPACES.match(text.text, start - 1)):
        return start
    return next((at for at in range(start, max(-1, start - MAX_WORD), -1) if _bounds_word(text, at)), start)


def _bounds_word(text: Searchable, at: int) -> bool:
    """Whether every browser takes the index for a word's start or end."""
    folded = text.text
    if not text.sure(at):
        return False
    inside = 0 < at < len(folded) and (
        (folded[at] in INSIDE_WORDS and wordy(folded[at - 1]) and wordy(folded[at + 1 : at + 2] or " "))
        or (at > 1 and folded[at - 1] in INSIDE_WORDS and wordy(folded[at - 2]) and wordy(folded[at]))
    )
    return not inside or not text.whole(at - 1, at + 1)


def _unskip(folded: str, at: int) -> int:
    return at - 1 if at and folded[at - 1] == " " else at
