"""What an account reads, as lists show it: works with how it stands with them and the files that they are read in.

Must not know pages. An account that may not see the library is told of no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import NotFound
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.domain.shelf import Query
from placekeeper.domain.standing import Held
from placekeeper.domain.work import Run, State, Work
from placekeeper.services.finishing import runs_of, state_of
from placekeeper.services.keeping import FINISHED
from placekeeper.services.library import Library
from placekeeper.services.matching import Shelved, find_shelved
from placekeeper.services.shelf import publications_of

FOUND: Final = 30
"""The most works that a search finds: who sees more of them looks for another word."""
LATELY: Final = 60
"""Works that are looked through for a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A work, how often it was read (the present run is the last one), and its files, the one first that a device named."""

    work: Work
    runs: tuple[Run, ...]
    publications: tuple[Publication, ...]

    @property
    def state(self) -> State:
        """How it stands with the present run."""
        return self.runs[-1].state

    @property
    def title(self) -> str:
        """What to call it: as its file does, else as a device does; "" where nobody has a name for it."""
        named = next((each.described.metadata.title for each in self.publications), "")
        said = self.work.description
        return named or said.title or said.filename or ""

    @property
    def authors(self) -> str:
        """Who wrote it, or ""."""
        for each in self.publications:
            if each.described.metadata.authors:
                return ", ".join(author.name for author in each.described.metadata.authors)
        return ", ".join((self.work.description.authors or "").splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What a device has told of a work since its place was told, and was kept aside."""

    device: str
    held: Held


class Overview:
    """The use cases."""

    def __init__(self, store: Store, library: Library) -> None:
        """Nothing happens yet."""
        self._store, self._library = store, library

    async def works(self, principal: Principal, state: State, *, before: str | None = None, limit: int) -> list[Shown]:
        """A page of the works whose present run stands so, the one whose place changed last first."""
        sees = self.sees(principal)

        def unit(ledger: Ledger) -> list[Shown]:
            found = ledger.works_like(principal.account_id, state=state, ended=FINISHED, before=before, limit=limit)
            return [_shown(ledger, work, sees=sees) for work in found]

        return await self._store.browse(unit)

    async def lately(self, principal: Principal, state: State, limit: int) -> list[Shown]:
        """Of the works whose place changed last, a few that stand so: less work than to look through all of them."""
        sees = self.sees(principal)

        def unit(ledger: Ledger) -> list[Shown]:
            newest = ledger.works_like(principal.account_id, ended=FINISHED, before=None, limit=LATELY)
            wanted = [work for work in newest if state_of(ledger, work) is state]
            return [_shown(ledger, work, sees=sees) for work in wanted[:limit]]

        return await self._store.browse(unit)

    async def search(self, principal: Principal, text: str) -> tuple[list[Shown], int]:
        """Works whose name has all these words: as devices say it, or as their files do. And how many books of the library have
        them, whether they are read or not.
        """
        words = tuple(text.split())
        if not words:
            return [], 0
        sees = self.sees(principal)
        listing = await self._library.listing(principal, Query(text=text, limit=FOUND))

        def unit(ledger: Ledger) -> list[Shown]:
            works = ledger.works_like(principal.account_id, words=words, ended=FINISHED, before=None, limit=FOUND)
            matches = (
                find_shelved(ledger, principal.account_id, Shelved(each.id, each.edition_id)) for each in listing.publications
            )
            works += [match.work for match in matches if match is not None and match.work.head is not None]
            found = {work.id: work for work in works}.values()
            newest = sorted(found, key=lambda work: work.head.id if work.head is not None else "", reverse=True)
            return [_shown(ledger, work, sees=sees) for work in newest[:FOUND]]

        return await self._store.browse(unit), listing.total

    async def work(self, principal: Principal, work_id: str) -> Shown:
        """One work. Raises NotFound."""
        sees = self.sees(principal)

        def unit(ledger: Ledger) -> Shown:
            work = ledger.work(principal.account_id, work_id)
            if work is None:
                raise NotFound("there is no such work")
            return _shown(ledger, work, sees=sees)

        return await self._store.browse(unit)

    async def aside(self, principal: Principal, work: Work) -> Aside | None:
        """The newest place that was kept aside since the work has the one it has; None where there is none."""
        head = work.head
        if head is None:
            return None

        def unit(ledger: Ledger) -> Aside | None:
            standings = ledger.standings(principal.account_id, work.id)
            held = [(standing.held, id_) for id_, standing in standings if standing.held is not None]
            newest = max(held, key=lambda each: each[0].received_at, default=None)
            if newest is None or newest[0].received_at <= head.report.received_at:
                return None
            named = next((each.name for each in ledger.devices(principal.account_id) if each.id == newest[1]), "")
            return Aside(device=named, held=newest[0])

        return await self._store.browse(unit)

    async def read_in(self, principal: Principal, publications: Iterable[Publication]) -> dict[str, str]:
        """Ids of the works with a place that these are read in already, by the publications' ids."""
        wanted = list(publications)

        def unit(ledger: Ledger) -> dict[str, str]:
            shelved = ((each.id, Shelved(each.id, each.edition_id)) for each in wanted)
            found = ((id_, find_shelved(ledger, principal.account_id, each)) for id_, each in shelved)
            return {id_: match.work.id for id_, match in found if match is not None and match.work.head is not None}

        return await self._store.browse(unit) if wanted and self.sees(principal) else {}

    def sees(self, principal: Principal) -> bool:
        """Whether files are shown to this account."""
        return bool(self._library.folders) and self._library.sees(principal)


def _shown(ledger: Ledger, work: Work, *, sees: bool) -> Shown:
    publications = publications_of(ledger, work) if sees else []
    return Shown(work=work, runs=tuple(runs_of(ledger, work)), publications=tuple(publications))
