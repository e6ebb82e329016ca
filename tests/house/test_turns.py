"""Tests that run side by side."""

import threading
import time
from pathlib import Path

from tests.turns import _turn


def test_nothing_runs_beside_a_test_that_is_alone(tmp_path: Path) -> None:
    """A test that is marked `alone` has the machine for itself; the others run side by side."""
    spans: list[tuple[str, float, float]] = []

    def tests(kinds: list[str]) -> None:
        for kind in kinds:
            with _turn(tmp_path, alone=kind == "alone"):
                began = time.monotonic()
                time.sleep(0.02)
                spans.append((kind, began, time.monotonic()))

    threads = [threading.Thread(target=tests, args=[kinds]) for kinds in (["shared"] * 20, ["shared", "alone", "shared"] * 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    overlaps = {(a[0], b[0]) for a in spans for b in spans if a is not b and a[1] < b[2] and b[1] < a[2]}

    assert 32 == len(spans)
    assert {("shared", "shared")} == overlaps
