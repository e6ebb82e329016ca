"""Keys of titles and names compare as people expect, and are the same however a text is written."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.publication import Contributor, Metadata, Series
from placekeeper.domain.sorting import author_sort, folded, key, name_sort, series_sort, title_sort, words_of
from placekeeper.formats.folder import on_disk, written

TEXTS = st.text(max_size=40)
FIXED = settings(max_examples=300, derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["The Alchemist", "A Book", "An Echo", "The End"]),
        ("en", ["Part 2", "Part 10", "Part 010 b", "part eleven"]),
        ("en-GB", ["Ångström", "\N{LATIN CAPITAL LETTER A}\N{COMBINING ACUTE ACCENT}tomic", "The Bee"]),
        ("fr", ["Les Amours", "L\N{RIGHT SINGLE QUOTATION MARK}École", "Le Zèbre"]),
        ("de", ["Der Anfang", "Die Ende", "Theater"]),
    ],
)
def test_titles(language: str, titles: list[str]) -> None:
    """Titles are sorted without the article of their language, case and accents, with numbers as numbers."""
    assert titles == sorted(titles, key=lambda title: title_sort(Metadata(title=title, languages=(language,)), "x"))


def test_title_of_a_file_without_one() -> None:
    """A file without a title is sorted by its name; a sort title of the file's own goes before."""
    assert title_sort(Metadata(title="emma"), "x") == title_sort(Metadata(), "a/Emma.epub")
    assert key("zzz") == title_sort(Metadata(title="Emma", sort_title="ZZZ"), "x")


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("Jane Austen", "", "austen jane"),
        ("Austen, Jane", "", "austen jane"),
        ("Jane Austen", "Austen, Miss", "austen miss"),
        ("Plato", "", "plato"),
        ("\u590f\u76ee \u6f31\u77f3", "", "\u590f\u76ee \u6f31\u77f3"),
        ("", "", ""),
    ],
)
def test_names(name: str, said: str, expected: str) -> None:
    """People are sorted as the file says, else by the last word of a Latin name, else as they are written."""
    assert expected == name_sort(Contributor(name, sort=said))


def test_series_in_order() -> None:
    """Volumes are sorted by number, halves between, those without a series last."""
    positions = ["1", "1.5", "2", "10"]
    books = [Metadata(series=(Series("Saga", position),)) for position in positions] + [Metadata()]

    assert books == sorted(books, key=series_sort)
    assert author_sort(Metadata(authors=(Contributor("Zz Zz"),))) < author_sort(Metadata())


@FIXED
@given(TEXTS)
def test_folding_is_stable(text: str) -> None:
    """What is folded is folded: words are found however they are written, and keys need no second look."""
    assert folded(text) == folded(folded(text)) == folded(text.upper().lower().strip()) or not text.isascii()
    assert folded(folded(text)) == folded(text)


@FIXED
@given(TEXTS)
def test_what_is_searched_is_found(text: str) -> None:
    """Every word of a title begins a word of what is searched."""
    words = words_of(Metadata(title=text or "x"), "x")

    assert [] == [word for word in folded(text).split() if f" {word}" not in words]


@FIXED
@given(st.binary(max_size=40).filter(lambda name: b"/" not in name and b"\0" not in name))
def test_any_name_comes_back(name: bytes) -> None:
    """Every name that a file can have is written as a text that databases and JSON take, and comes back to the byte."""
    text = written(os.fsdecode(name))

    assert text == text.encode("utf-8").decode("utf-8")
    assert name == os.fsencode(on_disk(text))
