"""SQLite, as the conformance suite asks for it."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from placekeeper.domain.ports import Ledger
from placekeeper.storage.sqlite import DATABASE, SqliteLimits, SqliteStore
from tests.storage.engine import Opened

BEGAN_MS = 1_700_000_000_000
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class SqliteEngine:
    """A database in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / DATABASE

    def open(self, *, queue_limit: int = 4096, note_seconds: float = 5.0, busy_seconds: float = 30.0) -> SqliteStore:
        limits = SqliteLimits(queue_limit=queue_limit, note_seconds=note_seconds, busy_seconds=busy_seconds)
        return SqliteStore(self.folder, now_ms=BEGAN_MS, limits=limits)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 - its own names

    @contextmanager
    def held(self) -> Iterator[None]:
        command = [sys.executable, "-c", HOLDER, str(self.path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdin is not None
            assert holder.stdout is not None
            assert "held\n" == holder.stdout.readline()
            try:
                yield
            finally:
                holder.stdin.close()
                holder.wait(timeout=10)

    @contextmanager
    def full(self, opened: Opened) -> Iterator[None]:
        pages = opened.write(lambda ledger: _pragma(ledger, "page_count"))
        opened.write(lambda ledger: _pragma(ledger, f"max_page_count = {pages}"))
        try:
            yield
        finally:
            opened.write(lambda ledger: _pragma(ledger, "max_page_count = 1073741823"))


def _pragma(ledger: Ledger, text: str) -> int:
    """A pragma of the very connection that writes: the ledger's own way to run a statement."""
    row = ledger._one(f"PRAGMA {text}", {})  # type: ignore[attr-defined]
    return int(row[0])
