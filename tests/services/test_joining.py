"""Two works that the person joins, and parts again: one history, one place, and nothing is lost on the way there or back."""

import pytest

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound, Unauthorized
from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Merge
from placekeeper.services.joining import Joining
from tests.services.stage import MINUTE, Stage

HOUR = 60 * MINUTE


@pytest.fixture
def mina(stage: Stage) -> Principal:
    return stage.reader()


def read(stage: Stage, mina: Principal, document: str, *ratios: float, device: str = "Kobo") -> str:
    """Somebody reads a document; its work."""
    for ratio in ratios:
        stage.clock.passes(HOUR)
        kept = stage.push(mina, device, ratio, document=document)
    return kept.reading.work_id


def join(stage: Stage, mina: Principal, into: str, other: str) -> Merge:
    return stage.do(Joining(stage.store, clock=stage.clock).join(mina, into, other))


def part(stage: Stage, mina: Principal, merge: Merge) -> Merge:
    return stage.do(Joining(stage.store, clock=stage.clock).part(mina, merge.into_id, merge.id))


def head(stage: Stage, mina: Principal, work: str) -> Reading | None:
    found = stage.read(lambda ledger: ledger.work(mina.account_id, work))
    assert found is not None
    return found.head


def history(stage: Stage, mina: Principal, work: str) -> list[float]:
    return [each.report.progression for each in stage.do(stage.history.readings(mina, work, before=None, limit=99))]


def everything(stage: Stage, mina: Principal) -> set[str]:
    """Ids of all readings that were ever kept."""
    works = stage.do(stage.history.works(mina, before=None, limit=99))
    return {each.id for work in works for each in stage.do(stage.history.readings(mina, work.id, before=None, limit=99))}


def test_joined(stage: Stage, mina: Principal) -> None:
    """What led to the second work leads to the first, the newer place is the place with its device and time, history is one."""
    one, two = read(stage, mina, "one", 0.1, 0.2), read(stage, mina, "two", 0.4, 0.5, device="Phone")
    newer = head(stage, mina, two)
    join(stage, mina, one, two)
    place = head(stage, mina, one)

    assert place is not None
    assert newer is not None
    assert (newer.report, one) == (place.report, place.work_id)
    assert [0.5, 0.5, 0.4, 0.2, 0.1] == history(stage, mina, one)
    assert [one] == [work.id for work in stage.do(stage.history.works(mina, before=None, limit=9))]
    assert one == read(stage, mina, "two", 0.55, device="Phone")
    assert "same-device" == str(getattr(head(stage, mina, one), "outcome", ""))


def test_joined_to_the_newer(stage: Stage, mina: Principal) -> None:
    """Where the first work's place is the newer one, it stays as it is."""
    two = read(stage, mina, "two", 0.9)
    one = read(stage, mina, "one", 0.1)
    before = head(stage, mina, one)
    join(stage, mina, one, two)

    assert before == head(stage, mina, one)
    assert [0.1, 0.9] == history(stage, mina, one)


def test_parted(stage: Stage, mina: Principal) -> None:
    """Parted, each has what it had; what was read since is with the document that it was read in, and is the place there."""
    one, two = read(stage, mina, "one", 0.1, 0.2), read(stage, mina, "two", 0.4, 0.5, device="Phone")
    merge = join(stage, mina, one, two)
    read(stage, mina, "two", 0.55, device="Phone")
    kept = everything(stage, mina)
    part(stage, mina, merge)

    assert (0.2, 0.55) == tuple(head(stage, mina, each).report.progression for each in (one, two))
    assert [0.55, 0.5, 0.4] == history(stage, mina, two)
    assert two == read(stage, mina, "two", 0.6, device="Phone")
    assert one == read(stage, mina, "one", 0.3)
    assert kept <= everything(stage, mina)


def test_parted_at_once(stage: Stage, mina: Principal) -> None:
    """Joined by mistake and parted at once, all is as it was, but for the copy of a place in the history."""
    one, two = read(stage, mina, "one", 0.2), read(stage, mina, "two", 0.5)
    before = [head(stage, mina, each) for each in (one, two)]
    part(stage, mina, join(stage, mina, one, two))

    assert before == [head(stage, mina, each) for each in (one, two)]
    assert {one, two} == {work.id for work in stage.do(stage.history.works(mina, before=None, limit=9))}


def test_three(stage: Stage, mina: Principal) -> None:
    """Joins lie on top of each other, and are undone from the top."""
    one, two, three = (read(stage, mina, name, 0.2) for name in ("one", "two", "three"))
    inner = join(stage, mina, two, three)
    outer = join(stage, mina, one, two)
    assert one == read(stage, mina, "three", 0.3)
    with pytest.raises(InvalidRequest):
        part(stage, mina, inner)
    part(stage, mina, outer)
    assert two == read(stage, mina, "three", 0.4)
    part(stage, mina, inner)

    assert three == read(stage, mina, "three", 0.5)
    assert two == read(stage, mina, "two", 0.3)


def test_what_can_not_be_joined(stage: Stage, mina: Principal) -> None:
    """A work with itself, with one that is joined already, with nobody's, with another account's; by a token that may not."""
    one, two, three = (read(stage, mina, name, 0.2) for name in ("one", "two", "three"))
    lucy = stage.reader("lucy")
    hers = read(stage, lucy, "one", 0.2)
    merge = join(stage, mina, one, two)
    for into, other, error in (
        (one, one, InvalidRequest),
        (three, two, InvalidRequest),
        (two, three, InvalidRequest),
        (one, "none", NotFound),
        (one, hers, NotFound),
    ):
        with pytest.raises(error):
            join(stage, mina, into, other)
    with pytest.raises(NotFound):
        stage.do(Joining(stage.store, clock=stage.clock).part(lucy, merge.into_id, merge.id))
    stage.write(lambda ledger: ledger.erase_account(mina.account_id, 1))
    with pytest.raises(Unauthorized):
        part(stage, mina, merge)
