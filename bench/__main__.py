"""Measure: requests per CPU-second of the server, ours beside the floor in turn, so that both see the same machine.

`python -m bench [--seconds S] [--rounds N] [--readings N]`. Wall figures are printed too; on a machine that does other
things they swing, the ratio of CPU-seconds does not.
"""

import argparse
import http.client
import json
import socket
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.fill import fill
from bench.load import Load, MakeRequest, run
from bench.servers import Measured, floor, placekeeper

ACCOUNTS = 8
TARGETS = {"auth": (0.55, 0.80), "GET": (0.41, 0.60), "PUT": (0.28, 0.35)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: requests per CPU-second and per second, latencies in ms."""

    per_cpu: float
    per_second: float
    p50: float
    p99: float


def head(method: str, path: str, number: int, *, keep_alive: bool, body: bytes = b"") -> bytes:
    """A request as KOReader sends it."""
    account = number % ACCOUNTS
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"x-auth-user: reader{account}",
        f"x-auth-key: key{account}",
        "Accept: application/vnd.koreader.v1+json",
        "User-Agent: lua-Spore",
        *([] if keep_alive else ["Connection: close"]),
        *([f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def requests(*, keep_alive: bool) -> dict[str, MakeRequest]:
    """What is sent, by name."""

    def auth(number: int, _count: int) -> bytes:
        return head("GET", "/users/auth", number, keep_alive=keep_alive)

    def get(number: int, _count: int) -> bytes:
        return head("GET", f"/syncs/progress/{number:032x}", number, keep_alive=keep_alive)

    def put(number: int, count: int) -> bytes:
        body = (
            f'{{"document":"{number:032x}","progress":"/body/DocFragment[{count % 30}]/body/div/p[{count}]/text().0",'
            f'"percentage":{(count % 10_000) / 10_000},"device":"Kobo","device_id":"device{number}"}}'
        ).encode()
        return head("PUT", "/syncs/progress", number, keep_alive=keep_alive, body=body)

    return {"auth": auth, "PUT": put, "GET": get}


def register(port: int) -> None:
    """Make the accounts, and a first reading of each document."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for account in range(ACCOUNTS):
        body = json.dumps({"username": f"reader{account}", "password": f"key{account}"})
        connection.request("POST", "/users/create", body)
        connection.getresponse().read()
    connection.close()


def measure(server: Measured, make: MakeRequest, connections: int, seconds: float, *, keep_alive: bool) -> Figure:
    """One run. The first moments warm up and do not count."""
    run(Load(server.port, make, connections, min(0.5, seconds / 4), keep_alive))
    before = server.cpu()
    load = run(Load(server.port, make, connections, seconds, keep_alive))
    used = server.cpu() - before
    times = sorted(load.latencies)
    return Figure(
        per_cpu=len(times) / used,
        per_second=len(times) / seconds,
        p50=times[len(times) // 2] * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
    )


def compare(ours: Measured, bare: Measured, seconds: float, rounds: int) -> None:
    """The table: each kind of request at 1, 16 and 64 connections, kept and closed, as a share of the floor."""
    print(f"{'':12}{'conns':>6} {'':>6}{'floor/cpu-s':>12}{'ours/cpu-s':>12}{'share':>7}{'ours/s':>9}{'p50 ms':>8}{'p99 ms':>8}")
    for keep_alive in (True, False):
        made = requests(keep_alive=keep_alive)
        for connections in (1, 16, 64):
            for name, make in made.items():
                pairs = [
                    (
                        measure(bare, made["auth"], connections, seconds, keep_alive=keep_alive),
                        measure(ours, make, connections, seconds, keep_alive=keep_alive),
                    )
                    for _ in range(rounds)
                ]
                show(name, connections, pairs, keep_alive=keep_alive)


def show(name: str, connections: int, pairs: list[tuple[Figure, Figure]], *, keep_alive: bool) -> None:
    """One row: the medians of the rounds."""
    share = statistics.median(own.per_cpu / bare.per_cpu for bare, own in pairs)
    bare, own = pairs[len(pairs) // 2]
    least, goal = TARGETS[name]
    mark = ""
    if keep_alive and connections > 1:
        mark = "goal" if share >= goal else "ok" if share >= least else f"BELOW {least}"
    kind = "keep" if keep_alive else "close"
    print(
        f"{name:12}{connections:6} {kind:>6}{bare.per_cpu:12,.0f}{own.per_cpu:12,.0f}{share:7.2f}{own.per_second:9,.0f}"
        f"{own.p50:8.2f}{own.p99:8.2f}  {mark}",
        flush=True,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Everything, in one run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each run")
    parser.add_argument("--rounds", type=int, default=3, help="how often each pair is run; the median counts")
    parser.add_argument("--readings", type=int, default=1_000_000, help="how many readings to fill in for the second part")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        bare, ours = floor(free_port()), placekeeper(free_port(), data)
        print(f"start-up {ours.started:.2f} s, memory idle {ours.memory():.0f} MB")
        register(ours.port)
        compare(ours, bare, options.seconds, options.rounds)
        ours.stop()
        if options.readings:
            fill(data, options.readings)
            ours = placekeeper(free_port(), data)
            print(f"\nwith {options.readings:,} readings: start-up {ours.started:.2f} s, memory idle {ours.memory():.0f} MB")
            compare(ours, bare, options.seconds, 1)
            print(f"memory after that: {ours.memory():.0f} MB")
            ours.stop()
        bare.stop()


if __name__ == "__main__":
    main()
