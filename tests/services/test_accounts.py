"""Signing in, registering and changing keys when several do so at once, and what is remembered of it."""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

import pytest

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import (
    NameTaken,
    NotFound,
    Outdated,
    PairingRefused,
    PlacekeeperError,
    RegistrationOff,
    Unauthorized,
)
from placekeeper.services import secrets
from placekeeper.services.account_units import account_named, open_pairing, revoke
from placekeeper.services.accounts import Registration
from tests.services.stage import HOME, MINUTE, Stage

CODE = secrets.key_of("pairing-code")


def together(stage: Stage, *actions: Coroutine[Any, Any, Any]) -> list[Any]:
    """Do several things at once; what came of each, errors included."""

    async def all_of_them() -> list[Any]:
        return list(await asyncio.gather(*actions, return_exceptions=True))

    return stage.do(all_of_them())


def signs_in(stage: Stage, name: str, key: str) -> bool:
    """Whether somebody who remembers nothing lets that key in."""
    try:
        stage.do(stage.new_accounts().authenticate(name, key, "2001:db8::1"))
    except Unauthorized:
        return False
    return True


def registered(stage: Stage, name: str = "mina", key: str = "key") -> Principal:
    stage.do(stage.accounts.register(name, key, HOME))
    return stage.do(stage.accounts.authenticate(name, key, HOME))


def pair(stage: Stage, name: str = "mina") -> None:
    digest = secrets.digest_of(CODE)
    stage.write(lambda ledger: open_pairing(ledger, name, digest, "Kobo", stage.clock()))


def test_one_name_is_registered_once(stage: Stage) -> None:
    """Two who register one name at once, from two places: one has it, with its own key, the other is told that it is taken."""
    results = together(stage, *[stage.accounts.register("mina", f"key {n}", f"192.0.2.{n}") for n in range(4)])

    assert [NameTaken] * 3 == [type(result) for result in results if result is not None]
    winner = results.index(None)
    assert [n == winner for n in range(4)] == [signs_in(stage, "mina", f"key {n}") for n in range(4)]
    assert 1 == len(stage.read(lambda ledger: ledger.accounts()))


def test_one_change_of_the_key_wins(stage: Stage) -> None:
    """Two who change the key at once: one does, the other is told to sign in again, and the old key is dead."""
    principal = registered(stage)
    results = together(stage, *[stage.accounts.change_key(principal, f"new {n}", f"192.0.2.{n}") for n in range(3)])

    assert [Outdated] * 2 == [type(result) for result in results if result is not None]
    winner = results.index(None)
    assert [n == winner for n in range(3)] == [signs_in(stage, "mina", f"new {n}") for n in range(3)]
    assert not signs_in(stage, "mina", "key")


def test_a_change_of_the_key_and_a_deletion(stage: Stage) -> None:
    """A deletion and a change of the key at once: whichever came first, the account is whole or gone, never something else."""
    principal = registered(stage)
    changed, deleted = together(
        stage, stage.accounts.change_key(principal, "new", HOME), stage.accounts.delete("mina", "key", HOME)
    )

    assert 1 == [changed, deleted].count(None)
    there = stage.read(lambda ledger: ledger.account_named("mina")) is not None
    assert there == (deleted is not None) == signs_in(stage, "mina", "new")


def test_a_remembered_key_dies_with_its_change(stage: Stage) -> None:
    """A key that was remembered is refused as soon as another process has changed it; what was in between is Outdated."""
    principal = registered(stage)
    assert principal == stage.do(stage.accounts.authenticate("mina", "key", HOME))
    stage.do(stage.new_accounts().change_key(principal, "new", HOME))

    late = stage.do(stage.accounts.authenticate("mina", "key", HOME, checked_later=True))
    with pytest.raises(Outdated):
        stage.push(late, "Kobo", 0.5)
    with pytest.raises(Unauthorized):
        stage.do(stage.accounts.authenticate("mina", "key", HOME))
    assert stage.do(stage.accounts.authenticate("mina", "new", HOME)).may(Scope.ACCOUNT)


