"""One scan of the library's folders: look what is there, read what is new, note what is gone. Nothing in them is written.

Files are looked at and read in workers; what comes of each is a small write of its own, so that nobody waits for a scan.
A folder that can't be read, or holds nothing to read any more, is told of, and nothing in it counts as gone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from placekeeper.domain.errors import BadFile, FileGone, NotNow, ReaderDied, StillChanging, TooSlow
from placekeeper.domain.ports import Clock, Ledger, Store, Workers
from placekeeper.domain.publication import Described
from placekeeper.domain.shelf import FolderReport, KnownFile, Relative, ScanProgress, Skipped
from placekeeper.formats import folder as disk
from placekeeper.formats.folder import Entry
from placekeeper.services.looking import FolderScan, Progress, look, look_again
from placekeeper.services.shelving import Found, Shelved, shelve

T = TypeVar("T")

READER = 3
"""Which reader described a file. Raised when describing tells more or skips less: then every file is read once more."""
PASSING = 0
"""The reader of what could not be read by accident: it is tried again at each scan."""
TRIES = 2
SETTLE_MS = 3_000
"""A file that was written so shortly before may still be written to."""
ROUNDS = 3
"""How often a scan comes back to files that are still being written, before it leaves them to the next one."""
PAGE = 500
"""Rows, or files, that are dealt with before others get their turn."""


class Pending(Exception):
    """Another file must be read first."""


class Scan:
    """One scan; of use once."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        *,
        at_once: int,
        clock: Clock,
        told: Progress = lambda _progress: None,
        own: str = "",
    ) -> None:
        """Nothing happens yet. `at_once`: how many files are read at one time. `told` hears of each step.

        `own`: the server's own folder.
        """
        self._store, self._workers, self._at_once, self._clock, self._told = store, workers, at_once, clock, told
        self._own = own
        self._folders: dict[str, FolderScan] = {}
        self._deferred: list[tuple[FolderScan, Entry]] = []
        self._done = self._total = 0

    async def run(self, folders: list[str]) -> list[FolderReport]:
        """Scan folders (absolute paths). What the library knows of others counts as gone: they are not given any more."""
        for folder in folders:
            scan = FolderScan(folder, self._clock(), own=folder == self._own)
            await look(scan, self._workers, self._told)
            await self._compare(scan)
        for folder in await self._store.browse(lambda ledger: ledger.library_folders()):
            if folder not in self._folders:
                await self._compare(FolderScan(folder, self._clock(), given=False))
        await self._read_all()
        for scan in self._folders.values():
            await self._confirm(scan)
        reports = [await self._finish(scan) for scan in self._folders.values()]
        self._told(ScanProgress())
        return [report for report in reports if report is not None]

    async def _compare(self, scan: FolderScan) -> None:
        """What is new, what has changed, what is as it was."""
        self._folders[scan.folder] = scan
        await self._load(scan)
        for entry, why in scan.refused:
            await self._skip(scan, entry, why)
        scan.judge()
        await self._confirm(scan)
        back = []
        for number, entry in enumerate(scan.files.values()):
            known, skipped = scan.known.get(entry.path), scan.skipped.get(entry.path)
            if skipped is not None and (skipped.stamp, skipped.reader) == (entry.stamp, READER):
                continue
            if known is not None and skipped is None and (known.stamp, known.reader) == (entry.stamp, READER):
                scan.seen.add(known.id)
                back += [known.id] if known.missing else []
            elif 0 <= self._clock() - entry.stamp.mtime_ns // 1_000_000 < SETTLE_MS:
                scan.unsettled.append(entry)
            else:
                scan.wanted.append(entry)
            if number % PAGE == PAGE - 1:
                await asyncio.sleep(0)
        scan.pending.update(entry.path for entry in [*scan.wanted, *scan.unsettled])
        scan.counts[Shelved.ADDED] += len(back)
        await self._in_parts(back, lambda ledger, part: ledger.mark_present(part))

    async def _confirm(self, scan: FolderScan) -> None:
        """Look a second time, if anything seems to be gone."""
        if scan.given and any(self._seems_gone(scan, known) for known in scan.known.values()):
            again = FolderScan(scan.folder, self._clock(), own=scan.own, known=scan.known)
            await look(again, self._workers, self._told)
            scan.confirmed_by(again)

    def _seems_gone(self, scan: FolderScan, known: KnownFile) -> bool:
        return not known.missing and known.id not in scan.seen and scan.is_gone(known.path)

    async def _load(self, scan: FolderScan) -> None:
        """What the library knows of a folder. Of several publications at one path, the one that is there, else the newest."""
        after = ("", "")
        while rows := await self._store.browse(partial(known_after, folder=scan.folder, after=after)):
            for row in rows:
                if row.path not in scan.known or not row.missing or scan.known[row.path].missing:
                    scan.known[row.path] = row
            after = (rows[-1].path, rows[-1].id)
        path = ""
        while skipped := await self._store.browse(partial(skipped_after, folder=scan.folder, after=path)):
            scan.skipped.update((row.path, row) for row in skipped)
            path = skipped[-1].path

    async def _read_all(self) -> None:
        """Read all that is new or changed; then, a few times, what was still being written."""
        jobs = [(scan, entry) for scan in self._folders.values() for entry in scan.wanted]
        self._total = len(jobs) + sum(len(scan.unsettled) for scan in self._folders.values())
        await self._read(jobs)
        for _ in range(ROUNDS):
            jobs = []
            for scan in self._folders.values():
                jobs += [(scan, entry) for entry in scan.unsettled]
                scan.unsettled = []
            if not jobs:
                break
            await asyncio.sleep(SETTLE_MS / 1000)
            await self._read([(scan, entry) for scan, entry in await self._looked_again(jobs)])
        for scan in self._folders.values():
            scan.pending.clear()
        await self._read(self._deferred)

    async def _looked_again(self, jobs: list[tuple[FolderScan, Entry]]) -> list[tuple[FolderScan, Entry]]:
        """Of files that were being written: those that have not changed meanwhile."""
        settled = []
        for scan, entry in jobs:
            now = await look_again(scan, entry, self._workers)
            if now is not None and now.stamp == entry.stamp:
                settled.append((scan, now))
            elif now is not None:
                scan.unsettled.append(now)
        return settled

    async def _read(self, jobs: list[tuple[FolderScan, Entry]]) -> None:
        """Read files, some at a time."""
        queue = iter(jobs)

        async def drain() -> None:
            for scan, entry in queue:
                self._told(ScanProgress("reading", self._done, self._total, entry.path))
                await self._read_one(scan, entry)
                self._done += 1

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._at_once):
                    group.create_task(drain())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _read_one(self, scan: FolderScan, entry: Entry) -> None:
        """Read a file, and find its place. One that may be what another file was waits until that one is read."""
        described = await self._described(scan, entry)
        if described is None:
            scan.pending.discard(entry.path)
            return
        found = Found(
            folder=scan.folder,
            path=entry.path,
            stamp=entry.stamp,
            described=described,
            together=entry.path.rpartition("/")[0] in scan.books,
            reader=READER,
        )
        now = self._clock()
        scan.pending.discard(entry.path)
        scan.taken.add(entry.path)
        try:
            what, id_ = await self._store.write_aside(lambda ledger: shelve(ledger, found, self._is_gone, now))
        except Pending:
            self._deferred.append((scan, entry))
            return
        scan.counts[what] += 1
        scan.skipped.pop(entry.path, None)
        for other in self._folders.values():
            other.seen.add(id_)

    async def _described(self, scan: FolderScan, entry: Entry) -> Described | None:
        """What a file is; None where it is skipped, gone, or left for later. What may have been an accident is tried twice."""
        for tries in reversed(range(TRIES)):
            try:
                return await self._workers.run(disk.read, scan.folder, entry.path, entry.stamp)
            except StillChanging:
                scan.unsettled.append(entry)
                return None
            except FileGone:
                scan.files.pop(entry.path, None)
                return None
            except (NotNow, ReaderDied, TooSlow) as error:
                if not tries:
                    await self._skip(scan, entry, " ".join(str(error).split()), reader=PASSING)
            except BadFile as error:
                await self._skip(scan, entry, " ".join(str(error).split()))
                return None
        return None

    def _is_gone(self, other: Relative) -> bool:
        """Whether a publication is not where it was. Raises Pending where that can't be told before another file is read."""
        scan = self._folders.get(other.folder)
        if other.missing or scan is None or other.id in scan.seen:
            return other.missing
        if other.path in scan.pending:
            raise Pending
        return other.path in scan.taken or scan.is_gone(other.path)

    async def _skip(self, scan: FolderScan, entry: Entry, why: str, reader: int = READER) -> None:
        row = Skipped(folder=scan.folder, path=entry.path, stamp=entry.stamp, why=why, at=self._clock(), reader=reader)
        before = scan.skipped.get(entry.path)
        if before is None or replace(before, at=row.at) != row:
            await self._store.write_aside(lambda ledger: ledger.skip(row))
        scan.skipped[entry.path] = row

    async def _finish(self, scan: FolderScan) -> FolderReport | None:
        """Note what is gone, and keep the report."""
        gone = [
            (known.id, known.path)
            for known in scan.known.values()
            if not known.missing and known.id not in scan.seen and self._is_missing(scan, known.path)
        ]
        now = self._clock()
        await self._in_parts(gone, lambda ledger, part: ledger.mark_missing(part, now))
        refused = {entry.path for entry, _why in scan.refused}
        ended = sorted(path for path in scan.skipped if path not in refused and scan.is_gone(path))
        await self._in_parts(ended, lambda ledger, part: ledger.unskip(scan.folder, part))
        if not scan.given:
            return None
        report = FolderReport(
            folder=scan.folder,
            began_at=scan.began_at,
            ended_at=now,
            files=len(scan.files),
            other=scan.other,
            added=scan.counts[Shelved.ADDED],
            changed=scan.counts[Shelved.CHANGED],
            moved=scan.counts[Shelved.MOVED],
            missing=len(gone),
            unsettled=len(scan.unsettled),
            problems=tuple(scan.problems),
        )
        await self._store.write_aside(lambda ledger: ledger.save_report(report))
        return report

    def _is_missing(self, scan: FolderScan, path: str) -> bool:
        """Gone, or no publication any more. What could not be read just now stays what it was."""
        skipped = scan.skipped.get(path)
        return scan.is_gone(path) or (skipped is not None and skipped.reader != PASSING)

    async def _in_parts(self, items: list[T], change: Callable[[Ledger, list[T]], None]) -> None:
        """A change of many rows, a few at a time."""
        for start in range(0, len(items), 50):
            await self._store.write_aside(partial(changed, change=change, part=items[start : start + 50]))


def known_after(ledger: Ledger, *, folder: str, after: tuple[str, str]) -> list[KnownFile]:
    """A unit: the next files of publications."""
    return ledger.known_files(folder, after, PAGE)


def skipped_after(ledger: Ledger, *, folder: str, after: str) -> list[Skipped]:
    """A unit: the next skipped files."""
    return ledger.skipped_files(folder, after, PAGE)


def changed(ledger: Ledger, *, change: Callable[[Ledger, list[T]], None], part: list[T]) -> None:
    """A unit: a change of some rows."""
    change(ledger, part)
