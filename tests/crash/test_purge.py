"""A deleted account disappears whole, however large it is and whatever happens meanwhile, and nobody waits for it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.fill import fill
from tests.crash.disk import database, rows_of
from tests.crash.load import Device, Reader, Sent, call, register
from tests.kosync.client import md5
from tests.running import RunningServer, command

READINGS = 50_000
PATIENCE = 40


def await_rows(data: Path, account_id: str, wanted: Callable[[int], bool]) -> int:
    """Wait until the account's readings are as many as wanted."""
    deadline = time.monotonic() + PATIENCE
    query = "SELECT COUNT(*) FROM reading WHERE account_id = ?"
    with database(data) as connection:
        while time.monotonic() < deadline:
            count = int(connection.execute(query, [account_id]).fetchone()[0])
            if wanted(count):
                return count
            threading.Event().wait(0.002)
    raise AssertionError(f"{count} readings are left")


def pushed_meanwhile(port: int, reader: Reader, action: Callable[[], object]) -> list[Sent]:
    """What another account pushed while something went on."""
    other = Device(port, reader, 1, close=True)
    other.start()
    try:
        action()
    finally:
        other.enough.set()
        other.join(timeout=PATIENCE)
    return other.sent


def test_purge_survives_a_kill(tmp_path: Path) -> None:
    """Killed while it purges 50,000 readings, the server goes on after its start until no table knows the account; the
    pushes of another account are answered in under a second all the while.
    """
    data = tmp_path / "data"
    fill(data, READINGS, per_work=READINGS)
    command("user", "passwd", "filled0", "--password-stdin", data=data, stdin="gone\n")
    with database(data) as connection:
        account_id = connection.execute("SELECT id FROM account WHERE name = 'filled0'").fetchone()[0]
    leaving = Reader("filled0", md5("gone"))

    server = RunningServer(data)
    try:
        staying = register(server.port)

        def delete_and_kill() -> None:
            assert 200 == call(server.port, "DELETE", "/users/me", leaving)
            await_rows(data, account_id, lambda count: count < READINGS)
            server.kill()

        first = pushed_meanwhile(server.port, staying, delete_and_kill)
        assert rows_of(data, account_id).get("reading", 0) > 0, "the purge was over before the kill"

        server = RunningServer(data)
        rest = pushed_meanwhile(server.port, staying, lambda: await_rows(data, account_id, lambda count: count == 0))
        await_forgotten(data, account_id)
        assert 401 == call(server.port, "GET", "/users/auth", leaving)
        answered = [push for push in first + rest if push.status == 200]
        assert len(answered) > 5
        assert max(push.seconds for push in answered) < 1
        assert [] == [push for push in rest if push.status != 200]
        assert 0 == server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()


def await_forgotten(data: Path, account_id: str) -> None:
    """Wait until no table holds a row of the account."""
    deadline = time.monotonic() + PATIENCE
    while (left := rows_of(data, account_id)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert {} == left
