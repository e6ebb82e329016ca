"""KOSync's accounts: registering, changing the key, deleting; with all codes."""

import threading

import pytest

from tests.kosync.client import KosyncClient, fresh, md5

INVALID = {"code": 2003, "message": "Invalid request"}
TAKEN = {"code": 2002, "message": "Username is already registered."}
UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}
NOT_FOUND = {"code": 2006, "message": "Account not found."}


def test_register(stranger: KosyncClient) -> None:
    """[K-REG-1, K-REG-2] Registering is 201 with the name alone; the key then signs in."""
    assert {"username": stranger.user} == stranger.register()
    assert {"authorized": "OK"} == stranger.authorize()


def test_register_needs_no_credentials(stranger: KosyncClient) -> None:
    """[K-REG-2] Nobody is signed in when registering; headers of somebody else change nothing."""
    body = {"username": stranger.user, "password": stranger.key, "more": "ignored"}
    headers = {"x-auth-user": "somebody", "x-auth-key": None}

    assert {"username": stranger.user} == stranger.call("POST", "/users/create", json=body, headers=headers, check=201)


def test_name_taken(reader: KosyncClient) -> None:
    """[K-REG-3] A name that is taken is 402 with code 2002, with its own key or another one, and nothing changes."""
    assert TAKEN == reader.register(check=402)
    assert TAKEN == reader.who(reader.user, "another").register(check=402)
    assert UNAUTHORIZED == reader.who(reader.user, "another").authorize(check=401)
    reader.authorize()


