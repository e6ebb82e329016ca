"""The unit that takes a reading: find its work and its device, judge it, keep it. All within one transaction.

Knows no protocol and no clock: what goes on around it stands in `readings`.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from placekeeper.domain.account import Principal
from placekeeper.domain.arbiter import Case, Measured, begins_anew, decide
from placekeeper.domain.device import Device
from placekeeper.domain.errors import Outdated
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Held, Sight, Standing, last_of
from placekeeper.domain.work import Description, Work
from placekeeper.services.account_units import authorise, room
from placekeeper.services.askers import Active
from placekeeper.services.identity import claim_document
from placekeeper.services.matching import DOCUMENT, Match, Named, Shelved, claim, claim_shelved, find, register


class Order(enum.Enum):
    """How a document of a protocol with times stands to the one that is stored: the same again, later, not later, or unknown."""

    AGAIN = enum.auto()
    LATER = enum.auto()
    NOT_LATER = enum.auto()
    UNKNOWN = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a device reports, before its account's rows are known. Progression is a ratio 0..1.

    `shelved`: the publication that it is about, where the protocol names one; then `document` is nothing but its id.
    Of a protocol that carries times: `observed_at`, Unix milliseconds; `order`, how this stands to a document of its own that is
    stored, for milliseconds are too coarse to tell.

    `answers`: the heads that this place is, as they were answered; `repeats`: heads in whose place it was answered, because they
    could not be said, so that it tells nothing. `measured`: how it compares with a head that was written in other words; with
    `measures`, the push is refused where that is not known, see `Unmeasured`.
    """

    protocol: str
    document: str
    named: tuple[Named, ...]
    place: NotedPlace
    progression: float
    device_name: str
    device_foreign_id: str | None
    description: Description | None = None
    shelved: Shelved | None = None
    observed_at: int | None = None
    order: Callable[[NotedPlace], Order] | None = None
    answers: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    measured: Measured | None = None
    measures: bool = False


class Unmeasured(Exception):
    """The head was written in other words than the push. Nothing was kept: measure both, and push again."""

    def __init__(self, head: Reading) -> None:
        """`head`: to be measured."""
        super().__init__()
        self.head = head


FINISHED = 0.98
"""From here on a work counts as read, unless the settings say otherwise: what follows is back matter, or a last page."""
UNKNOWN = -1
"""A revision that no work has: what is on such a desk must be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that a decision needs, as it is at one revision of the work. It may be remembered: the revision tells its worth.

    `match` is the label under which a client's list of identifiers found it; `active_at` when the device was active before.
    """

    work: Work
    document: str
    match: str | None
    device_id: str
    standing: Standing
    revision: int
    active_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who pushes, as far as it is known before the transaction.

    `key` recognises the device, `device` is what memory knows of it; `fetched` a head that it has fetched, as it turns
    out by its pushing now; `desk` what its last push of this document left. `now`: Unix milliseconds. `library`: whether the
    library may say what its document is. `finished_from`: how far a work must be read to count as read to its end.
    """

    key: str
    name: str
    address: str
    now: int
    device: Active | None
    fetched: Sight | None
    desk: Desk | None
    library: bool = False
    finished_from: float = FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of a push: the reading as it was judged, the canonical document, the label that matched.

    `again`: it was the stored document once more. `stored`: what the pushing protocol holds as stored from now on, if that is
    words of its own.
    """

    reading: Reading
    document: str
    match: str | None
    desk: Desk
    again: bool = False
    stored: Reading | None = None


