"""What stands at places, for people: the sentence and the chapter. From files of the library, for those who see it.

Knows no protocol and no notation.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.place import NotedPlace
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Reading
from placekeeper.positions.point import NoPlace, Precision
from placekeeper.positions.sentence import sentence_at
from placekeeper.positions.translate import Translator
from placekeeper.services.identity import file_of
from placekeeper.services.library import Library
from placekeeper.services.translators import Translators

SECONDS: Final = 1.0
"""So long may the passages of one answer take, all in all. What is not found by then is left out, and known the next time."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands at a place. `chapter`: "" where the contents do not name it. `precision`: how well the place is known."""

    sentence: str
    chapter: str
    precision: Precision


class Quoting:
    """The use case."""

    def __init__(self, store: Store, library: Library, translators: Translators, *, seconds: float = SECONDS) -> None:
        """Nothing is opened yet."""
        self._store, self._library, self._translators, self._seconds = store, library, translators, seconds

    async def passages(self, principal: Principal, readings: Sequence[Reading]) -> dict[str, Passage]:
        """What stands at the places of readings, by their ids. Left out: where no file is known, or the place is none in a text.

        One after the other, so that nobody who waits for a place waits for a list.
        """
        if not readings or not self._library.folders or not self._library.sees(principal):
            return {}

        def unit(ledger: Ledger) -> list[Publication | None]:
            known: dict[tuple[str, str], Publication | None] = {}
            for reading in readings:
                key = (reading.work_id, reading.report.document)
                if key not in known:
                    known[key] = file_of(ledger, principal.account_id, *key)
            return [known[reading.work_id, reading.report.document] for reading in readings]

        files = zip(readings, await self._store.browse(unit), strict=True)
        return await self.standing(principal, [(reading.id, file, reading.report.place) for reading, file in files if file])

    async def standing(self, principal: Principal, places: Sequence[tuple[str, Publication, NotedPlace]]) -> dict[str, Passage]:
        """What stands at places in publications, by the keys that they are given with. Left out: as in `passages`."""
        found: dict[str, Passage] = {}
        until = time.monotonic() + self._seconds
        for key, publication, noted in places if self._library.sees(principal) else ():
            left = until - time.monotonic()
            if left <= 0:
                break
            passage = await self._passage(publication, noted, left)
            if passage is not None:
                found[key] = passage
        return found

    async def _passage(self, publication: Publication, noted: NotedPlace, seconds: float) -> Passage | None:
        key = ("passage", noted.notation.value, blake2b(noted.value.encode(), digest_size=16).digest())
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._translators.ask(key, [publication], partial(_stands, noted)), seconds)
        return None


def _stands(noted: NotedPlace, translator: Translator) -> Passage | None:
    """In the thread: what the file says."""
    try:
        place = translator.read(noted.notation, noted.value)
        document = translator.publication.resource(place.point.resource).document
    except NoPlace:
        return None
    title = translator.publication.spine.title(place.point.resource)
    return Passage(sentence_at(document, place.point.offset), title, place.precision)
