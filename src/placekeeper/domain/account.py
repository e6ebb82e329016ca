"""Accounts, and what someone shows to prove that an account is theirs."""

import enum
from dataclasses import dataclass


class Scope(enum.StrEnum):
    """What a credential may do."""

    SYNC = "sync"
    CATALOG = "catalog"
    ACCOUNT = "account"
    ADMIN = "admin"


class ArbiterMode(enum.StrEnum):
    """How readings become the place: by all rules, or simply the latest one as the reference server does."""

    RULES = "rules"
    LATEST = "latest"


OWN_SCOPES = frozenset({Scope.SYNC, Scope.CATALOG, Scope.ACCOUNT})
DEVICE_SCOPES = frozenset({Scope.SYNC, Scope.CATALOG})
"""What a device's own secret is for: it keeps places, and reads the catalog where the account sees the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who signs in. `key_hash` is argon2id over KOReader's key, which is the MD5 of the password in lower-case hex.

    `credential_revision` grows with each change of any of the account's credentials: whoever remembers a verified
    credential compares it, so that a revoked one is dead at once, in every process. Times: Unix milliseconds.

    `quota`: how many readings and annotations it may keep, 0 for any number, None for as many as the settings say; `full`: it has
    as many.
    """

    id: str
    name: str
    key_hash: str
    credential_revision: int
    admin: bool
    library: bool
    arbiter: ArbiterMode
    created_at: int
    quota: int | None = None
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an account has. `annotations`: deleted ones too. `active_at`: when a device of it wrote last, Unix milliseconds."""

    works: int
    readings: int
    annotations: int
    devices: int
    active_at: int | None

    @property
    def kept(self) -> int:
        """What counts against the quota."""
        return self.readings + self.annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A named secret of one device or program, made at random, shown once, revocable. `digest` is BLAKE2b in hex."""

    account_id: str
    id: str
    name: str
    digest: str
    scopes: frozenset[Scope]
    created_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A one-time code that a device redeems for a credential of its own. At most one is open per account."""

    account_id: str
    digest: str
    device_name: str
    expires_at: int
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, once proven: an account, by its own key (`credential_id` is None) or by one credential.

    `library`: whether the account sees the library; what its credential may do with it, its scopes say. `full`: the account may
    keep nothing more.
    """

    account_id: str
    account_name: str
    credential_revision: int
    scopes: frozenset[Scope]
    arbiter: ArbiterMode
    credential_id: str | None = None
    credential_name: str | None = None
    library: bool = False
    full: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether this credential reaches so far."""
        return scope in self.scopes
