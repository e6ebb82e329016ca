"""A library with a real database, real workers and real files, driven step by step."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from placekeeper.domain.account import ArbiterMode, Principal, Scope
from placekeeper.domain.publication import Publication
from placekeeper.domain.shelf import FolderReport, Query
from placekeeper.formats.work import Pool
from placekeeper.services.library import Library
from placekeeper.storage.sqlite import SqliteStore
from placekeeper.telemetry import Metrics
from tests.epubs import make_epub, xhtml
from tests.files import HOUR, settled

T = TypeVar("T")


def principal(*, library: bool = True) -> Principal:
    return Principal(
        account_id="ann",
        account_name="ann",
        credential_revision=1,
        scopes=frozenset({Scope.CATALOG}),
        arbiter=ArbiterMode.RULES,
        library=library,
    )


def book(path: Path, title: str = "Emma", *, text: str = "", uid: str = "", author: str = "Jane Austen", age: int = HOUR) -> Path:
    """An EPUB that was written a while ago. `text`: of its chapter; `uid`: its identifier; both by its title, unless given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = (
        f'<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:identifier id="uid">{uid or title}</dc:identifier>'
        "<dc:language>en</dc:language>"
    )
    name = f"{(uid or title).replace(' ', '')}.xhtml"
    make_epub(path, {name: xhtml(f"<p>{text or title}</p>")}, metadata=metadata)
    return settled(path, age)


class Room:
    """`books` is the folder of the library."""

    def __init__(self, folder: Path, workers: Pool) -> None:
        self.books = folder / "books"
        self.books.mkdir()
        self._folder, self._workers = folder, workers
        self._runner = asyncio.Runner()
        self.store = SqliteStore(folder / "data", now_ms=self.clock())
        self.store.start(self._runner.get_loop(), Metrics())
        self.given(self.books)

    def clock(self) -> int:
        return time.time_ns() // 1_000_000

    def given(self, *folders: Path) -> None:
        """The server is started again with these folders."""
        covers = self._folder / "data" / "covers"
        self.library = Library(self.store, self._workers, clock=self.clock, folders=folders, covers=covers)

    def play(self, scenario: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(60):
                return await scenario

        return self._runner.run(bounded())

    def scan(self) -> FolderReport:
        """Scan; the report of the first folder."""
        return self.scan_all()[0]

    def scan_all(self) -> list[FolderReport]:
        return self.play(self.library.scan())

    def found(self, **query: Any) -> dict[str, Publication]:
        """By path, what the library lists."""
        listing = self.play(self.library.listing(principal(), Query(**query)))
        return {publication.path: publication for publication in listing.publications}

    def skipped(self) -> dict[str, str]:
        """By path, why."""
        return {skipped.path: skipped.why for skipped in self.play(self.library.report()).skipped}

    def identifiers(self, publication_id: str) -> set[tuple[str, str, bool]]:
        return set(self.play(self.store.read(lambda ledger: ledger.publication_identifiers(publication_id))))

    def kept(self, publication_id: str) -> Publication:
        """One publication, whether its file is there or not."""
        found = self.play(self.store.read(lambda ledger: ledger.publication(publication_id)))
        assert found is not None
        return found

    def close(self) -> None:
        self.play(self.store.stop())
        self._runner.close()
