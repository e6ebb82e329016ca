"""Access tokens that a password is exchanged for, as Palace's apps have it, and browsers: nothing is stored of them, they end by
themselves.

A token names the account, or one of its credentials, and is signed with a secret of the server and with what is stored of the
password: when that changes, or the credential is revoked, the token is worth nothing. Knows no protocol.
"""

import hmac
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Account, Credential, Principal, Scope
from placekeeper.domain.ports import Ledger
from placekeeper.services.account_units import principal_of

SECONDS: Final = 90 * 24 * 3600
"""How long a token is good for. Palace's app for iOS loses what it sends with one that has just ended, so it seldom should."""
APP_SCOPES: Final = frozenset({Scope.SYNC, Scope.CATALOG})
"""What a token of an app is for: a lost phone must not be able to make itself tokens that never end."""
PREFIX: Final = "pk1"
SESSION: Final = "ps1"
"""What a browser's begins with: neither is good for what the other one is."""
_PARTS: Final = 5
_DIGITS: Final = 15
"""Of a time in milliseconds: more make no time."""


class AccessTokens:
    """Makes them, and knows whose they are. `secret`: of the server, at least 32 bytes. `prefix`: what sort they are.

    `seconds`: how long they are good. `scopes`: how far they reach at most.
    """

    def __init__(
        self, secret: bytes, *, prefix: str = PREFIX, seconds: int = SECONDS, scopes: frozenset[Scope] = APP_SCOPES
    ) -> None:
        """Nothing is made yet."""
        self._secret, self._prefix, self._seconds, self._scopes = secret, prefix, seconds, scopes

    def make(self, account: Account, credential: Credential | None, now: int) -> str:
        """A token for whoever has shown the account's password, or this credential of it. `now`: Unix milliseconds."""
        head = f"{self._prefix}.{account.id}.{credential.id if credential else ''}.{now + self._seconds * 1000}"
        return f"{head}.{self._signature(head, account, credential)}"

    def holder(self, ledger: Ledger, token: str, now: int) -> Principal | None:
        """Who has this token; None where it is none, or good no more."""
        parts = token.split(".")
        if len(parts) != _PARTS or parts[0] != self._prefix or not parts[3].isdecimal() or len(parts[3]) > _DIGITS:
            return None
        account = ledger.account(parts[1])
        if account is None or int(parts[3]) <= now:
            return None
        credential = next((each for each in ledger.credentials(account.id) if each.id == parts[2]), None) if parts[2] else None
        if parts[2] and (credential is None or credential.revoked_at is not None):
            return None
        signature = self._signature(token.rpartition(".")[0], account, credential)
        if not hmac.compare_digest(signature.encode(), parts[4].encode()):
            return None
        principal = principal_of(account, credential)
        return replace(principal, scopes=principal.scopes & self._scopes)

    def _signature(self, head: str, account: Account, credential: Credential | None) -> str:
        key = blake2b((credential.digest if credential else account.key_hash).encode(), key=self._secret, digest_size=32).digest()
        return blake2b(head.encode(), key=key, digest_size=24).hexdigest()


def is_access_token(token: str) -> bool:
    """Whether a bearer token is, or pretends to be, one of these."""
    return token.startswith(f"{PREFIX}.")
