"""Signing in, registering, pairing, and the life of accounts. Knows no protocol; storage through its port only."""

import asyncio
import enum
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, TypeVar, TypeVarTuple

from placekeeper.domain.account import Account, Credential, Principal, Scope
from placekeeper.domain.errors import InvalidRequest, NameTaken, NotFound, PairingRefused, RegistrationOff, Unauthorized
from placekeeper.domain.ports import Clock, Ledger, Observer, Store
from placekeeper.services import secrets
from placekeeper.services.access import AccessTokens, is_access_token
from placekeeper.services.account_units import (
    NAME_LENGTH,
    Redemption,
    add_account,
    check_name,
    guard,
    new_account,
    principal_of,
    redeem,
    revised,
    spare_last_admin,
)
from placekeeper.services.credentials import State, VerifiedCredentials
from placekeeper.services.refusals import Refusals
from placekeeper.services.throttle import Throttle

R = TypeVar("R")
Args = TypeVarTuple("Args")

PURGE_SECONDS = 600
"""How often it is looked whether a command has left something to delete."""
ABSENT: State = (None, 0)
"""An account that does not exist, as a refusal sees it."""


REGISTRATION = "registration"
"""The name of the choice."""


class Registration(enum.StrEnum):
    """Who may register: everybody, nobody, or devices with a pairing code."""

    OPEN = "open"
    CLOSED = "closed"
    PAIR = "pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """`key_length` in code points; `remembered` verified credentials; `verifiers` argon2 at one time (19 MiB each);
    `waiting` sign-ins may queue for them; `purge_rows` are deleted at one go, so that nobody waits long.
    """

    key_length: int = 1024
    remembered: int = 100_000
    verifiers: int = 1
    waiting: int = 256
    purge_rows: int = 2_000


class Accounts:
    """The use cases around accounts."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        observer: Observer,
        registration: Registration | None,
        throttle: Throttle,
        access: AccessTokens,
        limits: AccountLimits | None = None,
    ) -> None:
        """`registration`: what the settings say; None: what an admin has chosen."""
        self._access, self.refusals = access, Refusals()
        self._store, self._clock, self._observer = store, clock, observer
        self._registration, self._throttle = registration, throttle
        self._limits = limits or AccountLimits()
        self._verified = VerifiedCredentials(self._limits.remembered)
        self._pool = ThreadPoolExecutor(self._limits.verifiers, thread_name_prefix="argon2")
        self._waiting = asyncio.Semaphore(self._limits.waiting)
        self._erased = asyncio.Event()
        self._verifying: dict[tuple[bytes, str | None], asyncio.Future[bool]] = {}
        self._at: dict[str, tuple[asyncio.Lock, int]] = {}

    def close(self) -> None:
        """Let go of the argon2 threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def authenticate(self, name: str, key: str, address: str, *, checked_later: bool = False) -> Principal:
        """Who has this name and key: the account's own, or one of its credentials. Raises Unauthorized.

        `checked_later`: what follows authorises again in its own transaction and raises Outdated where it must.
        """
        fingerprint = self._verified.fingerprint(name, key)
        principal = self._verified.recall(fingerprint)
        if principal is not None and checked_later:
            self._observer.recognised("cache")
            return principal
        if principal is not None:
            account_id = principal.account_id
            if await self._store.read(lambda ledger: ledger.credential_revision(account_id)) == principal.credential_revision:
                self._observer.recognised("cache")
                return principal
            self._verified.forget(fingerprint)
        return await self._verify(fingerprint, name, key, address)

    async def authenticate_bearer(self, token: str, address: str) -> Principal:
        """Who has this token. Raises Unauthorized."""
        digest, now = secrets.digest_of(secrets.key_of(token)), self._clock()

        def unit(ledger: Ledger) -> Principal | None:
            if is_access_token(token):
                return self._access.holder(ledger, token, now)
            holder = ledger.credential_holder(digest)
            account = ledger.account(holder) if holder else None
            credential = ledger.credential_of(account.id, digest) if account else None
            return principal_of(account, credential) if account and credential else None

        principal = await self._store.read(unit)
        if principal is None:
            await self._refuse(address, "the token is unknown or revoked")
        self._observer.recognised("token")
        return principal

    async def access_token(self, principal: Principal) -> str:
        """A token for who has shown a password, or a token that works as one. Raises Outdated."""
        now = self._clock()

        def unit(ledger: Ledger) -> str:
            account = guard(ledger, principal)
            own = (each for each in ledger.credentials(account.id) if each.id == principal.credential_id)
            return self._access.make(account, next(own, None), now)

        return await self._store.read(unit)

    async def register(self, name: str, key: str, address: str) -> None:
        """Make an account, or redeem a pairing code for a credential.

        Raises InvalidRequest, NameTaken, RegistrationOff, PairingRefused.
        """
        self._check(name, key)
        mode = await self.registration()
        if mode is Registration.CLOSED:
            raise RegistrationOff
        digest = secrets.digest_of(key)
        now = self._clock()
        redeemed = await self._store.write(lambda ledger: redeem(ledger, name, digest, now))
        if redeemed is Redemption.REDEEMED:
            return
        if redeemed is Redemption.REFUSED:
            await self._throttle.failed(address)
            raise PairingRefused
        if mode is Registration.PAIR:
            await self._throttle.failed(address)
            raise RegistrationOff
        if await self._store.read(lambda ledger: ledger.account_named(name)):
            raise NameTaken
        key_hash = await self._compute(address, secrets.hash_key, key)
        account = new_account(name, key_hash, self._clock(), library=False)
        await self._store.write(lambda ledger: add_account(ledger, account))

    @property
    def chooses_registration(self) -> bool:
        """Whether an admin's choice counts."""
        return self._registration is None

    def erased(self) -> None:
        """An account was erased: what it left behind can be purged."""
        self._erased.set()

    async def registration(self) -> Registration:
        """Who may register."""
        if self._registration is not None:
            return self._registration
        return await self._store.read(chosen_registration)

    async def hashed(self, name: str, key: str, address: str) -> str:
        """The hash of an account's new key. Raises InvalidRequest where the name or the key can't be one."""
        self._check(name, key)
        return await self._compute(address, secrets.hash_key, key)

    async def found(self, name: str, key: str, address: str) -> None:
        """Make the first admin: a new account, or the one of that name and key.

        Raises InvalidRequest where there is an admin, or the name can't be one; Unauthorized where the name has another key.
        """
        self._check(name, key)
        if await self._store.read(lambda ledger: ledger.account_named(name)):
            principal = await self.authenticate(name, key, address)
            made = None
        else:
            principal = None
            made = new_account(name, await self.hashed(name, key, address), self._clock(), admin=True)

        def unit(ledger: Ledger) -> None:
            if ledger.has_admin():
                raise InvalidRequest("there is an admin already")
            if principal is not None and not principal.may(Scope.ACCOUNT):
                raise Unauthorized
            if made is not None:
                add_account(ledger, made)
            elif principal is not None:
                ledger.save_account(revised(guard(ledger, principal), admin=True))

        await self._store.write(unit)

    async def change_key(self, principal: Principal, key: str, address: str) -> None:
        """Give the account a new key. Raises Unauthorized for a device's credential, and for any that reaches less far than an
        admin's key does: it could show the new one then. Raises Outdated when another change came first.
        """
        if not principal.may(Scope.ACCOUNT):
            raise Unauthorized
        key_hash = await self.hashed(principal.account_name, key, address)

        def unit(ledger: Ledger) -> None:
            account = guard(ledger, principal)
            if account.admin and not principal.may(Scope.ADMIN):
                raise Unauthorized
            ledger.save_account(revised(account, key_hash=key_hash))

        await self._store.write(unit)
        self.refusals.forgive(principal.account_name)

    async def delete(self, name: str, key: str, address: str) -> None:
        """Delete the account and all it has. Raises NotFound (no such account), Unauthorized, and InvalidRequest for the only
        admin of a server that others use.

        The account is gone when this returns; its rows follow in the background, in `purge_forever`.
        """
        if not await self._store.read(lambda ledger: ledger.account_named(name)):
            raise NotFound
        principal = await self.authenticate(name, key, address)
        if not principal.may(Scope.ACCOUNT):
            raise Unauthorized
        now = self._clock()

        def unit(ledger: Ledger) -> None:
            spare_last_admin(ledger, guard(ledger, principal))
            ledger.erase_account(principal.account_id, now)

        await self._store.write(unit)
        self.erased()

    async def purge_forever(self) -> None:
        """Delete what erased accounts left behind, a little at a time: at start, for a stop may have come between, after
        each deletion, and now and then, for a command beside the server may have been interrupted.
        """
        while True:
            while await self._store.write(lambda ledger: ledger.purge(self._limits.purge_rows)):
                pass
            with suppress(TimeoutError):
                await asyncio.wait_for(self._erased.wait(), PURGE_SECONDS)
            self._erased.clear()

    def _check(self, name: str, key: str) -> None:
        check_name(name)
        if not key or len(key) > self._limits.key_length or "\0" in key:
            raise InvalidRequest("the password is empty, too long or holds a NUL")

    async def _verify(self, fingerprint: bytes, name: str, key: str, address: str) -> Principal:
        """The slow way: a credential's digest, else argon2."""
        if len(name) > NAME_LENGTH or len(key) > self._limits.key_length:
            await self._refuse(address)
        digest = secrets.digest_of(key)

        def unit(ledger: Ledger) -> tuple[Account | None, Credential | None]:
            account = ledger.account_named(name)
            return account, ledger.credential_of(account.id, digest) if account else None

        account, credential = await self._store.read(unit)
        state = (account.id, account.credential_revision) if account else ABSENT
        if account is not None and credential is not None:
            self._observer.recognised("token")
        elif self._verified.refused(fingerprint, state):
            await self._refuse(address, name=name if account is not None else "")
        elif not await self._fits(fingerprint, account.key_hash if account else None, key, address):
            self._verified.refuse(fingerprint, state)
            await self._refuse(address, name=name if account is not None else "")
        else:
            self._observer.recognised("argon2")
        assert account is not None  # noqa: S101 - verify_key is False without an account
        principal = principal_of(account, credential)
        self._verified.remember(fingerprint, principal)
        return principal

    async def _fits(self, fingerprint: bytes, key_hash: str | None, key: str, address: str) -> bool:
        """Whether a key fits, computed once for all who show it meanwhile: after a restart, a whole household does."""
        verifying = self._verifying
        pending = verifying.get((fingerprint, key_hash))
        if pending is None:
            pending = asyncio.ensure_future(self._compute(address, secrets.verify_key, key_hash, key))
            verifying[fingerprint, key_hash] = pending
            pending.add_done_callback(lambda _done: verifying.pop((fingerprint, key_hash)))
        return await asyncio.shield(pending)

    async def _refuse(self, address: str, why: str = "", *, name: str = "") -> NoReturn:
        if name:
            self.refusals.add(name, address, self._clock())
        waited = await self._throttle.failed(address)
        self._observer.recognised("throttled" if waited else "refused")
        raise Unauthorized(why)

    async def _compute(self, address: str, function: Callable[[*Args], R], *args: *Args) -> R:
        """Run argon2 in its pool. One at a time per address, so that one guesser does not fill the queue for all."""
        lock, users = self._at.get(address, (asyncio.Lock(), 0))
        self._at[address] = (lock, users + 1)
        try:
            async with lock, self._waiting:
                return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)
        finally:
            lock, users = self._at[address]
            if users == 1:
                del self._at[address]
            else:
                self._at[address] = (lock, users - 1)


def chosen_registration(ledger: Ledger) -> Registration:
    """Who may register, as an admin has chosen; everybody, where none has."""
    return Registration(ledger.choice(REGISTRATION) or Registration.OPEN)
