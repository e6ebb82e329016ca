"""What KOReader's own plugin sent, byte for byte, is answered as it was when it was recorded."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.koreader.record import Exchange, exchange_of
from tests.running import RunningServer

TRACES = sorted((Path(__file__).parent / "traces").glob("*.jsonl"))
ARRIVED = {None, "lose"}
"""What the proxy may have done to an exchange that the server has seen whole."""


def segments(request: bytes) -> list[bytes]:
    """A request as LuaSocket sends it: the request line, the headers, the body."""
    line, ending, rest = request.partition(b"\r\n")
    headers, blank, body = rest.partition(b"\r\n\r\n")
    return [part for part in (line + ending, headers + blank, body) if part]


def ask(server: RunningServer, request: bytes, pause: float = 0.002) -> Exchange:
    """Send a request on a connection of its own, with a pause between the segments; all that comes back."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as conn:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, part in enumerate(segments(request)):
            time.sleep(pause if number else 0)
            conn.sendall(part)
        while chunk := conn.recv(65536):
            answer += chunk
    return Exchange(request=request, response=answer)


def head(exchange: Exchange) -> dict[str, str]:
    """The headers of the answer."""
    lines = exchange.response.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def timeless(exchange: Exchange) -> tuple[int | None, dict[str, Any]]:
    """Status and body of an answer. A time becomes true when it is one: whole seconds, of these days."""
    body = json.loads(exchange.answer)
    if "timestamp" in body:
        body["timestamp"] = isinstance(body["timestamp"], int) and 1_700_000_000 < body["timestamp"] < 4_000_000_000
    return exchange.status, body


def recorded(path: Path) -> list[Exchange]:
    return [exchange_of(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", params=["/kosync", ""], ids=["kosync", "root"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str]]:
    """A server that knows nobody, and where its address was said to be."""
    running = RunningServer(tmp_path_factory.mktemp("traces"))
    yield running, request.param
    assert running.stop() == 0


@pytest.mark.parametrize("path", TRACES, ids=[path.stem for path in TRACES])
def test_trace(fresh: tuple[RunningServer, str], path: Path) -> None:
    """Each recorded request gets the recorded answer, with the headers that the plugin needs, and the connection's end."""
    server, mount = fresh
    for exchange in recorded(path):
        if exchange.fault not in ARRIVED:
            continue
        found = ask(server, exchange.request.replace(b" /kosync/", b" " + mount.encode() + b"/", 1))

        assert timeless(exchange) == timeless(found), exchange.line()
        headers = head(found)
        assert ("application/json", "close") == (headers["content-type"], headers["connection"])
        assert str(len(found.answer.encode())) == headers["content-length"]


def test_there_are_traces() -> None:
    """The traces are there, and hold what the README says of them."""
    assert {"register_and_sign_in", "two_devices", "prompt", "offline_then_pull", "pushed_back"} <= {path.stem for path in TRACES}
    assert {"paged_book", "failure_then_queue"} <= {path.stem for path in TRACES}


def registration(path: Path) -> bytes:
    """How a trace begins."""
    return next(exchange.request for exchange in recorded(path) if exchange.target.endswith("/users/create"))


def test_slow_device(server: RunningServer) -> None:
    """A device on a bad network, whose segments come half a second apart, is heard; so is one whose request comes at once."""
    request = registration(TRACES[0])

    assert (201, 402) == (ask(server, request, pause=0.5).status, ask(server, request, pause=0).status)


def test_bytes_one_by_one(server: RunningServer) -> None:
    """Not even the segments matter: a request whose bytes come one by one is a request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as conn:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in registration(TRACES[1]):
            conn.sendall(bytes([byte]))
        answer = Exchange(response=conn.recv(65536))

    assert 201 == answer.status
