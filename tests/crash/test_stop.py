"""A stop that is asked for loses nothing and leaves nobody without an answer."""

import random
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.disk import places
from tests.crash.load import Load, Sent, register
from tests.kosync.client import new_account
from tests.running import RunningServer

ROUNDS = 5


def stopped_under_load(data: Path, chance: random.Random) -> tuple[list[Sent], float, int]:
    """Start a server, push, ask it to stop: what was sent, when the signal was, the exit status."""
    server = RunningServer(data)
    try:
        load = Load(server.port, [register(server.port) for _ in range(2)])
        time.sleep(chance.uniform(0.2, 0.6))
        signalled = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        sent = load.end()
        server.process.wait(timeout=30)  # before `stop`, which would send a second signal to a process that is ending
        return sent, signalled, server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_stop_under_load(tmp_path: Path, seed: int) -> None:
    """After SIGTERM, every request whose bytes had left before it gets its answer, and the exit status is 0."""
    sent, signalled, status = stopped_under_load(tmp_path / "data", random.Random(seed))
    before = [push for push in sent if push.at < signalled]
    assert 0 == status
    assert [] == [push for push in before if push.status != 200]
    assert {push.status for push in sent} <= {200, None}
    assert set() == {push.place for push in sent if push.status == 200} - places(tmp_path / "data")
    assert len(before) > 10


@pytest.mark.parametrize("count", [1, 60])
def test_requests_at_the_door(start: Callable[..., RunningServer], count: int) -> None:
    """Requests that were sent before the stop are answered, also where the server has not even seen their connections."""
    server = start()
    client = new_account(server.base)
    request = f"GET /users/auth HTTP/1.1\r\nHost: x\r\nx-auth-user: {client.user}\r\nx-auth-key: {client.key}\r\n\r\n"
    server.process.send_signal(signal.SIGSTOP)
    sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(count)]
    for each in sockets:
        each.sendall(request.encode())
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGCONT)
    answers = [each.recv(4096).partition(b"\r\n")[0] for each in sockets]
    for each in sockets:
        each.close()

    assert [b"HTTP/1.1 200 OK"] * count == answers
    assert server.stop() == 0
