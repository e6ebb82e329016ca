"""Whether the sentence at a place is the same in two copies: its words, its numbers, and what tells it from others like it.

Where sentences end is told by their marks, as paragraphs are not known here. Must not know publications.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from placekeeper.positions.quotes.letters import ENDS, Folded, letters_of

WIDEST = 300
"""Letters on either side within which a sentence is looked for."""
MOST_WORD = 40
"""Letters of a word on either side of a place that are compared."""
APART = re.compile(r"[\s\-\u2010-\u2015\u30fb]+")
NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
DIGIT = re.compile(r"[0-9\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343]")
LIKE = 0.7
"""How like each other two readings of one word are."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, with the one before it and the one after it, as they stand in the text."""

    before: str
    own: str
    after: str


def sentence(folded: Folded, letter: int, *, onward: bool) -> Sentence:
    """The sentence of a letter, or of the one before it if not `onward`."""
    at = folded.offset(letter if onward else max(0, letter - 1))
    low = folded.offset(max(0, letter - WIDEST))
    raw = folded.raw[low : folded.offset(letter + WIDEST)]
    ends = [found.end() for found in ENDS.finditer(raw)]
    at -= low
    earlier, later = [0, 0, *(end for end in ends if end <= at)], [*(end for end in ends if end > at), len(raw), len(raw)]
    return Sentence(raw[earlier[-2] : earlier[-1]], raw[earlier[-1] : later[0]], raw[later[0] : later[1]])


def same(one: Folded, letter: int, two: Folded, other: int, *, onward: bool) -> str:
    """Why the sentence before letter `letter` of one text is not surely that before `other` of another; empty if it is."""
    ours, theirs = sentence(one, letter, onward=onward), sentence(two, other, onward=onward)
    if not (_same_word(one, letter, two, other) and alike(ours.own, theirs.own)):
        return "the sentence is another one in this copy"
    if not _told_apart(one, ours, two, theirs):
        return "the passage repeats, and what tells it from the others differs in this copy"
    return ""


def alike(one: str, two: str, *, strict: bool = False) -> bool:
    """Whether most words are the same, in the same order, and all numbers; if `strict`, all words but for misread letters."""
    if letters_of(one) == letters_of(two):
        return True
    ours, theirs = _words(one), _words(two)
    if _numbers(ours) != _numbers(theirs):
        return False
    if strict:
        return len(ours) == len(theirs) and all(map(_misread, ours, theirs))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return 2 * sum(block.size for block in blocks) > max(len(ours), len(theirs))


def _misread(one: str, two: str) -> bool:
    """Whether two words may be the same one, or a letter or two of it were read wrongly."""
    return one == two or (len(one) > 1 and SequenceMatcher(None, one, two, autojunk=False).ratio() > LIKE)


def _numbers(words: list[str]) -> list[str]:
    """The words that are mostly digits; the figures of Chinese too."""
    return [word for word in words if 2 * len(DIGIT.findall(word)) > len(word)]


def _words(text: str) -> list[str]:
    """The letters of each word; each letter where words have no spaces between them."""
    if NO_SPACES.search(text):
        return list(letters_of(text))
    return [letters for word in APART.split(text) if (letters := letters_of(word))]


def _same_word(one: Folded, letter: int, two: Folded, other: int) -> bool:
    """Whether the letters of the word that a place is in, or in front of, stand at the other place too."""
    at = one.offset(letter)
    low = max(0, at - MOST_WORD)
    near = one.raw[low : at + MOST_WORD]
    if NO_SPACES.search(near[at - low : at - low + 1]):
        head, tail = "", one.letters[letter : letter + 2]
    else:
        head = letters_of(APART.split(near[: at - low])[-1])
        tail = letters_of(APART.split(near[at - low :])[0])
    return two.letters.startswith(tail, other) and two.letters.endswith(head, 0, other)


def _told_apart(one: Folded, ours: Sentence, two: Folded, theirs: Sentence) -> bool:
    """Whether a sentence that stands several times has the neighbours that tell it apart."""
    own, before, after = letters_of(ours.own), letters_of(ours.before), letters_of(ours.after)
    if one.letters.count(own) < 2 and two.letters.count(letters_of(theirs.own)) < 2:  # noqa: PLR2004 - once
        return True
    if before and one.letters.count(before + own) == 1:
        return alike(ours.before, theirs.before, strict=True)
    if after and one.letters.count(own + after) == 1:
        return alike(ours.after, theirs.after, strict=True)
    return alike(ours.before, theirs.before, strict=True) and alike(ours.after, theirs.after, strict=True)
