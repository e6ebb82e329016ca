"""The log: no secret gets into it, and nothing that a stranger sends can pass for a line of the server's own."""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest

from tests.hostile.raw import ask, request
from tests.kosync.client import fresh, md5, new_account
from tests.running import RunningServer, command

Starter = Callable[..., RunningServer]
ESCAPES = "%1b[31mred%1b[0m%0a%0d%7f%c2%9b31m%e2%80%a8%e2%80%ae%00"
FORGED = "%0a%7b%22event%22:%22forged%22%7d%0a2026-01-01T00:00:00Z%20[error%20]%20forged"


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secrets(start: Starter, form: str) -> None:
    """Keys, tokens, authorizations and passwords in targets are in no line, at level debug, in success, refusal or failure."""
    server = start("--log-level", "debug", "--log-format", form)
    client = new_account(server.base)
    token = command("user", "token", client.user, "--name", "t", "--scope", "account", data=server.data).stdout.strip()
    wrong, typed, new = md5(fresh("wrong")), fresh("typed"), md5(fresh("new"))
    bearer = ("authorization", f"Bearer {token}")
    for data in (
        request("GET", "/users/auth", client=client),
        request("GET", "/users/auth", ("x-auth-user", client.user), ("x-auth-key", wrong)),
        request("GET", "/api/works", bearer),
        request("GET", f"/api/works?token={token}", ("authorization", f"Bearer {wrong}")),
        request("GET", "/api/works", ("authorization", f"Basic {typed}")),
        request("GET", f"http://me:{typed}@elsewhere/users/auth?key={typed}", client=client),
        request("GET", "/metrics", bearer, ("cookie", f"session={typed}"), ("referer", f"http://a/?{typed}")),
        request("POST", "/users/create", body=json.dumps({"username": client.user, "password": typed}).encode()),
        request("POST", "/users/create", body=json.dumps({"username": 1, "password": typed}).encode()),
        request("POST", "/users/create", body=f'{{"username":"a","password":"{typed}'.encode()),
        request("PUT", "/users/password", body=json.dumps({"password": new}).encode(), client=client),
    ):
        assert ask(server, data) is not None
    client.key = new
    break_storage(server)
    answer = ask(server, request("PUT", "/syncs/progress", body=PUSH, client=client))
    server.stop()

    assert answer is not None
    log = "".join(server.log)
    assert len(server.log) >= 10
    for secret in (token, wrong, typed, new, md5(token)):
        assert secret not in log


PUSH = b'{"document":"d","progress":"p","percentage":0.5,"device":"Kobo"}'


def break_storage(server: RunningServer) -> None:
    """Make the next push fail within the server, for a failure writes the longest lines."""
    with sqlite3.connect(server.data / "placekeeper.sqlite3") as connection:
        connection.execute("DROP TABLE standing")
    connection.close()


@pytest.mark.parametrize("form", ["json", "text"])
def test_forged_lines(start: Starter, form: str) -> None:
    """Newlines, escapes and marks that turn text around are spelled out, be they in a path, a name or a method."""
    server = start("--log-level", "debug", "--log-format", form)
    client = new_account(server.base)
    for path in (f"/kosync/{ESCAPES}", f"/{ESCAPES}", f"/syncs/progress/{ESCAPES}", f"/api/works/{ESCAPES}", f"/kosync/{FORGED}"):
        ask(server, request("GET", path, client=client))
    evil = "evil\n2026-01-01T00:00:00Z [error    ] forged\x1b[31m"
    body = json.dumps({"username": evil, "password": "k"}).encode()
    for _ in range(2):
        ask(server, request("POST", "/users/create", body=body))
    ask(server, b"GET /\x1b[31m HTTP/1.1\r\n\r\n")
    server.stop()

    assert len(server.log) >= 7
    for line in server.log:
        plain = line.rstrip("\n")
        assert plain.isprintable(), repr(plain)
        if form == "json":
            assert json.loads(plain)["event"] != "forged"
        else:
            assert re.match(r"20\d\d-[^ ]+Z \[(debug|info) +\] (answered|refused) ", plain), plain


def test_forged_address(start: Starter) -> None:
    """What a trusted proxy passes on as an address is logged like anything else that a stranger wrote."""
    server = start("--log-level", "debug", "--log-format", "text", "--trusted-proxies", "127.0.0.0/8")
    ask(server, request("GET", "/users/auth", ("x-forwarded-for", "1.2.3.4\x9b31m x=y\tforged")))
    server.stop()

    assert all(line.rstrip("\n").isprintable() for line in server.log), server.log


def test_rubbish_writes_no_log(start: Starter) -> None:
    """What is no HTTP leaves no line: else anybody could fill the disk without being a client at all."""
    server = start("--log-level", "debug")
    threads = [threading.Thread(target=ask, args=[server, b"\x16\x03\x01rubbish"]) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.1)
    server.stop()

    assert server.log == []
