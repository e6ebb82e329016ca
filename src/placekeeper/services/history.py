"""Looking back, and steering by hand: what was read when, on what, why it counts or not, and taking a place back.

Knows no protocol; everything is of one account.
"""

from dataclasses import dataclass, replace

from placekeeper.domain.account import Principal
from placekeeper.domain.device import PLACEKEEPER, Device
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.standing import Sight, Standing, last_of
from placekeeper.domain.work import Identifier, Merge, Work
from placekeeper.services.account_units import guard


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInFull:
    """A work, all that leads to it, and what is joined to it, or it to."""

    work: Work
    identifiers: list[Identifier]
    merges: list[Merge]


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlace:
    """Where one device is in a work, and what it has seen."""

    device: Device
    standing: Standing
    last: Reading | None


class History:
    """The use cases of the person who looks at all this."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def works(self, principal: Principal, *, before: str | None, limit: int) -> list[Work]:
        """The account's works, the one read last first. Raises InvalidRequest when `before` is none of them."""

        def unit(ledger: Ledger) -> list[Work]:
            if before is not None and ledger.work(principal.account_id, before) is None:
                raise InvalidRequest("before is the id of none of your works")
            return ledger.works(principal.account_id, before=before, limit=limit)

        return await self._store.browse(unit)

    async def work(self, principal: Principal, work_id: str) -> WorkInFull:
        """One work. Raises NotFound."""

        def unit(ledger: Ledger) -> WorkInFull:
            work = _work(ledger, principal, work_id)
            merges = [each for each in ledger.merges(principal.account_id) if work_id in {each.into_id, each.from_id}]
            return WorkInFull(work=work, identifiers=ledger.identifiers(principal.account_id, work_id), merges=merges)

        return await self._store.browse(unit)

    async def readings(self, principal: Principal, work_id: str, *, before: str | None, limit: int) -> list[Reading]:
        """A work's readings, newest first. Raises NotFound, InvalidRequest when `before` is none of them."""

        def unit(ledger: Ledger) -> list[Reading]:
            _work(ledger, principal, work_id)
            if before is not None and ledger.reading(principal.account_id, work_id, before) is None:
                raise InvalidRequest("before is the id of none of its readings")
            return ledger.readings(principal.account_id, work_id, before=before, limit=limit)

        return await self._store.browse(unit)

    async def places(self, principal: Principal, work_id: str) -> list[DevicePlace]:
        """Each device's own place in a work. Raises NotFound."""

        def unit(ledger: Ledger) -> list[DevicePlace]:
            _work(ledger, principal, work_id)
            devices = {device.id: device for device in ledger.devices(principal.account_id)}
            standings = ledger.standings(principal.account_id, work_id)
            return [
                DevicePlace(device=devices[id_], standing=standing, last=_last(ledger, principal, work_id, standing))
                for id_, standing in standings
                if id_ in devices and (standing.last is not None or standing.seen is not None)
            ]

        return await self._store.browse(unit)

    async def devices(self, principal: Principal) -> list[Device]:
        """The account's devices, the one active last first."""
        return await self._store.browse(lambda ledger: ledger.devices(principal.account_id))

    async def devices_lately(self, principal: Principal, limit: int) -> list[Device]:
        """Some of them: an account may have ten thousand, if somebody sees to it."""
        return await self._store.browse(lambda ledger: ledger.devices_lately(principal.account_id, limit))

    async def restore(self, principal: Principal, work_id: str, reading_id: str) -> Reading:
        """Make an earlier reading the place again; the new reading that says so.

        Raises NotFound, Unauthorized, InvalidRequest where the work is joined to another.
        """
        now = self._clock()
        return await self._store.write(lambda ledger: restore(ledger, principal, work_id, reading_id, now))


def restore(ledger: Ledger, principal: Principal, work_id: str, reading_id: str, now: int) -> Reading:
    """The unit behind `History.restore`: a reading of the device "placekeeper" that becomes the head."""
    account_id = guard(ledger, principal).id
    work = _work(ledger, principal, work_id)
    if any(merge.from_id == work_id for merge in ledger.merges(account_id)):
        raise InvalidRequest("this work is joined to another one, whose place counts: take the place back there")
    chosen = ledger.reading(account_id, work_id, reading_id)
    if chosen is None:
        raise NotFound("there is no such reading of this work")
    device = ledger.device(account_id, PLACEKEEPER) or Device(
        account_id=account_id,
        id=new_id(now),
        key=PLACEKEEPER,
        kind=PLACEKEEPER,
        name=PLACEKEEPER,
        address=None,
        created_at=now,
        active_at=now,
    )
    ledger.save_device(replace(device, active_at=now))
    report = replace(
        chosen.report,
        device_id=device.id,
        device_name=PLACEKEEPER,
        device_foreign_id=PLACEKEEPER,
        observed_at=None,
        received_at=now,
    )
    reading = Reading(
        id=new_id(now),
        work_id=work_id,
        report=report,
        outcome=Outcome.CHOSEN,
        effect=Effect.HEAD,
        reason=f"you took back the place of {chosen.report.device_name}",
    )
    ledger.add_reading(account_id, reading)
    ledger.save_work(replace(work, head=reading, restored_at=now))
    sight = Sight(reading_id=reading.id, progression=report.progression, at=now)
    ledger.save_standing(account_id, work_id, device.id, Standing(last=last_of(reading), seen=sight))
    return reading


def _last(ledger: Ledger, principal: Principal, work_id: str, standing: Standing) -> Reading | None:
    last = standing.last
    return ledger.reading(principal.account_id, work_id, last.reading_id) if last else None


def _work(ledger: Ledger, principal: Principal, work_id: str) -> Work:
    work = ledger.work(principal.account_id, work_id)
    if work is None:
        raise NotFound("there is no such work")
    return work
