"""Taking readings and giving the place. Knows no protocol: noted places come in and go out as they are.

A reading is judged within the transaction that keeps it, so two devices can't both win. What a device fetched is noted
in memory and written with the next batch: it never delays an answer, and losing it errs to "not informed".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from placekeeper.domain.account import Principal
from placekeeper.domain.arbiter import QUIET, SECOND
from placekeeper.domain.ask import Answer
from placekeeper.domain.device import device_key
from placekeeper.domain.errors import Outdated
from placekeeper.domain.ports import Clock, Ledger, Observer, Store
from placekeeper.domain.reading import Reading
from placekeeper.domain.standing import Sight, Unanswered
from placekeeper.services.account_units import authorise
from placekeeper.services.askers import Active, Recent
from placekeeper.services.asks import Asks
from placekeeper.services.identity import Files, are_twins, files_of, find_document, find_named
from placekeeper.services.keeping import FINISHED, Caller, Desk, Kept, Order, Push, keep, own_words
from placekeeper.services.matching import DOCUMENT, Named, Shelved, find, find_shelved, progress_match
from placekeeper.services.quotas import Quotas

DRAINED = 5 * SECOND
"""Who fetches so soon after a push from the same address has drained its queue and now pulls: it is that device."""
LIVES_HERE = 96 * 60 * 60 * SECOND
"""Who has not written from an address for so long is not taken for the one that fetches there."""
SESSION = 3 * 60 * 60 * SECOND
"""How long someone reads at most between opening a book (which fetches) and closing it (which pushes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place, for one asker: the head, the canonical document, and how the asker's identifiers relate to both."""

    head: Reading
    document: str
    match: str | None = None
    progress_match: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The place in a publication, for one asker: the head, the same in the asking protocol's own words of this publication, if it
    has any, and the files of both.
    """

    head: Reading
    own: Reading | None
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """The device that last wrote from an address, and when."""

    device_id: str
    at: int


class Readings:
    """The use cases of reading on several devices."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        observer: Observer,
        library: Callable[[], bool] = lambda: False,
        finished_from: float = FINISHED,
        asks: Asks | None = None,
        quotas: Quotas | None = None,
        remembered: int = 100_000,
        desks: int = 4_096,
    ) -> None:
        """`library`: whether there is one by now, which may say what a document is. `finished_from`: see `Caller`. `asks`: who
        hears what was asked and told, if anybody; `quotas`: who hears what was kept.

        `remembered` bounds each memory of devices, of who was where, and of what was fetched: some 300 bytes each; `desks` that
        of what pushes left behind, some 3 kB each.
        """
        self._store, self._clock, self._observer, self._library = store, clock, observer, library
        self._finished_from, self._asks, self._quotas = finished_from, asks, quotas
        self._devices: Recent[tuple[str, str], Active] = Recent(remembered)
        self._desks: Recent[tuple[str, str, str], Desk] = Recent(desks)
        self._writers: Recent[tuple[str, str], Writer] = Recent(remembered)
        self._fetched: Recent[tuple[str, str, str], Sight] = Recent(remembered)
        self._sights: Recent[tuple[str, str, str], str] = Recent(remembered)

    def sees(self, principal: Principal) -> bool:
        """Whether what is in the library may make a difference to an account."""
        return principal.library and self._library()

    async def push(self, principal: Principal, push: Push, address: str) -> Kept:
        """Keep a reading and judge it; returns once it is stored. Raises Full, Outdated, Unmeasured, StorageUnavailable."""
        now = self._clock()
        if push.order is not None:
            principal, address = _apart(principal, push.protocol, address)
        account_id, credential_id = principal.account_id, principal.credential_id
        key = device_key(credential_id=credential_id, foreign_id=push.device_foreign_id, name=push.device_name)
        caller = Caller(
            key=key,
            name=principal.credential_name or push.device_name,
            address=address,
            now=now,
            device=self._devices.get((account_id, key)),
            fetched=self._claimed(principal, push.document, address, now),
            desk=self._desks.get((account_id, key, push.document)) if push.shelved is None else None,
            library=self.sees(principal),
            finished_from=self._finished_from,
        )
        kept = await self._store.write(lambda ledger: keep(ledger, principal, push, caller))
        report = kept.reading.report
        if caller.fetched is not None:
            self._fetched.take((account_id, address, push.document))
        self._observer.decided(report.protocol, kept.reading.outcome)
        if self._asks is not None:
            self._asks.told(principal, kept.reading, key)
        if self._quotas is not None:
            self._quotas.wrote(account_id)
        self._active(account_id, report.device_id, caller)
        if not push.named and push.shelved is None:
            self._desks.keep((account_id, key, push.document), kept.desk)
        self._writers.keep((account_id, credential_id or address), Writer(report.device_id, now))
        return kept

    async def place(self, principal: Principal, document: str, named: tuple[Named, ...], address: str) -> Place | None:
        """As `head`, for somebody who sees it. Raises Outdated."""
        place = await self.head(principal, document, named)
        if place is not None:
            await self.saw(principal, place.head, document, address)
        return place

    async def head(self, principal: Principal, document: str, named: tuple[Named, ...]) -> Place | None:
        """The head of the work that the document or the identifiers lead to, whoever wrote it; None when nobody read it yet.

        A document that is new to the account may lead there by way of the library. Raises Outdated.
        """
        if named:
            return await self._store.read(lambda ledger: _look_up(ledger, principal, document, named, sees=self.sees(principal)))
        found = await self._store.read(lambda ledger: ledger.place(principal.account_id, DOCUMENT, document))
        if found is None or found[0] != principal.credential_revision:
            raise Outdated
        head = found[1]
        if head is None and self.sees(principal):
            match = await self._store.read(lambda ledger: find_document(ledger, principal.account_id, document))
            head = match.work.head if match is not None else None
        return Place(head=head, document=document) if head is not None else None

    async def files(self, principal: Principal, head: Reading, asked: str) -> Files | None:
        """The files of a document (or publication) and of the head, if the account sees the library and they are known."""
        if not self.sees(principal):
            return None
        account_id, written = principal.account_id, head.report.document
        return await self._store.read(lambda ledger: files_of(ledger, account_id, head.work_id, asked, written))

    async def asker(self, principal: Principal, address: str) -> str | None:
        """The id of the device that asks, as far as it is known."""
        writer = await self._writer(principal, address)
        return writer.device_id if writer is not None else None

    async def shelved(self, principal: Principal, shelved: Shelved, address: str, protocol: str) -> Stored | None:
        """The place in a publication of the library; None when the account has not read it yet. Raises Outdated."""

        def unit(ledger: Ledger) -> Stored | None:
            authorise(ledger, principal)
            match = find_shelved(ledger, principal.account_id, shelved)
            if match is None or (head := match.work.head) is None:
                return None
            own = own_words(ledger, match.work, protocol)
            if own is not None and are_twins(ledger, own.report.document, shelved.publication_id):
                return Stored(head, own)
            files = files_of(ledger, principal.account_id, match.work.id, shelved.publication_id, head.report.document)
            return Stored(head, None, files)

        stored = await self._store.read(unit)
        asker, spot = _apart(principal, protocol, address)
        if stored is not None:
            await self.saw(asker, stored.head, shelved.publication_id, spot)
        if self._asks is not None:
            own = stored is not None and stored.own is not None
            answer = Answer.NOTHING if stored is None else Answer.PLACE if own else Answer.TRANSLATED
            self._asks.asked(asker, protocol, shelved.publication_id, spot, answer, stored.head if stored else None)
        return stored

    async def unanswered(self, principal: Principal, kept: Kept) -> None:
        """The client gave up before it heard that this reading was kept: it will send it again."""
        report = kept.reading.report
        mark = Unanswered(value=report.place.value, received_at=report.received_at)

        def unit(ledger: Ledger) -> None:
            authorise(ledger, principal)
            ledger.mark_unanswered(principal.account_id, kept.reading.work_id, report.device_id, mark)

        await self._store.write(unit)

    def _active(self, account_id: str, device_id: str, caller: Caller) -> None:
        """Remember the device that wrote."""
        known = caller.device
        noted = known is None or known.stale(caller.name, caller.address, caller.now)
        at = caller.now if known is None else max(known.at, caller.now)
        noted_at = caller.now if known is None or noted else known.noted_at
        active = Active(id=device_id, name=caller.name, address=caller.address, at=at, noted_at=noted_at)
        self._devices.keep((account_id, caller.key), active)

    async def saw(self, principal: Principal, head: Reading, document: str, address: str) -> None:
        """Note that the asker, as far as it is known, has seen this head."""
        account_id, work_id = principal.account_id, head.work_id
        sight = Sight(reading_id=head.id, progression=head.report.progression, at=self._clock())
        writer = await self._writer(principal, address)
        if principal.credential_id is None and (writer is None or sight.at - writer.at > DRAINED):
            self._fetched.keep((account_id, address, document), sight)
        if writer is None or self._sights.get((account_id, work_id, writer.device_id)) == head.id:
            return
        if principal.credential_id is None and sight.at - writer.at > LIVES_HERE:
            return
        device_id = writer.device_id

        def unit(ledger: Ledger) -> None:
            if ledger.credential_revision(account_id) is not None:
                ledger.save_sight(account_id, work_id, device_id, sight)

        self._store.note((account_id, work_id, device_id), unit)
        self._sights.keep((account_id, work_id, device_id), head.id)

    def _claimed(self, principal: Principal, document: str, address: str, now: int) -> Sight | None:
        """What was fetched when the book was opened, if the device that pushes now is the one that opened it.

        Who fetched is a guess where several devices share an address; that the next one to push the same document from
        there is the one that had opened it is a better one. Not in a burst: a queue that is drained was read before.
        """
        if principal.credential_id is not None:
            return None
        last = self._writers.get((principal.account_id, address))
        if last is not None and now - last.at < QUIET:
            return None
        sight = self._fetched.get((principal.account_id, address, document))
        return sight if sight is not None and now - sight.at <= SESSION else None

    async def _writer(self, principal: Principal, address: str) -> Writer | None:
        """The device that asks: its credential says so, else it is the one that last wrote from this address."""
        account_id = principal.account_id
        place = (account_id, principal.credential_id or address)
        known = self._writers.get(place)
        if known is not None:
            return known
        if principal.credential_id is not None:
            key = device_key(credential_id=principal.credential_id, foreign_id=None, name="")
            device = await self._store.read(lambda ledger: ledger.device(account_id, key))
        else:
            device = await self._store.read(lambda ledger: ledger.device_at(account_id, address))
        if device is None:
            return None
        known = Writer(device.id, device.active_at)
        self._writers.keep(place, known)
        return known


def _apart(principal: Principal, protocol: str, address: str) -> tuple[Principal, str]:
    """Who and where someone is that speaks a protocol which names devices itself: not to be taken for a device of another
    protocol behind the same address, or with the same credential.
    """
    spot = f"{protocol} {principal.credential_id or address}"
    return replace(principal, credential_id=None, credential_name=None), spot


def _look_up(ledger: Ledger, principal: Principal, document: str, named: tuple[Named, ...], *, sees: bool) -> Place | None:
    authorise(ledger, principal)
    match = find(ledger, principal.account_id, document, named, to_write=False)
    if match is None and sees:
        match = find_named(ledger, principal.account_id, named)
    if match is None or match.rank is None or match.work.head is None:
        return None
    label, head = named[match.rank].type, match.work.head
    return Place(head=head, document=match.document, match=label, progress_match=progress_match(head, named, label))


__all__ = ["Kept", "Order", "Place", "Push", "Readings", "Shelved", "Stored"]
