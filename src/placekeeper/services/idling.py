"""Where an account is in every book at once, for apps that fetch all of it as one list, and name books by the URIs of catalogs.

An app's source is a publication of the library, by its name in the catalogs, or a document of its own. Readings go the way of all
readings. Knows no protocol's wire. See docs/protocols/annotations.md.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.errors import NotFound
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.publication import URN, Kind, Publication
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Work
from placekeeper.positions.point import NoPlace
from placekeeper.positions.simplified.locators import AudioBookTimeV1, AudioBookTimeV2, Page, read
from placekeeper.positions.simplified.places import number_of
from placekeeper.positions.simplified.strict_json import BadLocator
from placekeeper.services.account_units import guard
from placekeeper.services.identity import Files, are_twins, files_of
from placekeeper.services.keeping import Kept, Order, Push, own_words
from placekeeper.services.library import Library
from placekeeper.services.matching import DOCUMENT, PUBLICATION, Shelved, find_shelved
from placekeeper.services.placing import Placed, Placing
from placekeeper.services.progressing import Progressing, Report
from placekeeper.services.readings import Readings
from placekeeper.services.shelf import ACQUIRED, publications_of, shelved_works

PROTOCOL: Final = "simplified"
SECONDS: Final = 1.0
"""So long may the places of one list take, all in all. For what is not found by then, its number has to do, this once."""
EVERY: Final = 1_000_000
"""Hidden places that are looked at: more than an account can have sources, and each is a few hundred bytes."""
AT_ONCE: Final = 500
"""Works that are looked up at one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an app says of a source. `place`: its bookmark. `observed_at`: by its own clock, in ms. `order`: see `Push`."""

    source: str
    place: NotedPlace
    device_name: str
    device_id: str | None
    observed_at: int
    order: Callable[[NotedPlace], Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Idling:
    """The place of a source. `own`: the head as an app of this protocol has said it of this source, if one has; `last`: what one
    has said last, where the head can't be told in this source. `placed`: where the head is in the publication, if it is one.
    `hidden`: an app has deleted it from its list, and no other place has come since.
    """

    id: str
    source: str
    head: Reading
    own: Reading | None = None
    last: Reading | None = None
    publication: Publication | None = None
    files: Files | None = None
    placed: Placed | None = None
    hidden: bool = False


class Idlings:
    """The use cases."""

    def __init__(
        self,
        store: Store,
        library: Library,
        readings: Readings,
        progressing: Progressing,
        placing: Placing,
        *,
        clock: Clock,
        seconds: float = SECONDS,
    ) -> None:
        """Nothing happens yet."""
        self._store, self._library, self._readings, self._clock = store, library, readings, clock
        self._progressing, self._placing, self._seconds = progressing, placing, seconds

    async def keep(self, principal: Principal, said: Said, address: str) -> Kept:
        """Keep a reading and judge it; returns once it is safely stored. Raises Outdated, StorageUnavailable."""
        publication = await self._publication(principal, said.source)
        if publication is None:
            push = Push(
                protocol=PROTOCOL,
                document=said.source,
                named=(),
                place=said.place,
                progression=number_of(json.loads(said.place.value)) or 0.0,
                device_name=said.device_name,
                device_foreign_id=said.device_id,
                observed_at=said.observed_at,
                order=said.order,
            )
            return await self._readings.push(principal, push, address)
        number = await self._number(publication, said.place)
        head = None
        if number is None:  # it tells nothing of where the reader is: kept, and no place
            work = await self._store.browse(lambda ledger: _shelved(ledger, principal.account_id, said.source))
            head = work.head if work is not None else None
        report = Report(
            protocol=PROTOCOL,
            place=said.place,
            progression=number or 0.0,
            device_id=said.device_id,
            device_name=said.device_name,
            observed_at=said.observed_at,
            order=said.order,
            repeats=frozenset({head.id} if head is not None else ()),
        )
        return await self._progressing.keep(principal, publication, report, address)

    async def all(self, principal: Principal) -> list[Idling]:
        """The places of all sources that are not hidden, the one read last first."""
        sees = self._readings.sees(principal)
        found = await self._store.browse(lambda ledger: list(_all(ledger, principal.account_id, sees=sees)))
        return await self._placed(found)

    async def of(self, principal: Principal, source: str) -> Idling | None:
        """The place of one source, hidden or not; None where it has none."""
        sees = self._readings.sees(principal)
        found = await self._store.browse(lambda ledger: _of(ledger, principal.account_id, source, sees=sees))
        return None if found is None else next(iter(await self._placed([found])), None)

    async def with_id(self, principal: Principal, idling_id: str) -> Idling:
        """The place of that id. Raises NotFound."""
        sees = self._readings.sees(principal)

        def unit(ledger: Ledger) -> Idling | None:
            return next((each for each in _all(ledger, principal.account_id, sees=sees) if each.id == idling_id), None)

        found = await self._store.browse(unit)
        placed = await self._placed([found]) if found is not None else []
        if not placed:
            raise NotFound("there is no such annotation")
        return placed[0]

    async def kinds(self, principal: Principal, sources: Iterable[str]) -> dict[str, Kind]:
        """Of which kind of publication sources are, read or not; those that are none that the account sees are left out."""
        wanted = {each for each in sources if each.startswith(URN)} if self._readings.sees(principal) else set()

        def unit(ledger: Ledger) -> dict[str, Kind]:
            found = ((each, ledger.publication(each.removeprefix(URN))) for each in wanted)
            return {each: publication.described.kind for each, publication in found if publication is not None}

        return await self._store.browse(unit) if wanted else {}

    async def hide(self, principal: Principal, idling: Idling) -> None:
        """Leave a place out of the list, until there is another one. The reading stays. Raises Outdated."""
        now = self._clock()

        def unit(ledger: Ledger) -> None:
            account_id = guard(ledger, principal).id
            before = ledger.annotation(account_id, idling.id)
            hidden = Annotation(
                account_id=account_id,
                id=idling.id,
                collection=Collection.HIDDEN,
                source=idling.source,
                motivation="",
                same=idling.id,
                content=idling.head.id,
                said_at=None,
                created_at=before.created_at if before is not None else now,
                changed_at=now,
                change=new_id(now),
            )
            ledger.save_annotation(hidden)

        await self._store.write(unit)

    async def _number(self, publication: Publication, noted: NotedPlace) -> float | None:
        """How far in a publication a bookmark is; what its app says where it leads nowhere; None where it does not say."""
        said = json.loads(noted.value)
        if fits(said["selector"], publication.described.kind):
            with suppress(NoPlace):
                return (await self._placing.placed(publication, noted, None)).progression
        return number_of(said)

    async def _publication(self, principal: Principal, source: str) -> Publication | None:
        """The publication that a source is, if the account sees it; also where its file is gone: the app has its own."""
        if not source.startswith(URN) or not self._readings.sees(principal):
            return None
        return await self._store.read(lambda ledger: ledger.publication(source.removeprefix(URN)))

    async def _placed(self, found: list[Idling]) -> list[Idling]:
        """Those whose place can be told, with it. One after the other, so that nobody who waits for one waits for a list."""
        until = time.monotonic() + self._seconds
        told = [each if each.publication is None or each.own else await self._translated(each, until) for each in found]
        return [each for each in told if each.own or each.placed or each.last]

    async def _translated(self, idling: Idling, until: float) -> Idling:
        report, publication, files = idling.head.report, idling.publication, idling.files
        assert publication is not None  # noqa: S101 - the caller looks
        number = NotedPlace(Notation.PROGRESSION, repr(report.progression))
        known = files is not None and files.source is not None and time.monotonic() < until
        noted = report.place if known else number
        copy = files.copy if files is not None and known else None
        with suppress(NoPlace):
            placed = await self._placing.placed(publication, noted, report.progression, copy)
            return replace(idling, placed=placed)
        return idling


def idling_id(source: str) -> str:
    """The id of a source's place: the same for as long as the source is called so."""
    return "place-" + blake2b(source.encode(), digest_size=16).hexdigest()