def keep(ledger: Ledger, principal: Principal, push: Push, caller: Caller) -> Kept:
    """Keep a reading. Raises Full, Outdated, Unmeasured."""
    room(ledger, principal)
    desk = _remembered(ledger, principal, push, caller.desk) or _looked_up(ledger, principal, push, caller)
    work, standing = desk.work, _knowing(desk.standing, caller.fetched)
    measured = push.measured if work.head is not None and push.measured and push.measured.head_id == work.head.id else None
    wanted = push.measures and measured is None and work.head is not None and work.head.id not in push.answers
    if wanted and work.head is not None and in_other_words(work.head, push.protocol, push.document, push.named):
        raise Unmeasured(work.head)
    report = Report(
        device_id=desk.device_id,
        device_name=push.device_name,
        device_foreign_id=push.device_foreign_id,
        protocol=push.protocol,
        document=push.document,
        place=push.place,
        progression=push.progression,
        observed_at=push.observed_at,
        received_at=caller.now,
        identifiers=tuple((entry.type, entry.value) for entry in push.named) if push.named else (),
    )
    stored = own_words(ledger, work, push.protocol) if push.order is not None else None
    order = push.order(stored.report.place) if push.order is not None and stored is not None else Order.UNKNOWN
    decision = decide(
        Case(
            report=report,
            head=work.head,
            standing=standing,
            first_received_at=work.first_received_at,
            restored_at=work.restored_at,
            device_active_at=_active(ledger, work.account_id, desk, caller),
            mode=principal.arbiter,
            stored=stored,
            again=order is Order.AGAIN,
            later=order is Order.LATER,
            answered=work.head is not None and (work.head.id in push.answers or (measured is not None and measured.same)),
            repeats=work.head is not None and work.head.id in push.repeats,
            measured=measured,
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
    after = _store(ledger, desk, standing, reading, push.description)
    if reading.effect is Effect.HEAD:
        _note_run(ledger, work, after.work, caller.finished_from)
    again = order is Order.AGAIN
    taken = reading if reading.effect is Effect.HEAD or (reading.outcome is Outcome.ECHO and not again) else stored
    return Kept(reading=reading, document=desk.document, match=desk.match, desk=after, again=again, stored=taken)


def in_other_words(head: Reading, protocol: str, document: str, named: tuple[Named, ...]) -> bool:
    """Whether a head's place means nothing in a document of a protocol as it is: no name of the two is shared."""
    report = head.report
    if report.protocol != protocol or (report.document == document and not named):
        return report.protocol != protocol
    meant = {document, *(entry.value for entry in named)}
    return meant.isdisjoint({report.document, *(value for _type, value in report.identifiers)})


def own_words(ledger: Ledger, work: Work, protocol: str) -> Reading | None:
    """The head as a protocol itself has said it: the head where it wrote that, else what it has echoed of it since.

    What the person took back by hand is nobody's words: they say another time and device.
    """
    head = work.head
    if head is None or (head.report.protocol == protocol and head.outcome is not Outcome.CHOSEN):
        return head
    echo = ledger.latest(work.account_id, work.id, protocol, Outcome.ECHO)
    return echo if echo is not None and echo.id > head.id else None


def _remembered(ledger: Ledger, principal: Principal, push: Push, desk: Desk | None) -> Desk | None:
    """What was on the desk after the last push of this device, if nothing of it has changed since. Raises Outdated."""
    if desk is None or push.named or push.shelved is not None:
        return None
    revisions = ledger.revisions(principal.account_id, desk.work.id)
    if revisions is None or revisions[0] != principal.credential_revision:
        raise Outdated
    return desk if revisions[1] == desk.revision else None


def _looked_up(ledger: Ledger, principal: Principal, push: Push, caller: Caller) -> Desk:
    """All that a decision needs, from the ledger. Raises Outdated."""
    account_id = principal.account_id
    match = _match(ledger, principal, push, caller)
    device_id, active_at = _device(ledger, account_id, push.protocol, caller)
    revisions = ledger.revisions(account_id, match.work.id)
    return Desk(
        work=match.work,
        document=match.document,
        match=push.named[match.rank].type if match.rank is not None else None,
        device_id=device_id,
        standing=ledger.standing(account_id, match.work.id, device_id),
        revision=revisions[1] if revisions else 0,
        active_at=active_at,
    )


def _active(ledger: Ledger, account_id: str, desk: Desk, caller: Caller) -> int | None:
    """When the device was active before, of any work; it is noted that it is now."""
    known = caller.device
    if known is None:
        return desk.active_at
    if known.stale(caller.name, caller.address, caller.now):
        ledger.device_active(account_id, known.id, name=caller.name, address=caller.address, at=caller.now)
    return known.at


def _match(ledger: Ledger, principal: Principal, push: Push, caller: Caller) -> Match:
    """The work to write to, authorised again. Without identifiers, one look-up answers both."""
    account_id, now = principal.account_id, caller.now
    if push.shelved is not None:
        authorise(ledger, principal)
        return claim_shelved(ledger, account_id, push.shelved, now)
    if push.named:
        authorise(ledger, principal)
        if caller.library and find(ledger, account_id, push.document, push.named, to_write=True) is None:
            claim_document(ledger, account_id, push.document, push.description, now)
        return claim(ledger, account_id, push.document, push.named, now)
    desk = ledger.desk(account_id, DOCUMENT, push.document)
    if desk is None or desk[0] != principal.credential_revision:
        raise Outdated
    found = Match(*desk[1], None) if desk[1] is not None else None
    if found is None and caller.library:
        found = claim_document(ledger, account_id, push.document, push.description, caller.now)
    return register(ledger, account_id, push.document, (), found, now)


def _device(ledger: Ledger, account_id: str, kind: str, caller: Caller) -> tuple[str, int | None]:
    """The device that pushes: its id, and when it was active before (None for a new one). One that memory knows is that."""
    if caller.device is not None:
        return caller.device.id, caller.device.at
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


def _store(ledger: Ledger, desk: Desk, standing: Standing, reading: Reading, description: Description | None) -> Desk:
    """Keep the reading, and what it changes about its work and its device; what the desk holds after that."""
    work, account_id, report = desk.work, desk.work.account_id, reading.report
    ledger.add_reading(account_id, reading)
    changed = work if reading.effect is not Effect.HEAD else _with_head(work, reading)
    if changed.run != work.run and _is_begun_already(ledger, work):
        changed = replace(changed, run=work.run)
    described = work.description.completed_by(description) if description else work.description
    if described != work.description:
        changed = replace(changed, description=described)
        ledger.save_work(changed)
    elif changed is not work:
        ledger.move_head(changed)
    else:
        ledger.touch(account_id, work.id)
    moved = _moved(standing, work, reading)
    ledger.save_standing(account_id, work.id, report.device_id, moved)
    revision = desk.revision + 1
    if any(mark.value == report.place.value for mark in standing.unanswered):
        ledger.clear_unanswered(account_id, work.id, report.device_id, report.place.value)
        revision = UNKNOWN
    return Desk(
        work=changed,
        document=desk.document,
        match=desk.match,
        device_id=desk.device_id,
        standing=moved,
        revision=revision,
        active_at=desk.active_at,
    )


def _note_run(ledger: Ledger, before: Work, after: Work, finished_from: float) -> None:
    """A run that begins or ends with this head."""
    head = after.head
    if head is None:
        return
    fresh = before.head is None or after.run != before.run
    if fresh:
        ledger.begin_run(after.account_id, after.id, after.run, head.time)
    was = before.head is not None and before.head.report.progression >= finished_from
    if head.report.progression >= finished_from and (fresh or not was):
        ledger.finish_run(after.account_id, after.id, after.run, head.time)


def _is_begun_already(ledger: Ledger, work: Work) -> bool:
    """Whether the person has begun a new run by hand since the place was read: then who starts again starts that one."""
    run = next((each for each in ledger.runs(work.account_id, work.id) if each.number == work.run), None)
    return run is not None and run.started_at is not None and work.head is not None and run.started_at > work.head.time


def _with_head(work: Work, reading: Reading) -> Work:
    report = reading.report
    return Work(
        account_id=work.account_id,
        id=work.id,
        description=work.description,
        head=reading,
        run=work.run + 1 if work.head and begins_anew(report, work.head) else work.run,
        first_received_at=work.first_received_at or report.received_at,
        restored_at=work.restored_at,
        created_at=work.created_at,
    )


def _moved(standing: Standing, work: Work, reading: Reading) -> Standing:
    """Where the device stands after this reading. A `repeat` says nothing: the place that it repeats was said before."""
    at, progression, last = reading.report.received_at, reading.report.progression, last_of(reading)
    if reading.effect is Effect.HEAD:
        sight = Sight(reading_id=reading.id, progression=progression, at=at)
        return Standing(last=last, seen=sight, unanswered=standing.unanswered)
    if reading.effect is Effect.HELD:
        return replace(standing, last=last, held=Held(progression=progression, received_at=at))
    head = work.head
    if reading.outcome is not Outcome.ECHO or head is None:
        return standing
    if head.report.device_id == reading.report.device_id:
        return replace(standing, last=last)
    return replace(standing, last=last, seen=Sight(reading_id=head.id, progression=head.report.progression, at=at))
