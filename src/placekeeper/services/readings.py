"""Taking readings and giving the place. Knows no protocol: noted places come in and go out as they are.

A reading is judged within the transaction that keeps it, so two devices can't both win. What a device fetched is noted
in memory and written with the next batch: it never delays an answer, and losing it errs to "not informed".
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from placekeeper.domain.account import Principal
from placekeeper.domain.arbiter import Case, decide
from placekeeper.domain.device import Device, device_key
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import NotedPlace
from placekeeper.domain.ports import Clock, Ledger, Observer, Store
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import NOWHERE, Held, Sight, Standing, Unanswered
from placekeeper.domain.work import Description, Work
from placekeeper.services.account_units import guard
from placekeeper.services.matching import Named, claim, find, progress_match


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a device reports, before its account's rows are known. Progression is a ratio 0..1."""

    protocol: str
    document: str
    named: tuple[Named, ...]
    place: NotedPlace
    progression: float
    device_name: str
    device_foreign_id: str | None
    description: Description | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of a push: the reading as it was judged, the canonical document, the label that matched."""

    reading: Reading
    document: str
    match: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place, for one asker: the head, the canonical document, and how the asker's identifiers relate to both."""

    head: Reading
    document: str
    match: str | None = None
    progress_match: str | None = None


class Readings:
    """The use cases of reading on several devices."""

    def __init__(self, store: Store, *, clock: Clock, observer: Observer, remembered_askers: int = 100_000) -> None:
        """`remembered_askers` bounds the memory of who was last at which address."""
        self._store, self._clock, self._observer = store, clock, observer
        self._askers: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._remembered = remembered_askers

    async def push(self, principal: Principal, push: Push, address: str) -> Kept:
        """Keep a reading and judge it; returns once it is safely stored. Raises Unauthorized, StorageUnavailable."""
        now = self._clock()
        kept = await self._store.write(lambda ledger: keep(ledger, principal, push, address, now))
        report = kept.reading.report
        self._observer.decided(report.protocol, kept.reading.outcome)
        self._remember((principal.account_id, principal.credential_id or address), report.device_id)
        return kept

    async def place(self, principal: Principal, document: str, named: tuple[Named, ...], address: str) -> Place | None:
        """The place in the work that the document or the identifiers lead to; None when nobody read it yet."""
        account_id = principal.account_id
        if named:
            place = await self._store.read(lambda ledger: _look_up(ledger, account_id, document, named))
        else:
            head = await self._store.read(lambda ledger: ledger.place(account_id, document))
            place = Place(head=head, document=document) if head is not None else None
        if place is not None:
            await self._note_sight(principal, place.head, address)
        return place

    async def unanswered(self, principal: Principal, kept: Kept) -> None:
        """The client gave up before it heard that this reading was kept: it will send it again."""
        report = kept.reading.report
        mark = Unanswered(value=report.place.value, received_at=report.received_at)

        def unit(ledger: Ledger) -> None:
            guard(ledger, principal)
            ledger.mark_unanswered(principal.account_id, kept.reading.work_id, report.device_id, mark)

        await self._store.write(unit)

    async def _note_sight(self, principal: Principal, head: Reading, address: str) -> None:
        """Note that the asker, as far as it is known, has seen this head."""
        account_id, work_id = principal.account_id, head.work_id
        device_id = await self._asker(principal, address)
        if device_id is None:
            return
        sight = Sight(reading_id=head.id, progression=head.report.progression, at=self._clock())

        def unit(ledger: Ledger) -> None:
            if ledger.credential_revision(account_id) is not None:
                ledger.save_sight(account_id, work_id, device_id, sight)

        self._store.note((account_id, work_id, device_id), unit)

    async def _asker(self, principal: Principal, address: str) -> str | None:
        """The device that asks: its credential says so, else it is the one that last wrote from this address."""
        account_id = principal.account_id
        place = (account_id, principal.credential_id or address)
        known = self._askers.get(place)
        if known is not None:
            self._askers.move_to_end(place)
            return known
        if principal.credential_id is not None:
            key = device_key(credential_id=principal.credential_id, foreign_id=None, name="")
            device = await self._store.read(lambda ledger: ledger.device(account_id, key))
        else:
            devices = await self._store.read(lambda ledger: ledger.devices(account_id))
            device = next((device for device in devices if device.address == address), None)
        if device is not None:
            self._remember(place, device.id)
        return device.id if device else None

    def _remember(self, place: tuple[str, str], device_id: str) -> None:
        self._askers[place] = device_id
        self._askers.move_to_end(place)
        if len(self._askers) > self._remembered:
            self._askers.popitem(last=False)


