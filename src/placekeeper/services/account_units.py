"""What is done to accounts within one transaction: shared by the server and by the commands beside it."""

import enum
import re
from dataclasses import replace
from typing import Any

from placekeeper.domain.account import DEVICE_SCOPES, OWN_SCOPES, Account, ArbiterMode, Credential, Pairing, Principal, Scope
from placekeeper.domain.device import Device, device_key
from placekeeper.domain.errors import Full, InvalidRequest, NameTaken, NotFound, Outdated
from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Ledger

PAIRING_MINUTES = 10
PAIRING_TRIES = 5
NAME_LENGTH = 255
"""Code points of an account's, a device's or a token's name: more fits no screen."""


_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""And signs that turn the text around: a name with one could look like another one in a list."""


class Redemption(enum.Enum):
    """What came of showing a pairing code."""

    REDEEMED = enum.auto()
    REFUSED = enum.auto()
    NO_PAIRING = enum.auto()


def check_name(name: str) -> None:
    """Raise InvalidRequest unless the name can be one: not empty, not too long, and such that it can be signed in with.

    Basic splits at a colon; control characters and blanks at its ends don't survive in an HTTP header.
    """
    if not name or ":" in name or len(name) > NAME_LENGTH or name != name.strip() or _CONTROL.search(name):
        raise InvalidRequest(f"a name has 1 to {NAME_LENGTH} characters, no colon, no control character, no blank at its ends")


def new_account(name: str, key_hash: str, now: int, *, admin: bool = False, library: bool = True) -> Account:
    """An account as it begins. Who registered alone sees no library until an admin says so."""
    check_name(name)
    return Account(
        id=new_id(now),
        name=name,
        key_hash=key_hash,
        credential_revision=1,
        admin=admin,
        library=library,
        arbiter=ArbiterMode.RULES,
        created_at=now,
    )


def add_account(ledger: Ledger, account: Account) -> None:
    """Keep a new account. Raises NameTaken."""
    if ledger.account_named(account.name):
        raise NameTaken(f"there is an account named {account.name!r}")
    ledger.save_account(account)


def account_named(ledger: Ledger, name: str) -> Account:
    """The account of that name. Raises NotFound."""
    account = ledger.account_named(name)
    if account is None:
        raise NotFound(f"there is no account named {name!r}")
    return account


def revised(account: Account, **changes: Any) -> Account:
    """The account with changes, and with a new credential revision: what anyone remembers of it is void."""
    return replace(account, credential_revision=account.credential_revision + 1, **changes)


def authorise(ledger: Ledger, principal: Principal) -> None:
    """Authorise again within this transaction. Raises Outdated when the account changed since, or is gone."""
    if ledger.credential_revision(principal.account_id) != principal.credential_revision:
        raise Outdated


def room(ledger: Ledger, principal: Principal) -> None:
    """Raise Full where the account may keep nothing more, Outdated where that may have changed."""
    if principal.full:
        authorise(ledger, principal)
        raise Full("this account keeps as many places and annotations as it may: an admin can allow more")


def guard(ledger: Ledger, principal: Principal) -> Account:
    """The principal's account, authorised again. Raises Outdated."""
    authorise(ledger, principal)
    account = ledger.account(principal.account_id)
    assert account is not None, "an account with a revision is no account"  # noqa: S101 - one row, one transaction
    return account


def spare_last_admin(ledger: Ledger, account: Account) -> None:
    """Raise InvalidRequest where this is the only admin of a server that others use: nobody could look after it."""
    if account.admin and len(ledger.admins(2)) == 1 and ledger.count_accounts() > 1:
        raise InvalidRequest("you are the only admin, and others have accounts here: make one of them an admin first")


def principal_of(account: Account, credential: Credential | None) -> Principal:
    """Who someone is that has shown the account's own key, or one of its credentials."""
    own = OWN_SCOPES | {Scope.ADMIN} if account.admin else OWN_SCOPES
    return Principal(
        account_id=account.id,
        account_name=account.name,
        credential_revision=account.credential_revision,
        scopes=credential.scopes & own if credential else own,
        arbiter=account.arbiter,
        credential_id=credential.id if credential else None,
        credential_name=credential.name if credential else None,
        library=account.library or account.admin,
        full=account.full,
    )


def open_pairing(ledger: Ledger, name: str, digest: str, device_name: str, now: int) -> None:
    """Let a device redeem a code within ten minutes. An earlier code of the account is void. Raises NotFound."""
    check_name(device_name)
    account = account_named(ledger, name)
    ledger.save_pairing(
        Pairing(
            account_id=account.id,
            digest=digest,
            device_name=device_name,
            expires_at=now + PAIRING_MINUTES * 60_000,
            tries_left=PAIRING_TRIES,
        )
    )


def redeem(ledger: Ledger, name: str, digest: str, now: int) -> Redemption:
    """Turn a pairing code into a credential of its device's own. A wrong code uses up one of five tries."""
    account = ledger.account_named(name)
    pairing = ledger.pairing(account.id) if account else None
    if account is None or pairing is None:
        return Redemption.NO_PAIRING
    if pairing.expires_at <= now:
        ledger.drop_pairing(account.id)
        return Redemption.NO_PAIRING
    if pairing.digest != digest:
        if pairing.tries_left <= 1:
            ledger.drop_pairing(account.id)
        else:
            ledger.save_pairing(replace(pairing, tries_left=pairing.tries_left - 1))
        return Redemption.REFUSED
    ledger.drop_pairing(account.id)
    add_credential(ledger, account, pairing.device_name, digest, DEVICE_SCOPES, now)
    return Redemption.REDEEMED


def add_credential(ledger: Ledger, account: Account, name: str, digest: str, scopes: frozenset[Scope], now: int) -> Credential:
    """Keep a credential. One that may sync is a device: it is known from now on, whatever it calls itself later."""
    check_name(name)
    credential = Credential(account_id=account.id, id=new_id(now), name=name, digest=digest, scopes=scopes, created_at=now)
    ledger.save_credential(credential)
    if Scope.SYNC in scopes:
        key = device_key(credential_id=credential.id, foreign_id=None, name=name)
        ledger.save_device(
            Device(
                account_id=account.id,
                id=new_id(now),
                key=key,
                kind="credential",
                name=name,
                address=None,
                created_at=now,
                active_at=now,
            )
        )
    return credential


def revoke(ledger: Ledger, account: Account, name: str, now: int) -> int:
    """Revoke all of the account's credentials of that name, at once and everywhere; how many there were."""
    live = [c for c in ledger.credentials(account.id) if c.name == name and c.revoked_at is None]
    for credential in live:
        ledger.save_credential(replace(credential, revoked_at=now))
    if live:
        ledger.save_account(revised(account))
    return len(live)


def revoke_one(ledger: Ledger, account: Account, credential_id: str, now: int) -> Credential:
    """Revoke one of the account's credentials, at once and everywhere; one that is revoked stays so. Raises NotFound."""
    found = next((each for each in ledger.credentials(account.id) if each.id == credential_id), None)
    if found is None:
        raise NotFound("there is no such token")
    if found.revoked_at is not None:
        return found
    revoked = replace(found, revoked_at=now)
    ledger.save_credential(revoked)
    ledger.save_account(revised(account))
    return revoked