def test_argon2_is_paid_once(stage: Stage, monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    """A key is verified by argon2 once, then remembered; so is a wrong one. Others push them out only when they are many."""
    accounts = stage.new_accounts(remembered=2)
    paid: list[str] = []

    def verify(_hash: str | None, key: str) -> bool:
        paid.append(key)
        return key.startswith("key")

    monkeypatch.setattr(secrets, "verify_key", verify)
    for name in ("mina", "lucy", "arthur"):
        stage.reader(name)
    order = ["mina", "mina", "lucy", "mina", "arthur", "mina", "lucy"]
    for name in order:
        stage.do(accounts.authenticate(name, f"key of {name}", HOME))
    for _ in range(3):
        with pytest.raises(Unauthorized):
            stage.do(accounts.authenticate("mina", "wrong", HOME))

    assert ["mina", "lucy", "arthur", "lucy", "wrong"] == [key.removeprefix("key of ") for key in paid]
    accounts.close()


def test_success_is_never_delayed(stage: Stage, waits: list[float]) -> None:
    """After fifty failures from one address, the right key from there does not wait, whether it was known before or not."""
    registered(stage, "mina")
    stage.do(stage.accounts.register("lucy", "other", HOME))
    for number in range(50):
        with pytest.raises(Unauthorized):
            stage.do(stage.accounts.authenticate("mina", f"guess {number % 5}", HOME))
    assert 45 == len(waits)

    stage.do(stage.accounts.authenticate("mina", "key", HOME))
    stage.do(stage.accounts.authenticate("lucy", "other", HOME))
    assert 45 == len(waits)
    assert ["cache", "argon2"] == stage.heard.how[-2:]


def test_a_code_is_redeemed_once(stage: Stage) -> None:
    """Several devices with one code at once: one gets a credential, the others find the name taken."""
    stage.reader("mina")
    pair(stage)
    results = together(stage, *[stage.accounts.register("mina", CODE, f"192.0.2.{n}") for n in range(3)])

    assert [NameTaken] * 2 == [type(result) for result in results if result is not None]
    account = stage.read(lambda ledger: account_named(ledger, "mina"))
    assert ["Kobo"] == [credential.name for credential in stage.read(lambda ledger: ledger.credentials(account.id))]
    assert signs_in(stage, "mina", CODE)


def test_five_tries(stage: Stage, waits: list[float]) -> None:
    """After five wrong codes, however many come at once, the right one is dead too."""
    stage.reader("mina")
    pair(stage)
    tries = together(stage, *[stage.accounts.register("mina", f"wrong {n}", HOME) for n in range(8)])

    assert 5 == [type(result) for result in tries].count(PairingRefused)
    with pytest.raises(NameTaken):
        stage.do(stage.accounts.register("mina", CODE, HOME))
    assert not signs_in(stage, "mina", CODE)


@pytest.mark.parametrize(("minutes", "redeemed"), [(9, True), (10, False)])
def test_ten_minutes(stage: Stage, waits: list[float], minutes: int, *, redeemed: bool) -> None:
    """A code can be redeemed for ten minutes, no longer."""
    stage.reader("mina")
    pair(stage)
    stage.clock.passes(minutes * MINUTE)
    accounts = stage.new_accounts(Registration.PAIR)
    try:
        stage.do(accounts.register("mina", CODE, HOME))
    except RegistrationOff:
        assert not redeemed
    assert redeemed == signs_in(stage, "mina", CODE)
    accounts.close()


def test_a_revoked_device_is_out_at_once(stage: Stage) -> None:
    """A device's own credential is dead the moment it is revoked, remembered or not; the account's key goes on."""
    registered(stage)
    pair(stage)
    stage.do(stage.accounts.register("mina", CODE, HOME))
    device = stage.do(stage.accounts.authenticate("mina", CODE, HOME))
    assert {Scope.SYNC, Scope.CATALOG} == device.scopes
    stage.write(lambda ledger: revoke(ledger, account_named(ledger, "mina"), "Kobo", stage.clock()))

    with pytest.raises(Outdated):
        stage.push(device, "Kobo", 0.5)
    for attempt in itertools.repeat(lambda: stage.do(stage.accounts.authenticate("mina", CODE, HOME)), 2):
        with pytest.raises(Unauthorized):
            attempt()
    assert signs_in(stage, "mina", "key")


@pytest.mark.parametrize("action", ["change_key", "delete"])
def test_a_device_may_not_do_all(stage: Stage, action: str) -> None:
    """A device's own credential can't change the account's key and can't delete the account."""
    stage.reader("mina")
    pair(stage)
    stage.do(stage.accounts.register("mina", CODE, HOME))
    device = stage.do(stage.accounts.authenticate("mina", CODE, HOME))

    doing = (
        stage.accounts.change_key(device, "new", HOME) if action == "change_key" else stage.accounts.delete("mina", CODE, HOME)
    )
    with pytest.raises(Unauthorized):
        stage.do(doing)
    assert signs_in(stage, "mina", CODE)


def test_deleted_and_purged(stage: Stage) -> None:
    """After a deletion the name is free, the key fits nothing, and the rows go by themselves; a newcomer begins with nothing."""
    principal = registered(stage)
    for number in range(5):
        stage.push(principal, "Kobo", number / 10)
    stage.do(stage.accounts.delete("mina", "key", HOME))
    with pytest.raises(NotFound):
        stage.do(stage.accounts.delete("mina", "key", HOME))
    with pytest.raises(PlacekeeperError):
        stage.push(principal, "Kobo", 0.9)

    async def purged() -> None:
        purging = asyncio.create_task(stage.accounts.purge_forever())
        for _ in range(50):
            await stage.store.write(lambda _ledger: None)
        purging.cancel()

    stage.do(purged())
    assert [] == stage.read(lambda ledger: ledger.devices(principal.account_id))
    newcomer = registered(stage, "mina", "other")
    assert principal.account_id != newcomer.account_id
    assert None is stage.fetch(newcomer)
    assert not signs_in(stage, "mina", "key")
