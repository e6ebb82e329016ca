"""An acknowledged write survives the death of the process. `make soak` does this hundreds of times."""

from pathlib import Path

from tests.crash.killing import Killing

SEED = 7
KILLS = 3


def test_nothing_answered_is_lost(tmp_path: Path) -> None:
    """Killed under load three times on the same folder, the server has every place it ever answered for, and starts at once."""
    killing = Killing(tmp_path / "data", SEED)
    try:
        for _ in range(KILLS):
            killing.kill()
        killing.end()
    finally:
        killing.abandon()
    tally = killing.tally
    assert set() == tally.lost
    assert [] == tally.damage
    assert [] == tally.refused
    assert tally.answered > KILLS * 10
    assert max(tally.startups) < 5
