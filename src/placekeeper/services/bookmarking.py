"""Bookmarks of an account: each place of a book once, whoever sent it how often; what is deleted stays deleted.

Knows no protocol's wire: what a bookmark says is a text to it.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ids import new_id
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services.account_units import guard, room
from placekeeper.services.quotas import Quotas

MOST: Final = 10_000
"""Bookmarks of an account: all of them are one answer, for the apps know no pages."""
SYNCHRONIZED: Final = "synchronize_annotations"
"""The preference by which an account shows its bookmarks to its apps, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmarked:
    """A bookmark as an app says it. `place`: a text that two bookmarks of the same place share. `said_at`: Unix milliseconds."""

    source: str
    motivation: str
    place: str
    content: str
    said_at: int


class Bookmarks:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock, most: int = MOST, quotas: Quotas | None = None) -> None:
        """Nothing happens yet. `quotas`: who counts how much accounts keep."""
        self._store, self._clock, self._most, self._quotas = store, clock, most, quotas

    async def keep(self, principal: Principal, said: Bookmarked) -> Annotation:
        """Keep a bookmark; the stored one, which is deleted still if this is no newer than its deletion.

        Raises InvalidRequest where the account has too many, Full, Outdated, StorageUnavailable.
        """
        now = self._clock()
        kept = await self._store.write(lambda ledger: keep(ledger, principal, said, now, self._most))
        if self._quotas is not None:
            self._quotas.wrote(principal.account_id)
        return kept

    async def all(self, principal: Principal, source: str | None = None) -> list[Annotation]:
        """Those that are not deleted, the one changed last first."""

        def unit(ledger: Ledger) -> list[Annotation]:
            return ledger.annotations(principal.account_id, Collection.BOOKMARKS, source=source, limit=self._most)

        return await self._store.browse(unit)

    async def one(self, principal: Principal, bookmark_id: str) -> Annotation:
        """One that is not deleted. Raises NotFound."""
        found = await self._store.read(lambda ledger: ledger.annotation(principal.account_id, bookmark_id))
        return _live(found)

    async def delete(self, principal: Principal, bookmark_id: str) -> None:
        """Delete one; what was said stays as a tombstone. Raises NotFound, also where it is deleted already, and Outdated."""
        now = self._clock()

        def unit(ledger: Ledger) -> None:
            account_id = guard(ledger, principal).id
            found = _live(ledger.annotation(account_id, bookmark_id))
            ledger.save_annotation(replace(found, deleted_at=now, changed_at=now, change=new_id(now)))

        await self._store.write(unit)

    async def synchronized(self, principal: Principal) -> bool | None:
        """Whether the account shows its bookmarks to its apps; None where it has not decided."""
        value = await self._store.read(lambda ledger: ledger.preference(principal.account_id, SYNCHRONIZED))
        return None if value is None else value == "true"

    async def synchronize(self, principal: Principal, *, wanted: bool) -> None:
        """Show them, or not. Nothing is deleted. Raises Outdated."""

        def unit(ledger: Ledger) -> None:
            ledger.save_preference(guard(ledger, principal).id, SYNCHRONIZED, "true" if wanted else "false")

        await self._store.write(unit)


def keep(ledger: Ledger, principal: Principal, said: Bookmarked, now: int, most: int) -> Annotation:
    """The unit behind `Bookmarks.keep`."""
    account_id = guard(ledger, principal).id
    same = blake2b(f"{said.motivation}\0{said.source}\0{said.place}".encode(), digest_size=16).hexdigest()
    found = ledger.annotation_same(account_id, Collection.BOOKMARKS, same)
    if found is not None and found.deleted_at is not None:
        if said.said_at <= max(found.deleted_at, found.said_at or 0):  # a clock that is ahead says times after the deletion
            return found  # another device has it still, and sends it again
        ledger.save_annotation(replace(found, same=f"{same} {found.id}"))  # a new one takes its place; the tombstone stays
        found = None
    if found is not None and found.said_at is not None and said.said_at < found.said_at:
        return found
    if found is None and ledger.count_annotations(account_id, Collection.BOOKMARKS) >= most:
        raise InvalidRequest(f"an account has at most {most} bookmarks: delete some")
    room(ledger, principal)
    id_ = new_id(now)
    kept = Annotation(
        account_id=account_id,
        id=id_ if found is None else found.id,
        collection=Collection.BOOKMARKS,
        source=said.source,
        motivation=said.motivation,
        same=same,
        content=said.content,
        said_at=said.said_at,
        created_at=now if found is None else found.created_at,
        changed_at=now,
        change=id_,
    )
    ledger.save_annotation(kept)
    return kept


def _live(found: Annotation | None) -> Annotation:
    if found is None or found.deleted_at is not None or found.collection is not Collection.BOOKMARKS:
        raise NotFound("there is no such annotation")
    return found
