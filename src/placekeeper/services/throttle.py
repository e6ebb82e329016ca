"""Slowing down those who guess. Only failures count, so whoever has the right key never waits for anybody else's.

Per address: the first `free` failures within `window_seconds` cost nothing (typing errors on an e-ink keyboard), then
each answer comes later, doubling up to `longest_seconds`. Knows no accounts and no HTTP.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from placekeeper.domain.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleLimits:
    """`longest_seconds` stays under KOReader's 5 s; `addresses` bounds the memory."""

    free: int = 5
    window_seconds: int = 600
    longest_seconds: float = 3.0
    addresses: int = 10_000


class Throttle:
    """Counts failures per address. In memory: a restart forgives."""

    def __init__(self, clock: Clock, limits: ThrottleLimits | None = None) -> None:
        """`clock` gives Unix milliseconds."""
        self._clock = clock
        self._limits = limits or ThrottleLimits()
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()

    async def failed(self, address: str) -> float:
        """Count one failure and wait as long as it has earned; the seconds waited."""
        now = self._clock()
        since, count = self._failures.pop(address, (now, 0))
        if now - since > self._limits.window_seconds * 1000:
            since, count = now, 0
        self._failures[address] = (since, count + 1)
        while len(self._failures) > self._limits.addresses:
            self._failures.popitem(last=False)
        excess = count + 1 - self._limits.free
        seconds = min(self._limits.longest_seconds, 0.125 * 2 ** min(excess, 10)) if excess > 0 else 0.0
        if seconds:
            await asyncio.sleep(seconds)
        return seconds
