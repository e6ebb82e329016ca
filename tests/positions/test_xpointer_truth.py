"""What crengine says about real books, sampled; `python -m tests.positions.xpointer_truth` counts all."""

from collections import Counter

import pytest

from placekeeper.positions.crengine.pointers import Pointers
from tests.positions.xpointer_truth import SPELLINGS, books, misses, opened, rows_of, sample
from tests.shared import shared

ROWS = 120


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """How many rows there are (nodes sampled, all page tops of smaller books), and how many come out otherwise, by way."""
    shared("ground-truth")
    found: Counter[str] = Counter()
    for kind in ("nodes", "pages"):
        for _, path, file in books(kind):
            rows = sample(rows_of(file), ROWS if kind == "nodes" else 4 * ROWS)
            book = opened(path) if rows else None
            if book is None:
                continue
            pointers = Pointers(book)
            found["rows"] += len(rows)
            for row in rows:
                found.update(way for way, _ in misses(row, book, pointers))
    return found


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_pointers_lead_to_crengines_text(spelling: str, counts: Counter[str]) -> None:
    """Of 10,000 pointers, at least 9,995 lead to the text that crengine shows there; none is called exact and leads elsewhere."""
    assert counts["rows"] >= 5000
    assert counts[f"read {spelling}"] <= 0.0005 * counts["rows"]
    assert counts[f"wrong {spelling}"] == 0


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_pointers_are_written_as_by_crengine(spelling: str, counts: Counter[str]) -> None:
    """Of 1,000 places, at least 999 get the very pointer that crengine writes; images, rules and empty cells too."""
    assert counts[f"write {spelling}"] <= 0.001 * counts["rows"]
