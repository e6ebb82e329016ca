"""Waiting until a library is scanned."""

import time

from placekeeper.storage.sqlite import SqliteStore
from tests.running import RunningServer

SCAN_SECONDS = 60


def scanned(server: RunningServer, count: int) -> None:
    """Wait until so many publications are known."""
    store = SqliteStore(server.data, now_ms=0, existing=True)
    deadline = time.monotonic() + SCAN_SECONDS
    while store.run(lambda ledger: ledger.count_publications()) < count:
        assert time.monotonic() < deadline, "the library was not scanned"
        time.sleep(0.1)
    store.close()
