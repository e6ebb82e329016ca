"""What one account reads of the library: how far it is in a publication, what it is in the middle of, what it has finished.

Must not know protocols, nor how places are compared. An account that may not see the library has nothing on its shelf.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Identifier, State, Work
from placekeeper.services.account_units import authorise
from placekeeper.services.finishing import state_of
from placekeeper.services.matching import AS_DOCUMENT, DOCUMENT, PUBLICATION, Shelved, claim_shelved, find_shelved

NAMING: Final = ("simplified", "opds-progression", "readium-progression")
"""Protocols whose readings name publications."""
ACQUIRED: Final = "acquired"
"""Identifier type of a publication that the account has downloaded, by its id."""
WORKS: Final = 500
"""How many works of the library are looked through, the one read last first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an account is. `progression`: 0 to 1, as the device said that wrote it. `at`: Unix milliseconds."""

    progression: float
    at: int
    device: str
    state: State

    @property
    def finished(self) -> bool:
        """Whether it is read to the end, or marked so."""
        return self.state is State.FINISHED

    @property
    def words(self) -> str:
        """For people: `41 % read on Kobo`."""
        return f"{int(self.progression * 100)} % read on {self.device}"


class Shelf:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def progress(self, principal: Principal, publications: Iterable[Publication]) -> dict[str, Progress]:
        """How far the account is in these, by the publications' ids; those without a place are left out."""
        wanted = list(publications)

        def unit(ledger: Ledger) -> dict[str, Progress]:
            works = ((publication.id, _work(ledger, principal.account_id, publication)) for publication in wanted)
            return {id_: _progress(ledger, work, work.head) for id_, work in works if work is not None and work.head is not None}

        return await self._store.browse(unit) if wanted and principal.library else {}

    async def read(
        self, principal: Principal, *, finished: bool, offset: int, limit: int
    ) -> tuple[list[tuple[Publication, Progress]], int]:
        """A page of what the account is reading, or has finished, the one read last first; and how many there are."""

        def unit(ledger: Ledger) -> list[tuple[Publication, Progress]]:
            return list(_read(ledger, principal.account_id, finished=finished))

        rows = await self._store.browse(unit) if principal.library else []
        return rows[offset : offset + limit], len(rows)

    async def loans(self, principal: Principal) -> list[tuple[Publication, Progress | None]]:
        """What the account has of the library: what it has downloaded, and what it has read; the one begun last first."""

        def unit(ledger: Ledger) -> list[tuple[Publication, Progress | None]]:
            return list(_loans(ledger, principal.account_id))

        return await self._store.browse(unit) if principal.library else []

    async def acquire(self, principal: Principal, publication: Publication) -> None:
        """Note that the account has downloaded a publication. Raises Outdated, StorageUnavailable."""
        account_id, now = principal.account_id, self._clock()
        if await self._store.read(lambda ledger: ledger.identifier(account_id, ACQUIRED, publication.id)) is not None:
            return

        def unit(ledger: Ledger) -> None:
            authorise(ledger, principal)
            work = claim_shelved(ledger, account_id, Shelved(publication.id, publication.edition_id), now).work
            acquired = Identifier(type=ACQUIRED, value=publication.id, work_id=work.id, document=publication.id)
            ledger.register(account_id, acquired, now)

        await self._store.write(unit)


def _loans(ledger: Ledger, account_id: str) -> Iterator[tuple[Publication, Progress | None]]:
    for id_ in sorted(shelved_works(ledger, account_id), reverse=True):
        work = ledger.work(account_id, id_)
        found = publications_of(ledger, work, missing=True) if work is not None else []
        if work is None or not found:
            continue
        acquired = {each.value for each in ledger.identifiers(account_id, id_) if each.type == ACQUIRED}
        had = [each for each in found if each.id in acquired or _is_read(ledger, work, each)]
        there = [each for each in found if each.missing_since is None]
        progress = _progress(ledger, work, work.head) if work.head is not None else None
        yield from ((each, progress) for each in had or there[:1])


def _is_read(ledger: Ledger, work: Work, publication: Publication) -> bool:
    """Whether an app that names publications has read this very one."""
    return any(ledger.read_last_in(work.account_id, work.id, (each, publication.id)) is not None for each in NAMING)


def _read(ledger: Ledger, account_id: str, *, finished: bool) -> Iterator[tuple[Publication, Progress]]:
    for work, head in _works(ledger, account_id):
        progress, wanted = _progress(ledger, work, head), State.FINISHED if finished else State.READING
        publication = _publication(ledger, work) if progress.state is wanted else None
        if publication is not None:
            yield publication, progress


def _works(ledger: Ledger, account_id: str) -> list[tuple[Work, Reading]]:
    """The account's works that may be of the library, with their heads, the one read last first."""
    ids = shelved_works(ledger, account_id)
    works = [work for id_ in ids if (work := ledger.work(account_id, id_)) is not None]
    read = [(work, work.head) for work in works if work.head is not None]
    return sorted(read, key=lambda row: row[1].id, reverse=True)[:WORKS]


def shelved_works(ledger: Ledger, account_id: str) -> set[str]:
    """Ids of the account's works that may be of the library: all others need not be looked at."""
    found = {id_ for type_ in AS_DOCUMENT for id_ in ledger.works_of_files(account_id, DOCUMENT, type_)}
    return found | ledger.works_of_editions(account_id, PUBLICATION)


def _publication(ledger: Ledger, work: Work) -> Publication | None:
    """A file of the library that this work is read in; of several, the one that a device named."""
    return next(_publications(ledger, work), None)


def publications_of(ledger: Ledger, work: Work, *, missing: bool = False) -> list[Publication]:
    """All files of the library that this work is read in, or might be, those first that a device named. `missing`: also those
    that are not there now.
    """
    return list(_publications(ledger, work, missing=missing))


def _publications(ledger: Ledger, work: Work, *, missing: bool = False) -> Iterator[Publication]:
    leading = ledger.identifiers(work.account_id, work.id)
    candidates = [publication for one in leading if one.type == DOCUMENT for publication in _recognised(ledger, one.value)]
    candidates += [publication for one in leading if one.type == PUBLICATION for publication in ledger.edition(one.value)]
    for publication in {each.id: each for each in candidates}.values():
        if (missing or publication.missing_since is None) and _leads_to(ledger, publication, work):
            yield publication


def _recognised(ledger: Ledger, document: str) -> list[Publication]:
    """The publications that a KOSync document may be of."""
    return [publication for type_ in AS_DOCUMENT for publication in ledger.publications_with(type_, document)]


def _leads_to(ledger: Ledger, publication: Publication, work: Work) -> bool:
    match = find_shelved(ledger, work.account_id, Shelved(publication.id, publication.edition_id))
    return match is not None and match.work.id == work.id


def _work(ledger: Ledger, account_id: str, publication: Publication) -> Work | None:
    """The account's work of a publication."""
    match = find_shelved(ledger, account_id, Shelved(publication.id, publication.edition_id))
    return match.work if match is not None else None


def _progress(ledger: Ledger, work: Work, head: Reading) -> Progress:
    report, state = head.report, state_of(ledger, work)
    return Progress(progression=report.progression, at=head.time, device=report.device_name or "another device", state=state)
