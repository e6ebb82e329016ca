"""A server that dies while it starts for the first time leaves a folder that the next one can use."""

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.crash.disk import integrity
from tests.crash.load import call, register
from tests.running import RunningServer, clean_environment

SEED = 11
KILLS = 6
LONGEST_SECONDS = 0.5
"""By then a start is over, as a rule: the kills come before, within and after the making of the database."""


def test_killed_at_birth(tmp_path: Path) -> None:
    """Killed at any moment of its first start, again and again, the server starts in the same folder and takes accounts."""
    chance, data = random.Random(SEED), tmp_path / "data"
    command = [sys.executable, "-m", "placekeeper", "serve", "--data", str(data), "--port", "0"]
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_environment()) as process:
            time.sleep(chance.uniform(0.1, LONGEST_SECONDS))
            process.kill()

    server = RunningServer(data)
    try:
        assert 200 == call(server.port, "GET", "/users/auth", register(server.port))
        assert 0 == server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()
    assert "ok" == integrity(data)
