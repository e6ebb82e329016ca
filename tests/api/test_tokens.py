"""Tokens over `/api`: made, shown once, used, revoked."""

from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.api.person import Person
from tests.kosync.client import md5
from tests.running import command


def test_a_token_of_a_device(person: Person) -> None:
    """A token is shown once, works as password where its scope reaches, and is dead at once when it is revoked."""
    made = person.post("/tokens", 201, name="kitchen", scopes=["sync"])
    device = person.kobo.on("Kitchen", "K9")
    device.key = md5(made["token"])
    device.push("d1", "/body/p[1]", 0.1)
    listed = {each["name"]: each for each in person.get("/tokens")["tokens"]}

    assert ["sync"] == listed["kitchen"]["scopes"]
    assert "token" not in listed["kitchen"]
    assert "kitchen" in {each["name"] for each in person.get("/devices")["devices"]}
    revoked = person.http.delete(f"/tokens/{made['id']}").json()
    assert revoked["revoked"] is not None
    assert revoked == person.http.delete(f"/tokens/{made['id']}").json()
    assert 401 == device.send("GET", "/syncs/progress/d1").status_code


def test_a_token_reaches_no_further_than_its_maker(person: Person) -> None:
    """Nobody who is no admin makes an admin's token, and a token that may only sync makes none at all."""
    assert 403 == person.post("/tokens", 403, name="root", scopes=["admin"])["status"]
    assert 400 == person.post("/tokens", 400, name="none", scopes=[])["status"]
    assert 400 == person.post("/tokens", 400, name="odd", scopes=["everything"])["status"]
    assert 400 == person.post("/tokens", 400, name="", scopes=["sync"])["status"]
    sync = person.post("/tokens", 201, name="kitchen", scopes=["sync", "catalog"])["token"]
    answer = httpx2.get(f"{person.http.base_url}tokens", headers={"authorization": f"Bearer {sync}"}, trust_env=False)
    assert 401 == answer.status_code


def test_tokens_of_others(person: Person) -> None:
    """Another account's token is not there."""
    command("user", "add", "bob", "--password-stdin", data=person.data, stdin="secret\n")
    command("user", "token", "bob", "--name", "bobs", data=person.data)
    names = {each["name"] for each in person.get("/tokens")["tokens"]}

    assert {"api"} == names
    assert 404 == person.http.delete("/tokens/none").status_code


def test_revoking_oneself(person: Person) -> None:
    """A token may revoke itself; it is the last thing that it does."""
    (own,) = person.get("/tokens")["tokens"]

    assert 200 == person.http.delete(f"/tokens/{own['id']}").status_code
    assert 401 == person.http.get("/works").status_code


def test_others_are_revoked_meanwhile(person: Person) -> None:
    """A token that holds is not refused because another one is revoked at the same moment."""
    person.kobo.push("d1", "/body/p[1]", 0.1)
    work = person.work()

    def steer(turn: int) -> set[int]:
        made = person.http.post("/tokens", json={"name": f"t{turn}", "scopes": ["sync"]})
        linked = person.http.post(f"/works/{work}/link", json={"document": f"other {turn}"})
        revoked = person.http.delete(f"/tokens/{made.json().get('id', 'none')}")
        return {made.status_code, linked.status_code, revoked.status_code}

    with ThreadPoolExecutor(4) as threads:
        assert {200, 201} == set().union(*threads.map(steer, range(60)))
