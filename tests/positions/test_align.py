"""Joining two nearly equal texts."""

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placekeeper.positions.align import Alignment

WORDS = [
    "in",
    "the",
    "beginning",
    "it",
    "was\n",
    "a",
    "dark",
    "and",
    "stormy",
    "night;",
    "rain",
    "fell",
    "\u6f22\u5b57",
    "\U0001f600",
]


def prose(words: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + str(chance.randrange(50)) for _ in range(words))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="abc \n", max_size=80), st.text(alphabet="abc \n", max_size=80))
@example("", "")
@example("abc", "")
@example("", "abc")
def test_any_two_texts(here: str, there: str) -> None:
    """Joined characters are equal, order is kept, both directions agree, and every offset leads to one that exists."""
    alignment = Alignment(here, there)
    kept = [offset for offset in range(len(here)) if alignment.exact(offset)]
    ways = [alignment.there(offset) for offset in range(len(here) + 1)]

    assert [here[offset] for offset in kept] == [there[alignment.there(offset)] for offset in kept]
    assert kept == [alignment.back(alignment.there(offset)) for offset in kept]
    assert ways == sorted(ways)
    assert len(there) == ways[-1]
    assert len(kept) == sum(alignment.exact_back(offset) for offset in range(len(there)))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="abc", max_size=40), st.text(alphabet="abc", max_size=40), st.integers(0, 40))
def test_gaps(here: str, there: str, offset: int) -> None:
    """The place of an offset reaches over what was lost there, and is the same seen from the other side."""
    alignment = Alignment(here, there)
    span, other = alignment.gap(offset := min(offset, len(here)))

    assert span[0] <= offset <= span[1]
    assert other[0] <= alignment.there(offset) <= other[1]
    assert (other, span) == alignment.gap(other[0], 1)


def test_equal_texts() -> None:
    """Equal texts are joined as they are."""
    alignment = Alignment("same", "same")

    assert [0, 1, 2, 3, 4] == [alignment.there(offset) for offset in range(5)]
    assert alignment.exact(4)


def test_equal_texts_that_repeat() -> None:
    """Equal texts are sure from end to end, however often the same stands in them."""
    text = "over and over and over. " * 2
    alignment = Alignment(text, text)

    assert [True] * len(text) == [alignment.exact(offset) for offset in range(len(text))]


def test_following_character() -> None:
    """A lost character is where the nearest kept one stands that follows."""
    alignment = Alignment("one [lost] two", "one two")

    assert ("two", False) == ("one two"[alignment.there(5) :], alignment.exact(5))
    assert "two" == "one [lost] two"[alignment.back(4) :]


@pytest.mark.parametrize(
    ("here", "there", "unsure"),
    [
        ("Nevermore. Nevermore. Quoth.", "Nevermore. Quoth.", "Nevermore. Nevermore. "),
        ("Nevermore. Quoth. Nevermore. ", "Nevermore. Nevermore. Quoth. ", "Nevermore. "),
        ("Lenore. Quoth.", "Lenore. So Lenore. said Quoth.", "Lenore. "),
        ("abc", "accc", "abc"),
        ("abcabcab", "abcab", "abcabcab"),
    ],
    ids=["lost", "moved", "within", "little", "over and over"],
)
def test_ambiguous_text(here: str, there: str, unsure: str) -> None:
    """What stands beside a gap and in it too may be the one or the other, and is not said to be the same."""
    alignment = Alignment(here, there)
    start = here.index(unsure)
    sure = [alignment.exact(offset) for offset in range(start, start + len(unsure))]

    assert [False] * len(unsure) == sure


def test_a_gap_beside_ambiguous_text() -> None:
    """The place of a character that may be one of two reaches over both."""
    assert ((0, 11), (0, 22)) == Alignment("Nevermore. Quoth.", "Nevermore. Nevermore. Quoth.").gap(3)


@pytest.mark.parametrize("edits", [1, 10, 300])
def test_edited_prose(edits: int) -> None:
    """Of a long text with many small losses and additions, all but their nearest surroundings is joined, and rightly."""
    text, chance = prose(20_000, 3), random.Random(edits)
    cuts = sorted(chance.sample(range(len(text)), edits))
    edited, at = "", 0
    kept: list[tuple[int, int]] = []
    for cut in cuts:
        if cut - at >= 60:
            kept.append((at + 20, len(edited) + 20))
        edited += text[at:cut] + chance.choice(["", "NEW", "x" * 100])
        at = max(at, cut) + chance.choice([0, 1, 40])
    edited += text[at:]
    alignment = Alignment(text, edited)
    right = [alignment.there(here) == there and alignment.exact(here) for here, there in kept]

    assert sum(right) >= 0.98 * len(right)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (prose(300_000, 1), prose(300_000, 2)),
        ("abc " * 500_000, "x" + "abd " * 500_000),
        ("\n" * 2_000_000, "\n\r" * 1_000_000),
        ("a" * 2_000_000, "b" + "a" * 999_999 + "c" + "a" * 1_000_000),
    ],
    ids=["others", "near misses", "blanks", "one letter"],
)
def test_the_worst_is_bounded(here: str, there: str) -> None:
    """Texts of millions of characters that have nothing or everything in common are joined within a second or two."""
    began = time.process_time()
    assert Alignment(here, there).there(len(here)) == len(there)
    assert time.process_time() - began < 4
