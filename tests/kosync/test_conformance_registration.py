"""Who may register: everybody, nobody, or devices with a pairing code, which then have a credential of their own."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.kosync.client import KosyncClient, fresh, md5
from tests.kosync.conftest import new_address
from tests.running import RunningServer, command

OFF = {"code": 2005, "message": "User registration is disabled."}
REFUSED = {"code": 2005, "message": "This pairing code is wrong or used up."}
UNAUTHORIZED = {"code": 2001, "message": "Unauthorized"}
TAKEN = {"code": 2002, "message": "Username is already registered."}
INVALID = {"code": 2003, "message": "Invalid request"}


def serving(factory: pytest.TempPathFactory, mode: str) -> Iterator[RunningServer]:
    running = RunningServer(factory.mktemp(mode), "--trusted-proxies", "127.0.0.1", "--registration", mode)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server where nobody may register."""
    yield from serving(tmp_path_factory, "closed")


@pytest.fixture(scope="module")
def pairing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server where devices register with a code."""
    yield from serving(tmp_path_factory, "pair")


@pytest.fixture
def either() -> str:
    """One of the mounts, for what has nothing to do with paths and takes many commands."""
    return "/kosync"


def added(server: RunningServer, mount: str) -> KosyncClient:
    """An account that the operator made, signed in with its own password."""
    name, password = fresh("reader"), fresh("secret")
    command("user", "add", name, "--password-stdin", data=server.data, stdin=password + "\n")
    return KosyncClient(server.base, name, md5(password), mount=mount, address=new_address())


def code_for(server: RunningServer, owner: KosyncClient, device: str = "Kobo") -> str:
    return command("user", "pair", owner.user, "--device", device, data=server.data).stdout.strip()


def paired(server: RunningServer, owner: KosyncClient, device: str = "Kobo") -> KosyncClient:
    """A device that has just registered with a code."""
    client = owner.who(owner.user, md5(code_for(server, owner, device)), device="KoboClara", device_id="generic")
    client.register()
    return client


def api(server: RunningServer, owner: KosyncClient, path: str) -> Any:
    made = command("user", "token", owner.user, "--name", fresh("t"), "--scope", "account", data=server.data)
    answer = httpx2.get(f"{server.base}/api{path}", headers={"authorization": f"Bearer {made.stdout.strip()}"})
    assert 200 == answer.status_code
    return answer.json()


def test_registration_off(closed: RunningServer, mount: str) -> None:
    """[K-REG-5] Where registration is off, Register is 402 with code 2005; accounts that exist sign in and sync."""
    owner = added(closed, mount)
    newcomer = owner.who(fresh("newcomer"), "key")

    assert OFF == newcomer.register(check=402)
    assert UNAUTHORIZED == newcomer.authorize(check=401)
    assert OFF == owner.register(check=402)
    owner.push("d", "1", 0.1)
    assert "1" == owner.pull("d")["progress"]
    assert INVALID == newcomer.call("POST", "/users/create", json={"username": "", "password": ""}, check=403)


def test_registration_off_takes_no_code(closed: RunningServer, either: str) -> None:
    """[K-REG-5] Off is off: with a pairing code, too."""
    owner = added(closed, either)
    device = owner.who(owner.user, md5(code_for(closed, owner)))

    assert OFF == device.register(check=402)
    assert UNAUTHORIZED == device.authorize(check=401)


def test_pairing(pairing: RunningServer, mount: str) -> None:
    """A device registers with its account's name and a code as password; the code's key then is its own credential."""
    owner = added(pairing, mount)
    code = code_for(pairing, owner, "Kobo in the kitchen")
    device = owner.who(owner.user, md5(code), device="KoboClara", device_id="generic")

    assert 12 == len(code)
    assert {"username": owner.user} == device.register()
    assert {"authorized": "OK"} == device.authorize()
    device.push("d", "/body/p[7]", 0.7)
    assert ("KoboClara", "generic") == tuple(owner.pull("d")[name] for name in ("device", "device_id"))
    owner.authorize()


def test_paired_device_is_that_device(pairing: RunningServer, either: str) -> None:
    """A paired device is the one that the code was made for, whatever it calls itself: two of one model are two."""
    owner = added(pairing, either)
    kitchen, bedroom = paired(pairing, owner, "Kitchen"), paired(pairing, owner, "Bedroom")
    kitchen.push("d", "1", 0.1)
    kitchen.on("Renamed", "other").push("d", "2", 0.2)
    bedroom.push("d", "3", 0.3)

    devices = api(pairing, owner, "/devices")["devices"]
    work = api(pairing, owner, "/works")["works"][0]["id"]
    places = api(pairing, owner, f"/works/{work}/devices")["devices"]
    named = {place["device"]["name"]: place["place"]["value"] for place in places}
    assert ["Bedroom", "Kitchen"] == sorted(device["name"] for device in devices)
    assert {"Kitchen": "2", "Bedroom": "3"} == named


def test_register_needs_a_code(pairing: RunningServer, mount: str) -> None:
    """Without a pairing under way Register is 402 with code 2005, for a name that is known and for one that is not."""
    owner = added(pairing, mount)

    assert OFF == owner.register(check=402)
    assert OFF == owner.who(owner.user, "guess").register(check=402)
    assert OFF == owner.who(fresh("newcomer"), "key").register(check=402)


def test_code_counts_once(pairing: RunningServer, either: str) -> None:
    """A code that was redeemed is used up; the device that has it stays signed in."""
    owner = added(pairing, either)
    device = paired(pairing, owner)

    assert OFF == device.register(check=402)
    device.authorize()


def test_newer_code_voids_the_older(pairing: RunningServer, either: str) -> None:
    """Of two codes for one account only the newer counts."""
    owner = added(pairing, either)
    older, newer = (owner.who(owner.user, md5(code_for(pairing, owner))) for _ in range(2))

    assert REFUSED == older.register(check=402)
    assert {"username": owner.user} == newer.register()
    assert UNAUTHORIZED == older.authorize(check=401)


def test_code_is_void_after_five_wrong_ones(pairing: RunningServer, either: str) -> None:
    """Four wrong codes leave the right one good; the fifth voids it, and it is as if there were none."""
    owner = added(pairing, either)
    patient = owner.who(owner.user, md5(code_for(pairing, owner)))
    for number in range(4):
        assert REFUSED == owner.who(owner.user, md5(f"wrong {number}")).register(check=402)
    assert {"username": owner.user} == patient.register()

    owner.address = new_address()
    unlucky = owner.who(owner.user, md5(code_for(pairing, owner)))
    for number in range(5):
        assert REFUSED == owner.who(owner.user, md5(f"wrong {number}")).register(check=402)
    unlucky.address = new_address()
    assert OFF == unlucky.register(check=402)
    assert UNAUTHORIZED == unlucky.authorize(check=401)


def test_code_is_for_its_account(pairing: RunningServer, either: str) -> None:
    """A code made for one account opens no other."""
    owner, other = added(pairing, either), added(pairing, either)
    code = code_for(pairing, owner)

    assert OFF == owner.who(other.user, md5(code)).register(check=402)
    assert {"username": owner.user} == owner.who(owner.user, md5(code)).register()


def test_code_is_no_credential_before(pairing: RunningServer, either: str) -> None:
    """A code that was not redeemed signs nobody in, and its plain text never does."""
    owner = added(pairing, either)
    code = code_for(pairing, owner)

    assert UNAUTHORIZED == owner.who(owner.user, md5(code)).authorize(check=401)
    assert REFUSED == owner.who(owner.user, code).register(check=402)
    owner.who(owner.user, md5(code)).register()
    assert UNAUTHORIZED == owner.who(owner.user, code).authorize(check=401)


def test_device_can_not_touch_the_account(pairing: RunningServer, mount: str) -> None:
    """[K-AUTH-6] A device's credential neither changes the password nor deletes the account: 401, and all stays."""
    owner = added(pairing, mount)
    device = paired(pairing, owner)

    assert UNAUTHORIZED == device.change_key("mine now", check=401)
    assert UNAUTHORIZED == device.delete(check=401)
    device.authorize()
    owner.authorize()


