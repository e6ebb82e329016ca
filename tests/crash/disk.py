"""What is on the disk, as another program sees it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from placekeeper.storage.sqlite import DATABASE


@contextmanager
def database(data: Path) -> Iterator[sqlite3.Connection]:
    """The database of a server's folder, to read only."""
    with closing(sqlite3.connect(f"file:{data / DATABASE}?mode=ro", uri=True, timeout=10)) as connection:
        yield connection


def places(data: Path) -> set[str]:
    """All noted places of all readings."""
    with database(data) as connection:
        return {value for (value,) in connection.execute("SELECT value FROM reading")}


def integrity(data: Path) -> str:
    """What SQLite says about its file: `ok`, or what is wrong."""
    with database(data) as connection:
        return "; ".join(text for (text,) in connection.execute("PRAGMA integrity_check"))


def rows_of(data: Path, account_id: str) -> dict[str, int]:
    """How many rows each table holds of an account; tables without any are left out."""
    counts = {}
    with database(data) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            column = "account_id" if "account_id" in columns else "id" if name == "account" else None
            if column is not None:
                query = f"SELECT COUNT(*) FROM {name} WHERE {column} = ?"  # noqa: S608 - its own names
                counts[name] = connection.execute(query, [account_id]).fetchone()[0]
    return {name: count for name, count in counts.items() if count}
