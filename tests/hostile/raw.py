"""HTTP as bytes: what no well-behaved library would send, and a reader that believes nothing about the answer."""

import json
import re
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kosync.client import KosyncClient
from tests.running import RunningServer

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [ -~]*")
HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)")
ERRORS = {(401, 2001), (402, 2002), (402, 2005), (403, 2003), (403, 2004), (404, 2003), (404, 2006), (405, 2003), (413, 2003)} | {
    (400, 103),
    (400, 104),
    (400, 2003),
    (408, 2003),
    (431, 2003),
}
"""Status and code of every error that KOSync's dialect knows, but for the server's own failure."""


class NotHttp(AssertionError):
    """What came back is no HTTP."""


@dataclass
class Answer:
    """One answer. `closes`: the server says that it is the connection's last."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    interim: list[int] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key == name]
        assert len(values) <= 1, f"{name} twice: {values}"
        return values[0] if values else None

    @property
    def closes(self) -> bool:
        return self.header("connection") == "close"

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A socket to the server, and what came over it and was not read yet."""

    def __init__(self, server: RunningServer, *, timeout: float = 5.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send it all; a server that has had enough may close meanwhile."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def more(self) -> bytes:
        """What comes next; nothing at the end."""
        try:
            return self.socket.recv(65_536)
        except ConnectionResetError:
            return b""

    def answer(self, *, bodiless: bool = False) -> Answer | None:
        """The next final answer, None when the server closes without one. Raises NotHttp, TimeoutError."""
        interim = []
        while True:
            head = self._head()
            if head is None:
                return None
            answer = parse_head(head)
            if answer.status >= 200:
                break
            interim.append(answer.status)
        answer.interim = interim
        if not bodiless and answer.status not in {204, 304}:
            answer.body = self._take(answer)
        return answer

    def _take(self, answer: Answer) -> bytes:
        length = answer.header("content-length")
        if length is None:
            raise NotHttp(f"no content-length in {answer}")
        while len(self.held) < int(length):
            data = self.more()
            if not data:
                raise NotHttp(f"the body ends after {len(self.held)} of {length} bytes")
            self.held += data
        body, self.held = self.held[: int(length)], self.held[int(length) :]
        return body

    def _head(self) -> bytes | None:
        while b"\r\n\r\n" not in self.held:
            data = self.more()
            if not data:
                if self.held:
                    raise NotHttp(f"the head ends in {self.held!r}")
                return None
            self.held += data
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        return head

    def ended(self, within: float) -> bool:
        """Whether the server closes without another byte, in so many seconds."""
        self.socket.settimeout(within)
        try:
            data = self.more()
        except TimeoutError:
            return False
        assert data == b"", data
        return True


def parse_head(head: bytes) -> Answer:
    """Status and headers, read strictly."""
    first, *lines = head.split(b"\r\n")
    match = STATUS_LINE.fullmatch(first)
    if not match:
        raise NotHttp(repr(head))
    headers = []
    for line in lines:
        pair = HEADER.fullmatch(line)
        if not pair:
            raise NotHttp(repr(line))
        headers.append((pair[1].decode().lower(), pair[2].decode("latin-1")))
    return Answer(int(match[1]), headers)


def request(
    method: str,
    path: str,
    *headers: tuple[str, str],
    body: bytes | None = None,
    client: KosyncClient | None = None,
    version: str = "1.1",
) -> bytes:
    """A well-formed request, unless an argument makes it a bad one."""
    lines = [f"{method} {path} HTTP/{version}", "host: localhost"]
    if client is not None:
        lines += [f"x-auth-user: {client.user}", f"x-auth-key: {client.key}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def chunked(body: bytes, size: int = 16_384) -> bytes:
    """A body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def ask(server: RunningServer, data: bytes, *, within: float = 5.0, bodiless: bool = False) -> Answer | None:
    """Send bytes on a new connection; the first answer, None when the server closes without one."""
    with Connection(server, timeout=within) as connection:
        connection.send(data)
        return connection.answer(bodiless=bodiless)


def in_dialect(answer: Answer | None) -> tuple[int, int]:
    """Status and code of an error in KOSync's own form; 0 is the code of a success."""
    assert answer is not None, "closed without an answer"
    assert answer.header("content-type") == "application/json", answer
    body = answer.json()
    assert isinstance(body, dict), answer
    if answer.status in {200, 201}:
        return answer.status, 0
    assert set(body) == {"code", "message"}, answer
    assert isinstance(body["message"], str), answer
    found = (answer.status, body["code"])
    assert found in ERRORS, answer
    return found


def quick(server: RunningServer, seconds: float = 2.0) -> float:
    """How long a well-behaved stranger waits for an answer on a connection of its own."""
    began = time.monotonic()
    answer = ask(server, request("GET", "/kosync/healthcheck", ("connection", "close")), within=seconds)
    assert answer is not None
    assert answer.body == b'{"state":"OK"}'
    return time.monotonic() - began


def memory(server: RunningServer) -> float:
    """The server's resident memory in MB."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def clean_log(server: RunningServer) -> str:
    """The log, which must tell of no failure of the server's own."""
    text = "".join(server.log)
    assert "Traceback" not in text, text
    assert '"failed"' not in text, text
    assert "Exception" not in text, text
    return text
