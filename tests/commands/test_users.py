"""Commands on accounts, beside a running server and without one."""

from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command


def add(data: Path, name: str = "ann", password: str = "secret", *options: str) -> None:
    command("user", "add", name, "--password-stdin", *options, data=data, stdin=password + "\n")


def test_added_account_signs_in_with_its_password(start: Callable[..., RunningServer]) -> None:
    """The password that a person typed is the one that KOReader's MD5 of it opens, also with the server running."""
    server = start()
    add(server.data, "Änne Müller", "pass wörd")
    key = md5("pass wörd").encode()
    answer = httpx2.get(server.base + "/users/auth", headers=[(b"x-auth-user", "Änne Müller".encode()), (b"x-auth-key", key)])

    assert (200, {"authorized": "OK"}) == (answer.status_code, answer.json())


def test_accounts_are_listed(tmp_path: Path) -> None:
    """`user list` has a line for each account: name, what it may, its devices and tokens."""
    add(tmp_path, "bob")
    add(tmp_path, "ann", "x", "--admin")
    command("user", "set", "bob", "library=no", "arbiter=latest", data=tmp_path)
    command("user", "token", "bob", "--name", "laptop", data=tmp_path)

    assert "ann\tadmin library\nbob\tarbiter=latest\tlaptop\n" == command("user", "list", data=tmp_path).stdout


def test_new_password_counts_at_once(start: Callable[..., RunningServer]) -> None:
    """`user passwd` beside a running server: the old key is refused from the next request on, the new one works."""
    server = start()
    add(server.data)
    client = KosyncClient(server.base, "ann", md5("secret"))
    client.authorize()
    client.push("book", "/body/p", 0.5)
    command("user", "passwd", "ann", "--password-stdin", data=server.data, stdin="other\n")

    client.authorize(check=401)
    client.push("book", "/body/p[2]", 0.6, check=401)
    client.key = md5("other")
    client.push("book", "/body/p[2]", 0.6)


def test_removed_account_is_gone_at_once(start: Callable[..., RunningServer]) -> None:
    """`user remove` beside a running server: its key is refused, its place does not come back with a new account."""
    server = start()
    add(server.data)
    client = KosyncClient(server.base, "ann", md5("secret"))
    client.push("book", "/body/p", 0.5)
    command("user", "remove", "ann", data=server.data)

    client.pull("book", check=401)
    client.push("book", "/body/p[2]", 0.6, check=401)
    client.register()
    assert {} == client.pull("book")


def test_properties_count_at_once(start: Callable[..., RunningServer]) -> None:
    """`user set NAME arbiter=latest` beside a running server: from then on the latest reading wins, as elsewhere."""
    server = start()
    add(server.data)
    client = KosyncClient(server.base, "ann", md5("secret"), device="Kobo", device_id="1")
    client.push("book", "/body/p", 0.5)
    command("user", "set", "ann", "arbiter=latest", data=server.data)
    client.on("Kindle", "2").push("book", "/body/p[1]", 0.01)

    assert 0.01 == client.pull("book")["percentage"]


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    """What can't be done is one clear line and status 1."""
    add(tmp_path)
    cases = {
        ("user", "add", "ann", "--password-stdin"): "there is an account named 'ann'",
        ("user", "add", "a:b", "--password-stdin"): "no colon",
        ("user", "passwd", "bob", "--password-stdin"): "there is no account named 'bob'",
        ("user", "remove", "bob"): "there is no account named 'bob'",
        ("user", "set", "ann", "arbiter=best"): "'arbiter=best' is none of",
        ("user", "pair", "bob"): "there is no account named 'bob'",
        ("user", "token", "ann", "--name", "x", "--revoke"): "no token or device named 'x'",
        ("user", "add", "eve"): "--password-stdin",
    }
    said = {words: command(*words, data=tmp_path, stdin="pw\n", check=False) for words in cases}

    assert dict.fromkeys(cases, 1) == {words: done.returncode for words, done in said.items()}
    assert [] == [words for words, text in cases.items() if text not in said[words].stderr]
    assert all(len(done.stderr.splitlines()) == 1 for done in said.values())


def test_empty_password(tmp_path: Path) -> None:
    """An account can't be made without a password."""
    done = command("user", "add", "ann", "--password-stdin", data=tmp_path, stdin="\n", check=False)

    assert (1, "placekeeper: the password is empty\n") == (done.returncode, done.stderr)


def test_serve_says_where_to_point_devices(start: Callable[..., RunningServer]) -> None:
    """`serve` on all addresses starts, and names an address for this machine."""
    server = start("--host", "0.0.0.0")

    assert {"state": "OK"} == KosyncClient(server.base, "x", "y").http.get("/healthcheck").json()
    assert server.stop() == 0


def test_commands_make_no_folder_by_mistake(tmp_path: Path) -> None:
    """A misspelt data folder is an error, not a new empty database; only `user add` may begin one."""
    done = command("user", "list", data=tmp_path / "typo", check=False)

    assert done.returncode == 1
    assert "is it the server's data folder?" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_codes_that_nobody_can_redeem(tmp_path: Path) -> None:
    """`user pair` says so when the server is told to let nobody register."""
    add(tmp_path)
    (tmp_path / "placekeeper.toml").write_text('registration = "closed"')

    assert "no device can redeem this" in command("user", "pair", "ann", data=tmp_path).stderr
