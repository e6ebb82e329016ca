"""Letting a single identifier lead to a work, or away from it: the person knows better than a digest.

A book of the library, or a document, is linked to a work; what was taken for it by mistake is unlinked, and has a work of its own
with all that was read in it. Works that exist already are joined instead, see `joining`. Knows no protocol.
"""

from dataclasses import replace
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.domain.work import Identifier, Work
from placekeeper.services.account_units import guard
from placekeeper.services.identity import find_document, recognised
from placekeeper.services.joining import documents_of, settle
from placekeeper.services.matching import (
    DENIED,
    DOCUMENT,
    PUBLICATION,
    Shelved,
    denial,
    find_shelved,
    forget_denials,
    is_denied,
    new_work,
)

MOST: Final = 1_000
"""Identifiers of a work to which a person adds another: all are read with the work, and by each who links, while others wait."""


class Linking:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def link_publication(self, principal: Principal, work_id: str, publication: Publication) -> None:
        """Let a book of the library lead to a work. Raises NotFound, Unauthorized, InvalidRequest where it leads to another."""
        now = self._clock()
        await self._store.write(lambda ledger: link_publication(ledger, principal, work_id, publication, now))

    async def link_document(self, principal: Principal, work_id: str, document: str) -> None:
        """Let a document lead to a work. Raises as `link_publication`."""
        now = self._clock()
        await self._store.write(lambda ledger: link_document(ledger, principal, work_id, document, now))

    async def unlink(self, principal: Principal, work_id: str, type_: str, value: str) -> str | None:
        """Let an identifier lead away from a work; the id of the work that it leads to now, None where none was needed.

        Raises NotFound, Unauthorized, InvalidRequest where nothing else leads to the work, or it came with a work that was
        joined.
        """
        now = self._clock()
        return await self._store.write(lambda ledger: unlink(ledger, principal, work_id, type_, value, now))


def link_publication(ledger: Ledger, principal: Principal, work_id: str, publication: Publication, now: int) -> None:
    """The unit behind `Linking.link_publication`."""
    work = _own(ledger, principal, work_id)
    edition = publication.edition_id
    found = find_shelved(ledger, work.account_id, Shelved(publication.id, edition))
    there = ledger.identifier(work.account_id, PUBLICATION, edition)
    for other_id in {found.work.id if found is not None else work.id, there.work_id if there is not None else work.id} - {
        work.id
    }:
        if not _empty(ledger, work, other_id):
            raise InvalidRequest(f"that book is read in the work {other_id}: join it to this one")
    ledger.register(work.account_id, Identifier(type=PUBLICATION, value=edition, work_id=work.id, document=publication.id), now)
    forget_denials(ledger, work.account_id, work.id)
    ledger.touch(work.account_id, work.id)


def link_document(ledger: Ledger, principal: Principal, work_id: str, document: str, now: int) -> None:
    """The unit behind `Linking.link_document`."""
    if not document.isprintable():
        raise InvalidRequest("a document has no control characters")
    work = _own(ledger, principal, work_id)
    there = ledger.identifier(work.account_id, DOCUMENT, document)
    book = find_document(ledger, work.account_id, document) if there is None and principal.library else None
    leads_to = there.work_id if there is not None else book.work.id if book is not None else work.id
    if leads_to != work.id and not _empty(ledger, work, leads_to):
        raise InvalidRequest(f"that document leads to the work {leads_to}: join it to this one")
    leading = ledger.identifiers(work.account_id, work.id)
    if len(leading) >= MOST:
        raise InvalidRequest(f"at most {MOST:,} names lead to a work: take some out first")
    for each in leading:
        if each.type == DENIED and each.document == document:
            ledger.unregister(work.account_id, each)
    ledger.register(work.account_id, Identifier(type=DOCUMENT, value=document, work_id=work.id, document=document), now)
    ledger.touch(work.account_id, work.id)


