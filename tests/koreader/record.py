"""A TCP proxy that records every exchange byte for byte, and breaks on demand.

KOReader opens a connection for each request, so a connection is an exchange. A fault holds for the connections to come:

- None: pass on
- "drop": read the request, close without an answer
- "hang": read the request, never answer
- "lose": pass on, but close without giving the server's answer back
- bytes: read the request, answer exactly this
- a list: the same in pieces, `[(seconds to wait, bytes), ...]`
- a callable: gets the request's bytes and gives one of the above
"""

import contextlib
import dataclasses
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

Pieces = list[tuple[float, bytes]]
Plain = str | bytes | Pieces | None
Fault = Plain | Callable[[bytes], Plain]

PATIENCE = 30
"""Seconds that the proxy waits for either side."""


def http_answer(status: int, body: object = b"", content_type: str | None = "application/json", *headers: str) -> bytes:
    """An answer as a server might send it."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return ("\r\n".join([*lines, *headers]) + "\r\n\r\n").encode() + data


@dataclass
class Exchange:
    """One connection. `segments`: the sizes of the reads that the request took. `fault`: what the proxy did to it.

    In a trace the bytes are written as ISO-8859-1, so that each survives.
    """

    segments: list[int] = field(default_factory=list)
    fault: str | None = None
    request: bytes = b""
    response: bytes = b""

    @property
    def method(self) -> str:
        return self.request.split(b" ", 1)[0].decode()

    @property
    def target(self) -> str:
        return (self.request.split(b" ", 2) + [b""] * 2)[1].decode()

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    @property
    def body(self) -> str:
        return self.request.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")

    @property
    def status(self) -> int | None:
        words = self.response.split(b" ", 2)
        return int(words[1]) if len(words) > 1 and words[1][:3].isdigit() else None

    @property
    def answer(self) -> str:
        return self.response.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")

    def line(self) -> str:
        """As a line of a trace."""
        texts = {"request": self.request.decode("latin-1"), "response": self.response.decode("latin-1")}
        return json.dumps(dataclasses.asdict(self) | texts)


def exchange_of(line: str) -> Exchange:
    """A line of a trace, read again."""
    entry = json.loads(line)
    request, response = entry["request"].encode("latin-1"), entry["response"].encode("latin-1")
    return Exchange(entry["segments"], entry["fault"], request, response)


def read_request(conn: socket.socket, segments: list[int]) -> bytes:
    """One whole request, by Content-Length; nothing when the peer hangs up first."""
    data, needed = b"", None
    while needed is None or len(data) < needed:
        chunk = conn.recv(65536)
        if not chunk:
            return data
        segments.append(len(chunk))
        data += chunk
        head, ending, _ = data.partition(b"\r\n\r\n")
        if ending and needed is None:
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            needed = len(head) + len(ending) + int(fields.get(b"content-length", 0))
    return data


class Recorder:
    """The proxy, on a free port of the loopback address."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.to = to
        self.fault: Fault = None
        self.exchanges: list[Exchange] = []
        self._taken, self._busy = 0, 0
        self._changed = threading.Condition()
        self._server: socket.socket | None = None
        self._listen(("127.0.0.1", 0))

    def _listen(self, address: tuple[str, int]) -> None:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen(50)
        self.host, self.port = server.getsockname()
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def refuse(self) -> None:
        """From now on connections are refused, until `serve`."""
        if self._server is not None:
            server, self._server = self._server, None
            server.shutdown(socket.SHUT_RDWR)
            server.close()

    def serve(self) -> None:
        """Listen again, where it was."""
        if self._server is None:
            self._listen((self.host, self.port))

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                conn, _ = server.accept()
            except OSError:
                return
            exchange = Exchange()
            with self._changed:
                self.exchanges.append(exchange)
                self._busy += 1
            threading.Thread(target=self._serve_one, args=(conn, exchange), daemon=True).start()

    def _serve_one(self, conn: socket.socket, exchange: Exchange) -> None:
        try:
            with conn:
                conn.settimeout(PATIENCE)
                self._exchange(conn, exchange)
        except OSError:
            exchange.fault = exchange.fault or "broken"
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def _exchange(self, conn: socket.socket, exchange: Exchange) -> None:
        exchange.request = read_request(conn, exchange.segments)
        fault = self.fault(exchange.request) if callable(self.fault) else self.fault
        if fault == "hang":
            exchange.fault = "hang"
            with contextlib.suppress(OSError):
                while conn.recv(65536):
                    pass
        elif isinstance(fault, bytes | list):
            exchange.fault = "canned answer"
            for wait, piece in fault if isinstance(fault, list) else [(0.0, fault)]:
                time.sleep(wait)
                conn.sendall(piece)
                exchange.response += piece
        elif fault == "drop" or not exchange.request:
            exchange.fault = "drop"
        else:
            exchange.fault = fault
            self._pass_on(conn, exchange)

    def _pass_on(self, conn: socket.socket, exchange: Exchange) -> None:
        with socket.create_connection(self.to, timeout=PATIENCE) as upstream:
            upstream.sendall(exchange.request)
            while chunk := upstream.recv(65536):
                exchange.response += chunk
                if exchange.fault != "lose":
                    conn.sendall(chunk)

    def take(self, wait: float = 3) -> list[Exchange]:
        """The exchanges that ended since the last `take`, once none is under way."""
        time.sleep(0.02)
        end = time.monotonic() + wait
        with self._changed:
            while self._busy and time.monotonic() < end:
                self._changed.wait(0.1)
            fresh, self._taken = self.exchanges[self._taken :], len(self.exchanges)
            return fresh

    def save(self, path: Path) -> None:
        """Write all exchanges as a trace."""
        path.write_text("".join(exchange.line() + "\n" for exchange in self.exchanges), "utf-8")

    def close(self) -> None:
        self.refuse()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
