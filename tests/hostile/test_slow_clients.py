"""Slow, greedy and silent clients: a well-behaved one is answered all the while, and nobody costs more than a bounded memory.

The bound on memory: a connection of uvicorn with uvloop takes 10 to 20 kB, a read 256 kB at most, a body what --body-limit
says. Attacks here hold some 200 connections, so a few MB; 40 MB leave room for the allocator, and are far from what an
endless line, body or queue would take (which were hundreds).
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile.raw import Answer, Connection, ask, clean_log, in_dialect, memory, quick, request
from tests.kosync.client import KosyncClient, fresh, new_account
from tests.running import RunningServer, command

Starter = Callable[..., RunningServer]
PROMPT = 2.0
"""KOReader waits so long."""
ROOM = 40.0
"""MB that an attack may cost, see above."""

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that waits 2 s for a request, and 1 s for the next."""
    options = ("--request-timeout", "2", "--idle-timeout", "1", "--connections", "200")
    server = RunningServer(tmp_path_factory.mktemp("impatient"), *options)
    yield server
    assert server.stop() == 0
    clean_log(server)


@pytest.fixture
def impatient(hurried: RunningServer) -> Iterator[RunningServer]:
    """That server, which after the test is quick and rid of the test's connections."""
    yield hurried
    assert quick(hurried) < PROMPT
    assert left_after(hurried, 0, seconds=5) == 0


def put(document: str) -> bytes:
    return json.dumps({"document": document, "progress": "p", "percentage": 0.5, "device": "Kobo"}).encode()


class Watch:
    """Asks the server again and again while something happens to it; `worst` is the longest wait."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.worst, self.asked = server, 0.0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.worst = max(self.worst, quick(self.server, 10))
            except (OSError, AssertionError):
                self.worst = float("inf")
            self.asked += 1
            self._over.wait(0.01)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        assert self.asked > 0
        assert self.worst < PROMPT


def drip(connection: Connection, data: bytes, *, seconds: float) -> None:
    """Send byte by byte, evenly, until the server has had enough."""
    for at in range(len(data)):
        connection.send(data[at : at + 1])
        time.sleep(seconds / len(data))


def test_byte_by_byte_in_time(healthy: RunningServer, reader: KosyncClient) -> None:
    """A request that comes one byte at a time is answered, as long as it is whole in time."""
    with Connection(healthy) as connection:
        drip(connection, request("PUT", "/syncs/progress", client=reader, body=put("slow")), seconds=0.5)
        assert (200, 0) == in_dialect(connection.answer())


HALVES = {
    "nothing": b"",
    "empty lines": b"\r\n\r\n",
    "half a line": b"GET /healthch",
    "half a head": b"GET /healthcheck HTTP/1.1\r\nhost: a\r\n",
    "no body": b"PUT /syncs/progress HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n",
    "half a body": b'PUT /syncs/progress HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"document":',
    "half a chunk": b"PUT /syncs/progress HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{",
}


def test_half_requests(impatient: RunningServer) -> None:
    """A request that stops half way gets 408 after --request-timeout, and its connection is closed."""
    with contextlib.ExitStack() as stack, Watch(impatient):
        halves = {name: stack.enter_context(Connection(impatient)) for name in HALVES}
        began = time.monotonic()
        for name, connection in halves.items():
            connection.send(HALVES[name])
        for name, connection in halves.items():
            answer = connection.answer()
            assert (408, 2003) == in_dialect(answer), name
            assert 1.9 < time.monotonic() - began < 4.5, name
            assert connection.ended(1), name


def test_too_slow(impatient: RunningServer) -> None:
    """A byte now and then buys no time, in the head or in the body."""
    data = request("PUT", "/syncs/progress", body=put("slow"))
    with Connection(impatient) as slow_head, Connection(impatient) as slow_body, Watch(impatient):
        slow_body.send(data[:-50])
        drips = [
            threading.Thread(target=drip, args=[connection, rest], kwargs={"seconds": 3.5})
            for connection, rest in ((slow_head, data), (slow_body, data[-50:]))
        ]
        for thread in drips:
            thread.start()
        for connection in (slow_head, slow_body):
            assert (408, 2003) == in_dialect(connection.answer())
        for thread in drips:
            thread.join()


def test_idle_connections(impatient: RunningServer) -> None:
    """After an answer a connection may be idle for --idle-timeout, then it is closed without a word; empty lines in between
    don't keep it.
    """
    with Connection(impatient) as idle, Connection(impatient) as chatty:
        for connection in (idle, chatty):
            connection.send(request("GET", "/healthcheck"))
            assert (200, 0) == in_dialect(connection.answer())
        began = time.monotonic()
        chatty.send(b"\r\n")
        assert idle.ended(3)
        assert 0.9 < time.monotonic() - began < 2.5
        assert (408, 2003) == in_dialect(chatty.answer())
        assert time.monotonic() - began < 5


ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "empty lines": (b"", b"\r\n" * 500),
    "target": (b"GET /", b"x" * 1000),
    "header": (b"GET /healthcheck HTTP/1.1\r\nx: ", b"x" * 1000),
    "header name": (b"GET /healthcheck HTTP/1.1\r\n", b"x" * 1000),
    "headers": (b"GET /healthcheck HTTP/1.1\r\n", b"x: y\r\n" * 200),
    "chunk extension": (b"PUT /syncs/progress HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;x=", b"x" * 1000),
    "trailer": (b"PUT /syncs/progress HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ", b"x" * 1000),
    "trailers": (b"PUT /syncs/progress HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 200),
    "chunks": (b"PUT /syncs/progress HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 200),
    "body": (b"PUT /syncs/progress HTTP/1.1\r\ncontent-length: 999999999999\r\n\r\n", b"x" * 1000),
    "requests": (b"", request("GET", "/healthcheck") * 20),
    "requests with bodies": (b"", request("PUT", "/syncs/progress", body=b"{}") * 20),
}


def flood(connection: Connection, begin: bytes, more: bytes, seconds: float) -> None:
    """Send without end, and read nothing, as long as the server takes it."""
    deadline = time.monotonic() + seconds
    connection.socket.settimeout(0.2)
    block = more * 50
    with contextlib.suppress(ConnectionError):
        connection.socket.sendall(begin)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                connection.socket.send(block)


def flood_again(server: RunningServer, begin: bytes, more: bytes, seconds: float) -> None:
    """The same, on a new connection whenever one was closed."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        with Connection(server) as connection:
            flood(connection, begin, more, left)


