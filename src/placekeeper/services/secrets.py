"""How secrets are made, hashed and compared. Knows nothing of accounts.

A key is what KOReader sends on every request: the MD5 of the password in lower-case hex. It is what people choose, so it
is hashed with argon2id. Tokens and codes are made here at random and are long enough for one BLAKE2b.

Sources: https://www.rfc-editor.org/rfc/rfc9106, https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

import functools
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and figures that can't be taken for each other on an e-ink keyboard."""
TOKEN_LENGTH = 26
CODE_LENGTH = 12
"""About 59 bits: with 5 tries in 10 minutes nobody guesses it, and a person can still type it."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def key_of(password: str) -> str:
    """The key that KOReader computes for a password: MD5 over UTF-8, 32 lower-case hex digits."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def hash_key(key: str) -> str:
    """argon2id (19 MiB, two passes, one lane) over a key; some 20 ms of a core."""
    return _hasher.hash(key)


def verify_key(key_hash: str | None, key: str) -> bool:
    """Whether a key fits a hash. Without a hash (no such account) it takes as long, and is False."""
    try:
        _hasher.verify(key_hash or _nobody(), key)
    except (Argon2Error, InvalidHashError):
        return False
    return key_hash is not None


def digest_of(key: str) -> str:
    """BLAKE2b of a random secret's key, 64 hex digits: what is stored of tokens and pairing codes."""
    return hashlib.blake2b(key.encode(), digest_size=32).hexdigest()


def new_token() -> str:
    """A random token, shown once: it serves as password for KOSync and Basic, and as bearer token."""
    return _random(TOKEN_LENGTH)


def new_code() -> str:
    """A random one-time pairing code."""
    return _random(CODE_LENGTH)


@functools.cache
def _nobody() -> str:
    """A hash that stands for nobody's. Its key is thrown away."""
    return _hasher.hash(secrets.token_hex(16))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
