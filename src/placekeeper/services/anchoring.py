"""Marked passages in the library's books: where a passage stands in a publication, that it was marked in or another copy.

Knows no annotation's JSON and no protocol. See `positions.stretch` for how a passage is found.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import NotFound, Unavailable
from placekeeper.domain.publication import URN, Publication
from placekeeper.positions import stretch
from placekeeper.positions.cfi.ranges import write_range
from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.stretch import Quotation, Selection, Stretch
from placekeeper.positions.translate import Translator
from placekeeper.services.library import Library
from placekeeper.services.translators import SECONDS, Translators

UNREAD: Final = "the publication has no text, or its file can't be read now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A passage as it was marked. `source`: in what; `at`: when at the latest, Unix milliseconds."""

    source: str
    selection: Selection
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """A passage in a publication. `quotation`: its own words there, None where only a place is known; `cfi`: of the passage,
    or of the place. `pointers`: XPointers of both ends, where KOReader finds them. `progression`: of the whole.
    """

    quotation: Quotation | None
    cfi: str
    pointers: tuple[str, str] | None
    progression: float
    precision: Precision
    reason: str


class Anchoring:
    """The use case."""

    def __init__(self, library: Library, translators: Translators, *, seconds: float = SECONDS) -> None:
        """Nothing is opened yet."""
        self._library, self._translators, self._seconds = library, translators, seconds

    async def anchored(self, principal: Principal, marked: Sequence[Marked], publication_id: str) -> list[Anchored | str]:
        """Where passages stand in a publication, or why they are not found there.

        Raises NotFound where the account sees no such publication, Unavailable where it takes too long: then it is known soon.
        """
        target = await self._library.publication(principal, publication_id)
        try:
            async with asyncio.timeout(self._seconds):
                return [await self._one(principal, each, target) for each in marked]
        except TimeoutError:
            raise Unavailable("the passage is being looked for: ask again") from None

    async def _one(self, principal: Principal, marked: Marked, target: Publication) -> Anchored | str:
        own = await self._own(principal, marked.source, target)
        stale = own is not None and own.modified_at > marked.at
        key = ("anchored", blake2b(repr((marked.selection, own is not None, stale)).encode(), digest_size=16).digest())
        question = partial(_anchored, marked.selection, known=own is not None, stale=stale)
        if own is not None and own.id != target.id:
            found = await self._translators.ask(key, [target, own], question)
            if isinstance(found, Anchored) and found.quotation is None and own.edition_id != target.edition_id:
                return "the passage is not in this book"  # a place by its number alone, in a book that is another one
            if found is not None:
                return found
            question, key = partial(_anchored, marked.selection, known=False, stale=False), ("unknown", key[1])
        return await self._translators.ask(key, [target], question) or UNREAD

    async def _own(self, principal: Principal, source: str, target: Publication) -> Publication | None:
        """The publication that a passage was marked in, if it is one that the account sees."""
        if source == target.urn:
            return target
        if source.startswith(URN):
            with suppress(NotFound):
                return await self._library.publication(principal, source.removeprefix(URN))
        return None


def _anchored(
    selection: Selection, target: Translator, source: Translator | None = None, *, known: bool, stale: bool
) -> Anchored | str:
    """In the thread. `known`: the passage was marked in `source`, or in the target itself. `stale`: that file changed since."""
    try:
        return _written(_found(selection, target, source, known=known, stale=stale), target)
    except NoPlace as error:
        return str(error)


def _found(selection: Selection, target: Translator, source: Translator | None, *, known: bool, stale: bool) -> Stretch:
    quoted = selection.quotation
    if not known:
        if quoted is None:
            raise NoPlace("the passage was marked in something that is not in the library, and has no TextQuoteSelector")
        return stretch.find_quoted(quoted, target)
    found = stretch.find(selection, source or target, stale=stale)
    if source is None:
        return found
    there = stretch.carried(found, source, target)
    if there.precision is not Precision.EXACT and quoted is not None:
        with suppress(NoPlace):
            by_words = stretch.find_quoted(quoted, target)
            return by_words if by_words.precision is Precision.EXACT else there
    return there


def _written(found: Stretch, target: Translator) -> Anchored:
    start, quotation = found.start, stretch.words(found, target)
    cfi = target.cfi(start)
    if quotation is not None:
        with suppress(NoPlace):
            cfi = write_range(start.resource, start.offset, found.end, target.publication)
    return Anchored(
        quotation=quotation,
        cfi=cfi,
        pointers=_pointers(found, target) if quotation is not None else None,
        progression=target.scope.positions.total_progression(start),
        precision=found.precision,
        reason=found.reason,
    )


def _pointers(found: Stretch, target: Translator) -> tuple[str, str] | None:
    """XPointers of both ends, if each is exact. The end is one behind the last character, in the same text as that: what follows
    may be the next paragraph.
    """
    start = found.start
    text = target.publication.resource(start.resource).document.text[: found.end].rstrip()
    if len(text) <= start.offset:
        return None
    with suppress(NoPlace):
        first, surely, _ = target.xpointer(start)
        last, as_surely, _ = target.xpointer(Point(start.resource, len(text) - 1))
        end = replace(last, offset=(last.offset or 0) + 1)
        there = target.pointers.follow(end)
        if surely is as_surely is there.precision is Precision.EXACT and there.point == Point(start.resource, len(text)):
            return first.released(), end.released()
    return None
