"""Bodies that no client should send, at every endpoint that takes one: each gets the dialect's own error, at once."""

import itertools
import json
import time
from typing import Any

import pytest

from tests.hostile.raw import Answer, Connection, ask, chunked, in_dialect, request
from tests.kosync.client import KosyncClient, fresh
from tests.running import RunningServer

ENDPOINTS = (("POST", "/kosync/users/create"), ("PUT", "/kosync/users/password"), ("PUT", "/kosync/syncs/progress"))
GOOD = {"document": "d", "progress": "/body/p[1]", "percentage": 0.5, "device": "Kobo"}
DEEP = 100_000
LARGE = b"1" * 60_000

NOT_JSON: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b"   ",
    "a word": b"progress",
    "half an object": b'{"document":"d","progress":',
    "two objects": b'{"document":"d"}{"document":"d"}',
    "trailing comma": b'{"document":"d",}',
    "single quotes": b"{'document':'d'}",
    "NaN": b'{"document":NaN}',
    "Infinity": b'{"document":Infinity}',
    "-Infinity": b'{"percentage":-Infinity}',
    "nan in unknown key": b'{"other":nan}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "Latin-1": '{"document":"é","username":"é","password":"é"}'.encode("latin-1"),
    "NUL": b'{"document":"a\0b","username":"a\0b","password":"a\0b"}',
    "lone surrogate": rb'{"document":"\ud800","username":"\ud800","password":"\ud800"}',
    "lone surrogate at the end": rb'{"document":"x","username":"\udfff","password":"\udfff"}',
    "a form": b"username=a&password=b",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "deep arrays": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep metadata": b'{"metadata":' + b'{"a":' * (DEEP // 10) + b"1" + b"}" * (DEEP // 10) + b"}",
    "deep unknown": b'{"other":' + b"[" * (DEEP // 4) + b"]" * (DEEP // 4) + b"}",
}
NOT_OBJECTS: dict[str, bytes] = {
    "array": b"[]",
    "array of objects": json.dumps([GOOD]).encode(),
    "string": b'"x"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
}
VALUES: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "false": b"false",
    "zero": b"0",
    "negative": b"-1",
    "above one": b"1.0000001",
    "tiny": b"1e-320",
    "huge": b"1e999",
    "negative huge": b"-1e999",
    "many digits": LARGE,
    "64 bits and more": b"18446744073709551616",
    "empty": b'""',
    "space": b'" "',
    "colon": b'"a:b"',
    "NUL": rb'"a\u0000b"',
    "newlines": rb'"a\r\n\u001b[31mb"',
    "astral": '"📖"'.encode(),
    "digits": b'"' + LARGE + b'"',
    "digits that end badly": b'"' + LARGE + b'x"',
    "spaces that end badly": b'"' + b" " * 60_000 + b'x"',
    "NaN as a string": b'"nan"',
    "infinity as a string": b'"inf"',
    "large exponent": b'"1e99999999999999999999"',
    "underscore": b'"0_1"',
    "array": b"[]",
    "object": b"{}",
    "array of null": b"[null]",
}
FIELDS = ("document", "progress", "percentage", "device", "device_id", "metadata", "identifiers", "unknown")
MAY_PASS = {
    (403, 2003),
    (403, 2004),
    (200, 0),
}


def sent(server: RunningServer, data: bytes) -> Answer | None:
    """Its answer, within a second."""
    began = time.monotonic()
    answer = ask(server, data)
    assert time.monotonic() - began < 1.0, "answered too late"
    return answer


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS, ids=[path for _, path in ENDPOINTS])
def test_not_json(healthy: RunningServer, reader: KosyncClient, method: str, path: str, body: bytes) -> None:
    """What is no JSON, or is nested deeper than any client's, is 400 with code 103; over the limit it is 413."""
    expected = (413, 2003) if len(body) > 65_536 else (400, 103)
    assert expected == in_dialect(sent(healthy, request(method, path, body=body, client=reader)))


@pytest.mark.parametrize("body", NOT_OBJECTS.values(), ids=NOT_OBJECTS)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS, ids=[path for _, path in ENDPOINTS])
def test_not_an_object(healthy: RunningServer, reader: KosyncClient, method: str, path: str, body: bytes) -> None:
    """JSON that is no object is 400 with code 104; where a password is changed it is 403, as with the reference server."""
    expected = (403, 2003) if path.endswith("password") else (400, 104)
    assert expected == in_dialect(sent(healthy, request(method, path, body=body, client=reader)))


def test_deep_nesting_within_a_large_limit(start: Any) -> None:
    """The depth of JSON is limited by itself, not only by the size of the body."""
    server = start("--body-limit", "10000000")
    for body in (NOT_JSON["deep arrays"], NOT_JSON["deep objects"], b'{"metadata":' + b"[" * DEEP + b"]" * DEEP + b"}"):
        assert in_dialect(sent(server, request("POST", "/users/create", body=body))) in {(400, 103), (400, 104)}


