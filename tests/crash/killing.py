"""A server that is killed under load again and again on the same folder, and what is left each time."""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.disk import integrity, places
from tests.crash.load import ACCOUNTS, Load, Reader, call, register
from tests.running import RunningServer

LONGEST_SECONDS = 1.2
"""The kill comes at a random moment within so many seconds of load."""


@dataclass
class Tally:
    """What came of all kills. `startups`: seconds from the start of the process until the port answered, after a kill."""

    kills: int = 0
    answered: int = 0
    unanswered: int = 0
    lost: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    startups: list[float] = field(default_factory=list)


class Killing:
    """Kills after kills on one folder; `tally` is the sum so far."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data = data
        self.tally = Tally()
        self._chance = random.Random(seed)
        self._server = RunningServer(data)
        self._readers: list[Reader] = [register(self._server.port) for _ in range(ACCOUNTS)]
        self._answered: set[str] = set()

    def kill(self) -> None:
        """One kill: load, the kill at a random moment, the start after it, a look at the disk."""
        load = Load(self._server.port, self._readers)
        time.sleep(self._chance.uniform(0.05, LONGEST_SECONDS))
        self._server.kill()
        sent = load.end()
        self._server = RunningServer(self.data)
        assert 200 == call(self._server.port, "GET", "/healthcheck")
        self.tally.startups.append(time.monotonic() - self._server.began)
        answered = {push.place for push in sent if push.status == 200}
        self.tally.kills += 1
        self.tally.answered += len(answered)
        self.tally.unanswered += sum(push.status is None for push in sent)
        self.tally.refused += [push.status for push in sent if push.status not in {200, None}]
        self._answered |= answered
        self._look()

    def end(self) -> None:
        """Stop the server for good, and look once more."""
        assert 0 == self._server.stop()
        self._look()

    def abandon(self) -> None:
        """Leave no process behind, whatever happened."""
        if self._server.process.poll() is None:
            self._server.kill()

    def _look(self) -> None:
        """Everything ever answered must be there, not only what came since the kill before."""
        self.tally.lost |= self._answered - places(self.data)
        found = integrity(self.data)
        if found != "ok":
            self.tally.damage.append(found)
