"""What the server's folder takes, and whether it works: for the admin who looks after it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Bytes of the data folder's parts, and of the disk that it is on."""

    database: int
    covers: int
    books: int
    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`since`: when the server started, Unix milliseconds. `commit`: milliseconds that a write took to reach the disk; None where
    the database takes none, and `why` says why.
    """

    since: int
    accounts: int
    publications: int
    footprint: Footprint
    commit: float | None
    why: str = ""
