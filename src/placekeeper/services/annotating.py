"""Annotations of every kind: highlights, notes, comments, and whatever else apps make. What they say is a text here, kept whole.

Each change has an id of its own that is greater than those of all changes of the account before it, so who has seen everything
up to one of them has missed nothing. Knows no JSON, no protocol and no book.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.errors import Changed, Gone, InvalidRequest, NotFound
from placekeeper.domain.ids import new_id, time_of
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services.account_units import guard, room
from placekeeper.services.quotas import Quotas

MOST: Final = 100_000
"""Annotations of an account. Twenty passages a day make so many in thirteen years; counting them takes milliseconds."""
BEGINNING: Final = "0"
"""Stands in a token before the first change."""

OURS: Final = Collection.ANNOTATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An annotation as its app has written it. `sources`: all that it is about, the first one first."""

    sources: tuple[str, ...]
    motivation: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the annotations of a list, in the order in which they were made.

    `total`: how many the list has; `start`: how many come before these. `last_change`: of any of the account's annotations.
    """

    annotations: list[Annotation]
    total: int
    start: int
    last_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed, in order: each annotation once, as it is now. `next`: the token to ask with for what comes later."""

    annotations: list[Annotation]
    next: str
    more: bool


class Annotating:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock, most: int = MOST, quotas: Quotas | None = None) -> None:
        """Nothing happens yet. `quotas`: who counts how much accounts keep."""
        self._store, self._clock, self._most, self._quotas = store, clock, most, quotas

    async def create(self, principal: Principal, written: Written) -> Annotation:
        """Keep a new one. Raises InvalidRequest where the account has too many, Full, Outdated, StorageUnavailable.

        They are counted beforehand, where nobody waits for it: apps that write at once may make a few more.
        """
        now = self._clock()
        if await self._store.browse(lambda ledger: ledger.count_annotations(principal.account_id, OURS)) >= self._most:
            raise InvalidRequest(f"an account has at most {self._most:,} annotations: delete some")

        def unit(ledger: Ledger) -> Annotation:
            account_id = guard(ledger, principal).id
            room(ledger, principal)
            change = later(ledger, account_id, now)
            made = Annotation(
                account_id=account_id,
                id=change,
                collection=OURS,
                source=written.sources[0],
                motivation=written.motivation,
                same=change,
                content=written.content,
                said_at=None,
                created_at=now,
                changed_at=now,
                change=change,
            )
            ledger.save_annotation(made)
            ledger.save_annotation_sources(account_id, made.id, written.sources)
            return made

        made = await self._store.write(unit)
        if self._quotas is not None:
            self._quotas.wrote(principal.account_id)
        return made

    async def one(self, principal: Principal, annotation_id: str) -> Annotation:
        """One. Raises Gone where it is deleted, NotFound where the account never had it."""
        return _live(await self._store.read(lambda ledger: ledger.annotation(principal.account_id, annotation_id)))

    async def change(
        self,
        principal: Principal,
        annotation_id: str,
        expected: Callable[[Annotation], bool],
        revised: Callable[[Annotation], Written],
    ) -> Annotation:
        """Put what `revised` makes of one in its place. Raises Gone, NotFound, Outdated; Changed where it is not as expected."""
        now = self._clock()

        def unit(ledger: Ledger) -> Annotation:
            account_id = guard(ledger, principal).id
            found = _expected(ledger, account_id, annotation_id, expected)
            written = revised(found)
            changed = replace(
                found,
                source=written.sources[0],
                motivation=written.motivation,
                content=written.content,
                changed_at=now,
                change=later(ledger, account_id, now),
            )
            ledger.save_annotation(changed)
            ledger.save_annotation_sources(account_id, found.id, written.sources)
            return changed

        return await self._store.write(unit)

    async def delete(self, principal: Principal, annotation_id: str, expected: Callable[[Annotation], bool]) -> None:
        """Delete one; only that it was there is kept. Raises as `change` does."""
        now = self._clock()

        def unit(ledger: Ledger) -> None:
            account_id = guard(ledger, principal).id
            found = _expected(ledger, account_id, annotation_id, expected)
            change = later(ledger, account_id, now)
            gone = replace(found, source="", motivation="", content="", changed_at=now, change=change, deleted_at=now)
            ledger.save_annotation(gone)
            ledger.save_annotation_sources(account_id, found.id, ())

        await self._store.write(unit)

    async def page(self, principal: Principal, source: str | None, *, after: str, offset: int, limit: int) -> Page:
        """Some of them, those about a source where that is asked. `after`: the last one that the caller has; "": none."""
        account_id = principal.account_id

        def unit(ledger: Ledger) -> Page:
            before = ledger.count_annotations(account_id, OURS, source=source, upto=after) if after else 0
            return Page(
                annotations=ledger.annotation_page(
                    account_id, OURS, source=source, after=after, offset=0 if after else offset, limit=limit
                ),
                total=ledger.count_annotations(account_id, OURS, source=source),
                start=before if after else offset,
                last_change=ledger.last_annotation_change(account_id, OURS),
            )

        return await self._store.browse(unit)

    async def changes(self, principal: Principal, since: str, limit: int) -> Changes:
        """What has changed since a token was given out; "": all that is, or was, there. Raises InvalidRequest."""
        account_id = principal.account_id

        def unit(ledger: Ledger) -> Changes:
            change = _change_of(since, account_id, ledger.last_annotation_change(account_id, OURS)) if since else ""
            found = ledger.annotation_changes(account_id, OURS, change, limit + 1)
            some = found[:limit]
            seen = some[-1].change if some else change
            return Changes(annotations=some, next=_token(account_id, seen), more=len(found) > limit)

        return await self._store.browse(unit)


def later(ledger: Ledger, account_id: str, now: int) -> str:
    """An id for a change: greater than any of the account's before, also where the clock was put back between two starts."""
    last = ledger.last_annotation_change(account_id, OURS)
    id_ = new_id(now)
    return id_ if id_ > last else new_id(time_of(last) + 1)


def _live(found: Annotation | None) -> Annotation:
    if found is None or found.collection is not OURS:
        raise NotFound("there is no such annotation")
    if found.deleted_at is not None:
        raise Gone("this annotation is deleted")
    return found


def _expected(ledger: Ledger, account_id: str, annotation_id: str, expected: Callable[[Annotation], bool]) -> Annotation:
    found = _live(ledger.annotation(account_id, annotation_id))
    if not expected(found):
        raise Changed("the annotation has changed since: get it again")
    return found


def _token(account_id: str, change: str) -> str:
    """Says after which change to go on. What it ends in shows that it was given to this account."""
    digest = blake2b(f"{account_id} {change}".encode(), digest_size=6).hexdigest()
    return f"{change or BEGINNING}.{digest}"


def _change_of(token: str, account_id: str, last: str) -> str:
    """The change in a token. Raises InvalidRequest where it is none of this account's, or of changes that never came."""
    change = token.partition(".")[0].removeprefix(BEGINNING) if token.startswith(f"{BEGINNING}.") else token.partition(".")[0]
    if token != _token(account_id, change) or change > last:
        raise InvalidRequest("since: this is no token that was given to this account: begin anew without one")
    return change
