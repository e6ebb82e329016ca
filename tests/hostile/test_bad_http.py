"""Requests that are no HTTP, or HTTP as nobody should write it: each gets a well-formed answer, and none gets past another."""

import contextlib
import json
import time

import pytest

from tests.hostile.raw import Answer, Connection, ask, chunked, in_dialect, request
from tests.kosync.client import KosyncClient, fresh
from tests.running import RunningServer

AUTH = "/kosync/users/auth"
PUSH = "/kosync/syncs/progress"
OK = (200, 0)
BAD = (400, 2003)
HEAD = b"PUT /kosync/syncs/progress HTTP/1.1\r\nhost: a\r\n"


def put(document: str) -> bytes:
    return json.dumps({"document": document, "progress": "p", "percentage": 0.5, "device": "Kobo"}).encode()


def line(text: str) -> bytes:
    return f"{text}\r\nhost: a\r\n\r\n".encode("latin-1")


REFUSED: dict[str, bytes] = {
    "TLS": bytes.fromhex("16030102000100") + b"\x01\xfc\x03\x03" * 20,
    "NUL": b"\0" * 100,
    "random": bytes(range(1, 256)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "lower case": line("get /healthcheck HTTP/1.1"),
    "unknown method": line("BREW /healthcheck HTTP/1.1"),
    "method with NUL": line("GE\0T /healthcheck HTTP/1.1"),
    "no target": line("GET  HTTP/1.1"),
    "relative target": line("GET healthcheck HTTP/1.1"),
    "control character in target": line("GET /healthcheck\x01 HTTP/1.1"),
    "raw bytes in target": line("GET /syncs/progress/\xff HTTP/1.1"),
    "space in target": line("GET /syncs/progress/a b HTTP/1.1"),
    "no path": line("GET http://a HTTP/1.1"),
    "authority": line("GET a:80 HTTP/1.1"),
    "HTTP/3.0": line("GET /healthcheck HTTP/3.0"),
    "HTTP/1.2": line("GET /healthcheck HTTP/1.2"),
    "ICY": line("GET /healthcheck ICY/1.1"),
    "LF only": b"GET /healthcheck HTTP/1.1\nhost: a\n\n",
    "CR only": b"GET /healthcheck HTTP/1.1\rhost: a\r\r",
    "space before colon": b"GET /healthcheck HTTP/1.1\r\nhost : a\r\n\r\n",
    "folded header": b"GET /healthcheck HTTP/1.1\r\nhost: a\r\n b\r\n\r\n",
    "folded first header": b"GET /healthcheck HTTP/1.1\r\n host: a\r\n\r\n",
    "CR in header": b"GET /healthcheck HTTP/1.1\r\nhost: a\rb\r\n\r\n",
    "NUL in header": b"GET /healthcheck HTTP/1.1\r\nhost: a\0b\r\n\r\n",
    "nameless header": b"GET /healthcheck HTTP/1.1\r\n: a\r\n\r\n",
    "header without colon": b"GET /healthcheck HTTP/1.1\r\nhost\r\n\r\n",
    "odd header name": b"GET /healthcheck HTTP/1.1\r\nho(st: a\r\n\r\n",
    "length and chunks": HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": HEAD + b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
    "the same length twice": HEAD + b"content-length: 5\r\ncontent-length: 5\r\n\r\nabcde",
    "list of lengths": HEAD + b"content-length: 5, 5\r\n\r\nabcde",
    "signed length": HEAD + b"content-length: +5\r\n\r\nabcde",
    "negative length": HEAD + b"content-length: -5\r\n\r\nabcde",
    "hexadecimal length": HEAD + b"content-length: 0x5\r\n\r\nabcde",
    "endless length": HEAD + b"content-length: 99999999999999999999999\r\n\r\nabcde",
    "no length": HEAD + b"content-length: \r\n\r\nabcde",
    "unknown encoding": HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked not last": HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": HEAD + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "vertical tab before chunked": HEAD + b"transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_no_http(healthy: RunningServer, data: bytes) -> None:
    """What is no HTTP, or could be read in two ways, is refused with 400, and the connection closed."""
    began = time.monotonic()
    with Connection(healthy) as connection:
        connection.send(data)
        answer = connection.answer()

        assert in_dialect(answer) == BAD
        assert answer is not None
        assert answer.closes
        assert time.monotonic() - began < 1.0
        assert connection.ended(within=1.0)


BAD_CHUNKS: dict[str, bytes] = {
    "no number": b"zz\r\nabc\r\n",
    "overflow": b"ffffffffffffffffff\r\nabc\r\n",
    "negative": b"-1\r\nabc\r\n",
    "longer than said": b"1\r\nabc\r\n0\r\n\r\n",
    "LF only": b"1\na\n0\n\n",
    "CR in size": b"1\r\r\na\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_bad_chunks(healthy: RunningServer, reader: KosyncClient, body: bytes) -> None:
    """Chunks that are out of form end the request with 400, and nothing of it is kept."""
    with Connection(healthy) as connection:
        connection.send(request("PUT", PUSH, ("transfer-encoding", "chunked"), client=reader) + body)

        assert in_dialect(connection.answer()) == BAD
        assert connection.ended(within=1.0)


TARGETS: dict[str, tuple[str, tuple[int, int]]] = {
    "absolute form": ("http://elsewhere/kosync/users/auth", OK),
    "absolute form with a password": ("http://a:b@elsewhere/kosync/users/auth", OK),
    "query": (AUTH + "?x=" + "y" * 1000, OK),
    "fragment": (AUTH + "#x", OK),
    "many slashes": ("/" * 5000 + "users///auth//", OK),
    "parameters": (AUTH + ";x=y", (404, 2003)),
    "encoded slash in the route": ("/kosync%2Fusers/auth", (404, 2003)),
    "dots": ("/kosync/users/../users/auth", (404, 2003)),
    "encoded slash": ("/syncs/progress/a%2Fb", OK),
    "encoded NUL": ("/syncs/progress/a%00b", (403, 2004)),
    "encoded colon": ("/syncs/progress/a%3Ab", (403, 2004)),
    "no UTF-8": ("/syncs/progress/%ff%fe", OK),
    "encoded surrogate": ("/syncs/progress/%ED%A0%80", OK),
    "overlong": ("/syncs/progress/%c0%af", OK),
    "encoded twice": ("/syncs/progress/%252F%2500", OK),
    "half an escape": ("/syncs/progress/%", OK),
    "no escape": ("/syncs/progress/%zz%1", OK),
    "newline": ("/syncs/progress/%0d%0aset-cookie:%20a=b", (403, 2004)),
    "parent": ("/syncs/progress/..", OK),
    "empty document": ("/syncs/progress/", (405, 2003)),
    "long document": ("/syncs/progress/" + "x" * 513, (403, 2004)),
    "empty identifiers": ("/syncs/progress/d?ids=", (403, 2003)),
    "broken identifiers": ("/syncs/progress/d?ids=%00:%ff,::,", (403, 2003)),
    "many identifiers": ("/syncs/progress/d?ids=" + ",".join(f"t{i}:d" for i in range(9)), (403, 2003)),
    "many parameters": ("/syncs/progress/d?" + "a=b&" * 1000, (403, 2003)),
    "over the limit": ("/syncs/progress/" + "x" * 17_000, (413, 2003)),
    "far over the limit": ("/syncs/progress/" + "x" * 100_000, (413, 2003)),
    "beyond reading": ("/syncs/progress/" + "x" * 1_000_000, (431, 2003)),
}


@pytest.mark.parametrize(("path", "expected"), TARGETS.values(), ids=TARGETS)
def test_targets(healthy: RunningServer, reader: KosyncClient, path: str, expected: tuple[int, int]) -> None:
    """Odd targets lead where they say or to the dialect's error, and never into a header of the answer."""
    answer = ask(healthy, request("GET", path, client=reader))

    assert expected == in_dialect(answer)
    assert answer is not None
    assert {name for name, _ in answer.headers} <= {"content-type", "content-length", "allow", "connection", "date"}


@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH", "MKCOL", "QUERY", "CONNECT", "PURGE", "M-SEARCH"]
)
def test_methods(healthy: RunningServer, reader: KosyncClient, method: str) -> None:
    """A method that the path does not know is 405, names those it does, and echoes nothing."""
    answer = ask(healthy, request(method, AUTH, ("x-secret", "echo"), client=reader), bodiless=method == "HEAD")

    assert answer is not None
    assert answer.status == 405
    assert answer.header("allow") == "GET"
    assert b"echo" not in answer.body


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthcheck HTTP/1.1\r\n\r\n",
        b"GET /healthcheck HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"GET /healthcheck HTTP/1.0\r\n\r\n",
        b"GET /healthcheck HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
        b"\r\n\r\n\r\nGET /healthcheck HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /healthcheck HTTP/1.1\r\nhost: " + b"\xff\xfe\r\n\r\n",
        b"GET /healthcheck HTTP/1.1\r\nhost: a\r\nexpect: banana\r\n\r\n",
        b"GET /healthcheck HTTP/1.1\r\nhost:\r\nx: \t \r\n\r\n",
    ],
    ids=["no host", "two hosts", "HTTP/1.0", "HTTP/1.0 keep-alive", "empty lines", "bytes in host", "expectation", "blank"],
)
def test_lenient(healthy: RunningServer, head: bytes) -> None:
    """What small devices get wrong and what harms nobody is answered: no part of the server depends on it."""
    assert in_dialect(ask(healthy, head)) == OK


