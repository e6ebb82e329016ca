"""Looking through one folder of the library: which files are there, and of what was there before, what is gone.

Nothing is opened. What can't be read, or may only be away for a while, does not count as gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from placekeeper.domain.errors import ReaderDied
from placekeeper.domain.ports import Workers
from placekeeper.domain.shelf import KnownFile, ScanProgress, Skipped
from placekeeper.formats import folder as disk
from placekeeper.formats.folder import Entry, Looked
from placekeeper.services.shelving import Shelved

DIRECTORIES = 64
"""Looked at in one task of a worker."""
TRIES = 3
"""Workers that may be ended over one look."""
STAYS = "what was known in it stays as it was"

Progress = Callable[[ScanProgress], None]
Identity = tuple[int, int]


@dataclass(slots=True)
class FolderScan:
    """What one folder's scan knows so far. `given`: whether the server still has this folder. `own`: whether it is
    the server's own, which may be emptied. By path: `files` that are there,
    `directories` (whether each is a disk of its own), what is `known` and was `skipped` before.

    `refused`: what is no file that may be read, and why. `books`: directories that hold one book each. `unread`: directories
    that could not be read. `wanted`: files to be read; `unsettled`: to be read later. `seen`: ids of publications that are there.
    `pending`: paths whose files are not read yet; `taken`: those whose files turned out to be another's than before. `root`:
    which directory the folder is. `again`: a second look, without which nothing counts as gone.
    """

    folder: str
    began_at: int
    given: bool = True
    own: bool = False
    files: dict[str, Entry] = field(default_factory=dict)
    directories: dict[str, bool] = field(default_factory=dict)
    known: dict[str, KnownFile] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    refused: list[tuple[Entry, str]] = field(default_factory=list)
    books: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    problems: dict[str, None] = field(default_factory=dict)
    wanted: list[Entry] = field(default_factory=list)
    unsettled: list[Entry] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    counts: dict[Shelved, int] = field(default_factory=lambda: dict.fromkeys(Shelved, 0))
    other: int = 0
    trusted: bool = True
    pending: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    root: Identity | None = None
    again: "FolderScan | None" = None

    def note(self, looked: Looked) -> None:
        """Take down what is no publication."""
        self.other += looked.other
        self.books.update(looked.books)
        self.root = next((identity(entry) for entry in looked.directories if not entry.path), self.root)
        self.directories.update((entry.path, entry.stamp.mounted) for entry in looked.directories)
        self.refused += [(Entry(path, stamp, 0), why) for path, stamp, why in looked.refused]
        for directory, why in looked.unread:
            self.unread.append(directory)
            self.problem(f"{directory or 'the folder'} can't be read: {why}; {STAYS}")

    def problem(self, text: str) -> None:
        """To be told once."""
        self.problems[text] = None

    def judge(self) -> None:
        """Find out whether the folder can be trusted: one that holds nothing any more may only be away."""
        emptied = self.own and self.root is not None
        if self.given and not emptied and not self.files and any(not known.missing for known in self.known.values()):
            self.trusted = False
            if not self.problems:
                self.problem(f"nothing to read is in it any more: is its disk there? {STAYS[0].upper()}{STAYS[1:]}")

    def is_gone(self, path: str) -> bool:
        """Whether a path was there before and is not now, as far as that can be told."""
        if not self.trusted or path in self.files or any(is_in(path, directory) for directory in self.unread):
            return False
        if self.again is not None and not self.again.is_gone(path):
            return False
        return not self.given or not self._is_unplugged(path)

    def confirmed_by(self, again: "FolderScan") -> None:
        """Only what a second look misses too is gone: a disk may have gone, or a name have changed, during the first one."""
        again.judge()
        if again.root != self.root and not again.problems:
            again.trusted = False
            again.problem(f"another directory took its place while it was scanned; {STAYS}")
        self.again = again
        self.problems |= again.problems

    def _is_unplugged(self, path: str) -> bool:
        """Whether a file was on a disk of its own within the folder that is not there now."""
        known = self.known.get(path)
        if known is None or not known.stamp.mounted:
            return False
        directory = path.rpartition("/")[0]
        while directory not in self.directories and directory:
            directory = directory.rpartition("/")[0]
        away = not self.directories.get(directory, False)
        if away:
            self.problem(f"a disk that was in {directory or 'the folder'} is not there; {STAYS}")
        return away


async def look(scan: FolderScan, workers: Workers, told: Progress) -> None:
    """All files of a folder, directory by directory; those behind symbolic links last, where they are not there anyway."""
    waiting = [""]
    links: list[Entry] = []
    linked: list[Entry] = []
    visited: set[Identity] = set()
    there: set[Identity] = set()
    beyond = False
    while waiting or links:
        if not waiting:
            beyond = True
            entry = links.pop()
            if identity(entry) not in visited:
                visited.add(identity(entry))
                waiting.append(entry.path)
            continue
        batch, waiting = waiting[:DIRECTORIES], waiting[DIRECTORIES:]
        told(ScanProgress("looking", len(scan.files), 0, batch[0] or scan.folder))
        looked = await _looked(scan, workers, batch)
        scan.note(looked)
        links += [entry for entry in looked.directories if entry.link]
        linked += [entry for entry in looked.files if entry.link]
        for entry in looked.directories:
            if not entry.link and identity(entry) not in visited:
                visited.add(identity(entry))
                waiting += [entry.path] if entry.path else []
        for entry in looked.files:
            if not entry.link and not (beyond and identity(entry) in there):
                scan.files[entry.path] = entry
                there.add(identity(entry))
    scan.files.update((entry.path, entry) for entry in linked if identity(entry) not in there)
    await _drop_renamed(scan, workers)


async def _looked(scan: FolderScan, workers: Workers, directories: list[str]) -> Looked:
    """A look by a worker. One that ends over it says nothing of the directories: another one tries."""
    for _ in range(TRIES):
        try:
            return await workers.run(disk.look, scan.folder, directories)
        except ReaderDied:
            continue
    return Looked(unread=[(directory, "the process that looked at it was ended, again and again") for directory in directories])


async def _drop_renamed(scan: FolderScan, workers: Workers) -> None:
    """A file that was renamed from a directory that was looked at before into one that was looked at after is only there."""
    by_identity: dict[Identity, list[str]] = {}
    for entry in scan.files.values():
        if not entry.recordings and not entry.link:
            by_identity.setdefault(identity(entry), []).append(entry.path)
    twice = [path for paths in by_identity.values() if len(paths) > 1 for path in paths]
    directories = sorted({path.rpartition("/")[0] for path in twice})
    for start in range(0, len(directories), DIRECTORIES):
        batch = directories[start : start + DIRECTORIES]
        looked = await _looked(scan, workers, batch)
        there = {entry.path for entry in looked.files}
        unread = {directory for directory, _why in looked.unread}
        for path in twice:
            if (parent := path.rpartition("/")[0]) in batch and parent not in unread and path not in there:
                del scan.files[path]


async def look_again(scan: FolderScan, entry: Entry, workers: Workers) -> Entry | None:
    """One file, as it is now; None where it is gone."""
    directory = entry.path if entry.recordings else entry.path.rpartition("/")[0]
    looked = await _looked(scan, workers, [directory])
    return next((other for other in looked.files if other.path == entry.path), None)


def identity(entry: Entry) -> Identity:
    """The same for all ways to one file."""
    return entry.device, entry.stamp.inode


def is_in(path: str, directory: str) -> bool:
    """Whether a path is a directory's, or of something in it."""
    return not directory or path == directory or path.startswith(directory + "/")
