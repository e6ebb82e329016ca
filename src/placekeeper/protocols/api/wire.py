"""What goes over the wire of `/api`: the answers and the bodies, by name. The OpenAPI document is made of these classes.

Times are UTC, ISO 8601 with milliseconds; what is not known is null. Must not know how anything is found out.
Described in docs/protocols/api.md.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw, Struct

Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", description="UTC, ISO 8601, with milliseconds")]
Ratio = Annotated[float, Meta(ge=0, le=1)]
TokenScope = Literal["sync", "catalog", "account", "admin"]
ReadingState = Literal["reading", "finished", "abandoned"]


class Writer(Struct):
    """The device that a reading came from: our id, and the name and id that it sent itself."""

    id: str
    name: str
    device_id: str | None


class PassageFound(Struct):
    """What stands at a place: its sentence, the chapter (null where the contents do not name it), and how well it is known."""

    sentence: str
    chapter: str | None
    precision: Literal["exact", "element", "resource", "progression"]


class ReadingSaid(Struct):
    """One report of a device. `value`: what it said, byte for byte. `observed`: when it was read, where the protocol says so."""

    id: str
    work: str
    document: str
    protocol: str
    notation: str
    value: str
    progression: Ratio
    device: Writer
    observed: Time | None
    received: Time
    outcome: str
    effect: Literal["head", "held", "sighting"]
    reason: str
    passage: PassageFound | None


class WorkSaid(Struct):
    """What the account reads, and where it is. `run`: how often it was begun."""

    id: str
    title: str | None
    authors: str | None
    filename: str | None
    run: int
    created: Time
    restored: Time | None
    place: ReadingSaid | None


class Works(Struct):
    """A page of works. `next`: give it as `before` for the page that follows."""

    works: list[WorkSaid]
    next: str | None


class IdentifierSaid(Struct):
    """Something that leads to a work, and the document that it stands for."""

    type: Literal["kosync-document", "kosync-alias", "publication", "acquired", "denied"]
    value: str
    document: str


class MergeSaid(Struct):
    """A work that was joined to another one. `undone`: when they were parted again."""

    id: str
    into: str
    work: str
    merged: Time
    undone: Time | None


class WorkInFullSaid(WorkSaid):
    """A work, all that leads to it, what is joined to it, and what it is joined to."""

    identifiers: list[IdentifierSaid]
    merged: list[MergeSaid]
    merged_into: str | None


class ReadingsSaid(Struct):
    """A page of a work's history, newest first."""

    readings: list[ReadingSaid]
    next: str | None


class DeviceSaid(Struct):
    """A device of the account. `kind`: how it was recognised. `active`: when it wrote last."""

    id: str
    name: str
    kind: str
    created: Time
    active: Time


class Devices(Struct):
    """A page of the account's devices, the one active last first."""

    devices: list[DeviceSaid]
    next: str | None


class Seen(Struct):
    """The head that a device knows, and since when."""

    reading: str
    at: Time


class DevicePlaceSaid(Struct):
    """Where one device is in a work."""

    device: DeviceSaid
    place: ReadingSaid | None
    seen: Seen | None


class Places(Struct):
    """A page of the devices that know a work."""

    devices: list[DevicePlaceSaid]
    next: str | None


class RunSaid(Struct):
    """One time that a work is read."""

    run: int
    state: ReadingState
    started: Time | None
    finished: Time | None
    abandoned: Time | None


class Runs(Struct):
    """All times that a work was read, the first one first."""

    runs: list[RunSaid]


class PublicationSaid(Struct):
    """A file of the library. `missing`: since when it is not there."""

    id: str
    edition: str
    title: str
    file: str
    missing: Time | None


class MatchSaid(Struct):
    """What one identifier of a work leads to. `by`: the digest that found it."""

    type: str
    value: str
    by: str | None
    why: str
    publications: list[PublicationSaid]


class Matches(Struct):
    """Why a work is, or is not, a book of the library."""

    matches: list[MatchSaid]
    candidates: list[PublicationSaid]
    works: list[str]


class Progress(Struct):
    """How far a scan is."""

    state: Literal["idle", "looking", "reading"]
    done: int
    total: int
    current: str


class Scan(Struct):
    """A scan that is asked for."""

    progress: Progress


class Folder(Struct):
    """What the last scan of a folder found."""

    folder: str
    files: int
    other: int
    added: int
    changed: int
    moved: int
    missing: int
    unsettled: int
    problems: list[str]
    began: Time
    ended: Time
    seconds: float


class SkippedFile(Struct):
    """A file that is no publication, and why."""

    folder: str
    path: str
    why: str
    at: Time


class DamagedFile(Struct):
    """A publication that is damaged in part."""

    folder: str
    path: str
    why: str


class LibrarySaid(Struct):
    """What is in the library, and what the last scans found."""

    progress: Progress
    publications: int
    folders: list[Folder]
    skipped: list[SkippedFile]
    damaged: list[DamagedFile]


class TokenSaid(Struct):
    """A token, or a device's credential. The secret itself is shown once, when it is made."""

    id: str
    name: str
    scopes: list[TokenScope]
    created: Time
    revoked: Time | None


class Tokens(Struct):
    """All of them, the oldest first, revoked ones too."""

    tokens: list[TokenSaid]


class NewToken(TokenSaid):
    """A token that was made just now, with its secret: it is not shown again."""

    token: str


class ExportedWork(WorkInFullSaid):
    """A work with all that was ever said of it, newest first."""

    runs: list[RunSaid]
    readings: list[ReadingSaid]


class AnnotationSaid(Struct):
    """A bookmark or an annotation. `content`: as its app has sent it. `said`: its app's own time."""

    id: str
    collection: Literal["bookmarks", "annotations"]
    source: str
    motivation: str
    content: Raw
    said: Time | None
    created: Time
    changed: Time


class Exported(Struct):
    """Everything that an account has here. No passwords and no tokens."""

    format: Literal["placekeeper-account-1"]
    exported: Time
    account: str
    devices: list[DeviceSaid]
    works: list[ExportedWork]
    annotations: list[AnnotationSaid]


class Choice(Struct):
    """The reading whose place is taken back."""

    reading: str


class Other(Struct):
    """The work that is joined to this one."""

    work: str


class Joined(Struct):
    """The merge that is undone."""

    merge: str


class Mark(Struct):
    """How it stands with a work; `again`: a new run begins now."""

    state: Literal["reading", "finished", "abandoned", "again"]


class Link(Struct):
    """What is to lead to this work: a publication of the library, by its id, or a document as an app names it."""

    publication: str | None = None
    document: Annotated[str, Meta(min_length=1, max_length=4096)] | None = None


class Unlink(Struct):
    """The identifier that is to lead away from this work."""

    type: Literal["kosync-document", "kosync-alias", "publication"]
    value: str


class Unlinked(Struct):
    """The work that the identifier leads to now; null where no identifier of the account's led there, only a digest."""

    work: str | None


class Wish(Struct):
    """A token to be made."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    scopes: Annotated[list[TokenScope], Meta(min_length=1)]


class Problem(Struct, omit_defaults=True):
    """Problem details. Source: https://www.rfc-editor.org/rfc/rfc9457"""

    title: str
    status: int
    detail: str = ""


Answer = Struct
Schema = dict[str, Any]
