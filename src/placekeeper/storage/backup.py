"""A copy of a folder's database, made beside a running server or without one. Knows nothing of what is in it."""

import os
import sqlite3
from pathlib import Path

from placekeeper.domain.errors import Misconfigured
from placekeeper.storage.sqlite import DATABASE
from placekeeper.storage.sqlite_connection import copied


def main(data: Path, to: str) -> int:
    """Copy the database into a new file that is for its owner alone; its size in bytes. Raises Misconfigured."""
    source, target = data / DATABASE, Path(to)
    if not source.exists():
        raise Misconfigured(f"there is no database in {data}: is it the server's data folder?")
    if target.exists():
        raise Misconfigured(f"{target} is there already: choose another name")
    try:
        copied(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise Misconfigured(f"{target} can't be written: {error}") from error
    return target.stat().st_size
