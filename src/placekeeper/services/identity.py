"""Which file of the library is meant by a document of KOSync or by a reading. In doubt, none: better no match than a wrong one.

KOReader's digest reads little of a file, so two books can share it, and a file's name says less still.
Knows no protocol's wire; units on a ledger. See docs/protocols/kosync.md.
"""

from dataclasses import dataclass, replace

from placekeeper.domain.ports import Ledger
from placekeeper.domain.publication import Publication
from placekeeper.domain.sorting import folded
from placekeeper.domain.work import Description, Identifier, Work
from placekeeper.services.matching import (
    AS_DOCUMENT,
    DOCUMENT,
    PUBLICATION,
    Match,
    Named,
    Shelved,
    find_shelved,
    is_denied,
    new_work,
)

FIRM = AS_DOCUMENT[:-1]
"""Digests of content. The name of a file may find a work; it does not make the work that of an edition."""

DECLARED = "urn"
"""Identifier type of what a publication calls itself."""
TEXT = frozenset({"sha256", "resources"})
"""Digests that files share which have the same texts."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is needed to say a place in another file: `target`, where it is asked for, and `source`, whose place it is.

    `source` None: that file is not known, so that only the number of the place is of use.
    """

    target: Publication
    source: Publication | None

    @property
    def copy(self) -> Publication | None:
        """The source where it is another file than the target."""
        return None if self.source is None or self.source.id == self.target.id else self.source


def recognised(
    ledger: Ledger, account_id: str, document: str, description: Description | None = None
) -> tuple[str, list[Publication]]:
    """The publications that a document is a digest of, by the strongest digest that finds any, and which one that is.

    A match by the name of the file must not contradict the title that the app tells. Of several editions, those that are called
    as the reader's app calls the book, if it does. What the person has denied is left out.
    """
    for type_ in AS_DOCUMENT:
        found = ledger.publications_with(type_, document)
        denied = {edition for edition in _editions(found) if is_denied(ledger, account_id, document, edition)}
        found = [each for each in found if each.edition_id not in denied]
        if type_ not in FIRM and description is not None and description.title:
            found = [each for each in found if _has_title(each, description.title)]
        if found:
            named = [each for each in found if description is not None and is_called(each, description)]
            return type_, (named if len(_editions(found)) > 1 and named else found)
    return "", []


def find_document(ledger: Ledger, account_id: str, document: str) -> Match | None:
    """The account's work that a document leads to by way of the library: that of its one edition."""
    _type, found = recognised(ledger, account_id, document)
    return _work(ledger, account_id, found)


def find_named(ledger: Ledger, account_id: str, named: tuple[Named, ...]) -> Match | None:
    """As `find_document`, for a list of identifiers: the first that leads anywhere."""
    for rank, entry in enumerate(named):
        found = find_document(ledger, account_id, entry.value)
        if found is not None:
            return Match(found.work, entry.value, rank)
    return None


def claim_document(ledger: Ledger, account_id: str, document: str, description: Description | None, now: int) -> Match | None:
    """The work of a document that is new to the account, if the library knows the one edition that it is of."""
    type_, found = recognised(ledger, account_id, document, description)
    if not found and ":" in document:
        type_, found = DECLARED, _declared(ledger, account_id, document)
    if len(editions := _editions(found)) != 1:
        return None
    match = _work(ledger, account_id, found)
    work = match.work if match is not None else _begun(ledger, account_id, found[0], now)
    ledger.register(account_id, Identifier(type=DOCUMENT, value=document, work_id=work.id, document=document), now)
    if type_ in FIRM or type_ == DECLARED:
        edition = Identifier(type=PUBLICATION, value=editions.pop(), work_id=work.id, document=found[0].id)
        ledger.register(account_id, edition, now)
    return Match(work, document, None)


def _declared(ledger: Ledger, account_id: str, document: str) -> list[Publication]:
    """The publications that say of themselves that they are what an app calls a book: the same book, and perhaps another file."""
    found = [*ledger.publications_with(DECLARED, document), *ledger.publications_with(DECLARED, document.lower())]
    return [each for each in found if not is_denied(ledger, account_id, document, each.edition_id)]