def test_duplicate_credentials(healthy: RunningServer, reader: KosyncClient) -> None:
    """Of doubled headers the first counts, as with every proxy that looks at one: a second can't sign another one in."""
    for first, expected in ((reader.key, OK), ("wrong", (401, 2001))):
        second = "wrong" if first == reader.key else reader.key
        answer = ask(healthy, request("GET", AUTH, ("x-auth-user", reader.user), ("x-auth-key", first), ("X-Auth-Key", second)))
        assert in_dialect(answer) == expected


def test_credentials_of_any_bytes(healthy: RunningServer) -> None:
    """Credentials of any bytes are refused as wrong, whatever they decode to."""
    head = b"GET /users/auth HTTP/1.1\r\nhost: a\r\nx-auth-user: %b\r\nx-auth-key: %b\r\n\r\n"
    values = (b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", "📖".encode(), b":", b"a:b", b"x" * 8000, b"\x80", b'"', b"%00")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(Connection(healthy)) for _ in values]
        for value, connection in zip(values, connections, strict=True):
            connection.send(head % (value, value))
        for value, connection in zip(values, connections, strict=True):
            assert (401, 2001) == in_dialect(connection.answer()), value


def test_many_headers(healthy: RunningServer) -> None:
    """10,000 headers, or one header of 100 kB, are over the limit: 413 in the dialect; what is endless is cut off."""
    many = request("GET", "/healthcheck", *[(f"h{i}", "v") for i in range(10_000)])
    endless = request("GET", "/healthcheck", *[(f"h{i}", "v" * 100) for i in range(10_000)])

    assert in_dialect(ask(healthy, many)) == (413, 2003)
    assert in_dialect(ask(healthy, request("GET", "/healthcheck", ("h", "v" * 100_000)))) == (413, 2003)
    assert in_dialect(ask(healthy, endless)) == (431, 2003)


def test_trailers_are_no_headers(healthy: RunningServer, reader: KosyncClient) -> None:
    """Credentials behind the body count for nothing (RFC 9110, 6.5.1): a proxy has not seen them."""
    trailers = f"x-auth-user: {reader.user}\r\nx-auth-key: {reader.key}\r\n\r\n".encode()
    data = request("PUT", PUSH, ("transfer-encoding", "chunked")) + chunked(put("d"))[:-2] + trailers
    with Connection(healthy) as connection:
        connection.send(data)
        assert in_dialect(connection.answer()) == (401, 2001)
        connection.send(request("GET", "/healthcheck"))
        assert in_dialect(connection.answer()) == OK


def test_expectation(healthy: RunningServer, reader: KosyncClient) -> None:
    """`Expect: 100-continue` is answered before the body is sent, except to HTTP/1.0."""
    body = put("d")
    head = request("PUT", PUSH, ("expect", "100-continue"), client=reader, body=body).removesuffix(body)
    with Connection(healthy) as connection:
        connection.send(head)
        assert connection.more() == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.send(body)
        assert in_dialect(connection.answer()) == OK
    old = ask(healthy, head.replace(b"HTTP/1.1", b"HTTP/1.0") + body)

    assert old is not None
    assert (old.status, old.interim) == (200, [])


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "TLS/1.0", "x, y"])
def test_upgrades_are_ignored(healthy: RunningServer, reader: KosyncClient, protocol: str) -> None:
    """An offer of another protocol is passed over, body and all: Java's client makes one with every request."""
    offer = (("connection", "Upgrade, HTTP2-Settings"), ("upgrade", protocol), ("http2-settings", "AAMAAABk"))
    document = fresh("book")
    with Connection(healthy) as connection:
        connection.send(request("GET", AUTH, *offer, client=reader))
        assert in_dialect(connection.answer()) == OK
        whole = request("PUT", PUSH, *offer, client=reader, body=put(document))
        connection.send(whole[:-20])
        time.sleep(0.05)
        connection.send(whole[-20:] + request("GET", "/healthcheck", ("connection", "close")))
        assert in_dialect(connection.answer()) == OK
        assert in_dialect(connection.answer()) == OK
        assert connection.ended(within=1.0)
    assert reader.pull(document)["document"] == document


