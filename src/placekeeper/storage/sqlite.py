"""SQLite in one folder: group commit, and readers that never block on the writer.

An acknowledged write survives a power cut: WAL with `synchronous=FULL`, and an answer only after the commit. Units run on the
event loop, where nobody contends for the interpreter, up to `batch_limit` in one transaction; a thread of its own
waits for the disk (the commit) or for a command that holds the database, while the loop goes on and the next batch gathers.
Units that can wait (a scan's) run on that thread before it commits.
Look-ups by key run inline on a connection of their own, lists in a small thread pool.

Sources: https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from placekeeper.domain.errors import Misconfigured, StorageUnavailable
from placekeeper.domain.ports import Observer, Unit
from placekeeper.storage import migrate
from placekeeper.storage.ledger import SqlLedger
from placekeeper.storage.results import Job, Result, deliver, nothing, told, unheard
from placekeeper.storage.sqlite_connection import BUSY_STEP, connect, copied, is_busy, ledger_over, lock, patient_ledger_over

T = TypeVar("T")

DATABASE = "placekeeper.sqlite3"
ENGINE = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteLimits:
    """`batch_limit` units share one commit; `queue_limit` units may wait for one, more wait their turn before that.

    `gather_seconds`: how long a batch gathers where commits follow upon each other. `busy_seconds`: how long a write
    waits for a command that holds the database. `note_seconds`: how long a note may wait for a write to ride with;
    `note_limit`: how many may.
    """

    batch_limit: int = 256
    queue_limit: int = 4096
    gather_seconds: float = 0.002
    busy_seconds: float = 15.0
    note_seconds: float = 5.0
    note_limit: int = 4096


class SqliteStore:
    """The storage engine for one server process. Commands may open the same folder beside it and use `run`."""

    def __init__(
        self,
        folder: Path,
        *,
        now_ms: int,
        limits: SqliteLimits | None = None,
        exclusive: bool = False,
        existing: bool = False,
    ) -> None:
        """Open or make the database and bring its schema up to date.

        `exclusive`: as the one server of this folder; `existing`: only if there is a database already.
        Raises Misconfigured when the folder can't be used or has its server, NewerDatabase when a newer release wrote it.
        """
        self._limits = limits or SqliteLimits()
        self._path = folder / DATABASE
        self._jobs: deque[Job] = deque()
        self._aside: deque[Job] = deque()
        self._notes: dict[Hashable, Unit[None]] = {}
        self._riding: dict[Hashable, Unit[None]] = {}
        self._flushing = False
        self._due: asyncio.TimerHandle | None = None
        self._waits: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._under_way = False
        self._lists = ThreadPoolExecutor(max_workers=2, thread_name_prefix="lists")
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._lock: IO[bytes] | None = None
        if existing and not self._path.exists():
            raise Misconfigured(f"there is no database in {folder}: is it the server's data folder?")
        if folder.is_file():
            raise Misconfigured(f"{folder} is a file, not a folder")
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._path.exists():
                self._path.touch(mode=0o600)
            if exclusive:
                self._lock = lock(folder)
            self._connect()
            self._migrate(now_ms)
            self._reading = self._reader()
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(f"the data folder {folder} can't be used: {error}") from error

    def start(self, loop: asyncio.AbstractEventLoop, observer: Observer) -> None:
        """Begin to take writes from `loop`."""
        self._loop, self._observer = loop, observer
        self._room = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._wait_forever, name="commits", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what is queued and what is noted, then close."""
        self._flush_notes()
        while self._jobs or self._aside or self._under_way:
            await self._idle.wait()
        self._waits.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self.close()

    def close(self) -> None:
        """Close, after `stop` or where `start` never was."""
        self._lists.shutdown()
        for reader in self._readers:
            reader.close()
        self._writing.close()
        if self._lock is not None:
            self._lock.close()

    def run(self, unit: Unit[T]) -> T:
        """Run one unit now, on the calling thread: for commands beside a running server. Not after `start`."""
        try:
            self._wait_for_begin()
            try:
                value = unit(self._ledger)
                self._writing.execute("COMMIT")
            except BaseException:
                if self._writing.in_transaction:
                    self._writing.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StorageUnavailable(str(error)) from error
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
        while len(self._jobs) >= self._limits.queue_limit:
            self._room.clear()
            await self._room.wait()
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.append((unit, future))
        self._next()
        return await future

    async def write_aside(self, unit: Unit[T]) -> T:
        """See the port. The thread that commits runs it, after the others of its batch: the loop goes on meanwhile."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._aside.append((unit, future))
        self._next()
        return await future

    async def copy(self, to: Path) -> None:
        """See the port. Source: https://www.sqlite.org/lang_vacuum.html#vacuuminto"""
        try:
            await asyncio.to_thread(copied, self._path, to)
        except (OSError, sqlite3.Error) as error:
            raise StorageUnavailable(str(error)) from error

    def note(self, key: Hashable, unit: Unit[None]) -> None:
        """See the port. A newer note of the same key replaces the one that waits."""
        if len(self._notes) >= self._limits.note_limit and key not in self._notes:
            self._notes.pop(next(iter(self._notes)))
        self._notes[key] = unit
        if len(self._notes) >= self._limits.note_limit:
            self._flush_notes()
        elif self._due is None:
            self._due = self._loop.call_later(self._limits.note_seconds, self._flush_notes)

    def _flush_notes(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._notes and not self._flushing:
            self._flushing = True
            self._jobs.append((nothing, unheard(self._loop)))
            self._next()

    def _next(self) -> None:
        """Begin a batch, unless one is under way. Called soon, so that what came in one turn of the loop shares it."""
        if not self._under_way and (self._jobs or self._aside):
            self._under_way = True
            self._idle.clear()
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        """On the loop: open the transaction, or let the thread wait for the command that holds the database."""
        try:
            self._writing.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if is_busy(error):
                self._waits.put(self._begin_late)
            else:
                self._fail(error)
        else:
            self._run_batch()

    def _begin_late(self) -> None:
        """On the thread: wait for the database."""
        try:
            self._wait_for_begin()
        except sqlite3.Error as error:
            self._loop.call_soon_threadsafe(self._fail, error)
        else:
            self._loop.call_soon_threadsafe(self._run_batch)

    def _run_batch(self) -> None:
        """On the loop, in a transaction: run what is queued, then let the thread commit."""
        notes, self._notes = self._notes, {}
        self._riding, self._flushing = notes, False
        batch: list[Job] = [(note, unheard(self._loop)) for note in notes.values()]
        while self._jobs and len(batch) < self._limits.batch_limit + len(notes):
            batch.append(self._jobs.popleft())
        self._room.set()
        try:
            results = self._run_plainly(batch) or self._run_apart(batch, self._ledger)
        except sqlite3.Error as error:
            self._fail(error, batch)
            return
        answers, aside = results[len(notes) :], list(self._aside)
        self._aside.clear()
        self._waits.put(lambda: self._commit(answers, aside))

    def _run_plainly(self, batch: list[Job]) -> list[Result] | None:
        """Run the units one after the other. None, rolled back, when one failed after it had changed something."""
        results: list[Result] = []
        self._writing.execute("SAVEPOINT batch")
        for unit, future in batch:
            changes = self._writing.total_changes
            try:
                results.append((future, unit(self._ledger), None))
            except Exception as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller, not to the batch
                if self._writing.total_changes != changes or not self._writing.in_transaction:
                    self._writing.execute("ROLLBACK TO batch")  # raises where the database gave the transaction up itself
                    return None
                results.append((future, None, told(error)))
        return results

    def _run_apart(self, batch: list[Job], ledger: SqlLedger) -> list[Result]:
        """Run the units in a savepoint each: one that fails leaves nothing behind and the others alone."""
        results: list[Result] = []
        execute = self._writing.execute
        for unit, future in batch:
            execute("SAVEPOINT unit")
            try:
                results.append((future, unit(ledger), None))
            except Exception as error:  # noqa: BLE001 - it belongs to its caller, as in `_run_plainly`
                execute("ROLLBACK TO unit")
                results.append((future, None, told(error)))
            execute("RELEASE unit")
        return results

    def _commit(self, results: list[Result], aside: list[Job]) -> None:
        """On the thread: run what would hold the loop up, then reach the disk."""
        began = time.perf_counter()
        failure = None
        answers = [*results, *((future, None, None) for _unit, future in aside)]
        try:
            answers = results + self._run_apart(aside, self._patient)
            began = time.perf_counter()
            self._writing.execute("COMMIT")
        except sqlite3.Error as error:
            failure = error
            self._give_up()
        self._loop.call_soon_threadsafe(self._committed, answers, failure, time.perf_counter() - began)

    def _committed(self, results: list[Result], failure: sqlite3.Error | None, seconds: float) -> None:
        """On the loop: answer those who wait, and go on."""
        try:
            if failure is not None:
                self._notes = self._riding | self._notes
                results = [(future, None, told(failure)) for future, _value, _error in results]
            else:
                self._riding = {}
                self._observer.committed(len(results), seconds)
            deliver(results)
        finally:
            self._rest()

    def _fail(self, error: sqlite3.Error, batch: list[Job] | None = None) -> None:
        """On the loop: nothing of this batch could be kept. Its notes wait for the next."""
        self._give_up()
        self._notes = self._riding | self._notes
        self._riding, self._flushing = {}, False
        if batch is None:
            batch = [*self._jobs, *self._aside]
            self._jobs.clear()
            self._aside.clear()
            self._room.set()
        deliver([(future, None, told(error)) for _unit, future in batch])
        self._rest()

    def _give_up(self) -> None:
        """Roll back; where not even that works, begin again with a new connection."""
        try:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                self._writing.close()
            with contextlib.suppress(sqlite3.Error):  # the next batch tries again
                self._connect()

    def _connect(self) -> None:
        self._writing = connect(self._path)
        self._ledger, self._patient = ledger_over(self._writing), patient_ledger_over(self._writing)

    def _rest(self) -> None:
        """After a batch: go on with what has gathered meanwhile. Those just answered will be back at once, as a rule: where
        others wait already, they are waited for, since a commit costs the same for all of them.
        """
        if self._jobs or self._aside:
            self._loop.call_later(self._limits.gather_seconds, self._begin)
        else:
            self._under_way = False
            self._idle.set()
            if self._notes and self._due is None:
                self._due = self._loop.call_later(self._limits.note_seconds, self._flush_notes)

    def _wait_forever(self) -> None:
        """The thread: whatever must be waited for."""
        while (wait := self._waits.get()) is not None:
            wait()

    def _wait_for_begin(self) -> None:
        deadline = time.monotonic() + self._limits.busy_seconds
        while True:
            try:
                self._writing.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(BUSY_STEP)
            else:
                return

    def _migrate(self, now_ms: int) -> None:
        """Take the steps that are pending, each in a transaction of its own. Raises NewerDatabase."""
        while True:
            self._wait_for_begin()
            try:
                self._writing.execute(migrate.CREATE_LOG)
                last = self._writing.execute(migrate.LAST).fetchone()[0]
                step = migrate.next_step(last, ENGINE)
                if step is not None:
                    migrate.apply(self._writing.execute, step, now_ms)
            except BaseException:
                self._writing.execute("ROLLBACK")
                raise
            self._writing.execute("COMMIT")
            if step is None:
                return

    def _reader(self) -> SqlLedger:
        connection = connect(self._path, read_only=True)
        self._readers.append(connection)
        return ledger_over(connection)

    def _browse(self, unit: Unit[T]) -> T:
        try:
            ledger = getattr(self._local, "ledger", None)
            if ledger is None:
                ledger = self._local.ledger = self._reader()
            return unit(ledger)
        except sqlite3.Error as error:
            raise StorageUnavailable(str(error)) from error
