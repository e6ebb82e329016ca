"""Clients that race, a server that is killed, and devices that must not be taken for each other."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx2

from tests.kosync.client import md5
from tests.opds_progression.client import CURRENT, PASSWORD, ProgressionClient, at, document
from tests.opds_progression.conftest import Shelf
from tests.running import RunningServer, command

CLIENTS = 12


def readings(base: str, token: str) -> list[dict[str, Any]]:
    """All readings of the account's one work, newest first."""
    with httpx2.Client(base_url=base + "/api", headers={"authorization": f"Bearer {token}"}, trust_env=False) as api:
        (work,) = api.get("/works").json()["works"]
        found: list[dict[str, Any]] = api.get(f"/works/{work['id']}/readings?limit=200").json()["readings"]
        return [{**each, "head": each["id"] == work["place"]["id"]} for each in found]


def token_of(shelf: Shelf, user: str) -> str:
    made = command("user", "token", user, "--name", "test", "--scope", "account", data=shelf.running.data)
    return made.stdout.split()[-1]


async def race(reader: ProgressionClient, documents: list[Any]) -> list[httpx2.Response]:
    auth = (reader.user, PASSWORD)
    async with httpx2.AsyncClient(base_url=reader.base, auth=auth, trust_env=False, timeout=20) as http:
        return list(await asyncio.gather(*(http.put(reader.path, json=each) for each in documents)))


def test_a_race_for_one_moment(shelf: Shelf) -> None:
    """Of clients that report different places of the same moment at once, exactly one is taken: that one is the place."""
    reader = shelf.reader()
    sent = [document((1 + n) / 20, at(0), device={"id": f"urn:x:{n}", "name": f"n{n}"}) for n in range(CLIENTS)]
    answers = asyncio.run(race(reader, sent))

    assert [201, *[409] * (CLIENTS - 1)] == sorted(answer.status_code for answer in answers)
    (won,) = [answer.json() for answer in answers if answer.status_code == 201]
    assert won == reader.get()


def test_a_race_of_moments(shelf: Shelf) -> None:
    """Of clients that report different moments at once, the latest is the place, and each refused one was not newer then."""
    reader = shelf.reader()
    order = random.Random(3).sample(range(CLIENTS), CLIENTS)
    sent = [document((1 + n) / 20, at(n), device={"id": f"urn:x:{n}", "name": f"n{n}"}) for n in order]
    answers = asyncio.run(race(reader, sent))

    assert {200, 201, 409} >= {answer.status_code for answer in answers}
    assert 1 == sum(answer.status_code == 201 for answer in answers)
    assert at(CLIENTS - 1) == reader.get()["modified"]
    kept = readings(reader.base, token_of(shelf, reader.user))
    assert CLIENTS == len(kept)
    assert [CLIENTS / 20] == [each["progression"] for each in kept if each["head"]]
    assert {"first", "newer", "older"} >= {each["outcome"] for each in kept}


def test_killed(own_shelf: Callable[[], Shelf]) -> None:
    """What was answered with 200 is there after the server was killed, byte for byte, also what was taken over."""
    shelf = own_shelf()
    reader = shelf.reader()
    last = b""
    for n in range(20):
        answer = reader.send("PUT", json=document(n / 40, at(n), note=n), headers={"content-type": CURRENT})
        last = answer.content
    shelf.running.kill()
    again = RunningServer(shelf.running.data, "--library", str(shelf.books["A book"].parent))
    try:
        reader = ProgressionClient(again.base, reader.user, reader.publication)

        assert last == reader.stored()
        assert 409 == reader.send("PUT", json=document(0.9, at(18))).status_code
    finally:
        again.kill()


def test_thorium_at_home_is_not_koreader(shelf: Shelf) -> None:
    """Thorium fetches and reports from KOReader's address and with its credential, and is not taken for it: KOReader's old place
    is kept aside as that of a device that did not know better.
    """
    thorium = shelf.reader("Flatland")
    token = token_of(shelf, thorium.user)
    paired = command("user", "token", thorium.user, "--name", "home", "--scope", "sync", data=shelf.running.data).stdout.split()[
        -1
    ]
    for key, password in ((md5(PASSWORD), PASSWORD), (md5(paired), paired)):
        kobo, far = thorium.kosync(), thorium.kosync(device="Kindle", device_id="K2")
        kobo.key = far.key = key
        thorium.http.auth = (thorium.user, password)
        name = f"document of {password}"
        kobo.push(name, "/body/p[1]", 0.3)
        far.push(name, "/body/p[7]", 0.7)
        thorium.get()
        thorium.put(document(0.5, at(0) if key == md5(PASSWORD) else at(5)), check=201 if key == md5(PASSWORD) else 200)

    devices = {each["device"]["name"]: each["device"]["id"] for each in readings_of_all(thorium.base, token)}
    assert {"Kobo", "Kindle", "Thorium"} == set(devices)
    assert 3 == len(set(devices.values()))


def readings_of_all(base: str, token: str) -> list[dict[str, Any]]:
    """All readings of the account."""
    with httpx2.Client(base_url=base + "/api", headers={"authorization": f"Bearer {token}"}, trust_env=False) as api:
        works = api.get("/works").json()["works"]
        return [each for work in works for each in api.get(f"/works/{work['id']}/readings").json()["readings"]]


def test_a_place_taken_back(shelf: Shelf) -> None:
    """A place that a person took back by hand is answered as a new document, of the time when that was done, at the same place;
    what was read before that is refused.
    """
    thorium = shelf.reader("Flatland")
    first = document(0.3, at(0))
    thorium.put(first, check=201)
    thorium.put(document(0.8, at(60)))
    token = token_of(shelf, thorium.user)
    early = readings(thorium.base, token)[-1]
    with httpx2.Client(base_url=thorium.base + "/api", headers={"authorization": f"Bearer {token}"}, trust_env=False) as api:
        assert 201 == api.post(f"/works/{early['work']}/restore", json={"reading": early["id"]}).status_code
    said = thorium.get()

    assert abs(said["progression"] - 0.3) < 0.01
    assert "placekeeper" == said["device"]["name"]
    assert said["modified"] > at(60)
    thorium.put(document(0.9, at(120)), check=409)
    assert said == thorium.get()


def test_clocks_are_told_of(shelf: Shelf) -> None:
    """A device whose clock is clearly wrong finds that in the history: ahead of the server's, or behind what it had fetched."""
    thorium = shelf.reader("Flatland")
    thorium.put(document(0.3, "2099-01-01T00:00:00Z"), check=201)
    first = readings(thorium.base, token_of(shelf, thorium.user))[0]

    assert "ahead, so the time of arrival counts" in first["reason"]
    assert first["observed"].startswith("2099")
