"""Which work does a report belong to? KOSync's documents and, where a client sends them, its lists of identifiers.

Source: koreader-sync-server pull request 55, as described in docs/protocols/kosync.md.
"""

from dataclasses import dataclass
from itertools import chain

from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Reading
from placekeeper.domain.sorting import folded
from placekeeper.domain.work import Description, Identifier, Work

DOCUMENT = "kosync-document"
"""Identifier type of a document in its own right: what a KOSync client asks for."""
ALIAS = "kosync-alias"
"""Identifier type of a value that leads to a document only for requests that name identifiers."""

PUBLICATION = "publication"
"""Identifier type of an edition of the library, by its id."""
AS_DOCUMENT = ("koreader-partial-md5", "koreader-partial-md5-mistaken", "filename-md5")
"""Identifiers of a file that KOSync apps send as document, the stronger ones first."""

DENIED = "denied"
"""Identifier type of what the person has said: this document (or publication) is not of that edition. See `denial`."""

NOBODY = "none"
"""What `progress_match` says when asker and writer share no identifier."""


@dataclass(frozen=True, slots=True)
class Named:
    """One identifier as a client names it. A weak one may find a work to read, never one to write to."""

    type: str
    value: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Shelved:
    """A publication of the library, and the edition that it belongs to."""

    publication_id: str
    edition_id: str


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
    work = new_work(ledger, account_id, now)
    ledger.register(account_id, Identifier(type=DOCUMENT, value=document, work_id=work.id, document=document), now)
    return work


def new_work(ledger: Ledger, account_id: str, now: int) -> Work:
    """A new work, to which nothing leads yet."""
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


def find_shelved(ledger: Ledger, account_id: str, shelved: Shelved) -> Match | None:
    """The account's work of a publication: by the documents that KOReader makes of its file, now or before, else by its edition,
    else by the documents of the other files of its edition.

    The rank is how far down that list it was found; all of the edition's are as good as the edition.
    """
    labels = _labels(ledger, shelved)
    others = (each.id for each in ledger.edition(shelved.edition_id) if each.id != shelved.publication_id)
    elsewhere = (label for each in others for label in _labels(ledger, Shelved(each, shelved.edition_id))[:-1])
    for rank, (type_, value) in enumerate(chain(labels, elsewhere)):
        found = ledger.work_of(account_id, type_, value)
        if found is not None and (type_ == PUBLICATION or not _of_another(ledger, found[0], value, shelved)):
            return Match(*found, min(rank, len(labels) - 1))
    return None


def _of_another(ledger: Ledger, work: Work, document: str, shelved: Shelved) -> bool:
    """Whether a work is, or may be, that of another book with the same document: KOReader's digest reads little of a file."""
    if is_denied(ledger, work.account_id, document, shelved.edition_id):
        return True
    leading = [each.value for each in ledger.identifiers(work.account_id, work.id) if each.type == PUBLICATION]
    if shelved.edition_id in leading:
        return False
    if any(ledger.edition(each) for each in leading):
        return True
    return is_shared(ledger, document) or _is_called_otherwise(ledger, work, document, shelved)


def _is_called_otherwise(ledger: Ledger, work: Work, document: str, shelved: Shelved) -> bool:
    """Whether nothing but the file's name matches, and a device has told another title than the publication has."""
    if not work.description.title:
        return False
    known = ledger.publication_identifiers(shelved.publication_id)
    if any(value == document and type_ in AS_DOCUMENT[:-1] for type_, value, _now in known):
        return False
    publication = ledger.publication(shelved.publication_id)
    return publication is not None and folded(publication.described.metadata.title) != folded(work.description.title)


def denial(document: str, edition_id: str) -> str:
    """The value of the identifier which says that a document is not of an edition."""
    return f"{document} {edition_id}"


def is_denied(ledger: Ledger, account_id: str, document: str, edition_id: str) -> bool:
    """Whether the person has said that a document is not of an edition, whatever the digests say."""
    return ledger.identifier(account_id, DENIED, denial(document, edition_id)) is not None


def forget_denials(ledger: Ledger, account_id: str, work_id: str) -> list[Identifier]:
    """The person has said that the documents and editions which lead to this work are one book: what denied that is void.

    What is forgotten. What denies that another document is of the edition stands.
    """
    leading = ledger.identifiers(account_id, work_id)
    editions = {each.value for each in leading if each.type == PUBLICATION}
    documents = {each.value for each in leading if each.type == DOCUMENT}
    denied = (each for each in leading if each.type == DENIED and each.document in documents)
    void = [each for each in denied if each.value.rpartition(" ")[2] in editions]
    for each in void:
        ledger.unregister(account_id, each)
    return void


def is_shared(ledger: Ledger, document: str) -> bool:
    """Whether files of several editions have the same digest."""
    found = (ledger.publications_with(type_, document) for type_ in AS_DOCUMENT)
    return len({each.edition_id for each in next(filter(None, found), [])}) > 1


def claim_shelved(ledger: Ledger, account_id: str, shelved: Shelved, now: int) -> Match:
    """Find the work of a publication, or begin one; register what else leads to it. Nothing is repointed.

    A document that is stronger than the one which matched is not registered: a weak match, such as a file's name, must not become
    a strong one. The edition is no weak match: all documents of its files are registered.
    """
    labels = _labels(ledger, shelved)
    match = find_shelved(ledger, account_id, shelved)
    work = match.work if match is not None else new_work(ledger, account_id, now)
    matched = match.rank if match is not None and match.rank is not None else len(labels)
    for type_, value in labels[matched + 1 :] if matched < len(labels) - 1 else labels:
        document = value if type_ == DOCUMENT else shelved.publication_id
        if type_ == DOCUMENT and (is_shared(ledger, value) or is_denied(ledger, account_id, value, shelved.edition_id)):
            continue  # it may be another book's, or is said to be
        ledger.register(account_id, Identifier(type=type_, value=value, work_id=work.id, document=document), now)
    return Match(work, shelved.publication_id, None)


def _labels(ledger: Ledger, shelved: Shelved) -> list[tuple[str, str]]:
    """All identifiers of an account that may lead to a publication, strongest first; those of the present bytes before others."""
    known = ledger.publication_identifiers(shelved.publication_id)
    ranked = sorted((AS_DOCUMENT.index(type_), not now, value) for type_, value, now in known if type_ in AS_DOCUMENT)
    return [*((DOCUMENT, value) for _rank, _past, value in ranked), (PUBLICATION, shelved.edition_id)]
