"""The command `placekeeper scan`: one scan, its progress on a terminal, its report as lines.

It works beside a running server, which sees what it finds at once.
"""

import asyncio
import sys
import time

from placekeeper.config import Settings
from placekeeper.domain.errors import Misconfigured
from placekeeper.domain.shelf import FolderReport, ScanProgress, ScanReport
from placekeeper.formats.work import Pool
from placekeeper.services.library import Library
from placekeeper.storage.sqlite import SqliteStore
from placekeeper.telemetry import Metrics

WIDTH = 79
STEP_SECONDS = 0.1


def main(settings: Settings) -> int:
    """Scan; 1 where part of a folder could not be read."""
    if not settings.library and not settings.books.is_dir():
        raise Misconfigured("no folder to scan: give --library DIR")
    report = asyncio.run(scanned(settings))
    for line in lines(report):
        print(line)
    return 1 if any(folder.problems for folder in report.folders) else 0


async def scanned(settings: Settings) -> ScanReport:
    """The report of a scan."""
    store, workers = SqliteStore(settings.data, now_ms=now()), Pool()
    store.start(asyncio.get_running_loop(), Metrics())
    try:
        library = Library(store, workers, clock=now, folders=settings.library, own=settings.books, alone=True)
        await library.scan(Bar() if sys.stderr.isatty() else lambda _progress: None)
        return await library.report()
    finally:
        workers.close()
        await store.stop()


def now() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


class Bar:
    """The progress, on one line of a terminal."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._shown_at = 0.0

    def __call__(self, progress: ScanProgress) -> None:
        """Show how far it is, a few times a second."""
        if progress.state == "idle":
            print("\r" + " " * WIDTH + "\r", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._shown_at > STEP_SECONDS:
            self._shown_at = time.monotonic()
            figures = f"{progress.done}/{progress.total}" if progress.total else f"{progress.done} files"
            name = "".join(letter if letter.isprintable() else "?" for letter in progress.current)
            print(f"\r{f'{progress.state} {figures} {name}'[:WIDTH]:<{WIDTH}}", end="", file=sys.stderr, flush=True)


def lines(report: ScanReport) -> list[str]:
    """The report, a line each: skipped files, damaged ones, problems of folders, figures of folders."""
    skipped = [f"skipped: {shown(file.folder, file.path)}: {file.why}" for file in report.skipped]
    damaged = [f"damaged: {shown(folder, path)}: {why}" for folder, path, why in report.damaged]
    problems = [f"problem: {shown(folder.folder)}: {problem}" for folder in report.folders for problem in folder.problems]
    return [*skipped, *damaged, *problems, *map(figures, report.folders), f"{report.publications} publications"]


def figures(folder: FolderReport) -> str:
    """One folder's counts."""
    words = ("added", "changed", "moved", "missing", "unsettled")
    counts = [f"{number} {word}" for word in words if (number := getattr(folder, word))]
    seconds = (folder.ended_at - folder.began_at) / 1000
    return f"{shown(folder.folder)}: {folder.files} files, {', '.join(counts) or 'nothing new'}, in {seconds:.1f} s"


def shown(*parts: str) -> str:
    """A path that stays on its line, whatever is in its name."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in "/".join(parts))
