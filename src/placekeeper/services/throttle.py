"""Slowing down those who guess. Only failures count, so whoever has the right key never waits for anybody else's.

Per address: the first `free` failures within `window_seconds` cost nothing (typing errors on an e-ink keyboard), then
each answer comes later, doubling up to `longest_seconds`. Knows no accounts and no HTTP.
"""

import asyncio
import ipaddress
from collections import Counter, OrderedDict
from dataclasses import dataclass

from placekeeper.domain.ports import Clock

HOUSEHOLD = 64
"""Bits of an IPv6 address that one household has in common: behind them it has as many addresses as it likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleLimits:
    """`longest_seconds` stays under the 2 s for which KOReader waits: it is to hear "Unauthorized" and not silence.
    `held` answers of one address wait at once, so that a guesser can't fill the server with them; `addresses` bounds the memory.
    """

    free: int = 5
    window_seconds: int = 600
    longest_seconds: float = 1.5
    held: int = 64
    addresses: int = 10_000


class Throttle:
    """Counts failures per address. In memory: a restart forgives."""

    def __init__(self, clock: Clock, limits: ThrottleLimits | None = None) -> None:
        """`clock` gives Unix milliseconds."""
        self._clock = clock
        self._limits = limits or ThrottleLimits()
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._held: Counter[str] = Counter()

    async def failed(self, address: str) -> float:
        """Count one failure and wait as long as it has earned; the seconds waited."""
        place = _place(address)
        seconds = self._earned(place)
        if not seconds or self._held[place] >= self._limits.held:
            return 0.0
        self._held[place] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._held[place] -= 1
            if not self._held[place]:
                del self._held[place]
        return seconds

    def _earned(self, place: str) -> float:
        now = self._clock()
        since, count = self._failures.pop(place, (now, 0))
        if now - since > self._limits.window_seconds * 1000:
            since, count = now, 0
        self._failures[place] = (since, count + 1)
        while len(self._failures) > self._limits.addresses:
            self._failures.popitem(last=False)
        excess = count + 1 - self._limits.free
        return min(self._limits.longest_seconds, 0.125 * 2 ** min(excess, 10)) if excess > 0 else 0.0


def _place(address: str) -> str:
    """What an address is counted under: itself, or for IPv6 its household's network."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed.packed, HOUSEHOLD), strict=False))
