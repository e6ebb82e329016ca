"""Random changes to real requests, over sockets, against a real server: `python -m tests.hostile.fuzz --seconds N --seed S`.

The server must live, answer nothing but well-formed HTTP without a status of 500 and more, keep its memory, and log no
failure. The figures are printed as JSON; the status is 1 when something was found, with the bytes that did it.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.mutations import mutated, seeds
from tests.hostile.raw import Connection, NotHttp, memory, quick
from tests.kosync.client import KosyncClient, new_account
from tests.running import RunningServer

HANDS = 16
PATIENCE = 0.05
"""Seconds without a byte, after which a request that chance made incomplete is given up."""
GROWTH = 40.0
"""MB by which the server may grow: while it runs, the caches of SQLite and of credentials fill. What each request leaked
would add up to far more.
"""
WARM_SECONDS = 2.0


@dataclass
class Findings:
    """What a run saw. `faults`: what went wrong, each with its bytes."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    without_answer: int = 0
    faults: list[str] = field(default_factory=list)


class Fuzzer:
    """One hand: a stream of requests from its own chance, on one account after the other."""

    def __init__(self, server: RunningServer, seed: str, findings: Findings) -> None:
        self.server, self.findings = server, findings
        self.chance = random.Random(seed)
        self.account: KosyncClient | None = None

    def run(self, until: float) -> None:
        sources: list[bytes] = []
        for number in range(sys.maxsize):
            if time.monotonic() > until or len(self.findings.faults) > 10:
                return
            if number % 100 == 0:
                self.account = new_account(self.server.base)
                sources = seeds(self.account.user, self.account.key)
            data = mutated(self.chance, sources)
            self.findings.requests += 1
            try:
                self.exchange(data)
            except (NotHttp, AssertionError, ValueError, OSError) as error:
                self.findings.faults.append(f"{type(error).__name__}: {error}\n{data!r}")

    def exchange(self, data: bytes) -> None:
        """Send it in one or two pieces, read every answer."""
        with Connection(self.server, timeout=5) as connection:
            at = self.chance.randrange(len(data) + 1)
            connection.send(data[:at])
            connection.send(data[at:])
            connection.socket.settimeout(PATIENCE)
            answered = 0
            with contextlib.suppress(TimeoutError):
                while answer := connection.answer(bodiless=b"HEAD " in data):
                    answered += 1
                    self.findings.statuses[answer.status] += 1
                    assert answer.status < 500, answer
                    if answer.header("content-type") == "application/json" and answer.body:
                        json.loads(answer.body)
                    if b"HEAD " in data:
                        break  # which of the answers have bodies is beyond this reader
            self.findings.without_answer += not answered


def run(seconds: float, seed: int, folder: Path) -> tuple[Findings, dict[str, float]]:
    """Fuzz for so long; what was found, and the server's memory in MB before and after."""
    server = RunningServer(folder, "--request-timeout", "2", "--log-level", "warning", "--trusted-proxies", "127.0.0.0/8")
    findings = Findings()
    hands = [Fuzzer(server, f"{seed}-{number}", findings) for number in range(HANDS)]
    sizes: dict[str, float] = {}
    for name, until in (("before", min(WARM_SECONDS, seconds / 2)), ("after", seconds)):
        deadline = server.began + server.started + until
        threads = [threading.Thread(target=hand.run, args=[deadline]) for hand in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        quick(server)
        sizes[name] = round(memory(server), 1)
    if server.process.poll() is not None or server.stop() != 0:
        findings.faults.append("the server ended by itself")
    findings.faults += [f"logged: {line}" for line in server.log]
    if sizes["after"] - sizes["before"] > GROWTH:
        findings.faults.append(f"the server grew: {sizes}")
    return findings, sizes


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz a server.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        findings, sizes = run(options.seconds, options.seed, Path(folder))
    statuses = {str(status): count for status, count in sorted(findings.statuses.items())}
    figures = {"seed": options.seed, "requests": findings.requests, "statuses": statuses, "memory": sizes}
    print(json.dumps(figures | {"without_answer": findings.without_answer, "faults": len(findings.faults)}))
    for fault in findings.faults[:10]:
        print(fault, file=sys.stderr)
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
