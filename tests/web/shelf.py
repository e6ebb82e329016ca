"""Books for a test's library, and waiting until they are scanned."""

import shutil
import time
from pathlib import Path

from placekeeper.storage.sqlite import SqliteStore
from tests.running import RunningServer

SCAN_SECONDS = 60


def copied(book: Path, folder: Path) -> Path:
    """A book in a library's folder."""
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(book, folder / book.name))


def scanned(server: RunningServer, count: int) -> None:
    """Wait until so many publications are known."""
    store = SqliteStore(server.data, now_ms=0, existing=True)
    deadline = time.monotonic() + SCAN_SECONDS
    while store.run(lambda ledger: ledger.count_publications()) < count:
        assert time.monotonic() < deadline, "the library was not scanned"
        time.sleep(0.1)
    store.close()
