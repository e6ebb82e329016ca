"""A file that was read finds its place among what the library knows: is it new, changed, moved, one of an edition?

All within one transaction. Must not know how files are read.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from placekeeper.domain.ids import new_id
from placekeeper.domain.library_ports import LibraryLedger
from placekeeper.domain.publication import Described, Publication
from placekeeper.domain.shelf import Relative, Stamp

OWN = ("urn", "isbn")
"""Types of identifiers that a publication gives itself."""


class Shelved(enum.Enum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that was read. `together`: its directory is one book's (Calibre's layout). `reader`: see `scanning`."""

    folder: str
    path: str
    stamp: Stamp
    described: Described
    together: bool
    reader: int


def shelve(ledger: LibraryLedger, found: Found, is_gone: Callable[[Relative], bool], now: int) -> tuple[Shelved, str]:
    """Keep what was found; what became of it, and the id of its publication.

    `is_gone`: whether a publication's file is not where it was, so that this may be it. Bytes that are known from such a one are
    that one, whatever was at this path before.
    """
    known = ledger.publication_at(found.folder, found.path)
    digest = first(found.described, "sha256")
    same = known is not None and first(known.described, "sha256") == digest
    exact = [] if same else [other for other in ledger.relatives("sha256", digest) if known is None or other.id != known.id]
    if known is not None and not is_another(known.described, found.described) and not any(map(is_gone, exact)):
        back = known.missing_since is not None
        _save(ledger, known, found, now)
        return (Shelved.ADDED if back else Shelved.SAME if same else Shelved.CHANGED), known.id
    if known is not None and known.missing_since is None:
        ledger.mark_missing([(known.id, known.path)], now)
    relatives = _relatives(ledger, found.described)
    moved = _moved(ledger, found, [other for other in relatives if is_gone(other)])
    if moved is not None:
        _save(ledger, moved, found, now)
        return Shelved.MOVED, moved.id
    beside = ledger.publications_beside(found.folder, found.path) if found.together else []
    edition = next((other.edition_id for other in [*beside, *relatives]), None)
    fresh = Publication(
        id=new_id(now),
        edition_id=edition or new_id(now),
        folder=found.folder,
        path=found.path,
        size=found.stamp.size,
        modified_at=0,
        described=found.described,
        added_at=now,
        scanned_at=now,
    )
    _save(ledger, fresh, found, now)
    return Shelved.ADDED, fresh.id


def _moved(ledger: LibraryLedger, found: Found, gone: list[Relative]) -> Publication | None:
    """Which of those whose files are gone has come back here: the one that was there until now, and had that name."""
    name = found.path.rpartition("/")[2]
    best = min(gone, key=lambda other: (other.missing, other.path.rpartition("/")[2] != name), default=None)
    return ledger.publication(best.id) if best else None


def _save(ledger: LibraryLedger, publication: Publication, found: Found, now: int) -> None:
    """As it is there now. What lies in one book's directory is one edition, also where it was found apart before."""
    beside = ledger.publications_beside(found.folder, found.path) if found.together else []
    others = [other for other in sorted(beside, key=lambda other: other.id) if other.id != publication.id]
    edition = others[0].edition_id if others else publication.edition_id
    there = replace(
        publication, edition_id=edition, folder=found.folder, path=found.path, described=found.described, scanned_at=now
    )
    ledger.save_publication(there, found.stamp, found.reader)


def _relatives(ledger: LibraryLedger, described: Described) -> list[Relative]:
    """Publications of the same bytes, then those of the same structure that call themselves the same."""
    same = ledger.relatives("sha256", first(described, "sha256"))
    structure = first(described, "structure")
    alike = ledger.relatives("structure", structure) if structure else []
    if len(alike) > len(same):
        namesakes = {other.id for pair in all_of(described, *OWN) for other in ledger.relatives(*pair)}
        same_ids = {other.id for other in same}
        alike = [other for other in alike if other.id in namesakes and other.kind == described.kind and other.id not in same_ids]
        return same + alike
    return same


def is_another(known: Described, found: Described) -> bool:
    """Whether a file at a path that was known is another book: nothing that it says of itself is what it said before.

    Tagging anew leaves the structure, a new release leaves the identifier or the title.
    """
    if known.metadata.title == found.metadata.title or first(known, "sha256") == first(found, "sha256"):
        return False
    if known.kind is not found.kind:
        return True
    types = [("structure",), ("resources",), OWN]
    pairs = [(all_of(known, *kinds), all_of(found, *kinds)) for kinds in types]
    compared = [(before, after) for before, after in pairs if before and after]
    return bool(compared) and not any(before & after for before, after in compared)


def first(described: Described, type_: str) -> str:
    """The first identifier of a type; "" where it has none."""
    return next((value for kind, value in described.identifiers if kind == type_), "")


def all_of(described: Described, *types: str) -> set[tuple[str, str]]:
    """All identifiers of these types."""
    return {(kind, value) for kind, value in described.identifiers if kind in types}