@pytest.mark.parametrize(("begin", "more"), ENDLESS.values(), ids=ENDLESS)
def test_endless(impatient: RunningServer, begin: bytes, more: bytes) -> None:
    """What never ends is cut off, by its size or by --request-timeout; it takes no memory and nobody else's time."""
    quick(impatient)
    before = memory(impatient)
    with Watch(impatient):
        threads = [threading.Thread(target=flood_again, args=[impatient, begin, more, 0.5]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        grown = memory(impatient) - before

    assert grown < ROOM


def test_answers_never_read(impatient: RunningServer) -> None:
    """A client that asks and never reads its answers is dropped after --request-timeout, with all that waits for it."""
    ask_for_much = large_answer(impatient)
    before = memory(impatient)
    with Watch(impatient), contextlib.ExitStack() as stack:
        for _ in range(8):
            deaf = stack.enter_context(contextlib.closing(socket.socket()))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", impatient.port))
            deaf.sendall(ask_for_much * 30)
        time.sleep(1.0)
        assert open_connections(impatient) >= 8, "they are waited for"
        assert memory(impatient) - before < ROOM
        assert left_after(impatient, 1, seconds=8) <= 1, "only the watch is left"


def large_answer(server: RunningServer) -> bytes:
    """A request whose answer has some 400 kB."""
    client, document = new_account(server.base), fresh("book")
    for page in range(100):
        client.push(document, f"/body/p[{page}]" + "x" * 4000, page / 100)
    token = command("user", "token", client.user, "--name", "t", "--scope", "account", data=server.data).stdout.strip()
    bearer = ("authorization", f"Bearer {token}")
    with Connection(server) as connection:
        connection.send(request("GET", "/api/works", bearer))
        answer = connection.answer()
    assert answer is not None
    return request("GET", f"/api/works/{answer.json()['works'][0]['id']}/readings?limit=100", bearer)


def open_connections(server: RunningServer) -> int:
    """How many connections the server's process holds, seen from the system: established, with it at the local end."""
    port = f":{server.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] in {"01", "08"} for row in rows)


def left_after(server: RunningServer, expected: int, *, seconds: float) -> int:
    """How many are left, as soon as they are no more than expected, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while (count := open_connections(server)) > expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return count


def test_three_thousand_idle_connections(start: Starter) -> None:
    """3,000 connections that say nothing, with a cap of 200: the oldest make room, and others are served meanwhile."""
    server = start("--connections", "200")
    client = new_account(server.base)
    before = memory(server)
    with contextlib.ExitStack() as stack, Watch(server):
        for count in range(3_000):
            stack.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", server.port))))
            if count % 500 == 0:
                push = request("PUT", "/syncs/progress", ("connection", "close"), client=client, body=put("d"))
                assert (200, 0) == in_dialect(ask(server, push))
        time.sleep(0.3)

        assert open_connections(server) <= 210
        assert memory(server) - before < ROOM
        assert (200, 0) == in_dialect(ask(server, request("GET", "/users/auth", client=client)))
    clean_log(server)


def test_burst_of_connections(start: Starter) -> None:
    """The cap holds, also when the connections come all at once."""
    server = start("--connections", "50")
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(contextlib.closing(socket.socket())) for _ in range(500)]
        for each in sockets:
            each.settimeout(0)
        for each in sockets:
            each.connect_ex(("127.0.0.1", server.port))
        assert left_after(server, 60, seconds=5) <= 60
        assert quick(server) < PROMPT


def test_cap_spares_who_is_being_answered(start: Starter) -> None:
    """A connection whose request is being worked on is not closed for new ones."""
    server = start("--connections", "8")
    client = new_account(server.base)
    answers: list[Answer | None] = []

    def guess() -> None:
        with Connection(server) as connection:
            for _ in range(8):  # the last of them are delayed
                connection.send(request("GET", "/users/auth", ("x-auth-user", client.user), ("x-auth-key", "wrong")))
                answers.append(connection.answer())

    guesser = threading.Thread(target=guess)
    guesser.start()
    with contextlib.ExitStack() as stack:
        while guesser.is_alive():
            stack.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", server.port))))
            time.sleep(0.02)

    assert [401] * 8 == [answer.status for answer in answers if answer]


def test_header_limit(start: Starter) -> None:
    """`--header-limit` counts target, names and values, and the last byte still fits."""
    server = start("--header-limit", "1024")
    fixed = len("/healthcheck") + len("host") + len("localhost") + len("x")
    for size, expected in ((1024, (200, 0)), (1025, (413, 2003))):
        with Connection(server) as connection:
            connection.send(request("GET", "/healthcheck", ("x", "y" * (size - fixed))))
            assert expected == in_dialect(connection.answer())
