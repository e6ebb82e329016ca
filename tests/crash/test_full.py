"""A disk that takes no more: nothing is answered for that is not kept, and all goes on when there is room again."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.crash.disk import integrity, places
from tests.crash.load import Load, Reader, Sent, call, register
from tests.running import RunningServer

SECONDS = 0.6

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs a limit on another process's files")


@contextmanager
def no_room(server: RunningServer) -> Iterator[None]:
    """Meanwhile, the server can't write a byte to any file: what it tries is an error of the system."""
    process, kind = server.process.pid, resource.RLIMIT_FSIZE
    soft, hard = resource.prlimit(process, kind)
    resource.prlimit(process, kind, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(process, kind, (soft, hard))


def load(server: RunningServer, readers: list[Reader]) -> list[Sent]:
    """What several devices pushed for a while."""
    pushing = Load(server.port, readers)
    time.sleep(SECONDS)
    return pushing.end()


def test_a_disk_that_fills_up_under_load(start: Callable[..., RunningServer]) -> None:
    """While the disk takes nothing, pushes are refused as KOSync's unknown error and fetches go on; before and after it,
    pushes are kept; what was answered is there, what was refused is not.
    """
    server = start()
    readers = [register(server.port) for _ in range(2)]
    before = load(server, readers)
    with no_room(server):
        meanwhile = load(server, readers)
        assert 200 == call(server.port, "GET", f"/syncs/progress/{0:032x}", readers[0])
    assert 200 == call(server.port, "GET", "/readyz")
    after = load(server, readers)
    assert 0 == server.stop()

    assert [{200}, {502}, {200}] == [{push.status for push in sent} for sent in (before, meanwhile, after)]
    assert {push.place for push in before + after} == places(server.data)
    assert "ok" == integrity(server.data)


def test_a_full_disk_is_not_ready(start: Callable[..., RunningServer]) -> None:
    """A server that nobody writes to says that it is not ready while the disk takes nothing, and is ready when it does again."""
    server = start()
    with no_room(server):
        assert 503 == call(server.port, "GET", "/readyz")

    assert 200 == call(server.port, "GET", "/readyz")


def test_a_disk_that_fills_up_between(start: Callable[..., RunningServer]) -> None:
    """However often the disk takes nothing for a moment in the midst of pushes: what was answered is kept, what was refused
    is not, also after a kill.
    """
    server = start()
    pushing = Load(server.port, [register(server.port)])
    for _ in range(15):
        time.sleep(0.05)
        with no_room(server):
            time.sleep(0.02)
    time.sleep(0.1)
    sent = pushing.end()
    server.kill()

    assert {200, 502} >= {push.status for push in sent}
    assert {push.place for push in sent if push.status == 200} == places(server.data)
    assert "ok" == integrity(server.data)
    assert 200 == call(start().port, "GET", "/readyz")
