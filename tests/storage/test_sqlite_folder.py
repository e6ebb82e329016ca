"""SQLite in a folder that several processes use, and in trouble that other engines don't know."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE
from typing import IO

import pytest

from placekeeper.domain.errors import Misconfigured, StorageUnavailable
from placekeeper.storage.sqlite import SqliteLimits, SqliteStore
from tests.storage.engine import EngineStore, Opened, until
from tests.storage.samples import an_account
from tests.storage.sqlite_engine import BEGAN_MS, SqliteEngine

OPENER = """
import sys
from pathlib import Path
from placekeeper.storage.sqlite import SqliteStore
for line in sys.stdin:
    try:
        SqliteStore(Path(line.strip()), now_ms=1).close()
    except Exception as error:
        print(error, flush=True)
    else:
        print("opened", flush=True)
"""
FOLDERS = 20


@pytest.fixture
def database(tmp_path: Path) -> SqliteEngine:
    return SqliteEngine(tmp_path)


def test_made_by_several_at_once(tmp_path: Path) -> None:
    """Several processes that open a fresh folder at once all succeed: a server may start while a command makes an account."""
    command = [sys.executable, "-c", OPENER]
    processes = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(6)]
    said = []
    for number in range(FOLDERS):
        for process in processes:
            _to(process).write(f"{tmp_path / str(number)}\n")
        for process in processes:
            _to(process).flush()
        said += [process.stdout.readline() for process in processes if process.stdout]
    for process in processes:
        process.communicate(timeout=30)

    assert ["opened\n"] * 6 * FOLDERS == said


def _to(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdin is not None
    return process.stdin


def test_opened_while_it_is_held(database: SqliteEngine) -> None:
    """Opening waits for a command that holds the database, and no longer than it may; the error names the folder."""
    database.open().close()
    limits = SqliteLimits(busy_seconds=0.2)
    with database.held(), pytest.raises(Misconfigured, match=str(database.folder)):
        SqliteStore(database.folder, now_ms=BEGAN_MS, limits=limits)
    SqliteStore(database.folder, now_ms=BEGAN_MS, limits=limits).close()


def test_a_command_waits_only_so_long(database: SqliteEngine) -> None:
    """A command beside a server that holds the database too long is told so in the words of the domain, and may try again."""
    store = database.open(busy_seconds=0.2)
    began = time.monotonic()
    with database.held(), pytest.raises(StorageUnavailable):
        store.run(lambda ledger: ledger.save_account(an_account()))
    assert 0.2 <= time.monotonic() - began < 5
    store.run(lambda ledger: ledger.save_account(an_account()))
    assert 1 == len(store.run(lambda ledger: ledger.accounts()))
    store.close()


def test_a_command_that_fails_leaves_nothing(database: SqliteEngine) -> None:
    """A command's unit that raises, or that the database refuses, is undone; the command can go on with another."""
    store = database.open()

    def spoilt(ledger: object) -> None:
        ledger.save_account(an_account())  # type: ignore[attr-defined]
        raise KeyError

    with pytest.raises(KeyError):
        store.run(spoilt)
    with pytest.raises(StorageUnavailable):
        store.run(lambda ledger: ledger._one("SELECT nothing FROM nowhere", {}))  # type: ignore[attr-defined]
    assert [] == store.run(lambda ledger: ledger.accounts())
    store.close()


def test_nobody_waits_for_ever_at_a_full_queue(database: SqliteEngine) -> None:
    """When patience ends, those that wait for room are told too or get their turn: each write comes to an end."""
    opened = Opened(database.open(queue_limit=4, busy_seconds=0.2))

    async def scenario(store: EngineStore) -> list[object]:
        with database.held():
            calls = [store.write(lambda ledger: ledger.save_account(an_account())) for _ in range(12)]
            return list(await asyncio.gather(*calls, return_exceptions=True))

    assert [StorageUnavailable] * 12 == [type(result) for result in opened.play(scenario, seconds=10)]
    opened.close()


def test_notes_outlive_a_refusal(database: SqliteEngine) -> None:
    """Notes that could not be written in time, with a write or alone, are written later; what was written before is not again."""
    opened = Opened(database.open(busy_seconds=0.1, note_seconds=0.05))
    done: list[str] = []

    async def scenario(store: EngineStore) -> None:
        store.note("earlier", lambda _ledger: done.append("earlier"))
        await store.write(lambda _ledger: None)
        with database.held():
            store.note("alone", lambda _ledger: done.append("alone"))
            await asyncio.sleep(0.4)
            with pytest.raises(StorageUnavailable):
                await store.write(lambda _ledger: None)
        store.note("later", lambda _ledger: done.append("later"))
        await until(lambda: "later" in done)

    opened.play(scenario)
    opened.close()
    assert ["earlier", "alone", "later"] == done


def test_only_the_owner_may_look(database: SqliteEngine, tmp_path: Path) -> None:
    """A folder and a database that are made are readable by their owner alone: they hold key hashes."""
    folder = tmp_path / "made"
    SqliteStore(folder, now_ms=BEGAN_MS, exclusive=True).close()

    assert 0o700 == folder.stat().st_mode & 0o777
    open_to_others = [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077 and file.suffix != ".lock"]
    assert [] == open_to_others


@pytest.mark.parametrize("place", ["file/below", "file"])
def test_a_folder_that_cannot_be(tmp_path: Path, place: str) -> None:
    """Where no folder can be made, the error says which, in one line."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Misconfigured) as raised:
        SqliteStore(tmp_path / place, now_ms=BEGAN_MS)

    assert str(tmp_path / place) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_durable_by_its_settings(database: SqliteEngine) -> None:
    """Each connection that writes keeps a write-ahead log and waits for the disk at every commit."""
    opened = Opened(database.open())
    settings = opened.write(
        lambda ledger: [ledger._one(f"PRAGMA {name}", {})[0] for name in ("journal_mode", "synchronous")]  # type: ignore[attr-defined]
    )
    opened.close()

    assert ["wal", 2] == settings
