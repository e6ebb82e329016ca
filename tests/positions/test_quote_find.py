"""A quote is found again in a text that is not the same to the letter, and nothing else is taken for it."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import Precision
from placekeeper.positions.quotes.letters import Folded, across, letters_of
from placekeeper.positions.quotes.quote import Quote, find
from placekeeper.positions.quotes.search import agreement, agreement_back, likest, occurrences, span

TEXTS = st.text(
    st.sampled_from("abcAB \n\u00ad\u2019'\u201c\"\u2014-.\ufb01\u00e9e\u0301\u3042\u0928\u093f\U0001f600\u0130\u00df\u0640"),
    max_size=700,
)
PLAIN = settings(derandomize=True, max_examples=150, deadline=None)
STORY = (
    "It was the best of times. It was the worst of times, it was the age of wisdom. \u201cYes,\u201d he said. "
    "\u201cNo,\u201d he said. The ex\u00adam\u00adple of the of\ufb01cer \u2014 a man of great re-\nnown \u2014 was "
    "followed by all. \u201cYes,\u201d he said. It ended well."
)


def distance(one: str, two: str) -> int:
    """Levenshtein's, the plain way."""
    row = list(range(len(two) + 1))
    for count, char in enumerate(one, 1):
        last, row[0] = row[0], count
        for index, other in enumerate(two, 1):
            last, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, last + (char != other))
    return row[-1]


def prose(seed: int, sentences: int) -> list[str]:
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwy", k=chance.randint(2, 9))) for _ in range(800)]
    return [" ".join(chance.choices(words, k=chance.randint(4, 16))).capitalize() + "." for _ in range(sentences)]


@PLAIN
@given(TEXTS)
def test_letters_map_back(text: str) -> None:
    """Every letter knows the code point that it comes from, and offsets only grow with letters."""
    folded = Folded(text)
    offsets = [folded.offset(letter) for letter in range(len(folded.letters) + 1)]

    assert letters_of(text) == folded.letters
    assert sorted(offsets) == offsets
    assert len(text) == offsets[-1]
    for letter, offset in enumerate(offsets[:-1]):
        assert folded.before(offset) <= letter < folded.before(offset + 1)
        start, end = folded.gap(letter)
        assert "" == letters_of(text[start:end])


@PLAIN
@given(TEXTS, TEXTS, st.integers(0, 700))
def test_marks_map_inside(source: str, target: str, offset: int) -> None:
    """A place between two letters is carried to a place between the same two."""
    assert 0 <= across(source, min(offset, len(source)), target) <= max(len(target), len(source) if source == target else 0)


@PLAIN
@given(st.text("ab", max_size=9).filter(bool), st.text("abc", max_size=25))
def test_errors_are_counted(pattern: str, text: str) -> None:
    """The part that is most like a pattern has as few edits as any other part of the text."""
    parts = [text[low:high] for low in range(len(text) + 1) for high in range(low, len(text) + 1)]
    fewest = min(distance(pattern, part) for part in parts)
    hit = span(pattern, text, 0, len(text))

    assert fewest == likest(pattern, text)[1]
    assert fewest == hit.errors
    assert fewest == distance(pattern, text[hit.start : hit.end])


@PLAIN
@given(st.text("ab", max_size=30), st.text("ab", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_agreement_is_the_longest(one: str, two: str, start: int, other: int) -> None:
    """Agreement ends at the first character that differs."""
    start, other = min(start, len(one)), min(other, len(two))
    forth, back = agreement(one, start, two, other, 99), agreement_back(one, start, two, other, 99)

    assert one[start : start + forth] == two[other : other + forth]
    assert one[start + forth : start + forth + 1] != two[other + forth : other + forth + 1] or len(one) == start + forth
    assert one[start - back : start] == two[other - back : other]


@PLAIN
@given(TEXTS.filter(bool), st.data())
def test_what_stands_once_is_found(text: str, data: st.DataObject) -> None:
    """Any part of a text that stands in it once is found where it is, exactly."""
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    match = find(text, part)

    assert match is not None
    assert text[match.offset : match.end] == part
    if 1 == len(list(occurrences(text, part))):
        assert (start, Precision.EXACT) == (match.offset, match.precision)
    else:
        assert match.precision is not Precision.EXACT


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("the worst of times", "the worst of times"),
        ("IT WAS THE WORST OF TIMES", "It was the worst of times"),
        ('"No," he said.', "\u201cNo,\u201d he said."),
        ("example of the officer", "ex\u00adam\u00adple of the of\ufb01cer"),
        ("a man of great renown -- was", "a man of great re-\nnown \u2014 was"),
        ("a  man\nof great\trenown", "a man of great re-\nnown"),
        (
            "the example of the oflicer, a man of grcat renown",
            "The ex\u00adam\u00adple of the of\ufb01cer \u2014 a man of great re-\nnown",
        ),
    ],
)
def test_typography_does_not_matter(quote: str, there: str) -> None:
    """Quotation marks, dashes, hyphens, ligatures, white space, case and a few wrong letters do not hide a sentence."""
    match = find(STORY, quote)

    assert match is not None
    assert there == STORY[match.offset : match.end]
    assert Precision.EXACT == match.precision


