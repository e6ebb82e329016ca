"""How far an account is in a publication of the library, for protocols that name publications and give times of reading.

Readings go the way of all readings; here they meet the library: who may see the publication, where a place is in it. What an
asker was told is remembered, so that the same place said back is no news. Knows no protocol.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor
from struct import pack, unpack

from placekeeper.domain.account import ArbiterMode, Principal
from placekeeper.domain.arbiter import TOLERANCE, Measured
from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Description
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.positions import Positions
from placekeeper.services.askers import Recent
from placekeeper.services.identity import Files
from placekeeper.services.keeping import Kept, Order, Push, Unmeasured
from placekeeper.services.library import Library
from placekeeper.services.matching import Shelved
from placekeeper.services.placing import Placed, Placing
from placekeeper.services.pointing import MEASURE_SECONDS, TRIES
from placekeeper.services.readings import Readings

END = 0.95
"""Where in the last resource an app opens that is told 1.0: Thorium does, for the very end may be an empty column."""
DIGITS = range(3, 16)
"""How many of a number's digits an app may keep."""
SAME = 1e-12
REMEMBERED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The place for one asker: the head; `own`, the same in the asker's own words, if it has any; else where it is."""

    head: Reading
    own: Reading | None
    placed: Placed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a client says of a publication. `progression`: None to have it worked out from the place. `repeats`: see `Push`."""

    protocol: str
    place: NotedPlace
    progression: float | None
    device_id: str | None
    device_name: str
    observed_at: int
    order: Callable[[NotedPlace], Order]
    repeats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered: the head, and the number that it was said to be at."""

    head_id: str
    progression: float
    positions: int
    end: float

    def said_back(self, progression: float, *, narrowly: bool) -> bool:
        """Whether a number is what was told, rounded perhaps, or in its position, or where an app goes that is told the end.

        `narrowly`: no more than rounded, for an account that wants the latest report whatever it is.
        """
        if not self.positions:
            return progression == self.progression
        if narrowly or _is_rounded(progression, self.progression):
            return _is_rounded(progression, self.progression)
        told = {_position(self.progression, self.positions)}
        if self.progression == 1.0:
            told.add(_position(self.end, self.positions))
        return _position(progression, self.positions) in told


class Progressing:
    """The use cases."""

    def __init__(self, library: Library, readings: Readings, placing: Placing) -> None:
        """Nothing happens yet."""
        self._library, self._readings, self._placing = library, readings, placing
        self._told: Recent[tuple[str, str, str], Told] = Recent(REMEMBERED)

    async def publication(self, principal: Principal, publication_id: str) -> Publication:
        """The publication. Raises NotFound, also where the account may not see the library."""
        return await self._library.publication(principal, publication_id)

    async def place(self, principal: Principal, publication: Publication, protocol: str, address: str) -> Answer | None:
        """The place; None when the account has not read the publication yet. Raises Outdated."""
        stored = await self._readings.shelved(principal, _shelved(publication), address, protocol)
        if stored is None:
            return None
        placed = await self._placed(publication, stored.head, stored.files) if stored.own is None else None
        if stored.own is not stored.head:  # what was answered is not what the head's writer said
            progression = placed.progression if placed is not None else (stored.own or stored.head).report.progression
            told = await self._as_told(publication, stored.head.id, progression)
            self._told.keep((principal.account_id, publication.id, protocol), told)
        return Answer(head=stored.head, own=stored.own, placed=placed)

    async def keep(self, principal: Principal, publication: Publication, report: Report, address: str) -> Kept:
        """Keep a reading and judge it; returns once it is safely stored. Raises InvalidRequest, Outdated, StorageUnavailable."""
        progression = report.progression
        if progression is None:
            progression = await self._progression(publication, report.place)
        metadata = publication.described.metadata
        authors = ", ".join(author.name for author in metadata.authors)
        push = Push(
            protocol=report.protocol,
            document=publication.id,
            named=(),
            place=report.place,
            progression=progression,
            device_name=report.device_name,
            device_foreign_id=report.device_id,
            description=Description(title=metadata.title or None, authors=authors or None),
            shelved=_shelved(publication),
            observed_at=report.observed_at,
            order=report.order,
            repeats=report.repeats,
            measures=not report.repeats,
        )
        for _ in range(TRIES):
            try:
                return await self._readings.push(principal, push, address)
            except Unmeasured as unmeasured:
                measured = await self._measured(principal, publication, push, unmeasured.head)
                push = replace(push, measured=measured, measures=measured is not None)
        return await self._readings.push(principal, replace(push, measures=False), address)

    async def _placed(self, publication: Publication, head: Reading, files: Files | None) -> Placed:
        """Where the head is; by its number alone where its own file is not known."""
        report = head.report
        if files is None or files.source is None:
            number = NotedPlace(Notation.PROGRESSION, repr(report.progression))
            return await self._placing.placed(publication, number, report.progression)
        return await self._placing.placed(publication, report.place, report.progression, files.copy)

    async def _measured(self, principal: Principal, publication: Publication, push: Push, head: Reading) -> Measured | None:
        """Where a push and the head are, and whether it is what was answered; None where that can't be told, or not at once."""
        try:
            return await asyncio.wait_for(self._compared(principal, publication, push, head), MEASURE_SECONDS)
        except (TimeoutError, NoPlace):
            return None

    async def _compared(self, principal: Principal, publication: Publication, push: Push, head: Reading) -> Measured:
        told = self._told.get((principal.account_id, publication.id, push.protocol))
        files = await self._readings.files(principal, head, publication.id)
        placed = await self._placed(publication, head, files)
        if told is None or told.head_id != head.id:
            told = await self._as_told(publication, head.id, placed.progression)
        return Measured(
            head_id=head.id,
            here=push.progression,
            there=placed.progression,
            slack=1 / placed.positions if placed.found and placed.positions else TOLERANCE,
            same=told.said_back(push.progression, narrowly=principal.arbiter is ArbiterMode.LATEST),
        )

    async def _progression(self, publication: Publication, place: NotedPlace) -> float:
        try:
            return (await self._placing.placed(publication, place, None)).progression
        except NoPlace as error:
            raise InvalidRequest(f"the place says no number, and leads nowhere in this publication: {error}") from None

    async def _as_told(self, publication: Publication, head_id: str, progression: float) -> Told:
        positions = await self._library.positions(publication)
        return Told(head_id, progression, positions.total, _end(positions) if progression == 1.0 else 1.0)


def _end(positions: Positions) -> float:
    """Where an app goes that is told the end."""
    last = next((item.index for item in reversed(positions.spine.items) if positions.holds(item.index, positions.total)), None)
    return 1.0 if last is None else positions.total_progression(positions.from_progression(last, END).point)


def _is_rounded(said: float, told: float) -> bool:
    """Whether a number is another one as some app keeps it: in single precision, or rounded or cut off after some digits."""
    (single,) = unpack("f", pack("f", told))
    kept = [
        told,
        single,
        *(round(told, digits) for digits in DIGITS),
        *(floor(told * 10**digits) / 10**digits for digits in DIGITS),
    ]
    return any(abs(said - each) <= SAME for each in kept)


def _position(progression: float, positions: int) -> int:
    return min(int(progression * positions + 1e-9), positions - 1)


def _shelved(publication: Publication) -> Shelved:
    return Shelved(publication.id, publication.edition_id)
