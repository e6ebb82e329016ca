"""The real services on a real ledger, one call after the other: no event loop, no threads, one transaction for all.

What `Readings` awaits is answered at once, so that its coroutines run to their end when they are started. Knows neither
the simulated reader nor the scenes.
"""

from collections.abc import Callable, Coroutine, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from placekeeper.domain.account import Principal
from placekeeper.domain.ports import Ledger, Unit
from placekeeper.domain.reading import Outcome
from placekeeper.services.account_units import add_account, new_account, principal_of
from placekeeper.storage.sqlite import SqliteStore

T = TypeVar("T")


class DirectStore:
    """Implements `domain.ports.Store` within one transaction that is open already."""

    def __init__(self, ledger: Ledger) -> None:
        """Of that transaction."""
        self._ledger = ledger

    async def read(self, unit: Unit[T]) -> T:
        """See the port."""
        return unit(self._ledger)

    async def browse(self, unit: Unit[T]) -> T:
        """See the port."""
        return unit(self._ledger)

    async def write(self, unit: Unit[T]) -> T:
        """See the port."""
        return unit(self._ledger)

    async def write_aside(self, unit: Unit[T]) -> T:
        """See the port."""
        return unit(self._ledger)

    def note(self, _key: Hashable, unit: Unit[None]) -> None:
        """See the port. At once, as a note is written before the next change in any case."""
        unit(self._ledger)


class Silence:
    """Implements `domain.ports.Observer`: nobody watches."""

    def decided(self, protocol: str, outcome: Outcome) -> None:
        """See the port."""

    def committed(self, units: int, seconds: float) -> None:
        """See the port."""

    def recognised(self, how: str) -> None:
        """See the port."""


def at_once(call: Coroutine[Any, Any, T]) -> T:
    """The value of a coroutine that waits for nothing."""
    try:
        call.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("it waits for something")


def open_account(ledger: Ledger, now: int) -> Principal:
    """A fresh account, signed in with its own key as all devices of most people are."""
    account = new_account(f"reader {now}", "", now)
    add_account(ledger, account)
    return principal_of(account, None)


def in_fresh_store(unit: Callable[[Ledger], T], now: int) -> T:
    """Run it on an SQLite database that is made for it and thrown away."""
    with TemporaryDirectory(prefix="placekeeper-sim-") as folder:
        store = SqliteStore(Path(folder), now_ms=now)
        try:
            return store.run(unit)
        finally:
            store.close()