def test_registering_at_once(stranger: KosyncClient) -> None:
    """[K-REG-3] Of several who register one name at once, one gets it, and that one's key signs in."""
    rivals = [stranger.who(stranger.user, f"key {number}") for number in range(4)]
    statuses: dict[str, int] = {}

    def race(rival: KosyncClient) -> None:
        body = {"username": rival.user, "password": rival.key}
        statuses[rival.key] = rival.send("POST", "/users/create", json=body).status_code

    threads = [threading.Thread(target=race, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [201, 402, 402, 402] == sorted(statuses.values())
    winner = next(rival for rival in rivals if statuses[rival.key] == 201)
    winner.authorize()


REFUSED = [
    {"username": "", "password": ""},
    {"username": "", "password": "key"},
    {"username": "name", "password": ""},
    {"username": "has:colon", "password": "key"},
    {"username": ":", "password": "key"},
    {"password": "key"},
    {"username": "name"},
    {},
    {"username": 5, "password": "key"},
    {"username": "name", "password": 5},
    {"username": None, "password": None},
    {"username": ["name"], "password": "key"},
    {"username": "name", "password": {"a": 1}},
    {"username": True, "password": "key"},
    {"username": "nul\0", "password": "key"},
    {"username": "name", "password": "nul\0"},
    {"username": "n" * 256, "password": "key"},
    {"username": "name", "password": "k" * 1025},
]


@pytest.mark.parametrize("body", REFUSED, ids=range(len(REFUSED)))
def test_invalid_registrations(stranger: KosyncClient, body: dict[str, object]) -> None:
    """[K-REG-4, K-AUTH-4] Name and key are strings, not empty, the name without colon: else 403 with code 2003."""
    assert INVALID == stranger.call("POST", "/users/create", json=body, check=403)


def test_change_key(reader: KosyncClient) -> None:
    """[K-PWD-1, K-PWD-2] The new key signs in at once, the old one no more; what was read stays."""
    reader.push("d", "/body/p[7]", 0.7)
    old, new = reader, reader.who(reader.user, md5(fresh("new")))

    assert {"updated": True} == old.change_key(new.key)
    assert UNAUTHORIZED == old.authorize(check=401)
    assert UNAUTHORIZED == old.push("d", "9", 0.9, check=401)
    assert {"authorized": "OK"} == new.authorize()
    assert "/body/p[7]" == new.pull("d")["progress"]


def test_change_key_to_itself(reader: KosyncClient) -> None:
    """[K-PWD-1] The same key again is a change like any other."""
    assert {"updated": True} == reader.change_key(reader.key)
    reader.authorize()


def test_change_key_and_back(reader: KosyncClient) -> None:
    """[K-PWD-1] A key that was given up counts again once it is set again, and not before."""
    other = reader.who(reader.user, "other")
    reader.change_key("other")
    reader.authorize(check=401)
    other.change_key(reader.key)

    reader.authorize()
    assert UNAUTHORIZED == other.authorize(check=401)


@pytest.mark.parametrize("key", ["", None, 5, True, ["key"], {"a": 1}, "nul\0", "k" * 1025])
def test_invalid_new_keys(reader: KosyncClient, key: object) -> None:
    """[K-PWD-1] A new key is a string, not empty: else 403 with code 2003, and the old one stays."""
    assert INVALID == reader.change_key(key, check=403)
    reader.authorize()


@pytest.mark.parametrize("body", [b"{}", b"[]", b'["password"]', b"5", b"null"])
def test_change_key_without_an_object(reader: KosyncClient, body: bytes) -> None:
    """[K-PWD-1] Here a body that is no object is 403 with code 2003, as at the reference server."""
    assert INVALID == reader.call("PUT", "/users/password", content=body, check=403)
    reader.authorize()


def test_changing_the_key_at_once(reader: KosyncClient) -> None:
    """[K-PWD-1] Of several changes made with one key at once, one counts: its new key is the account's only one."""
    keys = [f"new {number}" for number in range(4)]
    statuses: dict[str, int] = {}

    def race(key: str) -> None:
        client = reader.who(reader.user, reader.key)
        statuses[key] = client.send("PUT", "/users/password", json={"password": key}).status_code

    threads = [threading.Thread(target=race, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [200, 401, 401, 401] == sorted(statuses.values())
    winner = next(key for key in keys if statuses[key] == 200)
    reader.who(reader.user, winner).authorize()


def test_delete(reader: KosyncClient) -> None:
    """[K-DEL-1] Deleting answers `deleted`; the account then is nobody's, and its key signs in nowhere."""
    reader.push("d", "1", 0.1)

    assert {"deleted": True} == reader.delete()
    assert UNAUTHORIZED == reader.authorize(check=401)
    assert UNAUTHORIZED == reader.pull("d", check=401)


def test_delete_again(reader: KosyncClient) -> None:
    """[K-DEL-2] Deleting alone tells an unknown account, 404 with code 2006, from a wrong key, 401."""
    assert UNAUTHORIZED == reader.who(reader.user, "wrong").delete(check=401)
    reader.delete()
    assert NOT_FOUND == reader.delete(check=404)
    assert NOT_FOUND == reader.who(fresh("never"), "key").delete(check=404)


def test_register_again_after_delete(reader: KosyncClient) -> None:
    """[K-DEL-1, K-DEL-3] The name is free at once; whoever takes it finds nothing of who had it before."""
    ids = [{"type": "content", "value": "d"}, {"type": "structure", "value": "s"}]
    reader.push("d", "1", 0.1, identifiers=ids)
    reader.delete()
    successor = reader.who(reader.user, md5(fresh("other")))
    successor.register()

    assert {} == successor.pull("d")
    assert {} == successor.pull("e", ids="content:e,structure:s")
    assert UNAUTHORIZED == reader.authorize(check=401)
    assert UNAUTHORIZED == reader.push("d", "9", 0.9, check=401)


def test_register_again_with_the_same_key(reader: KosyncClient) -> None:
    """[K-DEL-3] So it is with the same key: a new account, which is empty."""
    reader.push("d", "1", 0.1)
    reader.delete()
    reader.register()

    assert {} == reader.pull("d")


def test_key_of_a_namesake(stranger: KosyncClient) -> None:
    """A key that was refused is good for an account of the same name that comes later: the refusal was not of the name."""
    other = stranger.who(stranger.user, md5(fresh("other")))
    stranger.register()
    other.authorize(check=401)
    stranger.delete()
    other.register()

    assert {"authorized": "OK"} == other.authorize()
