"""Real requests of KOReader, and what chance makes of their bytes."""

import itertools
import json
import random
from collections.abc import Callable

SIGNS = (b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"%", b"/", b"//", b"?", b"#", b"..", b"{", b"[", b'"', b"\\", b"\xff")
TEXTS = (b"%00", b"%2F", b"%ff", b"\\ud800", b"\xed\xa0\x80", b"\xf0\x9f\x93\x96", b"null", b"true", b"{}", b"[]", b'""')
NUMBERS = (b"NaN", b"1e999", b"-1", b"0x10", b"0.5", b"9" * 30, b"9" * 4000)
STARTS = (
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"GET ",
    b"PUT ",
    b"DELETE ",
    b"HEAD ",
    b"CONNECT ",
    b"PRI * ",
    b"/api/works",
    b"/metrics",
    b"/",
)
HEADERS = (
    b"content-length: 0\r\n",
    b"content-length: 5\r\n",
    b"transfer-encoding: chunked\r\n",
    b"expect: 100-continue\r\n",
    b"connection: keep-alive\r\n",
    b"connection: upgrade\r\nupgrade: h2c\r\n",
    b"host: \r\n",
    b"x-forwarded-for: ::1\r\n",
)
LARGE = (b"[" * 2000, b'{"a":' * 2000, b"x" * 20_000, b"a: b\r\n" * 2000, b"0\r\n\r\n", b"5\r\nhello\r\n")
WORDS = SIGNS + TEXTS + NUMBERS + STARTS + HEADERS + LARGE

_addresses = itertools.count()
Chance = random.Random
Mutation = Callable[[Chance, bytes], bytes]


def koreader(method: str, path: str, user: str, key: str, body: object = None) -> bytes:
    """A request in the form in which the plugin's bytes were recorded."""
    text = json.dumps(body, separators=(",", ":")) if body is not None else ""
    lines = [f"{method} {path} HTTP/1.1", "User-Agent: lua-Spore", "Accept: application/vnd.koreader.v1+json"]
    lines += [f"Content-Length: {len(text)}", "Content-Type: application/json"] if body is not None else []
    lines += ["Host: 127.0.0.1:8090", "TE: trailers", "Connection: close, TE", f"x-auth-user: {user}", f"x-auth-key: {key}"]
    lines.append(f"X-Forwarded-For: 10.{next(_addresses) // 250 % 250}.{next(_addresses) % 250}.1")  # so that few are slowed down
    return "\r\n".join([*lines, "", text]).encode()


def seeds(user: str, key: str) -> list[bytes]:
    """What a device sends in its life."""
    document = "59d481d168cca6267322f150c5f6a2a3"
    place = {"document": document, "progress": "/body/DocFragment[20]/body/p[1]/text().0", "percentage": 0.2}
    device = {"device": "KindlePaperWhite", "device_id": "AAAA-1"}
    metadata = {"metadata": {"filename": "a.epub", "title": "A", "authors": "B"}}
    listed = {"identifiers": [{"type": "content", "value": document}, {"type": "filename", "value": "F", "weak": True}]}
    push = "/kosync/syncs/progress"
    seldom = [
        koreader("POST", "/kosync/users/create", user, key, {"username": user + "x", "password": key}),
        koreader("PUT", "/kosync/users/password", user, key, {"password": key}),
        koreader("DELETE", "/kosync/users/me", user + "x", key),
    ]
    often = [
        koreader("GET", "/kosync/users/auth", user, key),
        koreader("PUT", push, user, key, place | device),
        koreader("PUT", push, user, key, place | device | metadata),
        koreader("PUT", push, user, key, place | device | listed),
        koreader("GET", f"{push}/{document}", user, key),
        koreader("GET", f"{push}/{document}?ids=content:{document},filename:F", user, key),
        koreader("GET", "/healthcheck", user, key),
        in_chunks(koreader("PUT", push, user, key, place | device)),
    ]
    return seldom + often * 5


def in_chunks(request: bytes) -> bytes:
    """The same with its body in chunks."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    parts = b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 50]), body[at : at + 50]) for at in range(0, len(body), 50))
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""]) + parts + b"0\r\n\r\n"


def flip(chance: Chance, data: bytes) -> bytes:
    """One byte is another."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def insert(chance: Chance, data: bytes) -> bytes:
    """A word too many."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(WORDS) + data[at:]


def replace(chance: Chance, data: bytes) -> bytes:
    """A word in another's place."""
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(WORDS) + data[at + chance.randrange(20) :]


def delete(chance: Chance, data: bytes) -> bytes:
    """Some bytes too few."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 40) :]


def repeat(chance: Chance, data: bytes) -> bytes:
    """A piece again and again."""
    at = chance.randrange(len(data))
    end = at + chance.randrange(1, 60)
    return data[:end] + data[at:end] * chance.choice((1, 2, 50)) + data[end:]


def cut(chance: Chance, data: bytes) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(1, len(data) + 1)]


def shuffle(chance: Chance, data: bytes) -> bytes:
    """The headers in another order, one of them twice."""
    head, separator, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    lines += lines[: chance.randrange(2)]
    chance.shuffle(lines)
    return b"\r\n".join([first, *lines]) + separator + body


def length(chance: Chance, data: bytes) -> bytes:
    """Another number where the length stands."""
    before, found, rest = data.partition(b"Content-Length: ")
    if not found:
        return data
    number, _, after = rest.partition(b"\r\n")
    wrong = chance.choice((b"0", b"1", b"-1", b"99999999999999999999", b"+" + number, number + b" ", b"1" + number, b"70000"))
    return before + found + wrong + b"\r\n" + after


MUTATIONS: tuple[Mutation, ...] = (flip, flip, insert, insert, replace, delete, repeat, cut, shuffle, length)


def mutated(chance: Chance, sources: list[bytes]) -> bytes:
    """One to three real requests behind each other, with up to four changes."""
    data = b"".join(chance.choice(sources) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    for _ in range(chance.randrange(5)):
        data = chance.choice(MUTATIONS)(chance, data) or b"\r\n"
    return data
