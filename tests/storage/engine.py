"""What the conformance suite asks of an engine beyond the port: to open, to show its tables, to be got in the way of."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from placekeeper.domain.ports import Observer, Store, Unit

T = TypeVar("T")


class EngineStore(Store, Protocol):
    """A store, with the begin and the end that the composition root gives it."""

    def start(self, loop: asyncio.AbstractEventLoop, observer: Observer) -> None: ...

    async def stop(self) -> None: ...


class Engine(Protocol):
    """One database of an engine, empty at first. Opened as often as a test likes."""

    def __init__(self, folder: Path) -> None: ...

    def open(self, *, queue_limit: int = 4096, note_seconds: float = 5.0, busy_seconds: float = 30.0) -> EngineStore:
        """The store on this database: so many writes may queue, so long may a note wait, so long waits a write while
        another process holds the database.
        """

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, as a connection sees them that has nothing to do with the store."""

    def held(self) -> AbstractContextManager[None]:
        """Meanwhile, another process holds the database: no write can begin."""

    def full(self, opened: "Opened") -> AbstractContextManager[None]:
        """Meanwhile, there is no room for more than a few rows."""


class Watching:
    """An observer that remembers how many units each commit had."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def decided(self, protocol: str, outcome: object) -> None: ...

    def committed(self, units: int, seconds: float) -> None:
        self.batches.append(units)

    def recognised(self, how: str) -> None: ...


class Opened:
    """An open store with an event loop of its own, so that a test may do one thing after the other without awaiting."""

    def __init__(self, store: EngineStore) -> None:
        self.store, self.observer = store, Watching()
        self._runner = asyncio.Runner()
        store.start(self._runner.get_loop(), self.observer)

    def write(self, unit: Unit[T]) -> T:
        return self.play(lambda store: store.write(unit))

    def read(self, unit: Unit[T]) -> T:
        return self.play(lambda store: store.read(unit))

    def browse(self, unit: Unit[T]) -> T:
        return self.play(lambda store: store.browse(unit))

    def note(self, key: Hashable, unit: Unit[None]) -> None:
        self.store.note(key, unit)

    def play(self, scenario: Callable[[EngineStore], Coroutine[Any, Any, T]], *, seconds: float = 30.0) -> T:
        """Run a scenario to its end; one that hangs is a failure."""

        async def bounded() -> T:
            async with asyncio.timeout(seconds):
                return await scenario(self.store)

        return self._runner.run(bounded())

    def close(self) -> None:
        self.play(lambda store: store.stop())
        self._runner.close()


async def until(true: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        await asyncio.sleep(0.01)
