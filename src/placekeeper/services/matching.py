"""Which work does a report belong to? KOSync's documents and, where a client sends them, its lists of identifiers.

Source: koreader-sync-server pull request 55, as described in docs/protocols/kosync.md.
"""

from dataclasses import dataclass

from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Description, Identifier, Work

DOCUMENT = "kosync-document"
"""Identifier type of a document in its own right: what a KOSync client asks for."""
ALIAS = "kosync-alias"
"""Identifier type of a value that leads to a document only for requests that name identifiers."""

NOBODY = "none"
"""What `progress_match` says when asker and writer share no identifier."""


@dataclass(frozen=True, slots=True)
class Named:
    """One identifier as a client names it. A weak one may find a work to read, never one to write to."""

    type: str
    value: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A work, its canonical document, and how far down the client's list it was found (None without a list)."""

    work: Work
    document: str
    rank: int | None


def find(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...], *, to_write: bool) -> Match | None:
    """Walk the client's list in its order: each value as a document, then as an alias; the first hit wins."""
    for rank, entry in enumerate(named):
        if to_write and entry.weak:
            continue
        found = ledger.work_of(account_id, DOCUMENT, entry.value) or ledger.work_of(account_id, ALIAS, entry.value)
        if found is not None:
            return Match(*found, rank)
    if named and not to_write:
        return None
    found = ledger.work_of(account_id, DOCUMENT, document)
    return Match(*found, rank_of(document, named)) if found else None


def claim(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...], now: int) -> Match:
    """Find the work to write to, or begin one under `document`; register what the client calls it besides.

    Entries ranked above the one that matched are not registered: a weak match is a guess and must not become permanent.
    An alias is created, never repointed, and never shadows a document.
    """
    return register(ledger, account_id, document, named, find(ledger, account_id, document, named, to_write=True), now)


def register(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...], match: Match | None, now: int) -> Match:
    """The second half of `claim`: what was found, or a new work, with all the names that it may have."""
    if match is None:
        match = Match(_begin(ledger, account_id, document, now), document, rank_of(document, named))
        others = named
    else:
        others = named[match.rank + 1 :] if match.rank is not None else ()
    for entry in others:
        if entry.value != match.document and not ledger.identifier(account_id, DOCUMENT, entry.value):
            alias = Identifier(type=ALIAS, value=entry.value, work_id=match.work.id, document=match.document)
            ledger.register(account_id, alias, now)
    return match


def _begin(ledger: Ledger, account_id: str, document: str, now: int) -> Work:
    """A new work, with the document that leads to it."""
    work = Work(
        account_id=account_id,
        id=new_id(now),
        description=Description(),
        head=None,
        run=1,
        first_received_at=None,
        restored_at=None,
        created_at=now,
    )
    ledger.save_work(work)
    ledger.register(account_id, Identifier(type=DOCUMENT, value=document, work_id=work.id, document=document), now)
    return work


def rank_of(document: str, named: tuple[Named, ...]) -> int | None:
    """Where the list names the document itself (a valid list always does); None without a list."""
    return next((rank for rank, entry in enumerate(named) if entry.value == document), None)


def progress_match(head: Reading, named: tuple[Named, ...], match: str) -> str:
    """The strongest identifier that the asker shares with whoever wrote the place, by the asker's own label."""
    if not head.report.identifiers:
        return match
    written = {value for _type, value in head.report.identifiers}
    return next((entry.type for entry in named if entry.value in written), NOBODY)