def test_pipelined(healthy: RunningServer, reader: KosyncClient) -> None:
    """Requests sent ahead of their answers are answered in their order, though each takes its own time."""
    documents = [fresh("book") for _ in range(20)]
    with Connection(healthy) as connection:
        connection.send(b"".join(request("PUT", PUSH, client=reader, body=put(document)) for document in documents))
        answers = [connection.answer() for _ in documents]

    assert documents == [answer.json()["document"] for answer in answers if answer]


def test_far_too_many_pipelined(healthy: RunningServer) -> None:
    """Whoever sends thousands ahead gets answers to the first of them, then the connection is closed: they cost memory."""
    with Connection(healthy) as connection:
        connection.send(request("GET", "/healthcheck") * 5_000)
        answers: list[Answer] = []
        while answer := connection.answer():
            answers.append(answer)

    assert 0 < len(answers) < 5_000
    assert {(200, 0)} == {in_dialect(answer) for answer in answers}
    assert answers[-1].closes


def test_rubbish_after_a_request(healthy: RunningServer, reader: KosyncClient) -> None:
    """A request that came whole is answered, whatever comes behind it."""
    document = fresh("book")
    for rubbish in (b"\0\0\0", b"GET / HTTP/9\r\n\r\n", b"{}", b"GET /healthcheck HTTP/1.1\r\nbad header\r\n\r\n"):
        with Connection(healthy) as connection:
            connection.send(request("PUT", PUSH, client=reader, body=put(document)) + rubbish)

            assert in_dialect(connection.answer()) == OK
            assert connection.answer() is None


def test_smuggled_request(healthy: RunningServer, reader: KosyncClient) -> None:
    """No form of double framing lets a request that hides in another's body be answered."""
    hidden = request("DELETE", "/users/me", client=reader)
    for framing in (
        "content-length: 0\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: \x0bchunked",
        "content-length: 0\r\ncontent-length: 5",
        "transfer-encoding : chunked",
    ):
        head = f"PUT {PUSH} HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n"
        with Connection(healthy) as connection:
            connection.send(head.encode("latin-1") + b"0\r\n\r\n" + hidden)
            assert in_dialect(connection.answer()) == BAD, framing
            assert connection.answer() is None, framing
    reader.authorize()