def test_device_outlives_a_new_password(pairing: RunningServer, either: str) -> None:
    """A new password leaves paired devices signed in; deleting the account does not."""
    owner = added(pairing, either)
    device = paired(pairing, owner)
    owner.change_key(md5("new"))
    assert {"authorized": "OK"} == device.authorize()
    device.push("d", "1", 0.1)

    owner.who(owner.user, md5("new")).delete()
    assert UNAUTHORIZED == device.authorize(check=401)
    assert UNAUTHORIZED == device.push("d", "2", 0.2, check=401)


def test_revoked_device(pairing: RunningServer, either: str) -> None:
    """A device that is revoked is out at once; others stay."""
    owner = added(pairing, either)
    lost, kept = paired(pairing, owner, "Lost"), paired(pairing, owner, "Kept")
    lost.authorize()
    command("user", "token", owner.user, "--name", "Lost", "--revoke", data=pairing.data)

    assert UNAUTHORIZED == lost.authorize(check=401)
    assert UNAUTHORIZED == lost.push("d", "1", 0.1, check=401)
    assert OFF == lost.register(check=402)
    kept.push("d", "2", 0.2)
    owner.authorize()


def test_pairing_where_registration_is_open(reader: KosyncClient, proxied: RunningServer) -> None:
    """Where everybody may register, codes work as well; without a pairing the name is taken, as ever."""
    assert TAKEN == reader.who(reader.user, "key").register(check=402)
    device = paired(proxied, reader)

    device.push("d", "1", 0.1)
    assert "1" == reader.pull("d")["progress"]
    assert TAKEN == device.register(check=402)


def test_wrong_code_registers_nobody_where_registration_is_open(reader: KosyncClient, proxied: RunningServer) -> None:
    """A wrong code for an account that waits for one is 402 with code 2005: the device shows that text."""
    code_for(proxied, reader)

    assert REFUSED == reader.who(reader.user, md5("wrong")).register(check=402)


NOBODY = {"x-auth-user": None, "x-auth-key": None}


@pytest.mark.parametrize("blank", ["\x7f", "\x01", "\n"])
def test_names_that_no_header_can_carry(stranger: KosyncClient, blank: str) -> None:
    """A control character would be accepted here and refused by HTTP at every sign-in: such an account is not made."""
    body = {"username": fresh("name") + blank + "x", "password": stranger.key}

    assert INVALID == stranger.call("POST", "/users/create", json=body, headers=NOBODY, check=403)


def test_blanks_around_a_name(stranger: KosyncClient) -> None:
    """An older KOReader does not trim what was typed, and HTTP trims the header: name and header are the same account."""
    body = {"username": f"  {stranger.user} ", "password": stranger.key}
    stranger.call("POST", "/users/create", json=body, headers=NOBODY, check=201)

    assert {"authorized": "OK"} == stranger.authorize()
