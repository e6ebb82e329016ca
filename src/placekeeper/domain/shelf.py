"""The library as it stands on the shelf: what is asked of it, what is known of its files, what a scan has to tell.

Must not know where files are kept nor how they are read.
"""

from dataclasses import dataclass

from placekeeper.domain.publication import Publication

SORTS = ("title", "author", "added", "series")
GROUPS = ("author", "series", "language", "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which publications are wanted; what is "" does not restrict. All that is given must hold.

    `text`: words, each to be found in title, authors, series, subjects or publisher. `author`, `series`, `language`, `subject`:
    names as `groups` gives them. `kind`: a `Kind`. `sort`: one of `SORTS`; `added` is newest first.
    """

    text: str = ""
    author: str = ""
    series: str = ""
    language: str = ""
    subject: str = ""
    kind: str = ""
    sort: str = "title"
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of publications, without reading order and contents, and how many there are on all pages."""

    publications: tuple[Publication, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells without opening it whether a file has changed: bytes, nanoseconds, the file system's number of the file.

    `mounted`: whether it is on another disk than its library folder.
    """

    size: int
    mtime_ns: int
    inode: int
    mounted: bool = False


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A publication's file, as the library remembers it. `id`: the publication's. `reader`: see `services.scanning`."""

    path: str
    stamp: Stamp
    id: str
    missing: bool
    reader: int


@dataclass(frozen=True, slots=True)
class Relative:
    """As much of a publication as it takes to say whether a file is it, or belongs to its edition."""

    id: str
    edition_id: str
    folder: str
    path: str
    kind: str
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that is no publication, and why: one clear line. `at`: Unix milliseconds."""

    folder: str
    path: str
    stamp: Stamp
    why: str
    at: int
    reader: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReport:
    """What the last scan of a folder has found. `began_at`, `ended_at`: Unix milliseconds.

    `files`: publications and skipped files that are there; `other`: files of no kind that is read. `added`, `changed` (other
    bytes), `moved`, `missing` (gone since the scan before), `unsettled` (still being written: looked at again soon).
    `problems`: what kept parts of the folder from being read, one line each; nothing there counts as gone.
    """

    folder: str
    began_at: int
    ended_at: int
    files: int = 0
    other: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    unsettled: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """All that the last scans have to tell: by folder, every skipped file, every publication that is damaged in part.

    `damaged`: (folder, path, what is wrong).
    """

    folders: tuple[FolderReport, ...] = ()
    publications: int = 0
    skipped: tuple[Skipped, ...] = ()
    damaged: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """`state`: `idle`, `looking` (what is there), `reading` (what is new). `done` of `total` files to read; `current`: a path."""

    state: str = "idle"
    done: int = 0
    total: int = 0
    current: str = ""
