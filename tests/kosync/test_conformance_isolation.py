"""Accounts see nothing of each other, and an account that is gone or has another key can't write."""

import threading
import time
from collections.abc import Callable

from tests.kosync.client import KosyncClient, fresh, md5, new_account
from tests.running import RunningServer, command

UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}


def other_account(client: KosyncClient) -> KosyncClient:
    return new_account(client.base, mount=client.mount, address=client.address)


def test_same_document(reader: KosyncClient) -> None:
    """[K-ISO-1] Two who own the same book have the same document, and each a place of their own."""
    other = other_account(reader)
    reader.push("d", "mine", 0.4)

    assert {} == other.pull("d")
    other.push("d", "theirs", 0.8)
    assert ("mine", "theirs") == (reader.pull("d")["progress"], other.pull("d")["progress"])


def test_same_aliases(reader: KosyncClient) -> None:
    """[K-ID-10] Nor do the identifiers of one lead another anywhere."""
    other = other_account(reader)
    reader.push("d", "mine", 0.4, identifiers=[{"type": "content", "value": "d"}, {"type": "structure", "value": "s"}])

    assert {} == other.pull("e", ids="content:e,structure:s")
    stored = other.push("e", "theirs", 0.8, identifiers=[{"type": "content", "value": "e"}, {"type": "structure", "value": "s"}])
    assert ("e", "content") == (stored["document"], stored["match"])
    assert "mine" == reader.pull("d")["progress"]


def test_names_that_look_like_keys_of_others(reader: KosyncClient) -> None:
    """[K-ISO-1, K-DEL-1] Deleting an account called `*`, or one whose name begins like another's, deletes that one alone."""
    reader.push("d", "mine", 0.4)
    for name in ("*", reader.user[:-1], reader.user + "*", reader.user + "%"):
        other = reader.who(name, "key")
        if other.send("POST", "/users/create", json={"username": name, "password": "key"}).status_code == 201:
            other.push("d", "theirs", 0.8)
            other.delete()

    assert "mine" == reader.pull("d")["progress"]


def test_other_accounts_stay_when_one_is_deleted(reader: KosyncClient) -> None:
    """[K-DEL-1] Deleting one account leaves what others read of the same books."""
    other = other_account(reader)
    for client, progress in ((reader, "mine"), (other, "theirs")):
        client.push("d", progress, 0.4, identifiers=[{"type": "content", "value": "d"}, {"type": "structure", "value": "s"}])
    reader.delete()

    assert "theirs" == other.pull("d")["progress"]
    assert "theirs" == other.pull("s", ids="structure:s")["progress"]


def hammer(client: KosyncClient, change: Callable[[], object]) -> list[int]:
    """Push without pause from three threads while something changes; the statuses, in each thread's order, joined."""
    stop = threading.Event()
    statuses: list[list[int]] = [[], [], []]

    def push(number: int) -> None:
        device = client.on(f"Device {number}")
        while not stop.is_set():
            body = {"document": "d", "progress": fresh("p"), "percentage": 0.5, "device": device.device}
            statuses[number].append(device.send("PUT", "/syncs/progress", json=body).status_code)
            if statuses[number][-1] != 200:
                return

    threads = [threading.Thread(target=push, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while not all(statuses):
        time.sleep(0.005)
    change()
    for thread in threads:
        thread.join(timeout=10)
    stop.set()
    for each in statuses:
        assert 401 == each[-1]
        assert {200} == set(each[:-1])
    return [status for each in statuses for status in each]


def test_deleted_account_writes_no_more(reader: KosyncClient) -> None:
    """[K-PUT-6] Pushes that are under way while the account is deleted resurrect nothing: not even under its name."""
    successor = reader.who(reader.user, md5(fresh("other")))
    statuses = hammer(reader, reader.delete)
    successor.register()

    assert 3 == statuses.count(401)
    assert {} == successor.pull("d")


def test_old_key_writes_no_more(reader: KosyncClient) -> None:
    """[K-PUT-6] Once the key has changed, what was signed with the old one is 401, also from connections that were open."""
    new = reader.who(reader.user, md5(fresh("new")))
    hammer(reader, lambda: reader.change_key(new.key))
    new.push("d", "after", 0.6)

    assert UNAUTHORIZED == reader.push("d", "late", 0.7, check=401)
    assert "after" == new.pull("d")["progress"]


def test_commands_beside_the_server_count_at_once(proxied: RunningServer, reader: KosyncClient) -> None:
    """[K-PUT-6] So it is when the password is changed, or the account removed, by a command beside the running server."""
    password = fresh("secret")
    new = reader.who(reader.user, md5(password))
    hammer(reader, lambda: command("user", "passwd", reader.user, "--password-stdin", data=proxied.data, stdin=password + "\n"))
    assert {"authorized": "OK"} == new.authorize()
    new.push("d", "after", 0.6)
    assert "after" == new.pull("d")["progress"]

    new.address = "10.7.0.1" if reader.mount else "10.7.0.2"
    hammer(new, lambda: command("user", "remove", reader.user, data=proxied.data))
    assert 404 == new.send("DELETE", "/users/me").status_code
