"""A few seconds of what `python -m tests.hostile.fuzz` does for as long as one likes."""

from pathlib import Path

from tests.hostile.fuzz import run


def test_mutated_requests(tmp_path: Path) -> None:
    """Whatever chance makes of KOReader's requests, the server lives, answers in HTTP, keeps its memory and logs no failure."""
    findings, sizes = run(seconds=5, seed=20260101, folder=tmp_path)

    assert not findings.faults, findings.faults[:3]
    assert findings.requests > 100
    assert {200, 400, 401} <= set(findings.statuses)
    assert sizes["after"] > 0
