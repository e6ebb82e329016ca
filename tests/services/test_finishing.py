"""How often a work was read, and how it stands with it: by what devices report, and by hand."""

import pytest

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import NotFound
from placekeeper.domain.work import Run, State
from placekeeper.services.finishing import Finishing
from tests.services.stage import MINUTE, Stage

HOUR = 60 * MINUTE


@pytest.fixture
def mina(stage: Stage) -> Principal:
    return stage.reader()


def read(stage: Stage, mina: Principal, *ratios: float) -> str:
    for ratio in ratios:
        stage.clock.passes(HOUR)
        kept = stage.push(mina, "Kobo", ratio)
    return kept.reading.work_id


def runs(stage: Stage, mina: Principal, work: str) -> list[Run]:
    return stage.do(Finishing(stage.store, clock=stage.clock).runs(mina, work))


def mark(stage: Stage, mina: Principal, work: str, state: State | None) -> list[Run]:
    stage.clock.passes(HOUR)
    return stage.do(Finishing(stage.store, clock=stage.clock).mark(mina, work, state))


def test_begun_and_finished(stage: Stage, mina: Principal) -> None:
    """A run begins with the first report and is finished by the first one near the end; pages turned back leave it so."""
    work = read(stage, mina, 0.1)
    began = stage.clock()
    assert [Run(number=1, started_at=began)] == runs(stage, mina, work)
    read(stage, mina, 0.985)
    ended = stage.clock()
    read(stage, mina, 0.97, 0.99, 1.0)

    assert [Run(number=1, started_at=began, finished_at=ended)] == runs(stage, mina, work)


def test_read_again(stage: Stage, mina: Principal) -> None:
    """Who begins again after the end begins a new run; the first one stays finished."""
    work = read(stage, mina, 0.5, 0.99, 0.03)
    first, second = runs(stage, mina, work)

    assert (State.FINISHED, State.READING) == (first.state, second.state)
    assert stage.clock() == second.started_at


def test_only_opened(stage: Stage, mina: Principal) -> None:
    """A device that only opened the book at its start neither moves the place nor begins a run."""
    work = read(stage, mina, 0.5)
    stage.clock.passes(HOUR)
    stage.push(mina, "Phone", 0.0)

    assert 1 == len(runs(stage, mina, work))


def test_marked_by_hand(stage: Stage, mina: Principal) -> None:
    """The person says how it stands, whatever was read; no place moves, and the first time that it was so counts."""
    work = read(stage, mina, 0.4)
    (finished,) = mark(stage, mina, work, State.FINISHED)
    at = stage.clock()
    assert (State.FINISHED, at) == (finished.state, finished.finished_at)
    assert at == mark(stage, mina, work, State.FINISHED)[0].finished_at
    assert State.READING is mark(stage, mina, work, State.READING)[0].state
    assert State.ABANDONED is mark(stage, mina, work, State.ABANDONED)[0].state
    first, second = mark(stage, mina, work, None)
    assert (State.ABANDONED, 2, State.READING) == (first.state, second.number, second.state)
    head = stage.read(lambda ledger: ledger.work(mina.account_id, work)).head
    assert head is not None
    assert 0.4 == head.report.progression


def test_begun_again_by_hand_and_then_read(stage: Stage, mina: Principal) -> None:
    """Who says that a finished book is begun again, and then starts it, has begun it once."""
    work = read(stage, mina, 0.99)
    mark(stage, mina, work, None)
    read(stage, mina, 0.03, 0.5, 0.99, 0.02)

    assert [State.FINISHED, State.FINISHED, State.READING] == [run.state for run in runs(stage, mina, work)]


def test_given_up_then_finished(stage: Stage, mina: Principal) -> None:
    """What was given up and is read to the end after all is finished."""
    work = read(stage, mina, 0.4)
    mark(stage, mina, work, State.ABANDONED)
    read(stage, mina, 0.99)

    assert State.FINISHED is runs(stage, mina, work)[0].state


def test_read_before_runs_were_kept(stage: Stage, mina: Principal) -> None:
    """A work of an earlier release has one run, finished if its place is at the end."""
    work = read(stage, mina, 0.99)
    at = stage.clock()
    stage.write(lambda ledger: ledger._change("DELETE FROM run", {}))

    assert [Run(number=1, finished_at=at)] == runs(stage, mina, work)


def test_nobodys_work(stage: Stage, mina: Principal) -> None:
    """Another account's work is none."""
    work = read(stage, mina, 0.4)
    lucy = stage.reader("lucy")
    for ask in (runs, lambda *of: mark(*of, State.FINISHED)):
        with pytest.raises(NotFound):
            ask(stage, lucy, work)
