"""A client that waits while the disk is busy: it is told so each second, and what it sent is neither lost nor taken for new."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.hostile.raw import Connection, ask, request
from tests.kosync.client import KosyncClient, fresh, new_account
from tests.running import RunningServer

Starter = Callable[..., RunningServer]
LUASOCKET = ("connection", "close, TE")


@contextmanager
def held(server: RunningServer, seconds: float) -> Iterator[None]:
    """Another command holds the database for so long."""
    connection = sqlite3.connect(server.data / "placekeeper.sqlite3", isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(seconds, connection.execute, ["ROLLBACK"])
    timer.start()
    yield
    timer.join()
    connection.close()


def push(client: KosyncClient, document: str, *headers: tuple[str, str], version: str = "1.1") -> bytes:
    body = f'{{"document":"{document}","progress":"/body/p[7]","percentage":0.25,"device":"Kobo","device_id":"K1"}}'
    return request("PUT", "/kosync/syncs/progress", *headers, body=body.encode(), client=client, version=version)


def unanswered(server: RunningServer) -> int:
    """How many readings are marked: their clients gave up before they heard."""
    with sqlite3.connect(server.data / "placekeeper.sqlite3") as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM unanswered").fetchone()[0]
    connection.close()
    return count


def test_waiting_client_is_told(start: Starter) -> None:
    """While a reading waits 3.2 s for the disk, KOReader hears `100 Continue` each second, and then its answer."""
    server = start()
    client = new_account(server.base)
    document = fresh("book")
    with held(server, 3.2), Connection(server, timeout=2.0) as connection:  # KOReader's own limit for each read
        connection.send(push(client, document, LUASOCKET))
        answer = connection.answer()

    assert answer is not None
    assert answer.status == 200
    assert set(answer.interim) == {100}
    assert 2 <= len(answer.interim) <= 4
    assert client.pull(document)["progress"] == "/body/p[7]"
    assert unanswered(server) == 0, "it heard its answer"


def test_others_hear_the_answer_only(start: Starter) -> None:
    """Who is not LuaSocket itself hears nothing before the answer: nginx takes an interim answer for the final one, and an
    HTTP/1.0 client must not get any.
    """
    server = start()
    client = new_account(server.base)
    told = []
    with held(server, 1.6):
        for extra, version in (((), "1.1"), ((("connection", "close"),), "1.1"), ((LUASOCKET,), "1.0")):
            threading.Thread(
                target=lambda data: told.append(ask(server, data)),
                args=[push(client, fresh("book"), *extra, version=version)],
            ).start()
    deadline = time.monotonic() + 5
    while len(told) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)

    assert [(answer.status, answer.interim) for answer in told if answer] == [(200, [])] * 3


def test_client_that_gave_up(start: Starter) -> None:
    """A reading whose client left while it waited is kept, and marked: its client will send it again, and that is no news."""
    server = start()
    client = new_account(server.base)
    document = fresh("book")
    with held(server, 1.5), Connection(server) as connection:
        connection.send(push(client, document, LUASOCKET))
        time.sleep(0.3)
    deadline = time.monotonic() + 5
    while not unanswered(server) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert client.pull(document)["progress"] == "/body/p[7]"
    assert unanswered(server) == 1


def test_silence_longer_than_the_client_bears(start: Starter) -> None:
    """Behind a proxy, that hides whether its client left and gets no interim answers, an answer after 2 s of silence is
    taken for lost.
    """
    server = start()
    client = new_account(server.base)
    with held(server, 2.5):
        answer = ask(server, push(client, fresh("book")))

    assert answer is not None
    assert answer.status == 200
    assert unanswered(server) == 1


def test_gave_up_before_the_sign_in(start: Starter) -> None:
    """What came whole is kept, also when the client left before its key was verified."""
    server = start()
    client = new_account(server.base)
    document = fresh("book")
    with Connection(server) as connection:
        connection.send(push(client, document))
    deadline = time.monotonic() + 5
    while client.pull(document) == {} and time.monotonic() < deadline:
        time.sleep(0.05)

    assert client.pull(document)["progress"] == "/body/p[7]"
