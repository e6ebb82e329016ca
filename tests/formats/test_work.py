"""Whatever a task does, the server learns it as a typed error, and the next task is done."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from placekeeper.domain.errors import BadFile, DamagedEntry, LimitExceeded, ReaderDied
from placekeeper.domain.publication import Described
from placekeeper.formats.described import describe
from placekeeper.formats.limits import Limits
from placekeeper.formats.work import Pool
from tests.epubs import make_epub, xhtml
from tests.formats import troubles

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _workers_find_the_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def pool() -> Iterator[Pool]:
    """One worker, with limits that a test can reach."""
    made = Pool(1, Limits(task_bytes=500 << 20, answer_bytes=1 << 20))
    yield made
    made.close()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_answers(pool: Pool, tmp_path: Path) -> None:
    """A task returns what the function returns, of the types that it says; paths may have any bytes."""
    odd = tmp_path / "caf\udcff"
    book = make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml("text")})

    assert ("a", 3) == pool.call(troubles.echo, "a", number=3)
    assert os.fsencode(odd) == pool.call(troubles.where, odd)[2]
    assert describe(book, "a.epub") == pool.call(describe, book, "a.epub")
    assert isinstance(pool.call(describe, book, "a.epub"), Described)


def test_workers_are_processes_that_give_way(pool: Pool) -> None:
    """A worker is another process, is nicer than the server, and stays for the next task."""
    first, niceness, _ = pool.call(troubles.where, Path())

    assert first != os.getpid()
    assert niceness > os.nice(0)
    assert first == pool.call(troubles.where, Path())[0]


def test_nothing_is_started_before_it_is_needed() -> None:
    """A pool without tasks has no processes."""
    made = Pool(2)

    assert set() == made._workers
    made.close()


def test_errors(pool: Pool) -> None:
    """An error of the domain comes back as it was raised; any other is a bad file, in one line."""
    with pytest.raises(DamagedEntry, match=r"^'a' is damaged, badly$"):
        pool.call(troubles.damaged)
    with pytest.raises(BadFile, match=r"^it can't be read: KeyError: [^\n]*$"):
        pool.call(troubles.fault)
    with pytest.raises(BadFile, match=r"RecursionError"):
        pool.call(troubles.deep)
    with pytest.raises(BadFile, match=r"UnicodeEncodeError"):
        pool.call(troubles.unwritable)
    assert ("a", 0) == pool.call(troubles.echo, "a")


def test_noise(pool: Pool) -> None:
    """What a library prints goes nowhere near the answers."""
    assert "done" == pool.call(troubles.printing)


def test_crashes(pool: Pool) -> None:
    """A task that ends its process raises `ReaderDied`, and the next one finds a new process."""
    with pytest.raises(ReaderDied, match=r"signal 11"):
        pool.call(troubles.crash)
    with pytest.raises(ReaderDied, match=r"exit 3"):
        pool.call(troubles.leave)
    assert ("a", 0) == pool.call(troubles.echo, "a")


def test_waiting() -> None:
    """A task that waits too long is ended by the limit's name."""
    pool = Pool(1, Limits(task_seconds=3))
    with pytest.raises(LimitExceeded, match=r"^task_seconds: "):
        pool.call(troubles.sleep, 60)
    assert "slept" == pool.call(troubles.sleep, 0.1)
    pool.close()


def test_computing() -> None:
    """A task that computes too long is ended by the limit's name; what earlier tasks took does not count."""
    pool = Pool(1, Limits(task_cpu_seconds=1))
    with pytest.raises(LimitExceeded, match=r"^task_cpu_seconds: "):
        pool.call(troubles.spin)
    assert "slept" == pool.call(troubles.sleep, 0.1)
    pool.close()


def test_memory(pool: Pool) -> None:
    """A task that wants too much memory, or answers too much, is refused by the limit's name."""
    with pytest.raises(LimitExceeded, match=r"^task_bytes: "):
        pool.call(troubles.hoard, 1 << 30)
    with pytest.raises(LimitExceeded, match=r"^answer_bytes: "):
        pool.call(troubles.large, 2 << 20)
    assert 1000 == pool.call(troubles.hoard, 1000)


def test_workers_write_no_files(pool: Pool, tmp_path: Path) -> None:
    """A worker can't write a file."""
    with pytest.raises((BadFile, ReaderDied)):
        pool.call(troubles.write, str(tmp_path / "a"))
    assert "" == ((tmp_path / "a").read_text() if (tmp_path / "a").exists() else "")


def test_workers_are_replaced_and_end() -> None:
    """After its share of tasks, or of waiting, a worker ends by itself, and nobody notices."""
    made = Pool(1, Limits(worker_tasks=2, worker_idle_seconds=1))
    processes = [made.call(troubles.where, Path())[0] for _ in range(5)]
    time.sleep(2)
    assert not any(is_running(process) for process in processes)
    processes.append(made.call(troubles.where, Path())[0])

    assert [0, 0, 1, 1, 2, 3] == [sorted(set(processes), key=processes.index).index(process) for process in processes]
    made.close()
    assert not any(is_running(process) for process in processes)


@pytest.mark.alone
def test_tasks_run_beside_each_other_and_beside_the_loop() -> None:
    """As many tasks as there are workers run at one time, and the loop goes on meanwhile."""
    made = Pool(2)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async def both() -> float:
        ticking = asyncio.create_task(tick())
        await asyncio.gather(*(made.run(troubles.echo, "a") for _ in range(2)))
        began = time.monotonic()
        await asyncio.gather(*(made.run(troubles.sleep, 0.5) for _ in range(2)))
        ticking.cancel()
        return time.monotonic() - began

    assert asyncio.run(both()) < 0.9
    assert ticks > 10
    made.close()


def test_closing() -> None:
    """Closing ends workers in the midst of a task; whoever waited is told, and later tasks are refused."""
    made = Pool(1)
    told: list[type[BaseException]] = []

    def wait() -> None:
        try:
            made.call(troubles.sleep, 60)
        except ReaderDied as error:
            told.append(type(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not made._workers:
        time.sleep(0.01)
    time.sleep(0.3)
    made.close()
    waiting.join(5)

    assert [ReaderDied] == told
    with pytest.raises(ReaderDied):
        made.call(troubles.echo, "a")
