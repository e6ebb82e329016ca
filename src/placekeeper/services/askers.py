"""Who was where lately: devices, and what was fetched from which address. In memory only, bounded; a restart forgets.

KOSync's GET names no device: a device's own credential says it exactly, else it is guessed from the address.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

NOTED_AFTER = 5_000
"""Milliseconds after which a device that is still active is written down anew: what a crash may forget of its activity."""


class Recent(Generic[K, V]):
    """A bounded memory: the oldest is forgotten when there are too many."""

    def __init__(self, limit: int) -> None:
        """Nothing is known yet."""
        self._limit = limit
        self._known: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What is known, without making it any newer."""
        return self._known.get(key)

    def keep(self, key: K, value: V) -> None:
        """Remember it as the newest."""
        self._known[key] = value
        self._known.move_to_end(key)
        if len(self._known) > self._limit:
            self._known.popitem(last=False)

    def take(self, key: K) -> V | None:
        """What is known, and forget it."""
        return self._known.pop(key, None)


@dataclass(slots=True)
class Active:
    """A device as it is known in memory: `at` its latest reading, `noted_at` the one that is written down."""

    id: str
    name: str
    address: str | None
    at: int
    noted_at: int

    def stale(self, name: str, address: str, now: int) -> bool:
        """Whether what is written down of it should be written anew."""
        return now - self.noted_at >= NOTED_AFTER or name != self.name or address != self.address