def fits(selector: str, kind: Kind) -> bool:
    """Whether a locator is of the kind that a publication of that kind has: else an app loses the whole list over it."""
    try:
        locator = read(selector)
    except BadLocator:
        return False
    if kind is Kind.AUDIOBOOK:
        return isinstance(locator, AudioBookTimeV1 | AudioBookTimeV2)
    return isinstance(locator, Page) == (kind is Kind.PDF) and not isinstance(locator, AudioBookTimeV1 | AudioBookTimeV2)


def is_source(document: str) -> bool:
    """Whether a document is one that an app of this protocol names: a URI, which KOReader's digests are not."""
    return document[:8].lower().startswith(("urn:", "http://", "https://"))


def _all(ledger: Ledger, account_id: str, *, sees: bool) -> Iterator[Idling]:
    """All sources of all works, the one read last first, without those that are hidden."""
    hidden = {each.id: each.content for each in ledger.annotations(account_id, Collection.HIDDEN, limit=EVERY)}
    shelved = shelved_works(ledger, account_id) if sees else None
    before: str | None = None
    while works := ledger.works(account_id, before=before, limit=AT_ONCE):
        for work in works:
            if work.head is not None:
                found = _of_work(ledger, work, work.head, shelved)
                yield from (each for each in found if hidden.get(each.id) != each.head.id)
        before = works[-1].id


