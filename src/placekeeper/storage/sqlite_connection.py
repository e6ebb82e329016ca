"""Connections to SQLite: how they are opened, how a ledger runs its statements on them, who may hold the folder.

Source: https://www.sqlite.org/pragma.html
"""

import fcntl
import functools
import operator
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from placekeeper.domain.errors import Misconfigured
from placekeeper.storage.ledger import SqlLedger
from placekeeper.storage.rows import Row, Values

LOCK = "placekeeper.lock"
BUSY_STEP = 0.005
"""Seconds between two looks whether the database is free."""
OPENING_SECONDS = 5
"""How long opening waits for others that open the same database."""
_NAME = re.compile(r":(\w+)")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the database just now."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in WAL mode that commits through to the disk. One that writes does not wait for others: its caller does."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute(f"PRAGMA busy_timeout={OPENING_SECONDS * 1000}")
    _keep_a_log(connection)
    for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").fetchone()
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute("PRAGMA busy_timeout=0")
    return connection


def copied(path: Path, to: Path) -> None:
    """Write a database into a new file as it is at one moment; who writes meanwhile does not wait."""
    to.touch(mode=0o600)
    connection = connect(path)
    try:
        connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. Of several that do so with a fresh database at once, SQLite refuses some without any wait,
    whatever `busy_timeout` says: each holds what the other waits for.
    """
    deadline = time.monotonic() + OPENING_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.Error as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(BUSY_STEP)
        else:
            return


def lock(folder: Path) -> IO[bytes]:
    """Hold the folder for this process. The system lets go of it however the process ends."""
    file = (folder / LOCK).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Misconfigured(f"another server uses the data folder {folder}") from None
    return file


@functools.cache
def _positional(sql: str) -> tuple[str, Callable[[Values], tuple[object, ...]]]:
    """A statement with `?` for its named parameters, and what puts their values in order: binding by name costs twice."""
    names = _NAME.findall(sql)
    text = _NAME.sub("?", sql)
    if len(names) > 1:
        return text, operator.itemgetter(*names)
    return text, lambda values: tuple(values[name] for name in names)


def ledger_over(connection: sqlite3.Connection, between: Callable[[], object] | None = None) -> SqlLedger:
    """A ledger on a connection; the caller opens and ends transactions. `between`: called after each statement."""
    execute = connection.execute if between is None else functools.partial(_paused, connection.execute, between)

    def one(sql: str, values: Values) -> Row | None:
        text, ordered = _positional(sql)
        row: Row | None = execute(text, ordered(values)).fetchone()
        return row

    def many(sql: str, values: Values) -> list[Row]:
        text, ordered = _positional(sql)
        return execute(text, ordered(values)).fetchall()

    def change(sql: str, values: Values) -> int:
        text, ordered = _positional(sql)
        return execute(text, ordered(values)).rowcount

    def each(sql: str, values: Iterable[Values]) -> None:
        text, ordered = _positional(sql)
        connection.executemany(text, map(ordered, values))

    return SqlLedger(one, many, change, each)


def patient_ledger_over(connection: sqlite3.Connection) -> SqlLedger:
    """A ledger for a thread that nobody waits for: after each statement it lets threads run that somebody does wait for.

    The system would let it go on for a millisecond or two, before it runs one that has just got something to do.
    """
    return ledger_over(connection, os.sched_yield)


def _paused(execute: Callable[..., sqlite3.Cursor], between: Callable[[], object], *arguments: object) -> sqlite3.Cursor:
    cursor = execute(*arguments)
    between()
    return cursor
