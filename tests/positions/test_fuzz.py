"""Random places end in an answer or a reason. `python -m tests.positions.fuzz` does the same for longer."""

from pathlib import Path

from tests.positions.fuzz import run


def test_a_sample_of_nonsense(tmp_path: Path) -> None:
    """Two thousand broken places, in sound and damaged books, are found or refused with a reason, soon."""
    assert [] == run(5, tmp_path, questions=2_000).faults
