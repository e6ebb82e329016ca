"""The library: who sees it, what is in it, its files opened safely, and its scans: at the start, by the clock, on request.

Knows no protocol. Every look-up is for somebody: who may not see the library finds nothing in it.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.errors import BadFile, NotFound
from placekeeper.domain.ports import Clock, Ledger, Store, Workers
from placekeeper.domain.publication import Kind, Publication
from placekeeper.domain.shelf import GROUPS, SORTS, FolderReport, Listing, Query, ScanProgress, ScanReport
from placekeeper.domain.sorting import folded
from placekeeper.formats import folder as disk
from placekeeper.formats.holding import is_below
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.spine import Contents, Item, Spine
from placekeeper.positions.spine import Publication as Source
from placekeeper.services.covers import Covers
from placekeeper.services.looking import Progress
from placekeeper.services.scanning import Scan
from placekeeper.services.sources import Sources

__all__ = ["Library", "Listing", "Publication", "Query"]

REPORTED = 1_000
"""Skipped and damaged files that a report names, of each sort."""
NOTHING = Listing((), 0)
PAGED = frozenset({Kind.PDF, Kind.COMIC})
"""Each resource of these is one page, and so one position."""


class Library:
    """The use cases around the library's files."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        *,
        clock: Clock,
        folders: Sequence[Path] = (),
        own: Path | None = None,
        covers: Path | None = None,
        interval: int = 0,
        alone: bool = False,
    ) -> None:
        """`folders`: one in another is left out. `covers`: where covers are kept. `interval`: seconds between scans, 0: none.

        `own`: the server's own folder, which is one of the library's as soon as it is there.
        `alone`: nobody is served meanwhile; else a scan leaves one processor to those who are.
        """
        self._store, self._workers, self._clock, self._interval = store, workers, clock, interval
        self._given, self.own = [str(folder.absolute()) for folder in folders], str(own.absolute()) if own else ""
        self.folders: list[str] = []
        self.grown = asyncio.Event()
        self._covers, self._sources = Covers(workers, covers), Sources()
        self._at_once = workers.size + 1 if alone else max(1, workers.size - 1)
        self._progress = ScanProgress()
        self._wanted = asyncio.Event()
        self._gather()

    def sees(self, principal: Principal) -> bool:
        """Whether this account sees the library: made by `user add`, or let in by an admin."""
        return principal.library

    def shows(self, principal: Principal) -> bool:
        """Whether there is anything to see for this account: books, or for an admin where to put them."""
        return self.sees(principal) and (bool(self.folders) or self.may_change(principal))

    def may_change(self, principal: Principal) -> bool:
        """Whether this account may put books into the server's own folder, and take them out."""
        return bool(self.own) and self.sees(principal) and principal.may(Scope.ADMIN)

    def is_own(self, publication: Publication) -> bool:
        """Whether the file is in the server's own folder, and in none that was given."""
        real = os.path.realpath(disk.place(publication.folder, publication.path))
        given = (os.path.realpath(folder) for folder in self._given if folder != self.own)
        return bool(self.own) and publication.folder == self.own and not any(is_below(real, folder) for folder in given)

    def adopt(self) -> None:
        """Take in the server's own folder, which is there now."""
        before = self.folders
        self._gather()
        if self.folders != before:
            self.grown.set()

    async def publication(self, principal: Principal, publication_id: str) -> Publication:
        """One publication in full. Raises NotFound, also where its file is missing or the account sees no library."""
        self._check(principal)
        found = await self._store.read(lambda ledger: ledger.publication(publication_id))
        if found is None or found.missing_since is not None:
            raise NotFound("there is no such publication")
        return found

    async def listing(self, principal: Principal, query: Query) -> Listing:
        """A page of publications, without reading order and contents. Nothing where the account sees no library.

        A search for signs without a word finds nothing.
        """
        if not self._is_open(principal) or query.sort not in SORTS or (query.text.strip() and not folded(query.text)):
            return NOTHING
        return await self._store.browse(lambda ledger: ledger.listing(query))

    async def groups(self, principal: Principal, by: str, offset: int, limit: int) -> tuple[list[tuple[str, int]], int]:
        """(name, publications) of the groups of a sort (`author`, `series`, `language`, `subject`), and how many there are."""
        if not self._is_open(principal) or by not in GROUPS:
            return [], 0
        return await self._store.browse(lambda ledger: ledger.groups(by, offset, limit))

    async def recognised(self, principal: Principal, identifiers: Sequence[tuple[str, str]]) -> list[Publication]:
        """Publications that have one of these (type, value) identifiers, now or before; the first identifiers weigh most."""
        if not self._is_open(principal):
            return []

        def unit(ledger: Ledger) -> list[Publication]:
            found = [publication for pair in identifiers for publication in ledger.publications_with(*pair)]
            return list({publication.id: publication for publication in found}.values())

        return await self._store.read(unit)

    async def edition(self, principal: Principal, edition_id: str) -> list[Publication]:
        """All publications of an edition whose files are there, oldest first."""
        if not self._is_open(principal):
            return []
        found = await self._store.read(lambda ledger: ledger.edition(edition_id))
        return [publication for publication in found if publication.missing_since is None]

    async def opened(self, publication: Publication, track: str = "") -> BinaryIO:
        """The file of a publication, open for reading; the caller closes it. Raises NotFound when it is not there (now).

        `track`: which recording, where the publication is a folder of them: an href of its reading order.
        """
        if publication.folder not in self.folders:
            raise NotFound("the file is not there")
        path = f"{publication.path}/{track}" if track and "/" not in track else publication.path
        try:
            return await asyncio.to_thread(disk.open_inside, publication.folder, path)
        except BadFile as error:
            raise NotFound(str(error)) from error

    async def cover(self, publication: Publication, size: str) -> tuple[bytes, str] | None:
        """The cover (`size`: `cover`, `thumbnail`) as image and media type; None where it has none. Made on first use."""
        return await self._covers.cover(publication, size) if publication.folder in self.folders else None

    async def positions(self, publication: Publication) -> Positions:
        """Readium's positions of a publication, from what the scan kept. A resource's text counts as its length in bytes."""
        if publication.described.reading_order:
            return positions_of(publication)
        whole = await self._store.read(lambda ledger: ledger.publication(publication.id))
        return positions_of(publication if whole is None else whole)

    async def source(self, publication: Publication) -> Source | None:
        """The file opened to translate places in it; None where it can't be. For one thread at a time."""
        return await self._sources.source(publication) if publication.folder in self.folders else None

    def progress(self) -> ScanProgress:
        """How far the scan is."""
        return self._progress

    async def report(self) -> ScanReport:
        """What the last scans found."""

        def unit(ledger: Ledger) -> ScanReport:
            skipped = [row for folder in self.folders for row in ledger.skipped_files(folder, "", REPORTED)]
            return ScanReport(
                folders=tuple(report for report in ledger.reports() if report.folder in self.folders),
                publications=ledger.count_publications() if self.folders else 0,
                skipped=tuple(skipped[:REPORTED]),
                damaged=tuple(ledger.damaged_files(REPORTED)),
            )

        return await self._store.browse(unit)

    async def request_scan(self) -> None:
        """Scan as soon as may be: now, or after the scan that is under way."""
        if self.folders and self._progress.state == "idle":
            self._progress = ScanProgress(state="looking")
        self._wanted.set()

    async def scan(self, told: Progress = lambda _progress: None) -> list[FolderReport]:
        """Scan now, to the end. What came of it, folder by folder."""

        def hear(progress: ScanProgress) -> None:
            self._progress = progress
            told(progress)

        try:
            scan = Scan(self._store, self._workers, at_once=self._at_once, clock=self._clock, told=hear, own=self.own)
            return await scan.run(self.folders)
        finally:
            hear(ScanProgress())

    async def scan_forever(self, ended: Callable[[list[FolderReport]], None]) -> None:
        """Scan at once, then by the clock and on request, as long as there is a folder; `ended` hears what came of each scan.

        Raises StorageUnavailable where the database does not take what was found.
        """
        while True:
            self._wanted.clear()
            if self.folders:
                ended(await self.scan())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), (self._interval or None) if self.folders else None)

    def _gather(self) -> None:
        own = [self.own] if self.own and Path(self.own).is_dir() else []
        self.folders = outermost([*self._given, *own])

    def _is_open(self, principal: Principal) -> bool:
        return bool(self.folders) and self.sees(principal)

    def _check(self, principal: Principal) -> None:
        if not self._is_open(principal):
            raise NotFound("there is no such publication")


def outermost(folders: list[str]) -> list[str]:
    """Without those that lie in another one, or are given twice."""
    kept: list[str] = []
    for folder in sorted(set(folders), key=len):
        real = str(Path(folder).resolve())
        if not any(is_below(real, str(Path(other).resolve())) for other in kept):
            kept.append(folder)
    return [folder for folder in dict.fromkeys(folders) if folder in kept]


def positions_of(publication: Publication) -> Positions:
    """Readium's positions over a reading order that was kept."""
    links = publication.described.reading_order
    items = tuple(
        Item(
            index=index,
            step=2 * index + 2,
            itemref_id="",
            href=link.href,
            media_type=link.media_type,
            linear=link.linear,
            present=bool(link.href),
            fixed=link.fixed or publication.described.kind in PAGED,
            length=link.length,
        )
        for index, link in enumerate(links)
    )
    contents = Contents(titles=tuple(link.title for link in links))
    return Positions(Spine(items=items, step=6, contents=lambda: contents), lambda index: items[index].length)
