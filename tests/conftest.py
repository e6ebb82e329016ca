"""Fixtures: real servers. And turns, where tests run side by side."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.running import RunningServer

pytest_plugins = ["tests.turns"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that need nothing of their own: they make fresh accounts and documents."""
    running = RunningServer(tmp_path_factory.mktemp("data"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers on this test's own folder; ends them after it."""
    servers: list[RunningServer] = []

    def starter(*options: str, data: Path = tmp_path / "data", port: int = 0) -> RunningServer:
        servers.append(RunningServer(data, *options, port=port))
        return servers[-1]

    yield starter
    for running in servers:
        if running.process.poll() is None:
            running.kill()
