"""Looking back and taking a place back: what is restored counts, what was there stays, and nobody sees another's."""

import asyncio
from dataclasses import replace

import pytest

from placekeeper.domain.device import PLACEKEEPER
from placekeeper.domain.errors import NotFound, Outdated
from placekeeper.domain.reading import Effect, Outcome, Reading
from tests.services.stage import MINUTE, Stage

HOUR = 60 * MINUTE


def readings(stage: Stage, principal: object, work_id: str) -> list[Reading]:
    """A work's readings, oldest first, as the person is shown them."""
    return stage.do(stage.history.readings(principal, work_id, before=None, limit=200))[::-1]  # type: ignore[arg-type]


def test_a_place_is_taken_back(stage: Stage) -> None:
    """A restored reading becomes the place byte for byte, as a reading of its own; all that was there before stays as it was."""
    mina = stage.reader()
    first = stage.push(mina, "Kobo", 0.4, value="here").reading
    stage.clock.passes(HOUR)
    second = stage.push(mina, "Kobo", 0.8, value="there").reading
    stage.clock.passes(HOUR)
    restored = stage.do(stage.history.restore(mina, first.work_id, first.id))

    assert (Outcome.CHOSEN, Effect.HEAD) == (restored.outcome, restored.effect)
    assert (first.report.place, 0.4) == (restored.report.place, restored.report.progression)
    assert PLACEKEEPER == restored.report.device_name
    assert restored.id == stage.fetch(mina)
    assert [first, second, restored] == readings(stage, mina, first.work_id)


def test_old_news_after_a_restore(stage: Stage) -> None:
    """A device that repeats where it was before the restore does not undo it; one that reads on from there does."""
    mina = stage.reader()
    first = stage.push(mina, "Kobo", 0.4).reading
    stage.clock.passes(HOUR)
    stage.push(mina, "Kobo", 0.8)
    stage.clock.passes(HOUR)
    restored = stage.do(stage.history.restore(mina, first.work_id, first.id))
    stage.clock.passes(HOUR)
    repeated = stage.push(mina, "Kobo", 0.801).reading

    assert (Outcome.RESTORED, Effect.HELD) == (repeated.outcome, repeated.effect)
    assert restored.id == stage.fetch(mina)
    stage.clock.passes(HOUR)
    on = stage.push(mina, "Kobo", 0.42).reading
    assert Effect.HEAD is on.effect


def test_a_restore_and_a_push_at_once(stage: Stage) -> None:
    """A restore and a push at once are both kept, one after the other, and the last that became head is the place."""
    mina = stage.reader()
    first = stage.push(mina, "Kobo", 0.4).reading
    stage.clock.passes(HOUR)

    async def both() -> None:
        restoring = stage.history.restore(mina, first.work_id, first.id)
        await asyncio.gather(stage.pushing(mina, "Kobo", 0.5), restoring, stage.pushing(mina, "Kobo", 0.45))

    stage.do(both())
    kept = readings(stage, mina, first.work_id)
    assert 4 == len(kept)
    assert [reading.id for reading in kept if reading.effect is Effect.HEAD][-1] == stage.fetch(mina)


def test_one_device_for_the_person(stage: Stage) -> None:
    """However often and in whatever work something is restored, it is one device that did it."""
    mina = stage.reader()
    for document in ("one", "two"):
        reading = stage.push(mina, "Kobo", 0.4, document=document).reading
        for _ in range(2):
            stage.clock.passes(HOUR)
            stage.do(stage.history.restore(mina, reading.work_id, reading.id))

    assert ["placekeeper", "Kobo"] == [device.name for device in stage.do(stage.history.devices(mina))]


def test_each_device_has_a_place_of_its_own(stage: Stage) -> None:
    """Each device is shown with its own latest place, kept aside or not, and with what it has seen."""
    mina = stage.reader()
    kindle = stage.push(mina, "Kindle", 0.6).reading
    stage.clock.passes(HOUR)
    kobo = stage.push(mina, "Kobo", 0.3).reading
    places = {place.device.name: place for place in stage.do(stage.history.places(mina, kobo.work_id))}

    assert Effect.HELD is kobo.effect
    assert {"Kindle": kindle, "Kobo": kobo} == {name: place.last for name, place in places.items()}
    seen = {name: place.standing.seen.reading_id if place.standing.seen else None for name, place in places.items()}
    assert {"Kindle": kindle.id, "Kobo": None} == seen


@pytest.mark.parametrize("what", ["work", "readings", "places", "restore"])
def test_nobody_sees_another_account(stage: Stage, what: str) -> None:
    """Another account's work and readings are not there, whoever asks for them by their ids; nor are made-up ones."""
    mina, lucy = stage.reader("mina"), stage.reader("lucy")
    hers = stage.push(lucy, "Kobo", 0.4).reading
    mine = stage.push(mina, "Kobo", 0.4).reading
    history = stage.history
    actions = {
        "work": lambda work_id: history.work(mina, work_id),
        "readings": lambda work_id: history.readings(mina, work_id, before=None, limit=9),
        "places": lambda work_id: history.places(mina, work_id),
        "restore": lambda work_id: history.restore(mina, work_id, mine.id),
    }
    for work_id in (hers.work_id, "no such work", ""):
        with pytest.raises(NotFound):
            stage.do(actions[what](work_id))
    if what == "restore":
        with pytest.raises(NotFound):
            stage.do(history.restore(mina, mine.work_id, hers.id))
    assert mine.id == stage.fetch(mina)
    assert hers.id == stage.fetch(lucy)


def test_a_reading_of_another_work(stage: Stage) -> None:
    """A reading is restored in its own work only."""
    mina = stage.reader()
    one = stage.push(mina, "Kobo", 0.4, document="one").reading
    two = stage.push(mina, "Kobo", 0.5, document="two").reading

    with pytest.raises(NotFound):
        stage.do(stage.history.restore(mina, one.work_id, two.id))
    assert one.id == stage.fetch(mina, document="one")


def test_restore_needs_valid_credentials(stage: Stage) -> None:
    """Whoever was verified before the credentials changed restores nothing."""
    mina = stage.reader()
    first = stage.push(mina, "Kobo", 0.4).reading

    with pytest.raises(Outdated):
        stage.do(stage.history.restore(replace(mina, credential_revision=0), first.work_id, first.id))
    assert [first] == readings(stage, mina, first.work_id)


def test_works_page_by_page(stage: Stage) -> None:
    """All works, the one read last first, page by page, each once."""
    mina = stage.reader()
    works = []
    for number in range(7):
        works.append(stage.push(mina, "Kobo", 0.4, document=f"document {number}").reading.work_id)
        stage.clock.passes(MINUTE)
    stage.push(mina, "Kobo", 0.5, document="document 2")
    expected = [works[number] for number in (2, 6, 5, 4, 3, 1, 0)]

    found: list[str] = []
    while page := stage.do(stage.history.works(mina, before=found[-1] if found else None, limit=3)):
        found += [work.id for work in page]
    assert expected == found
