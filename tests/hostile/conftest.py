"""Fixtures: a server to be attacked, whose log must stay free of failures whatever was done to it."""

from collections.abc import Iterator

import pytest

from tests.hostile.raw import clean_log, quick
from tests.kosync.client import KosyncClient, new_account
from tests.running import RunningServer


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all attacks that need no settings of their own. It logs every request."""
    running = RunningServer(tmp_path_factory.mktemp("target"), "--log-level", "debug")
    yield running
    assert running.stop() == 0
    clean_log(running)


@pytest.fixture(scope="package")
def reader(target: RunningServer) -> KosyncClient:
    """An account of that server."""
    return new_account(target.base, device="Kobo", device_id="K1")


@pytest.fixture
def healthy(target: RunningServer) -> Iterator[RunningServer]:
    """The same server, which after the test answers others as quickly as before."""
    yield target
    assert quick(target) < 1.0
