"""Browsers that have signed in: each has a token that ends by itself, or with the password. Knows no cookies.

Nothing is stored of them, see `access`. To sign out is to forget the token.
"""

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import Unauthorized
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services.access import SESSION, AccessTokens
from placekeeper.services.account_units import guard
from placekeeper.services.accounts import Accounts
from placekeeper.services.secrets import key_of


class Sessions:
    """The use cases. `seconds`: how long one lasts."""

    def __init__(self, store: Store, accounts: Accounts, secret: bytes, *, clock: Clock, seconds: int) -> None:
        """Nothing happens yet."""
        self._store, self._accounts, self._clock, self.seconds = store, accounts, clock, seconds
        self._tokens = AccessTokens(secret, prefix=SESSION, seconds=seconds, scopes=frozenset(Scope))

    async def begin(self, name: str, password: str, address: str) -> str:
        """The token of a new session. Raises Unauthorized, also for a secret that may only sync."""
        principal = await self._accounts.authenticate(name, key_of(password), address)
        if not principal.may(Scope.ACCOUNT):
            raise Unauthorized("this is the secret of a device: it may not see the account")
        now = self._clock()

        def unit(ledger: Ledger) -> str:
            account = guard(ledger, principal)
            own = (each for each in ledger.credentials(account.id) if each.id == principal.credential_id)
            return self._tokens.make(account, next(own, None), now)

        return await self._store.read(unit)

    async def holder(self, token: str) -> Principal | None:
        """Who has that token, as the account is now; None where it is good no more."""
        now = self._clock()
        principal = await self._store.read(lambda ledger: self._tokens.holder(ledger, token, now))
        return principal if principal is not None and principal.may(Scope.ACCOUNT) else None

    async def change_password(self, principal: Principal, current: str, password: str, address: str) -> str:
        """Change the password: every other session ends; the token of this one's successor.

        Raises Unauthorized where the current one is another, InvalidRequest, Outdated.
        """
        shown = await self._accounts.authenticate(principal.account_name, key_of(current), address)
        await self._accounts.change_key(shown, key_of(password), address)
        return await self.begin(principal.account_name, password, address)