def _of(ledger: Ledger, account_id: str, source: str, *, sees: bool) -> Idling | None:
    found = ledger.work_of(account_id, DOCUMENT, source)
    work = found[0] if found is not None else None
    if sees:
        work = _shelved(ledger, account_id, source) or work
    if work is None or work.head is None:
        return None
    found_in_work = (each for each in _of_work(ledger, work, work.head, {work.id} if sees else None) if each.source == source)
    idling = next(found_in_work, None)
    if idling is None:
        return None
    hidden = ledger.annotation(account_id, idling.id)
    return replace(idling, hidden=hidden is not None and hidden.content == idling.head.id)


def _of_work(ledger: Ledger, work: Work, head: Reading, shelved: set[str] | None) -> Iterator[Idling]:
    """The sources of one work: what the catalogs carry, and what apps have named themselves.

    `shelved`: works that files of the library may be of, so that others need not be looked at; None: the account sees no library.
    """
    leading = ledger.identifiers(work.account_id, work.id)
    sources = [each.value for each in leading if each.type == DOCUMENT and is_source(each.value)]
    sees = shelved is not None and (work.id in shelved or any(each.type == PUBLICATION for each in leading))
    if not sources and not sees:
        return
    words = own_words(ledger, work, PROTOCOL)
    publications = publications_of(ledger, work, missing=True) if sees else []
    publications = [each for each in publications if each.missing_since is None or _is_out(ledger, work, each)]
    for each in publications:
        own = words if words is not None and are_twins(ledger, words.report.document, each.id) else None
        files, whole = None, each
        if own is None:
            files = files_of(ledger, work.account_id, work.id, each.id, head.report.document)
            whole = files.target if files is not None else ledger.publication(each.id) or each  # with its reading order
        yield Idling(id=idling_id(each.urn), source=each.urn, head=head, own=own, publication=whole, files=files)
    carried = {each.urn for each in publications}
    for source in sources:
        if source not in carried and not (shelved is not None and _leads_elsewhere(ledger, work, source)):
            own = words if words is not None and words.report.document == source else None
            last = ledger.read_last_in(work.account_id, work.id, (PROTOCOL, source)) if own is None else None
            yield Idling(id=idling_id(source), source=source, head=head, own=own, last=last)


def _is_out(ledger: Ledger, work: Work, publication: Publication) -> bool:
    """Whether an app may have a book whose file is gone from the library: it has downloaded it, or has said a place in it."""
    if ledger.identifier(work.account_id, ACQUIRED, publication.id) is not None:
        return True
    return ledger.read_last_in(work.account_id, work.id, (PROTOCOL, publication.id)) is not None


def _shelved(ledger: Ledger, account_id: str, source: str) -> Work | None:
    """The account's work of the publication that a source is."""
    publication = ledger.publication(source.removeprefix(URN)) if source.startswith(URN) else None
    match = find_shelved(ledger, account_id, Shelved(publication.id, publication.edition_id)) if publication else None
    return match.work if match is not None else None


def _leads_elsewhere(ledger: Ledger, work: Work, source: str) -> bool:
    """Whether a source that an app named while the account saw no library is a publication with a work of its own by now."""
    there = _shelved(ledger, work.account_id, source)
    return there is not None and there.id != work.id
