"""A bounded load of HTTP requests over loopback: so many connections, each sending its next request after its answer."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

MakeRequest = Callable[[int, int], bytes]
"""The bytes of a request, for a connection's number and how many it sent before."""


@dataclass(slots=True)
class Load:
    """What is sent: until `seconds` are over, by `connections` at once, with a fresh connection each if not `keep_alive`."""

    port: int
    make: MakeRequest
    connections: int
    seconds: float
    keep_alive: bool = True
    latencies: list[float] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)
    sent: dict[int, int] = field(default_factory=dict)
    deadline: float = 0.0


class Connection(asyncio.Protocol):
    """One connection of a load."""

    def __init__(self, load: Load, number: int, done: "asyncio.Future[None]") -> None:
        self._load, self._number, self._done = load, number, done
        self._buffer = b""
        self._began = time.perf_counter()
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send(self._began)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = buffer.find(b"content-length: ")
        length = int(buffer[at + 16 : buffer.index(b"\r\n", at)])
        if len(buffer) < end + 4 + length:
            return
        load = self._load
        load.latencies.append(time.perf_counter() - self._began)
        if not buffer.startswith(b"HTTP/1.1 200"):
            load.failures.append(buffer)
        self._buffer = b""
        if load.keep_alive and time.perf_counter() < load.deadline:
            self._send(time.perf_counter())
        else:
            self._answered = True
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._answered:
            self._load.failures.append(repr(error).encode())
        if not self._done.done():
            self._done.set_result(None)

    def _send(self, began: float) -> None:
        """Send the next request. Its time runs from `began`: with a fresh connection, from before that was made."""
        load, number = self._load, self._number
        count = load.sent.get(number, 0)
        load.sent[number] = count + 1
        self._began = began
        self._transport.write(load.make(number, count))


async def _client(load: Load, number: int) -> None:
    loop = asyncio.get_running_loop()
    while time.perf_counter() < load.deadline:
        done: asyncio.Future[None] = loop.create_future()
        connection = Connection(load, number, done)
        await loop.create_connection(lambda connection=connection: connection, "127.0.0.1", load.port)
        await done


async def _run(load: Load) -> None:
    load.deadline = time.perf_counter() + load.seconds
    await asyncio.gather(*(_client(load, number) for number in range(load.connections)))


def run(load: Load) -> Load:
    """Send it all. Raises AssertionError when anything but 200 came back."""
    import uvloop

    uvloop.run(_run(load))
    assert not load.failures, load.failures[:3]
    return load
