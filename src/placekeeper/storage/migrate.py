"""Migrations: numbered SQL files, each in one transaction, applied in order. A newer schema is refused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources

from placekeeper.domain.errors import NewerDatabase

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")

CREATE_LOG = """
CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)"""
LAST = "SELECT COALESCE(MAX(number), 0) FROM migration"
LOG = "INSERT INTO migration (number, name, applied_at) VALUES (:number, :name, :applied_at)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, its name and its statements."""

    number: int
    name: str
    statements: tuple[str, ...]


def migrations(engine: str) -> list[Migration]:
    """All steps that this release knows, in order, as the engine takes them."""
    folder = resources.files("placekeeper.storage") / "migrations"
    found = []
    for file in folder.iterdir():
        match = _NAME.fullmatch(file.name)
        if match:
            found.append(Migration(int(match[1]), match[2], tuple(split(file.read_text("utf-8"), engine))))
    return sorted(found, key=lambda migration: migration.number)


def split(script: str, engine: str) -> Iterator[str]:
    """The statements of a script. Comments stand on lines of their own; a semicolon ends a line only at a statement's end.

    `/*engine: text*/` is text for that engine and a comment for all others.
    """
    script = re.sub(rf"/\*{engine}: (.*?)\*/", r"\1", script)
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    for statement in "\n".join(lines).split(";\n"):
        text = statement.strip().rstrip(";")
        if text:
            yield text


def next_step(last: int, engine: str) -> Migration | None:
    """What follows for a database at step `last`. Raises NewerDatabase when it is ahead of this release."""
    known = migrations(engine)
    newest = known[-1].number
    if last > newest:
        raise NewerDatabase(
            f"the database is at step {last}, this Placekeeper knows only {newest}: it was written by a newer release. "
            "Install that release, or restore a backup."
        )
    return next((migration for migration in known if migration.number > last), None)


def apply(execute: Callable[[str, dict[str, object]], object], step: Migration, now_ms: int) -> None:
    """Run one step with `execute`, within a transaction of the engine."""
    for statement in step.statements:
        execute(statement, {})
    execute(LOG, {"number": step.number, "name": step.name, "applied_at": now_ms})
