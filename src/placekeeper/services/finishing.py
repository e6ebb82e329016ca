"""How often a work was read, and how it stands with it: read to the end, given up, begun again. By the reports, or by hand.

A mark by hand moves no place: a book can be finished that no device ever opened to its end. Knows no protocol.
"""

from dataclasses import replace

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.domain.work import Run, State, Work
from placekeeper.services.account_units import guard
from placekeeper.services.keeping import FINISHED

AGAIN = "again"
"""What the person says who reads it once more: a new run, begun now."""


class Finishing:
    """The use cases."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._clock = store, clock

    async def runs(self, principal: Principal, work_id: str) -> list[Run]:
        """All times that a work was read, the first one first. Raises NotFound."""
        return await self._store.browse(lambda ledger: runs_of(ledger, _work(ledger, principal.account_id, work_id)))

    async def mark(self, principal: Principal, work_id: str, state: State | None) -> list[Run]:
        """Say how it stands with a work; None: it is begun again. The runs after that.

        Raises NotFound, Unauthorized, InvalidRequest where the work is joined to another.
        """
        now = self._clock()
        return await self._store.write(lambda ledger: mark(ledger, principal, work_id, state, now))


def mark(ledger: Ledger, principal: Principal, work_id: str, state: State | None, now: int) -> list[Run]:
    """The unit behind `Finishing.mark`."""
    account_id = guard(ledger, principal).id
    work = _work(ledger, account_id, work_id)
    if any(merge.from_id == work_id for merge in ledger.merges(account_id)):
        raise InvalidRequest("this work is joined to another one: say it of that one")
    if state is None:
        work = replace(work, run=work.run + 1)
        ledger.save_run(account_id, work_id, Run(number=work.run, started_at=now))
    else:
        run = runs_of(ledger, work)[-1]
        finished, abandoned = state is State.FINISHED, state is State.ABANDONED
        changed = replace(
            run,
            finished_at=(run.finished_at or now) if finished else None,
            abandoned_at=(run.abandoned_at or now) if abandoned else None,
        )
        ledger.save_run(account_id, work_id, changed)
    ledger.save_work(work)
    return runs_of(ledger, work)


def runs_of(ledger: Ledger, work: Work) -> list[Run]:
    """All runs of a work, up to the present one. What was read before they were kept is known by the place alone."""
    known = ledger.runs(work.account_id, work.id)
    if known and known[-1].number >= work.run:
        return known
    at_end = work.head is not None and work.head.report.progression >= FINISHED
    present = Run(number=work.run, finished_at=work.head.time if work.head is not None and at_end else None)
    return [*known, present]


def state_of(ledger: Ledger, work: Work) -> State:
    """How it stands with the present run."""
    return runs_of(ledger, work)[-1].state


def _work(ledger: Ledger, account_id: str, work_id: str) -> Work:
    work = ledger.work(account_id, work_id)
    if work is None:
        raise NotFound("there is no such work")
    return work
