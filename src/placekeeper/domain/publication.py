"""A publication: one file that the library knows. What it is, what it says about itself, what it can be recognised by.

Must not know how files are read. Vocabulary: https://readium.org/webpub-manifest/
"""

import enum
from dataclasses import dataclass

EMBEDDED = "#picture"
"""Where the cover is, when it has no path of its own."""


class Kind(enum.StrEnum):
    """What sort of file a publication is: how it is read, and which notations its places have."""

    EPUB = "epub"
    PDF = "pdf"
    COMIC = "comic"
    AUDIOBOOK = "audiobook"
    FICTIONBOOK = "fictionbook"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Contributor:
    """A person or body. `role`: a MARC relator code, `aut` where a creator has none. `sort`: the name as it is sorted, or ""."""

    name: str
    role: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Identification:
    """`scheme`: in lower case (`isbn`, `uuid`, `calibre`), as declared or as a URN says; "" where nothing does. `value`: bare."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Series:
    """`position`: as it is written (`1`, `2.5`), or ""."""

    name: str
    position: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """White space is collapsed; "" and empty where nothing is said. `published`, `modified`: as they are written.

    `identifier`: the unique one, as it is written. `cover`: path of the cover's image in the archive, or `#picture`, where it is
    in the file's tags. `direction`: `ltr`, `rtl`.
    """

    title: str = ""
    subtitle: str = ""
    sort_title: str = ""
    authors: tuple[Contributor, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    series: tuple[Series, ...] = ()
    languages: tuple[str, ...] = ()
    identifier: str = ""
    identifiers: tuple[Identification, ...] = ()
    description: str = ""
    published: str = ""
    modified: str = ""
    publisher: str = ""
    subjects: tuple[str, ...] = ()
    direction: str = ""
    cover: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One resource of the reading order. `length`: compressed bytes (of a page or track: its bytes). `duration`: seconds.

    `href`: path from the archive's root, not percent-encoded; `#page=N` in a PDF; "" where an itemref leads to nothing: it keeps
    its number, and has no position.
    """

    href: str
    media_type: str = ""
    length: int = 0
    linear: bool = True
    fixed: bool = False
    title: str = ""
    duration: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """All that reading a file once tells: kept by the library, so that the file need not be opened to be listed.

    `identifiers`: (type, value) pairs that recognise the file, strongest first: `sha256`, `koreader-partial-md5`, `structure`,
    `resources`, `urn`, `isbn`, `filename-md5`, `koreader-partial-md5-mistaken`. `contents`: a recording's table of contents,
    hrefs with their fragments (`part1.mp3#t=61.5`). `notes`: what is wrong with the file, one clear line each.
    `split`: by number, the resources that KOReader may show as several, because their files have more than one `body`; None where
    that is not known.
    """

    kind: Kind
    media_type: str
    metadata: Metadata
    reading_order: tuple[Link, ...] = ()
    contents: tuple[Link, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    split: tuple[int, ...] | None = None


RECORDINGS = "application/vnd.placekeeper.recordings"
"""Media type of a folder of recordings: it is no file, and so has none."""
URN = "urn:uuid:"
"""What the name of a publication in catalogs begins with; its id follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A file of the library. `folder`: which library folder, by its name. `path`: below it, with `/`.

    `size`: bytes. `modified_at`, `added_at`, `scanned_at`, `missing_since`: Unix milliseconds; `missing_since` is None while the
    file is there. `edition_id`: publications that belong together share it.
    """

    id: str
    edition_id: str
    folder: str
    path: str
    size: int
    modified_at: int
    described: Described
    added_at: int
    scanned_at: int
    missing_since: int | None = None

    @property
    def urn(self) -> str:
        """What catalogs call it, for good: two copies of a book share their own identifiers, but never this one."""
        return URN + self.id
