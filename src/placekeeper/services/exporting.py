"""Everything that an account has, to be taken elsewhere or kept: work by work, with all that was ever said of it.

Knows no protocol. Nothing secret is in it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Run
from placekeeper.services.history import WorkInFull

AT_ONCE: Final = 500
"""Rows that are read at one go, so that nobody waits long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A work with its runs and readings, newest first, some at a time. What is joined to it is a work of its own here."""

    work: WorkInFull
    runs: list[Run]
    readings: AsyncIterator[list[Reading]]


class Exporting:
    """The use case."""

    def __init__(self, store: Store) -> None:
        """Nothing happens yet."""
        self._store = store

    async def works(self, principal: Principal) -> AsyncIterator[Exported]:
        """All works that the account has now, also those that are joined to others."""
        for work_id in await self._store.browse(lambda ledger: _ids(ledger, principal.account_id)):
            exported = await self._exported(principal.account_id, work_id)
            if exported is not None:
                yield exported

    async def annotations(self, principal: Principal) -> AsyncIterator[list[Annotation]]:
        """All bookmarks and annotations that are not deleted, some at a time, the one changed last first of each sort."""
        for collection in (Collection.BOOKMARKS, Collection.ANNOTATIONS):
            before: str | None = None
            while rows := await self._store.browse(partial(_annotations, principal.account_id, collection, before)):
                yield rows
                before = rows[-1].change

    async def _exported(self, account_id: str, work_id: str) -> Exported | None:
        def first(ledger: Ledger) -> tuple[WorkInFull, list[Run]] | None:
            work = ledger.work(account_id, work_id)
            if work is None:
                return None
            merges = [each for each in ledger.merges(account_id) if work_id in {each.into_id, each.from_id}]
            whole = WorkInFull(work=work, identifiers=ledger.identifiers(account_id, work_id), merges=merges)
            return whole, ledger.runs(account_id, work_id)

        found = await self._store.browse(first)
        if found is None:
            return None
        return Exported(work=found[0], runs=found[1], readings=self._readings(account_id, work_id))

    async def _readings(self, account_id: str, work_id: str) -> AsyncIterator[list[Reading]]:
        """All of one work, as many as are read at one go."""
        before: str | None = None
        while True:
            rows = await self._store.browse(partial(_readings, account_id=account_id, work_id=work_id, before=before))
            if not rows:
                return
            yield rows
            before = rows[-1].id


def _readings(ledger: Ledger, *, account_id: str, work_id: str, before: str | None) -> list[Reading]:
    return ledger.own_readings(account_id, work_id, before, AT_ONCE)


def _annotations(account_id: str, collection: Collection, before: str | None, ledger: Ledger) -> list[Annotation]:
    return ledger.annotations(account_id, collection, before=before, limit=AT_ONCE)


def _ids(ledger: Ledger, account_id: str) -> list[str]:
    """Works with a place, the one read last first, then those that are joined to one of them."""
    ids: list[str] = []
    before: str | None = None
    while works := ledger.works(account_id, before=before, limit=AT_ONCE):
        ids += [work.id for work in works]
        before = works[-1].id
    return ids + [merge.from_id for merge in ledger.merges(account_id)]
