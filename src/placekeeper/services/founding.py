"""The first admin: made by whoever reads what the server printed when it started. Knows no protocol.

The code is in memory only, and good until it is used, or until there is an admin by another way.
"""

import hmac
from typing import Final

from placekeeper.domain.errors import InvalidRequest, PairingRefused
from placekeeper.domain.ports import Store
from placekeeper.services.accounts import Accounts
from placekeeper.services.secrets import key_of, new_code
from placekeeper.services.throttle import Throttle

SHORTEST: Final = 8
"""Characters of a password that is chosen on a page. What a device has registered with is what it is."""


class Founding:
    """The use case. `code`: "" where no admin is wanting."""

    def __init__(self, store: Store, accounts: Accounts, throttle: Throttle, *, wanting: bool) -> None:
        """`wanting`: whether there was no admin when the server started."""
        self._store, self._accounts, self._throttle = store, accounts, throttle
        self.code = new_code() if wanting else ""

    async def wanting(self) -> bool:
        """Whether there is no admin still."""
        if self.code:
            there_is_one: bool = await self._store.browse(lambda ledger: ledger.has_admin())
            self.code = "" if there_is_one else self.code
        return self.code != ""

    async def found(self, code: str, name: str, password: str, address: str) -> None:
        """Make the admin. Raises PairingRefused where the code is wrong, and as `Accounts.found`."""
        said, right = code.strip().lower().encode(), self.code.encode()
        if not right or not hmac.compare_digest(said, right):
            await self._throttle.failed(address)
            raise PairingRefused("this is not the code that the server has printed")
        there: bool = await self._store.read(lambda ledger: ledger.account_named(name) is not None)
        if not there and len(password) < SHORTEST:
            raise InvalidRequest(f"the password needs at least {SHORTEST} characters")
        await self._accounts.found(name, key_of(password), address)
        self.code = ""
