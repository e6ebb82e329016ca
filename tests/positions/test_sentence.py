"""The sentence at a place, as people read it."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.formats import html
from placekeeper.formats.opening import open_publication
from placekeeper.positions.document import Document
from placekeeper.positions.sentence import LONGEST, sentence_at
from tests.epubs import xhtml
from tests.positions.readium_books import documents_of
from tests.shared import shared

CAT, NAME = "\u543e\u8f29\u306f\u732b\u3067\u3042\u308b", "\u540d\u524d\u306f\u307e\u3060\u7121\u3044"
PARTS = ["Mr.", "a", "B.", "\u2026", "?", "\u201d", " ", "\n", "<i>x</i>", "<p>y. z</p>", "\u3002"]


def document(body: str) -> Document:
    return html.document(xhtml(body))


@pytest.mark.parametrize(
    ("body", "at", "expected"),
    [
        ("<p>One. Two two. Three.</p>", "two", "Two two."),
        ("<p>One. <i>Tw</i>o <b>two</b>. Three.</p>", "wo", "Two two."),
        ("<h1>Chapter I</h1><p>It was late.</p>", "was", "It was late."),
        ("<h1>Chapter I</h1><p>It was late.</p>", "apter", "Chapter I"),
        ("<p>Mr. and Mrs. Weston came. They sat.</p>", "Weston", "Mr. and Mrs. Weston came."),
        ("<p>By J. R. R. Tolkien. The end.</p>", "Tolkien", "By J. R. R. Tolkien."),
        ("<p>\u201cGo!\u201d he said. \u201cWhy?\u201d She went.</p>", "he said", "\u201cGo!\u201d he said."),
        ("<p>\u201cGo!\u201d He went. \u201cWhy?\u201d</p>", "He", "He went."),
        (f"<p>{CAT}\u3002{NAME}\u3002</p>", NAME, f"{NAME}\u3002"),
        ("<div>Before.<p>Inside it.</p>After it all.</div>", "After", "After it all."),
        ("<div>Before.<p>Inside it.</p>After it all.</div>", "Before", "Before."),
        ("<p>one\n   two</p>", "two", "one two"),
        ("<p>Pi is 3.14 today. No.</p>", "Pi", "Pi is 3.14 today."),
        (f"<p><ruby>{NAME[:2]}<rp>(</rp><rt>\u306a\u307e</rt><rp>)</rp></ruby>{NAME[2:]}\u3002</p>", NAME[3], f"{NAME}\u3002"),
        ("<p>One <style>i {}</style>two.</p>", "two", "One two."),
        ("<p><ruby><rt>aside</rt></ruby></p>", "aside", "aside"),
    ],
)  # fmt: skip
def test_sentences(body: str, at: str, expected: str) -> None:
    """A sentence goes from mark to mark, over inline elements, within its block, and titles and initials do not end it."""
    found = document(body)

    assert expected == sentence_at(found, found.text.index(at))


def test_between_sentences() -> None:
    """At white space, at an end of a paragraph, it is the sentence that follows; at the end of all, none."""
    found = document("<p>One.</p>\n<p>Two.</p>\n")

    assert "Two." == sentence_at(found, found.text.index(".") + 1)
    assert "" == sentence_at(found, len(found.text))


def test_long_ones_are_cut() -> None:
    """A sentence of any length is shown around the place, with a sign where it is cut."""
    found = document(f"<p>{'word ' * 5000}</p>")
    sentence = sentence_at(found, 10_000)

    assert len(sentence) <= 2 * LONGEST + 2
    assert sentence.startswith("\u2026")
    assert sentence.endswith("\u2026")


@given(st.lists(st.sampled_from(PARTS), max_size=40), st.integers(0, 200))
def test_any_text(parts: list[str], at: int) -> None:
    """Whatever stands there, the sentence holds what is visible at the place, and stands in the text but for white space."""
    found = document(f"<div>{''.join(parts)}</div>")
    at = min(at, len(found.text))
    sentence = sentence_at(found, at)
    squeezed = re.sub(r"\s+", "", found.text)

    assert re.sub(r"\s+", "", sentence) in squeezed
    assert bool(sentence) == bool(found.text[at:].strip())
    assert not sentence or found.text[at:].strip()[0] in sentence


@pytest.mark.parametrize("name", ["se_jane-austen_pride-and-prejudice.epub", "idpf_kusamakura-preview.epub"])
def test_in_books(name: str) -> None:
    """In real books, the sentences at random places hold the word that stands there."""
    chosen = random.Random(7)
    for _index, found in documents_of(open_publication(shared("corpus", name))):
        for _ in range(20 if found.text.strip() else 0):
            at = chosen.randrange(len(found.text))
            word = found.text[at:].split(maxsplit=1)[:1]

            assert not word or word[0][:1] in sentence_at(found, at)