@pytest.mark.parametrize("field", FIELDS)
def test_every_value_in_every_field(healthy: RunningServer, reader: KosyncClient, field: str) -> None:
    """A push with any value in any field is kept or refused in the dialect's words; a document is what 2004 is for."""
    with Connection(healthy) as connection:
        for name, value in VALUES.items():
            rest = json.dumps({key: good for key, good in GOOD.items() if key != field})[1:-1]
            body = b'{"%b":%b,%b}' % (field.encode(), value, rest.encode())
            began = time.monotonic()
            connection.send(request("PUT", "/syncs/progress", body=body, client=reader))
            found = in_dialect(connection.answer())

            assert found in MAY_PASS, (field, name)
            assert time.monotonic() - began < 1.0, (field, name)
            if field == "unknown":
                assert found == (200, 0), name


def test_every_pair_of_missing_fields(healthy: RunningServer, reader: KosyncClient) -> None:
    """Without a needed field, a push is refused, and a missing document weighs most."""
    with Connection(healthy) as connection:
        for missing in itertools.chain(itertools.combinations(GOOD, 1), itertools.combinations(GOOD, 2)):
            body = json.dumps({key: value for key, value in GOOD.items() if key not in missing}).encode()
            connection.send(request("PUT", "/syncs/progress", body=body, client=reader))

            assert ((403, 2004) if "document" in missing else (403, 2003)) == in_dialect(connection.answer()), missing


@pytest.mark.parametrize("field", ["username", "password"])
def test_every_value_at_registration(healthy: RunningServer, field: str) -> None:
    """A registration with any value in a field makes an account or is refused in the dialect's words."""
    with Connection(healthy) as connection:
        for name, value in VALUES.items():
            other, word = ("password", "k") if field == "username" else ("username", fresh("reader"))
            body = b'{"%b":%b,"%b":"%b"}' % (field.encode(), value, other.encode(), word.encode())
            connection.send(request("POST", "/users/create", body=body))

            assert in_dialect(connection.answer()) in {(403, 2003), (201, 0)}, name


CARRIED = ("a b", "Ünïcødé", "📖", "'; DROP TABLE account; --", "<b>", "../..", "\u200b")
ODD_NAMES = (*CARRIED, "a\tb", "\r\nx: y", "\x85", "\xa0", "\x1b[2J")


def test_names_with_every_kind_of_character(healthy: RunningServer) -> None:
    """Whoever got an account can sign in to it, whatever the name: none is taken that a header can't carry back."""
    for odd in ODD_NAMES:
        name = odd + fresh("x")
        body = json.dumps({"username": name, "password": "k"}).encode()
        registered = in_dialect(ask(healthy, request("POST", "/users/create", body=body)))
        head = f"GET /users/auth HTTP/1.1\r\nhost: a\r\nx-auth-user: {name}\r\nx-auth-key: k\r\n\r\n".encode()

        assert registered in {(201, 0), (403, 2003)}, odd
        if registered == (201, 0):
            assert (200, 0) == in_dialect(ask(healthy, head)), odd


@pytest.mark.parametrize("declared", [True, False], ids=["content-length", "chunked"])
@pytest.mark.parametrize(("method", "path"), ENDPOINTS, ids=[path for _, path in ENDPOINTS])
def test_ten_megabytes(healthy: RunningServer, reader: KosyncClient, method: str, path: str, *, declared: bool) -> None:
    """A body over the limit is 413 in the dialect, and the connection can be used on when it has been sent."""
    body = b'{"a":"' + b"x" * 10_000_000 + b'"}'
    with Connection(healthy) as connection:
        if declared:
            connection.send(request(method, path, body=body, client=reader))
        else:
            connection.send(request(method, path, ("transfer-encoding", "chunked"), client=reader) + chunked(body))
        assert (413, 2003) == in_dialect(connection.answer())

        connection.send(request("GET", "/healthcheck"))
        assert (200, 0) == in_dialect(connection.answer())


def test_body_limit(start: Any) -> None:
    """`--body-limit` counts bytes, and the last one still fits."""
    server = start("--body-limit", "2000")
    frame = len(b'{"username":"a","password":"k","x":""}')
    for size, expected in ((2000, (201, 0)), (2001, (413, 2003))):
        body = b'{"username":"a","password":"k","x":"%b"}' % (b"x" * (size - frame))
        assert len(body) == size
        assert expected == in_dialect(ask(server, request("POST", "/users/create", body=body)))
        assert expected != (413, 2003) or in_dialect(
            ask(server, request("POST", "/users/create", ("transfer-encoding", "chunked")) + chunked(body, 100))
        ) == (413, 2003)


def test_body_longer_than_declared(healthy: RunningServer, reader: KosyncClient) -> None:
    """What follows the declared length is no part of the body, and as a request of its own it is refused."""
    body = json.dumps(GOOD).encode()
    with Connection(healthy) as connection:
        connection.send(request("PUT", "/syncs/progress", body=body, client=reader) + b'{"more":1}')
        assert (200, 0) == in_dialect(connection.answer())
        assert connection.answer() is None


def test_large_values(healthy: RunningServer, reader: KosyncClient) -> None:
    """Names, documents and places of 100 kB are refused by their length; a long title is cut and costs nothing."""
    large = "x" * 50_000
    for field, expected in (
        ("document", (403, 2004)),
        ("progress", (403, 2003)),
        ("device", (403, 2003)),
        ("device_id", (403, 2003)),
        ("metadata", (200, 0)),
    ):
        value: Any = {"title": large} if field == "metadata" else large
        body = json.dumps(GOOD | {field: value}).encode()
        assert expected == in_dialect(sent(healthy, request("PUT", "/syncs/progress", body=body, client=reader))), field
