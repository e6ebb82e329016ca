"""Joining two works that are one, and parting them again: the person says so, no protocol does.

What led to the second work leads to the first one, the newer place of the two is the place, and both histories are one. To part
them gives each back what it had, and what was read since goes with the document that it was read in. Nothing is deleted.
"""

from dataclasses import replace

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.reading import Reading
from placekeeper.domain.standing import Sight, Standing, last_of
from placekeeper.domain.work import Merge, Work
from placekeeper.services.account_units import guard
from placekeeper.services.matching import PUBLICATION, forget_denials

LOOKED_THROUGH = 500
"""Readings among which a work's own newest one is looked for, where none of them was its place."""


class Joining:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def join(self, principal: Principal, into_id: str, from_id: str) -> Merge:
        """Join a work to another. Raises NotFound, InvalidRequest where one of them is joined to a third, Unauthorized."""
        now = self._clock()
        return await self._store.write(lambda ledger: join(ledger, principal, into_id, from_id, now))

    async def part(self, principal: Principal, into_id: str, merge_id: str) -> Merge:
        """Undo that. Raises NotFound, InvalidRequest where what came of it is joined to a third, Unauthorized."""
        now = self._clock()
        return await self._store.write(lambda ledger: part(ledger, principal, into_id, merge_id, now))


def join(ledger: Ledger, principal: Principal, into_id: str, from_id: str, now: int) -> Merge:
    """The unit behind `Joining.join`."""
    account_id = guard(ledger, principal).id
    into, other = _work(ledger, account_id, into_id), _work(ledger, account_id, from_id)
    if into.id == other.id:
        raise InvalidRequest("a work can't be joined to itself")
    if {into.id, other.id} & {merge.from_id for merge in ledger.merges(account_id)}:
        raise InvalidRequest("one of these works is joined to another one already: part them first")
    pairs = tuple((each.type, each.value) for each in ledger.identifiers(account_id, other.id))
    ledger.repoint(account_id, pairs, other.id, into.id)
    forget_denials(ledger, account_id, into.id)
    arrived = _arrived(into, other, now)
    if arrived is not None:
        ledger.add_reading(account_id, arrived)
        sight = Sight(reading_id=arrived.id, progression=arrived.report.progression, at=now)
        ledger.save_standing(account_id, into.id, arrived.report.device_id, Standing(last=last_of(arrived), seen=sight))
    firsts = [each.first_received_at for each in (into, other) if each.first_received_at is not None]
    changed = replace(
        into,
        description=other.description.completed_by(into.description),
        head=arrived or into.head,
        run=max(into.run, other.run),
        first_received_at=min(firsts, default=None),
        restored_at=max(into.restored_at or 0, other.restored_at or 0) or None,
    )
    ledger.save_work(changed)
    ledger.touch(account_id, other.id)
    merge = Merge(
        account_id=account_id,
        id=new_id(now),
        into_id=into.id,
        from_id=other.id,
        merged_at=now,
        before_id=into.head.id if into.head else None,
        head_id=arrived.id if arrived else None,
        identifiers=pairs,
    )
    ledger.save_merge(merge)
    return merge


def _arrived(into: Work, other: Work, now: int) -> Reading | None:
    """The other work's place as a reading of this one, if it is the newer one."""
    head = other.head
    if head is None or (into.head is not None and into.head.time >= head.time):
        return None
    return replace(head, id=new_id(now), work_id=into.id, reason="the place of the work that you joined to this one")


def part(ledger: Ledger, principal: Principal, into_id: str, merge_id: str, now: int) -> Merge:
    """The unit behind `Joining.part`."""
    account_id = guard(ledger, principal).id
    merges = ledger.merges(account_id)
    merge = next((each for each in merges if each.id == merge_id and each.into_id == into_id), None)
    if merge is None:
        raise NotFound("these works are not joined")
    if any(each.from_id == into_id for each in merges):
        raise InvalidRequest("what came of it is joined to another work: part them first")
    ledger.repoint(account_id, merge.identifiers, into_id, merge.from_id)
    documents = _documents(ledger, merge)
    ledger.move_readings(account_id, into_id, merge.from_id, merge.id, documents)
    for work_id, but in ((into_id, merge.head_id), (merge.from_id, None)):
        work = _work(ledger, account_id, work_id)
        ledger.save_work(replace(work, head=place_of(ledger, account_id, work_id, but)))
    undone = replace(merge, undone_at=now)
    ledger.save_merge(undone)
    return undone


def place_of(ledger: Ledger, account_id: str, work_id: str, but: str | None = None) -> Reading | None:
    """The place of a work after readings have come or gone: the newest that was its place (but for `but`), else the newest."""
    head = ledger.newest_head(account_id, work_id, but)
    if head is not None:
        return head
    readings = ledger.readings(account_id, work_id, before=None, limit=LOOKED_THROUGH)
    return next((each for each in readings if each.work_id == work_id and each.id != but), None)


def _documents(ledger: Ledger, merge: Merge) -> list[str]:
    """What readings call what led to the second work: documents by their names, editions by their publications' ids."""
    named = [value for type_, value in merge.identifiers if type_ != PUBLICATION]
    editions = [value for type_, value in merge.identifiers if type_ == PUBLICATION]
    return [*named, *(each.id for edition in editions for each in ledger.edition(edition))]


def _work(ledger: Ledger, account_id: str, work_id: str) -> Work:
    work = ledger.work(account_id, work_id)
    if work is None:
        raise NotFound("there is no such work")
    return work
