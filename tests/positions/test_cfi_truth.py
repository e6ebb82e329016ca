"""What browsers say about real books, sampled; `python -m tests.positions.cfi_truth` counts all."""

from collections import Counter

import pytest

from placekeeper.formats.epub import open_epub
from tests.positions.cfi_truth import books, misses, rows_of, sample
from tests.shared import shared

ROWS = 40


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """How many sampled rows there are, and how many come out otherwise, by way."""
    shared("ground-truth")
    found: Counter[str] = Counter()
    for _, path, file in books():
        book = open_epub(path)
        for row in sample(rows_of(file), ROWS):
            found["rows"] += 1
            found["epubjs"] += bool(row["cfi_epubjs_app"])
            found.update(way for way, _ in misses(row, book))
    return found


@pytest.mark.parametrize("way", ["read_spec", "write_spec"])
def test_as_foliate(way: str, counts: Counter[str]) -> None:
    """CFIs of foliate-js lead to the text that it finds there, and what we write is what it writes: 99.9 of 100."""
    assert counts["rows"] >= 20 * ROWS
    assert counts[way] <= 0.001 * counts["rows"]


@pytest.mark.parametrize("way", ["read_epubjs", "write_epubjs"])
def test_as_epubjs(way: str, counts: Counter[str]) -> None:
    """CFIs of apps on epub.js lead to the text that they show there, and what we write is what they write: 99 of 100."""
    assert counts[way] <= 0.01 * counts["epubjs"]
