"""Verified credentials, remembered in memory so that argon2 is paid once and not on every request.

What is remembered is a keyed BLAKE2b of name and key, never the key. An entry counts only as long as the account's
credential revision is the one it was verified with: the caller compares. Knows no storage.
"""

import hashlib
import secrets
from collections import OrderedDict

from placekeeper.domain.account import Principal

State = tuple[str | None, int]
"""An account as a refusal saw it: its id and its credential revision; (None, 0) where there was none of that name."""


class VerifiedCredentials:
    """A bounded memory, the least recently used out first. Also remembers refusals, so that guessing again is cheap."""

    def __init__(self, limit: int) -> None:
        """`limit` entries of each kind: some 500 bytes each."""
        self._pepper = secrets.token_bytes(32)
        self._limit = limit
        self._known: OrderedDict[bytes, Principal] = OrderedDict()
        self._refused: OrderedDict[bytes, State] = OrderedDict()

    def fingerprint(self, name: str, key: str) -> bytes:
        """What stands for a name and key here: useless outside this process."""
        return hashlib.blake2b(f"{name}\0{key}".encode("utf-8", "surrogatepass"), key=self._pepper, digest_size=16).digest()

    def recall(self, fingerprint: bytes) -> Principal | None:
        """Who that was. The caller compares the revision."""
        principal = self._known.get(fingerprint)
        if principal is not None:
            self._known.move_to_end(fingerprint)
        return principal

    def remember(self, fingerprint: bytes, principal: Principal) -> None:
        """Keep a verified credential."""
        self._known[fingerprint] = principal
        if len(self._known) > self._limit:
            self._known.popitem(last=False)

    def forget(self, fingerprint: bytes) -> None:
        """Drop one whose account has changed its credentials."""
        self._known.pop(fingerprint, None)

    def refused(self, fingerprint: bytes, state: State) -> bool:
        """Whether that was refused before, with the account as it is now."""
        return self._refused.get(fingerprint) == state

    def refuse(self, fingerprint: bytes, state: State) -> None:
        """Keep a refusal."""
        self._refused[fingerprint] = state
        if len(self._refused) > self._limit:
            self._refused.popitem(last=False)
