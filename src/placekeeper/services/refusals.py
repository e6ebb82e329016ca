"""Sign-ins that failed lately, by the name that was tried: for its owner, who wonders why a device does not sync.

In memory only, bounded; a restart forgets. Who tries many names pushes out what others did, and nothing else.
"""

from dataclasses import dataclass
from typing import Final

from placekeeper.services.askers import Recent

NAMES: Final = 1_000
ADDRESSES: Final = 5
"""Addresses of one name that are remembered, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """From one address, the last time, and how often in all. `at`: Unix milliseconds."""

    address: str
    at: int
    times: int


class Refusals:
    """Remembers them."""

    def __init__(self) -> None:
        """Nobody was refused yet."""
        self._known: Recent[str, tuple[Refusal, ...]] = Recent(NAMES)

    def add(self, name: str, address: str, at: int) -> None:
        """Somebody has shown a wrong password for this name."""
        known = self._known.get(name) or ()
        before = sum(each.times for each in known if each.address == address)
        others = [each for each in known if each.address != address][: ADDRESSES - 1]
        self._known.keep(name, (Refusal(address=address, at=at, times=before + 1), *others))

    def forgive(self, name: str) -> None:
        """There is a new password: what was shown before needs no attention any more."""
        self._known.take(name)

    def of(self, name: str, since: int = 0) -> tuple[Refusal, ...]:
        """Those of a name after a time (Unix milliseconds), the last one first."""
        return tuple(each for each in self._known.get(name) or () if each.at > since)
