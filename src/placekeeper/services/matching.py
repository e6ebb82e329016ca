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
    """A document's identifier, and how many entries down the client's list it was found (None without a list)."""

    identifier: Identifier
    rank: int | None


def find(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...], *, to_write: bool) -> Match | None:
    """Walk the client's list in its order: each value as a document, then as an alias; the first hit wins."""
    if not named:
        found = ledger.identifier(account_id, DOCUMENT, document)
        return Match(found, None) if found else None
    for rank, entry in enumerate(named):
        if to_write and entry.weak:
            continue
        found = ledger.identifier(account_id, DOCUMENT, entry.value) or ledger.identifier(account_id, ALIAS, entry.value)
        if found is not None:
            return Match(found, rank)
    found = ledger.identifier(account_id, DOCUMENT, document) if to_write else None
    return Match(found, rank_of(document, named)) if found else None


def claim(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...], now: int) -> Match:
    """Find the work to write to, or begin one under `document`; register what the client calls it besides.

    Entries ranked above the one that matched are not registered: a weak match is a guess and must not become permanent.
    An alias is created, never repointed, and never shadows a document.
    """
    match = find(ledger, account_id, document, named, to_write=True)
    if match is None:
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
        identifier = Identifier(type=DOCUMENT, value=document, work_id=work.id, document=document)
        ledger.register(account_id, identifier, now)
        match = Match(identifier, rank_of(document, named) if named else None)
        others: tuple[Named, ...] = named
    else:
        others = named[match.rank + 1 :] if match.rank is not None else ()
    target = match.identifier
    for entry in others:
        if entry.value != target.document and not ledger.identifier(account_id, DOCUMENT, entry.value):
            alias = Identifier(type=ALIAS, value=entry.value, work_id=target.work_id, document=target.document)
            ledger.register(account_id, alias, now)
    return match


def rank_of(document: str, named: tuple[Named, ...]) -> int:
    """Where the list names the document itself; a valid list always does."""
    return next(rank for rank, entry in enumerate(named) if entry.value == document)


def progress_match(head: Reading, named: tuple[Named, ...], match: str) -> str:
    """The strongest identifier that the asker shares with whoever wrote the place, by the asker's own label."""
    if not head.report.identifiers:
        return match
    written = {value for _type, value in head.report.identifiers}
    return next((entry.type for entry in named if entry.value in written), NOBODY)