def keep(ledger: Ledger, principal: Principal, push: Push, address: str, now: int) -> Kept:
    """The unit behind `Readings.push`: find the work and the device, judge, store. Authorised within the transaction."""
    guard(ledger, principal)
    account_id = principal.account_id
    match = claim(ledger, account_id, push.document, push.named, now)
    work = ledger.work(account_id, match.identifier.work_id)
    assert work is not None, "an identifier leads to no work"  # noqa: S101 - both are written in one transaction
    device, active_at = _device(ledger, principal, push, address, now)
    standing = ledger.standing(account_id, work.id, device.id)
    report = Report(
        device_id=device.id,
        device_name=push.device_name,
        device_foreign_id=push.device_foreign_id,
        protocol=push.protocol,
        document=push.document,
        place=push.place,
        progression=push.progression,
        observed_at=None,
        received_at=now,
        identifiers=tuple((entry.type, entry.value) for entry in push.named),
    )
    decision = decide(
        Case(
            report=report,
            head=work.head,
            standing=standing,
            first_received_at=work.first_received_at,
            restored_at=work.restored_at,
            device_active_at=active_at,
            mode=principal.arbiter,
        )
    )
    reading = Reading(
        id=new_id(now),
        work_id=work.id,
        report=report,
        outcome=decision.outcome,
        effect=decision.effect,
        reason=decision.reason,
    )
    _store(ledger, work, standing, reading, push.description)
    label = push.named[match.rank].type if match.rank is not None else None
    return Kept(reading=reading, document=match.identifier.document, match=label)


def _device(ledger: Ledger, principal: Principal, push: Push, address: str, now: int) -> tuple[Device, int | None]:
    """The device that pushes, marked active, and when it was active before (None for a new one)."""
    credential_id = principal.credential_id
    key = device_key(credential_id=credential_id, foreign_id=push.device_foreign_id, name=push.device_name)
    name = principal.credential_name or push.device_name
    known = ledger.device(principal.account_id, key)
    if known is None:
        device = Device(
            account_id=principal.account_id,
            id=new_id(now),
            key=key,
            kind=push.protocol,
            name=name,
            address=address,
            created_at=now,
            active_at=now,
        )
    else:
        device = replace(known, name=name, address=address, active_at=now)
    ledger.save_device(device)
    return device, known.active_at if known else None


def _store(ledger: Ledger, work: Work, standing: Standing, reading: Reading, description: Description | None) -> None:
    """Keep the reading, and what it changes about its work and its device."""
    account_id, report = work.account_id, reading.report
    ledger.add_reading(account_id, reading)
    described = work.description.completed_by(description) if description else work.description
    becomes_head = reading.effect is Effect.HEAD
    if becomes_head or described != work.description:
        changed = replace(
            work,
            description=described,
            head=reading if becomes_head else work.head,
            run=work.run + 1 if reading.outcome is Outcome.RESTARTED else work.run,
            first_received_at=work.first_received_at or report.received_at,
        )
        ledger.save_work(changed)
    ledger.save_standing(account_id, work.id, report.device_id, _moved(standing, work, reading))
    if any(mark.value == report.place.value for mark in standing.unanswered):
        ledger.clear_unanswered(account_id, work.id, report.device_id, report.place.value)


def _moved(standing: Standing, work: Work, reading: Reading) -> Standing:
    """Where the device stands after this reading."""
    at, progression = reading.report.received_at, reading.report.progression
    if reading.effect is Effect.HEAD:
        return Standing(last=reading, seen=Sight(reading_id=reading.id, progression=progression, at=at))
    if reading.effect is Effect.HELD:
        return replace(standing, last=reading, held=Held(progression=progression, received_at=at))
    if reading.outcome is Outcome.ECHO and work.head is not None:
        head = work.head
        return replace(standing, last=reading, seen=Sight(reading_id=head.id, progression=head.report.progression, at=at))
    return replace(standing, last=reading)


def _look_up(ledger: Ledger, account_id: str, document: str, named: tuple[Named, ...]) -> Place | None:
    match = find(ledger, account_id, document, named, to_write=False)
    head = ledger.place(account_id, match.identifier.document) if match else None
    if match is None or match.rank is None or head is None:
        return None
    label = named[match.rank].type
    return Place(
        head=head,
        document=match.identifier.document,
        match=label,
        progress_match=progress_match(head, named, label),
    )


__all__ = ["NOWHERE", "Kept", "Place", "Push", "Readings", "keep"]
