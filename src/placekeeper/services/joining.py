"""Joining two works that are one, and parting them again: the person says so, no protocol does.

What led to the second work leads to the first one, the newer place of the two is the place, and both histories are one. To part
them gives each back what it had, and what was read since goes with the document that it was read in. Nothing is deleted.
"""

from dataclasses import replace
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.standing import NOWHERE, Sight, Standing, last_of
from placekeeper.domain.work import Before, Description, Identifier, Merge, Work
from placekeeper.services.account_units import guard
from placekeeper.services.matching import ALIAS, DENIED, DOCUMENT, PUBLICATION, forget_denials

LOOKED_THROUGH: Final = 1_000
"""Readings of a work among which the last one of each device is looked for when works are parted."""


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
    denied = forget_denials(ledger, account_id, into.id)
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
        identifiers=(*pairs, *((each.type, each.value) for each in denied if (each.type, each.value) not in pairs)),
        before=Before(description=into.description, first_received_at=into.first_received_at, restored_at=into.restored_at),
    )
    ledger.save_merge(merge)
    return merge


def _arrived(into: Work, other: Work, now: int) -> Reading | None:
    """The other work's place as a reading of this one, if it is the newer one."""
    head = other.head
    if head is None or (into.head is not None and into.head.time >= head.time):
        return None
    reason = "the place of the work that you joined to this one"
    return replace(head, id=new_id(now), work_id=into.id, effect=Effect.HEAD, reason=reason)


def part(ledger: Ledger, principal: Principal, into_id: str, merge_id: str, now: int) -> Merge:
    """The unit behind `Joining.part`."""
    account_id = guard(ledger, principal).id
    merges = ledger.merges(account_id)
    merge = next((each for each in merges if each.id == merge_id and each.into_id == into_id), None)
    if merge is None:
        raise NotFound("these works are not joined")
    if any(each.from_id == into_id for each in merges):
        raise InvalidRequest("what came of it is joined to another work: part them first")
    leading = _came_with(ledger, merge)
    ledger.repoint(account_id, [(each.type, each.value) for each in leading], into_id, merge.from_id)
    _deny_again(ledger, merge, now)
    ledger.move_readings(account_id, into_id, merge.from_id, merge.id, documents_of(ledger, leading))
    undone = replace(merge, undone_at=now)
    ledger.save_merge(undone)
    into, other = _work(ledger, account_id, into_id), _work(ledger, account_id, merge.from_id)
    into = _as_before(into, other, merge.before)
    _stand_apart(ledger, into, other)
    if into.head is None or into.head.id == merge.head_id:
        into = replace(into, head=_before(ledger, merge))
    settle(ledger, replace(into, run=_run_of(ledger, into)), now)
    settle(ledger, other, now)
    return undone


def _as_before(into: Work, other: Work, before: Before | None) -> Work:
    """The work without what it took over from the other one, where no device has said it of itself since."""
    if before is None:
        return into

    def own(now: str | None, then: str | None, taken: str | None) -> str | None:
        return then if then is None and now == taken else now

    had, has, gave = before.description, into.description, other.description
    described = Description(
        title=own(has.title, had.title, gave.title),
        authors=own(has.authors, had.authors, gave.authors),
        filename=own(has.filename, had.filename, gave.filename),
    )
    restored = before.restored_at if into.restored_at == other.restored_at else into.restored_at
    first = before.first_received_at if before.first_received_at is not None else into.first_received_at
    return replace(into, description=described, restored_at=restored, first_received_at=first)


def _stand_apart(ledger: Ledger, into: Work, other: Work) -> None:
    """Devices that stood where the two were joined stand each in its own work, at the last that it said there."""
    for work in (into, other):
        readings = [
            each
            for each in ledger.readings(work.account_id, work.id, before=None, limit=LOOKED_THROUGH)
            if each.work_id == work.id and each.outcome is not Outcome.CHOSEN
        ]
        for device_id, standing in ledger.standings(work.account_id, into.id):
            last = next((each for each in readings if each.report.device_id == device_id), None)
            if last is not None:
                ledger.save_standing(work.account_id, work.id, device_id, replace(standing, last=last_of(last)))
            elif work is into:
                ledger.save_standing(work.account_id, work.id, device_id, NOWHERE)


def _before(ledger: Ledger, merge: Merge) -> Reading | None:
    """The place before a merge, where it was one that had only been held: those that were places are found by that."""
    before = ledger.reading(merge.account_id, merge.into_id, merge.before_id) if merge.before_id is not None else None
    return None if before is None or before.work_id != merge.into_id or before.effect is Effect.HEAD else before


def _run_of(ledger: Ledger, work: Work) -> int:
    """The run that a work is in by its own runs, and by those of what is joined to it still."""
    own = [run.number for run in ledger.runs(work.account_id, work.id)]
    joined = [ledger.work(work.account_id, each.from_id) for each in ledger.merges(work.account_id) if each.into_id == work.id]
    return min(work.run, max([*own, *(each.run for each in joined if each is not None)])) if own else work.run


def settle(ledger: Ledger, work: Work, now: int) -> None:
    """Keep a work after readings have come or gone. Its place: the one that it has, if that has not gone, or a newer one of its
    own that was its place, else its newest reading; or the place of a work that is joined to it, where that is newer.
    """
    places = [work.head, ledger.newest_own(work.account_id, work.id, head=True)]
    own = max((each for each in places if each is not None), key=lambda each: each.id, default=None)
    work = replace(work, head=own or ledger.newest_own(work.account_id, work.id, head=False))
    for merge in ledger.merges(work.account_id):
        other = ledger.work(work.account_id, merge.from_id) if merge.into_id == work.id else None
        arrived = _arrived(work, other, now) if other is not None else None
        if arrived is not None:
            ledger.add_reading(work.account_id, arrived)
            work = replace(work, head=arrived)
    ledger.save_work(work)


def documents_of(ledger: Ledger, identifiers: list[Identifier]) -> list[str]:
    """What readings call that which leads to a work: documents by their names, editions by their publications' ids."""
    named = [each.value for each in identifiers if each.type not in {PUBLICATION, DENIED}]
    editions = [each.value for each in identifiers if each.type == PUBLICATION]
    return [*named, *(each.id for edition in editions for each in ledger.edition(edition))]


def _came_with(ledger: Ledger, merge: Merge) -> list[Identifier]:
    """What led to the second work, and further names that its documents got since."""
    pairs = set(merge.identifiers)
    documents = {value for type_, value in pairs if type_ == DOCUMENT}
    leading = ledger.identifiers(merge.account_id, merge.into_id)
    return [each for each in leading if (each.type, each.value) in pairs or (each.type == ALIAS and each.document in documents)]


def _deny_again(ledger: Ledger, merge: Merge, now: int) -> None:
    """What the person had denied before, which joining had made void."""
    for value in (value for type_, value in merge.identifiers if type_ == DENIED):
        document = value.rpartition(" ")[0]
        there = ledger.identifier(merge.account_id, DOCUMENT, document)
        work_id = there.work_id if there is not None else merge.into_id
        ledger.register(merge.account_id, Identifier(type=DENIED, value=value, work_id=work_id, document=document), now)


def _work(ledger: Ledger, account_id: str, work_id: str) -> Work:
    work = ledger.work(account_id, work_id)
    if work is None:
        raise NotFound("there is no such work")
    return work
