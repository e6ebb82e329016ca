"""The unit that takes a reading: find its work and its device, judge it, keep it. All within one transaction.

Knows no protocol and no clock: what goes on around it stands in `readings`.
"""

from dataclasses import dataclass, replace

from placekeeper.domain.account import Principal
from placekeeper.domain.arbiter import Case, begins_anew, decide
from placekeeper.domain.device import Device
from placekeeper.domain.errors import Outdated
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Held, Sight, Standing, last_of
from placekeeper.domain.work import Description, Work
from placekeeper.services.account_units import authorise
from placekeeper.services.askers import Active
from placekeeper.services.matching import DOCUMENT, Match, Named, claim, register


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
class Caller:
    """Who pushes, as far as it is known before the transaction.

    `key` recognises the device, `device` is what memory knows of it; `fetched` a head that it has fetched, as it turns
    out by its pushing now. `now`: Unix milliseconds.
    """

    key: str
    name: str
    address: str
    now: int
    device: Active | None
    fetched: Sight | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of a push: the reading as it was judged, the canonical document, the label that matched."""

    reading: Reading
    document: str
    match: str | None


def keep(ledger: Ledger, principal: Principal, push: Push, caller: Caller) -> Kept:
    """Keep a reading. Raises Outdated."""
    match = _match(ledger, principal, push, caller.now)
    work = match.work
    device_id, active_at = _device(ledger, principal.account_id, push.protocol, caller)
    standing = _knowing(ledger.standing(principal.account_id, work.id, device_id), caller.fetched)
    report = Report(
        device_id=device_id,
        device_name=push.device_name,
        device_foreign_id=push.device_foreign_id,
        protocol=push.protocol,
        document=push.document,
        place=push.place,
        progression=push.progression,
        observed_at=None,
        received_at=caller.now,
        identifiers=tuple((entry.type, entry.value) for entry in push.named) if push.named else (),
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
        id=new_id(caller.now),
        work_id=work.id,
        report=report,
        outcome=decision.outcome,
        effect=decision.effect,
        reason=decision.reason,
    )
    _store(ledger, work, standing, reading, push.description)
    label = push.named[match.rank].type if match.rank is not None else None
    return Kept(reading=reading, document=match.document, match=label)


def _match(ledger: Ledger, principal: Principal, push: Push, now: int) -> Match:
    """The work to write to, authorised again. Without identifiers, one look-up answers both."""
    account_id = principal.account_id
    if push.named:
        authorise(ledger, principal)
        return claim(ledger, account_id, push.document, push.named, now)
    desk = ledger.desk(account_id, DOCUMENT, push.document)
    if desk is None or desk[0] != principal.credential_revision:
        raise Outdated
    found = Match(*desk[1], None) if desk[1] is not None else None
    return register(ledger, account_id, push.document, (), found, now)


def _device(ledger: Ledger, account_id: str, kind: str, caller: Caller) -> tuple[str, int | None]:
    """The device that pushes, marked active: its id, and when it was active before (None for a new one)."""
    known = caller.device
    if known is not None:
        if known.stale(caller.name, caller.address, caller.now):
            ledger.device_active(account_id, known.id, name=caller.name, address=caller.address, at=caller.now)
        return known.id, known.at
    stored = ledger.device(account_id, caller.key)
    if stored is not None:
        ledger.device_active(account_id, stored.id, name=caller.name, address=caller.address, at=caller.now)
        return stored.id, stored.active_at
    device = Device(
        account_id=account_id,
        id=new_id(caller.now),
        key=caller.key,
        kind=kind,
        name=caller.name,
        address=caller.address,
        created_at=caller.now,
        active_at=caller.now,
    )
    ledger.save_device(device)
    return device.id, None


def _knowing(standing: Standing, fetched: Sight | None) -> Standing:
    """The standing with what the device has fetched besides."""
    if fetched is None or (standing.seen is not None and standing.seen.at >= fetched.at):
        return standing
    return replace(standing, seen=fetched)


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
            run=work.run + 1 if becomes_head and work.head and begins_anew(report, work.head) else work.run,
            first_received_at=work.first_received_at or report.received_at,
        )
        (ledger.move_head if described is work.description else ledger.save_work)(changed)
    ledger.save_standing(account_id, work.id, report.device_id, _moved(standing, work, reading))
    if any(mark.value == report.place.value for mark in standing.unanswered):
        ledger.clear_unanswered(account_id, work.id, report.device_id, report.place.value)


def _moved(standing: Standing, work: Work, reading: Reading) -> Standing:
    """Where the device stands after this reading. A `repeat` says nothing: the place that it repeats was said before."""
    at, progression, last = reading.report.received_at, reading.report.progression, last_of(reading)
    if reading.effect is Effect.HEAD:
        return Standing(last=last, seen=Sight(reading_id=reading.id, progression=progression, at=at))
    if reading.effect is Effect.HELD:
        return replace(standing, last=last, held=Held(progression=progression, received_at=at))
    head = work.head
    if reading.outcome is not Outcome.ECHO or head is None:
        return standing
    if head.report.device_id == reading.report.device_id:
        return replace(standing, last=last)
    return replace(standing, last=last, seen=Sight(reading_id=head.id, progression=head.report.progression, at=at))
