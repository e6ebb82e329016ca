"""SQLite in one folder: one writer thread with group commit, readers that never block on it.

An acknowledged write survives a power cut: WAL with `synchronous=FULL`, and an answer only after the commit. The writer
takes what is queued (up to `batch_limit` units) into one transaction, with a savepoint each, so that the price of
reaching the disk is shared. Look-ups by key run inline on a connection of their own, lists in a small thread pool.

Sources: https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import asyncio
import fcntl
import queue
import sqlite3
import threading
import time
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from placekeeper.domain.errors import Misconfigured, StorageUnavailable
from placekeeper.domain.ports import Observer, Unit
from placekeeper.storage import migrate
from placekeeper.storage.ledger import SqlLedger
from placekeeper.storage.rows import Row, Values

T = TypeVar("T")

DATABASE = "placekeeper.sqlite3"
LOCK = "placekeeper.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteLimits:
    """`batch_limit` units share one commit; `queue_limit` units may wait for one, more wait their turn before that.

    `busy_seconds`: how long a write waits for a command that holds the database. `note_seconds`: how long a note may
    wait for a write to ride with; `note_limit`: how many may.
    """

    batch_limit: int = 256
    queue_limit: int = 4096
    busy_seconds: float = 30.0
    note_seconds: float = 5.0
    note_limit: int = 4096


Job = tuple[Unit[Any], asyncio.Future[Any]]
Result = tuple[asyncio.Future[Any], Any, BaseException | None]


class SqliteStore:
    """The storage engine for one server process. Commands may open the same folder beside it and use `run`."""

    def __init__(self, folder: Path, *, now_ms: int, limits: SqliteLimits | None = None, exclusive: bool = False) -> None:
        """Open or make the database and bring its schema up to date. `exclusive`: as the one server of this folder.

        Raises Misconfigured when the folder can't be used or has its server, NewerDatabase when a newer release wrote it.
        """
        self._limits = limits or SqliteLimits()
        self._path = folder / DATABASE
        self._observer: Observer | None = None
        self._thread: threading.Thread | None = None
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._notes: dict[Hashable, Unit[None]] = {}
        self._flush: asyncio.TimerHandle | None = None
        self._room: asyncio.Semaphore | None = None
        self._lists = ThreadPoolExecutor(max_workers=2, thread_name_prefix="lists")
        self._local = threading.local()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._path.exists():
                self._path.touch(mode=0o600)
            self._lock = _lock(folder) if exclusive else None
            self._writing = self._connect()
            self._migrate(now_ms)
            self._reading = _ledger(self._connect(read_only=True))
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(f"the data folder {folder} can't be used: {error}") from error
        self._ledger = _ledger(self._writing)

    def start(self, loop: asyncio.AbstractEventLoop, observer: Observer) -> None:
        """Begin to take writes from `loop`."""
        self._loop, self._observer = loop, observer
        self._room = asyncio.Semaphore(self._limits.queue_limit)
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is queued, then stop and close."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
        self._lists.shutdown()
        self._writing.close()
        if self._lock is not None:
            self._lock.close()

    def run(self, unit: Unit[T]) -> T:
        """Run one unit now, on the calling thread: for commands beside a running server. Not after `start`."""
        self._begin()
        try:
            value = unit(self._ledger)
        except BaseException:
            self._writing.execute("ROLLBACK")
            raise
        self._writing.execute("COMMIT")
        return value

    async def read(self, unit: Unit[T]) -> T:
        """See the port. Inline: a look-up by key takes microseconds and never waits for the writer."""
        try:
            return unit(self._reading)
        except sqlite3.Error as error:
            raise StorageUnavailable(str(error)) from error

    async def browse(self, unit: Unit[T]) -> T:
        """See the port."""
        return await self._loop.run_in_executor(self._lists, self._browse, unit)

    async def write(self, unit: Unit[T]) -> T:
        """See the port. Waits for room in the queue rather than refuse: KOReader loses a drained item that meets an error."""
        assert self._room is not None, "start() comes first"  # noqa: S101 - a programming error, not a state of the world
        async with self._room:
            future: asyncio.Future[T] = self._loop.create_future()
            self._queue.put((unit, future))
            return await future

    def note(self, key: Hashable, unit: Unit[None]) -> None:
        """See the port. A newer note of the same key replaces the one that waits."""
        self._notes[key] = unit
        if len(self._notes) >= self._limits.note_limit:
            self._flush_notes()
        elif self._flush is None:
            self._flush = self._loop.call_later(self._limits.note_seconds, self._flush_notes)

    def _flush_notes(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        if self._notes:
            self._queue.put((lambda _ledger: None, self._loop.create_future()))

    def _connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=1.0, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        return connection

    def _migrate(self, now_ms: int) -> None:
        self._begin()
        try:
            self._writing.execute(migrate.CREATE_LOG)
            last = self._writing.execute(migrate.LAST).fetchone()[0]
            migrate.migrate(self._writing.execute, last, now_ms)
        except BaseException:
            self._writing.execute("ROLLBACK")
            raise
        self._writing.execute("COMMIT")

    def _browse(self, unit: Unit[T]) -> T:
        ledger = getattr(self._local, "ledger", None)
        if ledger is None:
            ledger = self._local.ledger = _ledger(self._connect(read_only=True))
        try:
            return unit(ledger)
        except sqlite3.Error as error:
            raise StorageUnavailable(str(error)) from error

    def _begin(self) -> None:
        """Start a write transaction, waiting for a command that holds the database."""
        deadline = time.monotonic() + self._limits.busy_seconds
        while True:
            try:
                self._writing.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
                if not busy or time.monotonic() > deadline:
                    raise
            else:
                return

    def _write_forever(self) -> None:
        going = True
        while going:
            batch: list[Job] = []
            item = self._queue.get()
            while item is not None:
                batch.append(item)
                if len(batch) >= self._limits.batch_limit:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            going = item is not None
            if batch or self._notes:
                results = self._commit(batch)
                self._tell(results)

    def _commit(self, batch: list[Job]) -> list[Result]:
        """One transaction over the batch, and over the notes that wait for one."""
        began = time.perf_counter()
        notes, self._notes = self._notes, {}
        try:
            self._begin()
            for note in list(notes.values()):
                self._attempt(note)
            results = [(future, *self._attempt(unit)) for unit, future in batch]
            self._writing.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            failure = StorageUnavailable(str(error))
            return [(future, None, failure) for _unit, future in batch]
        if self._observer is not None:
            self._observer.committed(len(batch), time.perf_counter() - began)
        return results

    def _attempt(self, unit: Unit[Any]) -> tuple[Any, BaseException | None]:
        """Run a unit in a savepoint: its value, or what it raised, with nothing of it left behind."""
        execute = self._writing.execute
        execute("SAVEPOINT unit")
        try:
            value = unit(self._ledger)
        except sqlite3.Error as error:
            execute("ROLLBACK TO unit")
            execute("RELEASE unit")
            return None, StorageUnavailable(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller, not to the batch
            execute("ROLLBACK TO unit")
            execute("RELEASE unit")
            return None, error
        execute("RELEASE unit")
        return value, None

    def _tell(self, results: list[Result]) -> None:
        if results and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_deliver, results)


def _deliver(results: list[Result]) -> None:
    """On the event loop: answer those who wait. One that stopped waiting is passed over."""
    for future, value, error in results:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _lock(folder: Path) -> IO[bytes]:
    """Hold the folder for this process. The system lets go of it however the process ends."""
    file = (folder / LOCK).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Misconfigured(f"another server uses the data folder {folder}") from None
    return file


def _ledger(connection: sqlite3.Connection) -> SqlLedger:
    execute = connection.execute

    def one(sql: str, values: Values) -> Row | None:
        row: Row | None = execute(sql, values).fetchone()
        return row

    def many(sql: str, values: Values) -> list[Row]:
        return execute(sql, values).fetchall()

    def change(sql: str, values: Values) -> int:
        return execute(sql, values).rowcount

    return SqlLedger(one, many, change)
