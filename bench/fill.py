"""A database with many accounts and readings, filled through the storage engine itself."""

import time
from pathlib import Path

from placekeeper.domain.device import Device
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Standing, last_of
from placekeeper.domain.work import Description, Identifier, Work
from placekeeper.services.account_units import new_account
from placekeeper.storage.sqlite import SqliteStore

PER_WORK = 100
"""Readings of one work: one device that has read for some months."""
STEP_MS = 60_000


def fill(data: Path, readings: int, per_work: int = PER_WORK) -> None:
    """Add that many readings, a fresh account with one work for each `per_work` of them."""
    store = SqliteStore(data, now_ms=time.time_ns() // 1_000_000)
    start = time.time_ns() // 1_000_000 - readings // per_work * STEP_MS
    for first in range(0, readings // per_work, 1000):
        count = min(1000, readings // per_work - first)

        def unit(ledger: Ledger, first: int = first, count: int = count) -> None:
            for number in range(first, first + count):
                _account(ledger, number, start, per_work)

        store.run(unit)
    store.close()


def _account(ledger: Ledger, number: int, start: int, readings: int) -> None:
    account = new_account(f"filled{number}", "x", start)
    ledger.save_account(account)
    work = Work(
        account_id=account.id,
        id=new_id(start),
        description=Description(title=f"Book {number}"),
        head=None,
        run=1,
        first_received_at=start,
        restored_at=None,
        created_at=start,
    )
    device = Device(
        account_id=account.id,
        id=new_id(start),
        key="id:filled",
        kind="kosync",
        name="Kobo",
        address=None,
        created_at=start,
        active_at=start,
    )
    document = f"{number:032x}"
    ledger.register(account.id, Identifier(type="kosync-document", value=document, work_id=work.id, document=document), start)
    ledger.save_device(device)
    for turn in range(readings):
        head = _reading(work, device, document, turn, readings, start + turn * STEP_MS)
        ledger.add_reading(account.id, head)
    ledger.save_work(
        Work(
            account_id=work.account_id,
            id=work.id,
            description=work.description,
            head=head,
            run=1,
            first_received_at=start,
            restored_at=None,
            created_at=start,
        )
    )
    ledger.save_standing(account.id, work.id, device.id, Standing(last=last_of(head)))


def _reading(work: Work, device: Device, document: str, turn: int, turns: int, at: int) -> Reading:
    report = Report(
        device_id=device.id,
        device_name=device.name,
        device_foreign_id="filled",
        protocol="kosync",
        document=document,
        place=NotedPlace(Notation.XPOINTER, f"/body/DocFragment[{turn}]/body/p[{turn}]/text().0"),
        progression=turn / turns,
        observed_at=None,
        received_at=at,
    )
    return Reading(
        id=new_id(at),
        work_id=work.id,
        report=report,
        outcome=Outcome.SAME_DEVICE,
        effect=Effect.HEAD,
        reason="Kobo reads on",
    )
