"""A stop that is asked for loses nothing and leaves nobody without an answer."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.crash.disk import places
from tests.crash.load import Load, Sent, register
from tests.running import RunningServer

ROUNDS = 5


def stopped_under_load(data: Path, chance: random.Random) -> tuple[list[Sent], float, int]:
    """Start a server, push, ask it to stop: what was sent, when the signal was, the exit status."""
    server = RunningServer(data)
    try:
        load = Load(server.port, [register(server.port) for _ in range(2)])
        time.sleep(chance.uniform(0.2, 0.6))
        signalled = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        sent = load.end()
        server.process.wait(timeout=30)  # before `stop`, which would send a second signal to a process that is ending
        return sent, signalled, server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_stop_under_load(tmp_path: Path, seed: int) -> None:
    """After SIGTERM, every request whose bytes had left before it gets its answer, and the exit status is 0."""
    sent, signalled, status = stopped_under_load(tmp_path / "data", random.Random(seed))
    before = [push for push in sent if push.at < signalled]
    assert 0 == status
    assert [] == [push for push in before if push.status != 200]
    assert {push.status for push in sent} <= {200, None}
    assert set() == {push.place for push in sent if push.status == 200} - places(tmp_path / "data")
    assert len(before) > 10