def unlink(ledger: Ledger, principal: Principal, work_id: str, type_: str, value: str, now: int) -> str | None:
    """The unit behind `Linking.unlink`."""
    work = _own(ledger, principal, work_id)
    if any((type_, value) in merge.identifiers for merge in ledger.merges(work.account_id) if merge.into_id == work.id):
        raise InvalidRequest("it came with a work that was joined to this one: part them (`split`)")
    leading = [each for each in ledger.identifiers(work.account_id, work.id) if each.type != DENIED]
    chosen = next((each for each in leading if (each.type, each.value) == (type_, value)), None)
    apart = [each for each in leading if chosen is not None and _goes_with(each, chosen)]
    staying = [each for each in leading if each not in apart]
    unknown = type_ == PUBLICATION and chosen is None and not (principal.library and ledger.edition(value))
    denied = not unknown and _deny(ledger, work, type_, value, staying, now)
    if chosen is None:
        if not denied:
            raise NotFound("no such identifier leads to this work")
        ledger.touch(work.account_id, work.id)
        return None
    if not staying:
        raise InvalidRequest("nothing else leads to this work: there is nothing to part it from")
    return _part(ledger, work, apart, now)


def _goes_with(identifier: Identifier, chosen: Identifier) -> bool:
    """Whether an identifier is the chosen one, or no more than another name for it."""
    if chosen.type != DOCUMENT or identifier.type == DOCUMENT:
        return identifier == chosen
    return identifier.document == chosen.value


def _deny(ledger: Ledger, work: Work, type_: str, value: str, staying: list[Identifier], now: int) -> bool:
    """Note what digests must not say any more: that what stays and what goes are one book."""
    pairs: list[tuple[str, str]] = []
    if type_ == PUBLICATION:
        pairs = [(each.value, value) for each in staying if each.type == DOCUMENT]
    elif type_ == DOCUMENT:
        editions = [each.value for each in staying if each.type == PUBLICATION]
        known = ledger.identifier(work.account_id, DOCUMENT, value) is not None
        meant = {each.edition_id for each in recognised(ledger, work.account_id, value)[1]}
        pairs = [(value, each) for each in editions if known or each in meant]
    for document, edition_id in pairs:
        if not is_denied(ledger, work.account_id, document, edition_id):
            said = Identifier(type=DENIED, value=denial(document, edition_id), work_id=work.id, document=document)
            ledger.register(work.account_id, said, now)
    return bool(pairs)


def _part(ledger: Ledger, work: Work, apart: list[Identifier], now: int) -> str:
    """A work of their own for these identifiers, with what was read in their documents."""
    account_id = work.account_id
    other = replace(new_work(ledger, account_id, now), first_received_at=work.first_received_at)
    ledger.repoint(account_id, [(each.type, each.value) for each in apart], work.id, other.id)
    ledger.move_readings(account_id, work.id, other.id, "", documents_of(ledger, apart))
    left = ledger.work(account_id, work.id)
    for each in (left or work, other):
        settle(ledger, each, now)
    return other.id


def _empty(ledger: Ledger, into: Work, other_id: str) -> bool:
    """Whether nothing was ever read in a work: then all that leads there leads to this one."""
    if ledger.newest_own(into.account_id, other_id, head=False) is not None:
        return False
    leading = [(each.type, each.value) for each in ledger.identifiers(into.account_id, other_id)]
    ledger.repoint(into.account_id, leading, other_id, into.id)
    return True


def _own(ledger: Ledger, principal: Principal, work_id: str) -> Work:
    """The principal's work, authorised again. Raises NotFound, also where it is joined to another."""
    account_id = guard(ledger, principal).id
    work = ledger.work(account_id, work_id)
    if work is None:
        raise NotFound("there is no such work")
    if any(merge.from_id == work_id for merge in ledger.merges(account_id)):
        raise InvalidRequest("this work is joined to another one: part them first (`split`)")
    return work
