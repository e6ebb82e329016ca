"""An account's tokens, and its devices' credentials, by hand: list them, make one, revoke one. Knows no protocol."""

from placekeeper.domain.account import Credential, Pairing, Principal, Scope
from placekeeper.domain.errors import Forbidden, InvalidRequest
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services import secrets
from placekeeper.services.account_units import add_credential, guard, open_pairing, revoke_one

LIVE_LIMIT = 1_000
"""Tokens that an account may have which are not revoked: a household of devices, many times over."""


class Tokens:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def all(self, principal: Principal) -> list[Credential]:
        """All of the account's, the oldest first, revoked ones too."""
        return await self._store.browse(lambda ledger: ledger.credentials(principal.account_id))

    async def live(self, principal: Principal) -> list[Credential]:
        """Those that are not revoked, the oldest first."""
        return await self._store.browse(lambda ledger: ledger.live_credentials(principal.account_id))

    async def make(self, principal: Principal, name: str, scopes: frozenset[Scope]) -> tuple[Credential, str]:
        """A new token and its secret. Raises Forbidden for a scope beyond the asker's, InvalidRequest, Unauthorized."""
        if not scopes:
            raise InvalidRequest("a token has at least one scope")
        if Scope.ADMIN in scopes and not principal.may(Scope.ADMIN):
            raise Forbidden("only a token of the scope admin can make another one")
        secret = secrets.new_token()
        digest, now = secrets.digest_of(secrets.key_of(secret)), self._clock()

        def unit(ledger: Ledger) -> Credential:
            account = guard(ledger, principal)
            if len(ledger.live_credentials(account.id)) >= LIVE_LIMIT:
                raise InvalidRequest(f"an account has at most {LIVE_LIMIT} tokens: revoke some")
            return add_credential(ledger, account, name, digest, scopes, now)

        return await self._store.write(unit), secret

    async def pair(self, principal: Principal, device: str) -> str:
        """A code that a device redeems for a credential of its own; an earlier one is void. Raises InvalidRequest, Outdated."""
        code, now = secrets.new_code(), self._clock()
        digest = secrets.digest_of(secrets.key_of(code))

        def unit(ledger: Ledger) -> None:
            open_pairing(ledger, guard(ledger, principal).name, digest, device, now)

        await self._store.write(unit)
        return code

    async def pairing(self, principal: Principal) -> Pairing | None:
        """The code that is open, if any; not what it is."""
        found = await self._store.read(lambda ledger: ledger.pairing(principal.account_id))
        return found if found is not None and found.expires_at > self._clock() else None

    async def revoke(self, principal: Principal, credential_id: str) -> Credential:
        """Revoke one; again is no error. Raises NotFound, Unauthorized."""
        now = self._clock()
        return await self._store.write(lambda ledger: revoke_one(ledger, guard(ledger, principal), credential_id, now))