def test_surroundings_tell_repeated_text_apart() -> None:
    """Of two equal sentences the one is meant whose surroundings agree, be they typeset otherwise."""
    first, last = STORY.index("\u201cYes"), STORY.rindex("\u201cYes")
    before, after = (
        find(STORY, '"Yes," he said.', prefix="age of wisdom. "),
        find(STORY, '"Yes," he said.', suffix=" It ended well"),
    )

    assert before is not None
    assert after is not None
    assert (first, last) == (before.offset, after.offset)
    assert (Precision.EXACT, Precision.EXACT) == (before.precision, after.precision)


def test_doubt_is_admitted() -> None:
    """What stands several times without any difference is not exact, unless the expected place leaves only one."""
    doubtful, near = find(STORY, "he said."), find("he said. " + "x" * 900 + " he said.", "he said.", near=0.99)

    assert doubtful is not None
    assert near is not None
    assert (3, Precision.RESOURCE) == (doubtful.candidates, doubtful.precision)
    assert (910, Precision.EXACT) == (near.offset, near.precision)


def test_the_expected_place_is_looked_at_first() -> None:
    """Of thousands of equal words the one is taken that is nearest to the expected place."""
    match = find("He came and went. " * 5_000, "went", near=0.5)

    assert match is not None
    assert (Precision.RESOURCE, True) == (match.precision, abs(match.offset - 45_000) < 18)


def test_another_sentence_is_never_exact() -> None:
    """A sentence that is missing is not found in others, or only with little precision."""
    for seed in range(60):
        story = prose(seed, 80)
        gone = story.pop(random.Random(seed).randrange(5, 75))
        match = find(" ".join(story), gone)

        assert match is None or match.precision is not Precision.EXACT


def test_wrong_letters_are_found_through() -> None:
    """A sentence of forty letters and more in which one letter in twenty is wrong is found, where it is."""
    chance = random.Random(3)
    story = prose(3, 200)
    text = " ".join(story)
    for sentence in [sentence for sentence in story if len(letters_of(sentence)) > 40][:60]:
        letters = list(sentence)
        for at in chance.sample(range(len(letters)), len(letters) // 20):
            letters[at] = chance.choice("etaoin")
        match = find(text, "".join(letters))

        assert match is not None
        assert abs(text.index(sentence) - match.offset) <= 1


@pytest.mark.parametrize("empty", ["", " \n", "\u00ad", "\u2026!"])
def test_nothing_is_no_quote(empty: str) -> None:
    """A quote without letters is found as it stands or not at all, and an empty one nowhere."""
    assert find(STORY, "") is None
    assert find("", empty) is None
    match = find(f"a {empty} b", empty) if empty else None
    assert match is None or empty == f"a {empty} b"[match.offset : match.end]


@PLAIN
@given(TEXTS, TEXTS, TEXTS, st.one_of(st.none(), st.floats()))
def test_any_input_has_an_answer(text: str, exact: str, around: str, near: float | None) -> None:
    """Whatever is asked for, the answer is a place in the text or none."""
    match = find(text, exact, around, around[::-1], near)

    assert match is None or 0 <= match.offset <= match.end <= len(text)


def test_a_quote_of_a_place() -> None:
    """A place is found by the text on both sides of it, also at the end of a text."""
    for offset in (0, 26, 60, 150, len(STORY)):
        match = Quote.at(STORY, offset).find(STORY)

        assert match is not None
        assert (offset, Precision.EXACT) == (match.offset, match.precision)


def test_finding_is_quick() -> None:
    """In a text of 100,000 code points that was looked at before, quotes are found in 5 ms, with errors in 50 ms."""
    text = " ".join(prose(9, 1_800))[:100_000]
    part = text[70_000:70_060]
    wrong = part[:20] + "zz" + part[23:]

    def fastest(quote: str) -> float:
        times = []
        for _ in range(5):
            started = time.process_time()
            assert find(text, quote) is not None
            times.append(time.process_time() - started)
        return min(times)

    assert fastest(part) < 0.005
    assert fastest(part.upper()) < 0.005
    assert fastest(wrong) < 0.05
