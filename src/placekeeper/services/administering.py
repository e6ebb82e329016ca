"""What an admin does: accounts, who may register, who sees the library, how much may be kept. Knows no protocol.

Every use case is for somebody, and raises Forbidden for who is no admin.
"""

from dataclasses import replace
from typing import Any, Final

from placekeeper.domain.account import Account, Principal, Scope, Usage
from placekeeper.domain.errors import Forbidden, InvalidRequest, NotFound
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services.account_units import add_account, guard, new_account, revised
from placekeeper.services.accounts import REGISTRATION, Accounts, Registration
from placekeeper.services.founding import SHORTEST
from placekeeper.services.owning import Owned
from placekeeper.services.quotas import Quotas, is_full
from placekeeper.services.secrets import key_of

CHANGES: Final = frozenset({"admin", "library", "quota"})
"""What of an account an admin can change; its password has a way of its own."""


class Administering:
    """The use cases."""

    def __init__(self, store: Store, accounts: Accounts, quotas: Quotas, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._accounts, self._quotas, self._clock = store, accounts, quotas, clock

    async def accounts(self, principal: Principal, text: str, after: str, limit: int) -> list[Account]:
        """Accounts whose names hold a text, by name, after that name."""
        admitted(principal)
        return await self._store.browse(lambda ledger: ledger.accounts_like(text, after, limit))

    async def account(self, principal: Principal, account_id: str) -> Owned:
        """One account. Raises NotFound."""
        admitted(principal)

        def unit(ledger: Ledger) -> tuple[Account, Usage]:
            return _account(ledger, account_id), ledger.usage(account_id)

        account, usage = await self._store.browse(unit)
        return Owned(account=account, usage=usage, most=self._quotas.of(account))

    async def add(self, principal: Principal, name: str, password: str, address: str, *, admin: bool, library: bool) -> str:
        """Make an account; its id. Raises InvalidRequest, NameTaken, Outdated."""
        admitted(principal)
        _fit(password)
        key_hash = await self._accounts.hashed(name, key_of(password), address)
        account = new_account(name, key_hash, self._clock(), admin=admin, library=library)

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            add_account(ledger, account)

        await self._store.write(unit)
        return account.id

    async def change(self, principal: Principal, account_id: str, **changes: Any) -> None:
        """Change some of `CHANGES`. Raises NotFound, Outdated; InvalidRequest where nobody would be an admin then."""
        admitted(principal)

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            account = _account(ledger, account_id)
            if account.admin and not changes.get("admin", True):
                _another(principal, account)
            changed = replace(account, **{name: value for name, value in changes.items() if name in CHANGES})
            full = is_full(self._quotas.of(changed), ledger.kept(account_id))
            if replace(changed, full=full) != account:
                ledger.save_account(revised(changed, full=full))

        await self._store.write(unit)
        self._quotas.changed(account_id)

    async def set_password(self, principal: Principal, account_id: str, password: str, address: str) -> None:
        """Give another account a new password: all its browsers are signed out. Raises InvalidRequest, NotFound, Outdated.

        The own one is changed by who knows it, see `sessions`.
        """
        admitted(principal)
        _fit(password)
        account = (await self.account(principal, account_id)).account
        key_hash = await self._accounts.hashed(account.name, key_of(password), address)

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            account = _account(ledger, account_id)
            _another(principal, account)
            ledger.save_account(revised(account, key_hash=key_hash))

        await self._store.write(unit)

    async def remove(self, principal: Principal, account_id: str, name: str) -> None:
        """Delete an account and all that it has. `name`: its name, as the admin has typed it; pages show a row of
        blanks as one.

        Raises InvalidRequest where that is another name, or it is the admin's own account; NotFound, Outdated.
        """
        admitted(principal)
        now = self._clock()

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            account = _account(ledger, account_id)
            if account.name.split() != name.split():
                raise InvalidRequest("that is not the name of this account, and nothing is deleted")
            _another(principal, account)
            ledger.erase_account(account_id, now)

        await self._store.write(unit)
        self._accounts.erased()

    async def registration(self) -> tuple[Registration, bool]:
        """Who may register, and whether that can be changed here."""
        return await self._accounts.registration(), self._accounts.chooses_registration

    async def choose_registration(self, principal: Principal, mode: str) -> None:
        """Choose who may register. Raises InvalidRequest, also where the settings say it; Outdated."""
        admitted(principal)
        if mode not in set(Registration):
            raise InvalidRequest(f"registration is one of {', '.join(Registration)}")
        if not self._accounts.chooses_registration:
            raise InvalidRequest("the server was started with the setting registration: that counts")

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            ledger.save_choice(REGISTRATION, mode)

        await self._store.write(unit)


def admitted(principal: Principal) -> None:
    """Raise Forbidden for who is no admin."""
    if not principal.may(Scope.ADMIN):
        raise Forbidden("this is for admins")


def _account(ledger: Ledger, account_id: str) -> Account:
    account = ledger.account(account_id)
    if account is None:
        raise NotFound("there is no such account")
    return account


def _another(principal: Principal, account: Account) -> None:
    if account.id == principal.account_id:
        raise InvalidRequest("nobody does that to the own account here: another admin can")


def _fit(password: str) -> None:
    if len(password) < SHORTEST:
        raise InvalidRequest(f"the password needs at least {SHORTEST} characters")
