"""One place for apps that name documents and go to pointers, whoever wrote it: KOReader's answers, and what it says back.

The head's own words where they are of the asked document; else the same place in words of that document; else a pointer that
a device has sent itself. What was answered, and comes back unchanged, is no news. Knows no protocol's wire.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.arbiter import TOLERANCE, Measured
from placekeeper.domain.ask import Answer
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.reading import Reading
from placekeeper.services.askers import Recent
from placekeeper.services.asks import Asks
from placekeeper.services.keeping import Kept, Push, Unmeasured, in_other_words
from placekeeper.services.matching import Named
from placekeeper.services.placing import Placing
from placekeeper.services.readings import Place, Readings
from placekeeper.services.wording import Wording, Words, own_last, taught

MEASURE_SECONDS: Final = 0.25
"""So long may it take to find two places in a publication before they are compared; else the apps' own numbers are. A long novel
that is opened for it takes 15 ms, on a slow machine several times that; KOReader waits for 5 s.
"""
TRIES: Final = 3
"""How often a push is measured anew because the place has moved meanwhile."""
REMEMBERED: Final = 50_000
TELLINGS: Final = 8
"""Answers for one document that are remembered: several devices may have been told different words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a document is answered with. `head`: the place in its words; `told`: whether it is the place, not an older one."""

    head: Reading
    told: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered: in the place of which head, with which pointer. `is_place`: whether that pointer is the head's place."""

    head_id: str
    value: str
    is_place: bool