def _begun(ledger: Ledger, account_id: str, publication: Publication, now: int) -> Work:
    """A new work, called as the publication until a device calls it otherwise."""
    metadata = publication.described.metadata
    authors = ", ".join(author.name for author in metadata.authors)
    work = replace(
        new_work(ledger, account_id, now), description=Description(title=metadata.title or None, authors=authors or None)
    )
    ledger.save_work(work)
    return work


def files_of(ledger: Ledger, account_id: str, work_id: str, asked: str, written: str) -> Files | None:
    """The files of the document (or publication) that is asked for, and of the one that the place was written in."""
    target = _file(ledger, account_id, work_id, asked, prefer=None)
    if target is None:
        return None
    same = written in {asked, target.id}
    return Files(target, target if same else _file(ledger, account_id, work_id, written, prefer=target))


def file_of(ledger: Ledger, account_id: str, work_id: str, document: str) -> Publication | None:
    """The file of a document (or publication), if it is there."""
    return _file(ledger, account_id, work_id, document, prefer=None)


def are_twins(ledger: Ledger, one_id: str, other_id: str) -> bool:
    """Whether two publications are one, or copies with the same texts in the same order: all numbers mean the same in both."""
    if one_id == other_id:
        return True
    one, other = ledger.publication(one_id), ledger.publication(other_id)
    if one is None or other is None:
        return False
    orders = [
        [(link.href, link.length, link.linear, link.fixed) for link in each.described.reading_order] for each in (one, other)
    ]
    digests = [{pair for pair in each.described.identifiers if pair[0] in TEXT} for each in (one, other)]
    return bool(orders[0]) and orders[0] == orders[1] and bool(digests[0] & digests[1])


def _file(ledger: Ledger, account_id: str, work_id: str, document: str, prefer: Publication | None) -> Publication | None:
    """The publication whose file is there. Of several copies with the same digest, `prefer` if it is one of them."""
    own = ledger.publication(document)
    if own is not None:
        return own if own.missing_since is None else None
    found = recognised(ledger, account_id, document)[1]
    if len(_editions(found)) > 1:
        leading = {each.value for each in ledger.identifiers(account_id, work_id) if each.type == PUBLICATION}
        found = [each for each in found if each.edition_id in leading]
    there = [each for each in found if each.missing_since is None and _has_that_text(ledger, each.id, document)]
    if not there or len(_editions(found)) > 1:
        return None
    return next((each for each in there if prefer is not None and each.id == prefer.id), there[0])


def _has_that_text(ledger: Ledger, publication_id: str, document: str) -> bool:
    """Whether a file still has the text that it had when its digest was this: it was perhaps tagged anew, not released anew."""
    known = ledger.publication_identifiers(publication_id)
    if any(value == document and now for type_, value, now in known if type_ in AS_DOCUMENT):
        return True
    texts = {type_: {value for of, value, _now in known if of == type_} for type_ in ("resources", "structure")}
    return len(texts["resources"] or texts["structure"]) == 1


def _work(ledger: Ledger, account_id: str, found: list[Publication]) -> Match | None:
    if len(_editions(found)) != 1:
        return None
    matches = (find_shelved(ledger, account_id, Shelved(each.id, each.edition_id)) for each in found)
    return next((match for match in matches if match is not None), None)


def _editions(found: list[Publication]) -> set[str]:
    return {each.edition_id for each in found}


def is_called(publication: Publication, description: Description) -> bool:
    """Whether a reader's app calls a book as its file or its title is called."""
    name = publication.path.rpartition("/")[2]
    if description.filename and description.filename.rpartition("/")[2] == name:
        return True
    return bool(description.title) and _has_title(publication, description.title or "")


def _has_title(publication: Publication, title: str) -> bool:
    return folded(title) == folded(publication.described.metadata.title)
