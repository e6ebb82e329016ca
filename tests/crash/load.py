"""Devices that push without pause until the server is gone. Each place that they push is a string nobody pushed before."""

import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass, field

from tests.kosync.client import fresh, md5

TIMEOUT = 15
DEVICES = 8
ACCOUNTS = 3
DOCUMENTS = 3
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Reader:
    """An account: its name and its key."""

    name: str
    key: str


@dataclass(frozen=True)
class Sent:
    """A push whose bytes had left at `at` (monotonic seconds). Where no whole answer came, `status` is None, and `error` says
    how the connection ended.
    """

    place: str
    at: float
    seconds: float
    status: int | None
    error: str = ""


def call(port: int, method: str, path: str, reader: Reader | None = None, body: object = None) -> int:
    """One request on a connection of its own; its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        status, _at = exchange(connection, method, path, reader, body, close=True)
    finally:
        connection.close()
    return status


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, reader: Reader | None, body: object, *, close: bool
) -> tuple[int, float]:
    """One request on an open connection: its status, and when its last byte had left."""
    headers = {"connection": "close"} if close else {}
    if reader is not None:
        headers |= {"x-auth-user": reader.name, "x-auth-key": reader.key}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    at = time.monotonic()
    answer = connection.getresponse()
    answer.read()
    return answer.status, at


def register(port: int) -> Reader:
    """A new account at a running server."""
    reader = Reader(fresh("crash"), md5(fresh("secret")))
    assert 201 == call(port, "POST", "/users/create", body={"username": reader.name, "password": reader.key})
    return reader


@dataclass
class Device(threading.Thread):
    """One device of an account: pushes places in several documents, one after the other, until told or until it can't."""

    port: int
    reader: Reader
    number: int
    close: bool
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        while not self.enough.is_set() and self._push(connection):
            if self.close:
                connection.close()
        connection.close()

    def _push(self, connection: http.client.HTTPConnection) -> bool:
        """Push one place; whether an answer came."""
        number = next(_numbers)
        place = f"/body/DocFragment[{number}]/body/p[{self.number}]/text().{fresh('')}"
        body = {
            "document": f"{number % DOCUMENTS:032x}",
            "progress": place,
            "percentage": number % 997 / 997,
            "device": f"Kobo {self.number}",
            "device_id": f"K{self.number}",
        }
        headers = {"x-auth-user": self.reader.name, "x-auth-key": self.reader.key}
        headers |= {"connection": "close"} if self.close else {}
        try:
            connection.request("PUT", "/syncs/progress", json.dumps(body), headers)
        except OSError:
            return False
        at, status, error = time.monotonic(), None, ""
        try:
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException) as ended:
            error = repr(ended)
        self.sent.append(Sent(place, at, time.monotonic() - at, status, error))
        return status is not None


class Load:
    """Several devices of several accounts at once, half of them on a connection for each push, as KOReader does it."""

    def __init__(self, port: int, readers: list[Reader]) -> None:
        self._devices = [Device(port, readers[number % len(readers)], number, close=number % 4 < 2) for number in range(DEVICES)]
        for device in self._devices:
            device.start()

    def end(self) -> list[Sent]:
        """Wait for all devices; what they sent."""
        for device in self._devices:
            device.enough.set()
        for device in self._devices:
            device.join(timeout=TIMEOUT + 5)
            assert not device.is_alive()
        return [sent for device in self._devices for sent in device.sent]
