"""Random damage finds no untyped error. `python -m tests.formats.fuzz` does the same for longer."""

from pathlib import Path

from tests.formats.fuzz import run


def test_a_sample_of_damage(tmp_path: Path) -> None:
    """A hundred files with random damage are read or refused, without any other error."""
    assert [] == run(7, tmp_path, files=100).faults
