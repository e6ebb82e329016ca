"""What devices asked and told lately, and what they got, for the person who wonders why an app goes where it goes.

Gathered in memory, one entry for each asker, document and direction, and written down now and then: it delays no answer, and what
a crash loses of it is no place. Knows no protocol.
"""

import asyncio
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.ask import Answer, Ask
from placekeeper.domain.device import Device
from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Work
from placekeeper.services.matching import DOCUMENT

SECONDS: Final = 30.0
"""How long an entry waits in memory at most, unless somebody looks."""
WAITING: Final = 10_000
"""Entries that may wait, some 500 bytes each. With more, some of the oldest are not written: there are newer ones to look at."""
KEPT: Final = 200
"""Entries of an account that are kept: a household's week."""
AT_ONCE: Final = 250
"""Entries that are written in one go, so that nobody waits long."""
KEYS: Final = ("credential:", "id:", "name:")
"""What keys of devices begin with: see `domain.device`."""
_Key = tuple[str, str, str, bool]
"""Asker, protocol, document, told."""
_Value = tuple[int, str, float | None, str | None]
"""When, with which answer, progression and work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """One entry, with the device that it was, as far as is known, and the work that it was about.

    `sure`: whether the device is known, and not guessed by its address. `address`: "" where it is not kept.
    """

    ask: Ask
    device: Device | None
    sure: bool
    address: str
    work: Work | None


class Asks:
    """Hears of every question and every report, and tells of them."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing was asked yet."""
        self._store, self._clock = store, clock
        self._waiting: dict[str, dict[_Key, _Value]] = {}
        self._count = 0
        self._due: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def asked(
        self, principal: Principal, protocol: str, document: str, address: str, answer: Answer, given: Reading | None = None
    ) -> None:
        """Somebody asked for a place. `given`: what they were given."""
        asker = address if principal.credential_id is None else f"credential:{principal.credential_id}"
        place = (given.report.progression, given.work_id) if given is not None else (None, None)
        self._note(principal.account_id, (asker, protocol, document, False), (self._clock(), answer, *place))

    def told(self, principal: Principal, reading: Reading, key: str) -> None:
        """Somebody told a place. `reading`: what became of it. `key`: of the device."""
        report = reading.report
        value = (report.received_at, reading.outcome, report.progression, reading.work_id)
        self._note(principal.account_id, (key, report.protocol, report.document, True), value)

    async def lately(self, principal: Principal, limit: int) -> list[Lately]:
        """What the account's devices asked and told lately, the newest first."""
        await self.flush()
        return await self._store.browse(lambda ledger: _lately(ledger, principal.account_id, limit))

    async def flush(self) -> None:
        """Write down what waits. Where the database does not take it, it goes on waiting."""
        while self._waiting:
            taken: list[tuple[str, _Key, _Value]] = []
            for account_id, own in tuple(self._waiting.items()):
                if taken and len(taken) + len(own) > AT_ONCE:
                    break
                taken += ((account_id, key, value) for key, value in own.items())
                del self._waiting[account_id]
            self._count -= len(taken)
            try:
                await self._store.write_aside(partial(_save, [_ask(*each) for each in taken]))
            except StorageUnavailable:
                newer, self._waiting, self._count = self._waiting, {}, 0
                for each in taken:
                    self._wait(*each)
                for account_id, own in newer.items():
                    for key, value in own.items():
                        self._wait(account_id, key, value)
                return

    def _note(self, account_id: str, key: _Key, value: _Value) -> None:
        """On the way of every request: an `Ask` is made of it when it is written."""
        self._wait(account_id, key, value)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(SECONDS, self._begin)

    def _wait(self, account_id: str, key: _Key, value: _Value) -> None:
        """Let it wait. Who asks much pushes out the own entries: no more than are kept of an account need wait."""
        own = self._waiting.get(account_id)
        if own is None:
            own = self._waiting[account_id] = {}
        if own.pop(key, None) is None:
            self._count += 1
        own[key] = value  # the newest stand last
        if len(own) > KEPT:
            self._drop(account_id)
        elif self._count > WAITING:
            self._drop(next(iter(self._waiting)))

    def _drop(self, account_id: str) -> None:
        """Forget an account's oldest entry."""
        own = self._waiting[account_id]
        del own[next(iter(own))]
        self._count -= 1
        if not own:
            del self._waiting[account_id]

    def _begin(self) -> None:
        self._due = None
        self._writing = asyncio.ensure_future(self.flush())


def _ask(account_id: str, key: _Key, value: _Value) -> Ask:
    asker, protocol, document, told = key
    at, answer, progression, work_id = value
    return Ask(
        account_id=account_id,
        asker=asker,
        protocol=protocol,
        document=document,
        told=told,
        at=at,
        answer=answer,
        progression=progression,
        work_id=work_id,
    )


def _save(asks: Iterable[Ask], ledger: Ledger) -> None:
    accounts = {ask.account_id for ask in asks}
    there = {account_id for account_id in accounts if ledger.credential_revision(account_id) is not None}
    for ask in asks:
        if ask.account_id in there:
            ledger.save_ask(ask)
    for account_id in there:
        ledger.trim_asks(account_id, KEPT)


def _lately(ledger: Ledger, account_id: str, limit: int) -> list[Lately]:
    found = []
    for ask in ledger.asks(account_id, limit):
        known = ask.asker.startswith(KEYS)
        device = ledger.device(account_id, ask.asker) if known else ledger.device_at(account_id, ask.asker)
        place = "" if known else ask.asker.rpartition(" ")[2]  # after the protocol of apps that name themselves
        address = place if is_address(place) else ""  # or a credential
        found.append(Lately(ask=ask, device=device, sure=not address, address=address, work=_work(ledger, ask)))
    return found


def _work(ledger: Ledger, ask: Ask) -> Work | None:
    """What it was about; also where that is known only since somebody has told a place in it."""
    if ask.work_id is not None:
        return ledger.work(ask.account_id, ask.work_id)
    found = ledger.work_of(ask.account_id, DOCUMENT, ask.document)
    return found[0] if found is not None else None


def is_address(text: str) -> bool:
    """Whether something is the address of a machine: of who names itself, a credential's id may stand there."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