class Pointing:
    """The use cases."""

    def __init__(self, store: Store, readings: Readings, placing: Placing, wording: Wording, asks: Asks | None = None) -> None:
        """`asks`: who hears what was asked, if anybody."""
        self._asks = asks
        self._store, self._readings, self._placing, self._wording = store, readings, placing, wording
        self._said: Recent[tuple[str, str, str, str | None], Said] = Recent(REMEMBERED)
        self._told: Recent[tuple[str, str], tuple[Told, ...]] = Recent(REMEMBERED)

    async def place(
        self, principal: Principal, document: str, named: tuple[Named, ...], address: str, protocol: str
    ) -> Place | None:
        """The place in the work that a document or a list of identifiers leads to; None where there is none. Raises Outdated."""
        answer, place = await self._answered(principal, document, named, address, protocol)
        if self._asks is not None:
            self._asks.asked(principal, protocol, document, address, answer, place.head if place is not None else None)
        return place

    async def _answered(
        self, principal: Principal, document: str, named: tuple[Named, ...], address: str, protocol: str
    ) -> tuple[Answer, Place | None]:
        found = await self._readings.head(principal, document, named)
        if found is None:
            return Answer.NOTHING, None
        if not in_other_words(found.head, protocol, found.document, named):
            await self._readings.saw(principal, found.head, document, address)
            return Answer.PLACE, found
        device_id = await self._readings.asker(principal, address)
        said = await self._in_words(principal, found, protocol, device_id)
        if said is None:
            return Answer.UNSAID, None
        if said.told:
            await self._readings.saw(principal, found.head, document, address)
        key = (principal.account_id, document)
        told = Told(found.head.id, said.head.report.place.value, said.told)
        earlier = [each for each in self._told.get(key) or () if each != told]
        self._told.keep(key, (told, *earlier[: TELLINGS - 1]))
        return Answer.TRANSLATED if said.told else Answer.OTHER, replace(found, head=said.head)

    async def push(self, principal: Principal, push: Push, address: str) -> Kept:
        """Keep a reading that `measures` and judge it; returns once it is stored. Raises Outdated, StorageUnavailable."""
        told = self._told.get((principal.account_id, push.document))
        if told is not None:
            same = [each for each in told if each.value == push.place.value]
            answers = frozenset(each.head_id for each in same if each.is_place)
            push = replace(push, answers=answers, repeats=frozenset(each.head_id for each in same if not each.is_place))
        for _ in range(TRIES):
            try:
                return await self._readings.push(principal, push, address)
            except Unmeasured as unmeasured:
                measured = await self._measured(principal, push, unmeasured.head)
                push = replace(push, measured=measured, measures=measured is not None)
        return await self._readings.push(principal, replace(push, measures=False), address)

    async def _in_words(self, principal: Principal, found: Place, protocol: str, device_id: str | None) -> Said | None:
        """The head in words of a document, or the nearest that can be said."""
        key = (principal.account_id, found.document, found.head.id, device_id)
        known = self._said.get(key) if self._readings.sees(principal) else None
        if known is not None:
            return known
        words = await self._words(principal, found.document, found.head)
        if words is None and found.head.report.protocol == protocol and found.head.report.identifiers:
            return Said(found.head, told=True)  # its writer said that this document is the same book
        if words is None:
            return await self._store.read(lambda ledger: _fallback(ledger, principal, found, protocol, device_id))
        account_id, work_id, of = principal.account_id, found.head.work_id, (protocol, found.document)
        like = await self._store.read(lambda ledger: own_last(ledger, account_id, work_id, device_id, of))
        said = Said(_saying(found.head, words, like.report.place.value if like is not None else ""), told=True)
        self._said.keep(key, said)
        return said

    async def _words(self, principal: Principal, document: str, head: Reading) -> Words | None:
        """The head in a document's file, if the account sees the library and the file is there; else, or too late: None."""
        files = await self._readings.files(principal, head, document)
        if files is None:
            return None
        try:
            return await self._wording.words(files, head)
        except TimeoutError:
            return None

    async def _measured(self, principal: Principal, push: Push, head: Reading) -> Measured | None:
        """Where a push and the head are in the file of the push; None where that can't be told, or not at once."""
        try:
            return await asyncio.wait_for(self._compared(principal, push, head), MEASURE_SECONDS)
        except TimeoutError:
            return None

    async def _compared(self, principal: Principal, push: Push, head: Reading) -> Measured | None:
        files = await self._readings.files(principal, head, push.document)
        words = await self._wording.words(files, head) if files is not None else None
        if files is None or words is None:
            return await self._said_back(principal, push, head)
        if push.place.value in {words.released, words.indexed}:
            there = words.progression
            return Measured(head_id=head.id, here=there, there=there, slack=words.slack, same=True)
        placed = await self._placing.placed(files.target, push.place, push.progression)
        if not placed.found:
            return None
        return Measured(head_id=head.id, here=placed.progression, there=words.progression, slack=words.slack)

    async def _said_back(self, principal: Principal, push: Push, head: Reading) -> Measured | None:
        """Without a file: whether the push is what the account's own readings would have answered."""
        account_id = principal.account_id
        said = await self._store.read(lambda ledger: taught(ledger, account_id, head, (push.protocol, push.document)))
        if said is None or said.report.place != push.place:
            return None
        here, there = push.progression, head.report.progression
        return Measured(head_id=head.id, here=here, there=there, slack=TOLERANCE, same=True)


def _fallback(ledger: Ledger, principal: Principal, found: Place, protocol: str, device_id: str | None) -> Said | None:
    """Without a file: what the account's own readings teach; else the asker's own place, else the last one that can be read."""
    account_id, head = principal.account_id, found.head
    of = (protocol, found.document)
    if (near := taught(ledger, account_id, head, of)) is not None:
        return Said(near, told=True)
    own = own_last(ledger, account_id, head.work_id, device_id, of)
    if own is None and found.match is not None:
        own = ledger.latest(account_id, head.work_id, protocol, None)
    return Said(own, told=False) if own is not None else None


def _saying(head: Reading, words: Words, like: str) -> Reading:
    """The head in other words; device and time stay its own."""
    value = words.spelled(like)
    notation = Notation.XPOINTER if value.startswith("/") else Notation.PAGE
    report = replace(head.report, place=NotedPlace(notation, value), progression=words.progression)
    return replace(head, report=report)
