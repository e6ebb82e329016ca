"""A server over a folder of copies, and accounts whose latest reading is always the place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from placekeeper.domain.account import ArbiterMode
from placekeeper.domain.ports import Ledger, Unit
from placekeeper.domain.shelf import KnownFile
from placekeeper.storage.sqlite import SqliteStore
from tests.crossing.voices import Copy
from tests.opds_progression.conftest import add_account, until
from tests.running import RunningServer

T = TypeVar("T")


class Room:
    """`copies` by path below the folder."""

    def __init__(self, folder: Path, data: Path, *options: str) -> None:
        self.data, self.folder = data, folder
        self.running = RunningServer(data, "--library", str(folder), *options)
        self.base = self.running.base
        until(lambda: bool(self._files()))
        self.copies = {each.path: Copy(folder / each.path, each.id) for each in self._files() if each.path.endswith(".epub")}

    def wait_for_change(self, copy: Copy) -> None:
        """Until the server has seen that a file has other bytes."""
        folder = str(self.folder)
        path = str(copy.path.relative_to(self.folder))

        def size() -> int:
            known = self._store(lambda ledger: ledger.known_files(folder, ("", ""), 500))
            return next(each.stamp.size for each in known if each.path == path)

        until(lambda: size() == copy.path.stat().st_size)

    def _files(self) -> list[KnownFile]:
        """All, once there are as many as lie there."""
        found = self._store(lambda ledger: ledger.known_files(str(self.folder), ("", ""), 500))
        return found if len(found) == sum(path.suffix in {".epub", ".pdf"} for path in self.folder.rglob("*")) else []

    def account(self, *, library: bool = True) -> str:
        """A new account."""
        name = add_account(self.data, library=library)

        def unit(ledger: Ledger) -> None:
            account = ledger.account_named(name)
            assert account is not None
            ledger.save_account(replace(account, arbiter=ArbiterMode.LATEST))

        self._store(unit)
        return name

    def _store(self, unit: Unit[T]) -> T:
        store = SqliteStore(self.data, now_ms=0, existing=True)
        try:
            return store.run(unit)
        finally:
            store.close()


@contextmanager
def opened(folder: Path, data: Path, *options: str) -> Iterator[Room]:
    """A room, and its end."""
    room = Room(folder, data, *options)
    try:
        yield room
    finally:
        assert room.running.stop() == 0
