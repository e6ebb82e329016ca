"""A place in the words of KOReader: a pointer into the document that it has open, or the number of a page.

What is given out was found again by the engine that KOReader has; where no file helps, it is a pointer that a device has sent
itself. Never an invented one: KOReader opens page 1 where a pointer does not resolve. Knows no protocol's wire.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Final

from placekeeper.domain.arbiter import TOLERANCE
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Reading
from placekeeper.positions.point import NoPlace, Place, Precision
from placekeeper.positions.translate import Translator
from placekeeper.services.identity import Files
from placekeeper.services.paging import PAGED
from placekeeper.services.placing import Placing, found_in
from placekeeper.services.sources import WITH_TEXT
from placekeeper.services.translators import Translators

INDEXED: Final = re.compile(r"(/[^/\[\]]+\[\d+\])+(\.\d+)?")
"""The spelling of a KOReader from August 2026 on."""
TAUGHT: Final = 0.02
"""How far before a place a pointer may lie that a device has sent itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A place for KOReader: `released` and `indexed` are its two spellings; `progression` 0 to 1, on Readium's positions.

    `slack`: of that number, how far two places may be apart that are one.
    """

    released: str
    indexed: str
    progression: float
    slack: float
    precision: Precision

    def spelled(self, like: str) -> str:
        """In the spelling of a pointer that the device has sent."""
        return self.indexed if INDEXED.fullmatch(like) else self.released


class Wording:
    """Finds the words."""

    def __init__(self, placing: Placing, translators: Translators) -> None:
        """Nothing happens yet."""
        self._placing, self._translators = placing, translators

    async def words(self, files: Files, head: Reading) -> Words | None:
        """The head in the file that is asked for; None where that can't be said. Raises TimeoutError."""
        target, report = files.target, head.report
        number = NotedPlace(Notation.PROGRESSION, repr(report.progression))
        readable = files.source is not None and (files.copy is None or files.source.described.kind in WITH_TEXT)
        noted = report.place if readable else number
        if target.described.kind in PAGED:
            return await self._page(files, noted, report.progression)
        digest = blake2b(noted.value.encode(), digest_size=16).digest()
        key = ("words", noted.notation.value, digest, report.progression)
        question = partial(_pointer, noted, report.progression)
        copies = [files.copy] if files.copy is not None and readable else []
        return await self._translators.ask(key, [target, *copies], question)

    async def _page(self, files: Files, noted: NotedPlace, progression: float) -> Words | None:
        try:
            placed = await self._placing.placed(files.target, noted, progression, files.copy)
        except NoPlace:
            return None
        position = placed.locator.get("locations", {}).get("position")
        if not position:
            return None
        page, slack = str(position), 1 / max(1, placed.positions)
        precision = Precision.EXACT if placed.found else Precision.PROGRESSION
        return Words(released=page, indexed=page, progression=placed.progression, slack=slack, precision=precision)


def _pointer(noted: NotedPlace, progression: float, target: Translator, source: Translator | None = None) -> Words | None:
    """In the thread: the pointer, checked by resolving it."""
    try:
        place, firm = _found(noted, progression, target, source)
        pointer, precision, _reason = target.xpointer(place.point)
        positions = target.scope.positions
        return Words(
            released=pointer.released(),
            indexed=pointer.indexed(),
            progression=positions.total_progression(place.point),
            slack=1 / max(1, positions.total) if firm else TOLERANCE,
            precision=max(place.precision, precision, key=list(Precision).index),
        )
    except NoPlace:
        return None


def _found(noted: NotedPlace, progression: float, target: Translator, source: Translator | None) -> tuple[Place, bool]:
    """The place, and whether it is one of the text, or of a number that was counted in this very file. Raises NoPlace."""
    try:
        place = found_in(noted, target, source)
    except NoPlace:
        return target.read(Notation.PROGRESSION, progression), False
    return place, noted.notation is not Notation.PROGRESSION and (source is None or place.precision is not Precision.PROGRESSION)


def taught(ledger: Ledger, account_id: str, head: Reading, of: tuple[str, str]) -> Reading | None:
    """The head as far as the account's own readings teach it: at the nearest pointer just before it. `of`: protocol, document."""
    there = head.report.progression
    near = ledger.nearest(account_id, head.work_id, of, there - TAUGHT, there)
    if near is None:
        return None
    report = replace(head.report, place=near.report.place, progression=near.report.progression)
    return replace(head, report=report)


def own_last(ledger: Ledger, account_id: str, work_id: str, device_id: str | None, of: tuple[str, str]) -> Reading | None:
    """The last reading by the device that asks, as it wrote it; else, by any. `of`: protocol, document."""
    last = ledger.standing(account_id, work_id, device_id).last if device_id is not None else None
    own = ledger.reading(account_id, work_id, last.reading_id) if last is not None else None
    if own is not None and (own.report.protocol, own.report.document) == of:
        return own
    return ledger.newest_of(account_id, work_id, of)
