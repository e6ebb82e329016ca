"""Pushing and fetching on several devices: what is kept, which becomes the place, who is taken to have seen what."""

import asyncio
from dataclasses import replace

import pytest

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import Outdated
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.services.keeping import Kept
from placekeeper.services.matching import NOBODY, Named
from tests.services.stage import HOME, MINUTE, Stage

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
AWAY = "198.51.100.9"


def outcomes(stage: Stage, principal: Principal, work_id: str) -> list[Reading]:
    """A work's readings, oldest first."""
    newest_first = stage.read(lambda ledger: ledger.readings(principal.account_id, work_id, before=None, limit=999))
    return newest_first[::-1]


def head_of(stage: Stage, principal: Principal, work_id: str) -> str | None:
    work = stage.read(lambda ledger: ledger.work(principal.account_id, work_id))
    return work.head.id if work and work.head else None


def seen_by(stage: Stage, principal: Principal, kept: Kept) -> str | None:
    """The head that the device of that reading is taken to have seen last, once notes are written."""
    stage.write(lambda _ledger: None)
    reading = kept.reading
    standing = stage.read(lambda ledger: ledger.standing(principal.account_id, reading.work_id, reading.report.device_id))
    return standing.seen.reading_id if standing.seen else None


def settled(stage: Stage, principal: Principal, device: str = "Kobo", ratio: float = 0.5, address: str = HOME) -> Kept:
    """A place that has stood for an hour."""
    kept = stage.push(principal, device, ratio, address=address)
    stage.clock.passes(HOUR)
    return kept


def test_two_at_once(stage: Stage) -> None:
    """Of twenty pushes of two devices at once, all are kept, each is judged by what came before it, and one is the place."""
    mina = stage.reader()
    ratios = [number / 20 for number in range(20)]

    async def crowd() -> list[Kept]:
        pushes = [stage.pushing(mina, ("Kobo", "Kindle")[n % 2], ratio) for n, ratio in enumerate(ratios)]
        return list(await asyncio.gather(*pushes))

    kept = stage.do(crowd())
    (work_id,) = {each.reading.work_id for each in kept}
    readings = outcomes(stage, mina, work_id)
    assert ratios == [reading.report.progression for reading in readings]
    assert [Outcome.FIRST] == [reading.outcome for reading in readings if reading.outcome is Outcome.FIRST]
    heads = [reading.id for reading in readings if reading.effect is Effect.HEAD]
    assert heads[-1] == head_of(stage, mina, work_id) == stage.fetch(mina)


def test_one_work_for_two_that_begin_it(stage: Stage) -> None:
    """Two devices that report an unknown document at once begin one work, not two, and each is one device."""
    mina = stage.reader()

    async def crowd() -> list[Kept]:
        return list(await asyncio.gather(*[stage.pushing(mina, device, 0.1) for device in ("Kobo", "Kindle", "Kobo", "Kindle")]))

    kept = stage.do(crowd())
    assert 1 == len({each.reading.work_id for each in kept})
    assert 2 == len({each.reading.report.device_id for each in kept})
    assert 2 == len(stage.read(lambda ledger: ledger.devices(mina.account_id)))


def test_accounts_are_apart(stage: Stage) -> None:
    """The same document in two accounts is two works; nobody fetches another's place."""
    mina, lucy = stage.reader("mina"), stage.reader("lucy")
    kept = settled(stage, mina)

    assert None is stage.fetch(lucy)
    assert Outcome.FIRST is stage.push(lucy, "Kobo", 0.1).reading.outcome
    assert kept.reading.id == stage.fetch(mina)


def test_who_fetched_may_go_back(stage: Stage) -> None:
    """A device that fetched the place and then reports an earlier one is believed; one that did not is kept aside."""
    mina = stage.reader()
    settled(stage, mina, "Kindle", 0.3, AWAY)
    settled(stage, mina, "Kobo", 0.38)
    head = stage.fetch(mina, address=AWAY)
    informed = stage.push(mina, "Kindle", 0.2, address=AWAY)
    stage.clock.passes(HOUR)
    uninformed = stage.push(mina, "Kobo", 0.1)

    assert head is not None
    assert (Outcome.INFORMED, Effect.HEAD) == (informed.reading.outcome, informed.reading.effect)
    assert (Outcome.BEHIND, Effect.HELD) == (uninformed.reading.outcome, uninformed.reading.effect)
    assert informed.reading.id == stage.fetch(mina)


def test_a_credential_says_who_fetched(stage: Stage) -> None:
    """Where each device has a credential of its own, a fetch is noted for that device, though all share one address."""
    mina = stage.reader()
    kobo, kindle = stage.device_of(mina, "Kobo"), stage.device_of(mina, "Kindle")
    on_kindle = settled(stage, kindle, "Kindle", 0.3)
    on_kobo = settled(stage, kobo, "Kobo", 0.38)
    head = stage.fetch(kindle)

    assert on_kobo.reading.id == head == seen_by(stage, mina, on_kindle)
    later = settled(stage, kindle, "Kindle", 0.45)
    assert on_kobo.reading.id == seen_by(stage, mina, on_kobo)
    assert later.reading.id == stage.fetch(kobo) == seen_by(stage, mina, on_kobo)


def test_an_address_hints_who_fetched(stage: Stage) -> None:
    """With one key for all, a fetch is noted for the device that last wrote from that address, and for no other."""
    mina = stage.reader()
    on_kindle = settled(stage, mina, "Kindle", 0.3, AWAY)
    on_kobo = settled(stage, mina, "Kobo", 0.38)
    stage.fetch(mina, address="203.0.113.1")
    assert on_kindle.reading.id == seen_by(stage, mina, on_kindle)
    stage.fetch(mina, address=AWAY)

    assert on_kobo.reading.id == seen_by(stage, mina, on_kindle)


def test_a_start_does_not_forget_who_was_where(stage: Stage) -> None:
    """After a start, devices and their addresses are known from the disk: no second device appears, and a fetch is noted."""
    mina = stage.reader()
    on_kindle = settled(stage, mina, "Kindle", 0.3, AWAY)
    on_kobo = settled(stage, mina, "Kobo", 0.38)
    stage.readings = stage.new_readings()
    stage.fetch(mina, address=AWAY)
    assert on_kobo.reading.id == seen_by(stage, mina, on_kindle)

    again = stage.push(mina, "Kindle", 0.6, address=AWAY)
    assert on_kindle.reading.report.device_id == again.reading.report.device_id
    assert 2 == len(stage.read(lambda ledger: ledger.devices(mina.account_id)))


def test_a_fetch_writes_nothing_new_twice(stage: Stage) -> None:
    """Fetching the same place again and again notes it once."""
    mina = stage.reader()
    settled(stage, mina, "Kindle", 0.3, AWAY)
    settled(stage, mina, "Kobo", 0.38)
    notes: list[object] = []
    note = stage.store.note
    stage.store.note = lambda key, unit: (notes.append(key), note(key, unit))[1]  # type: ignore[method-assign]
    for _ in range(5):
        stage.fetch(mina, address=AWAY)
        stage.clock.passes(MINUTE)

    assert 1 == len(notes)


@pytest.mark.parametrize(("days", "outcome"), [(1, Outcome.REPEAT), (27, Outcome.REPEAT), (28, Outcome.BEHIND)])
def test_an_answer_that_came_too_late(stage: Stage, days: int, outcome: Outcome) -> None:
    """A place whose client did not hear that it was kept comes again from its queue, up to 28 days later: it is no news,
    whatever was read in between; and it is expected once only.
    """
    mina = stage.reader()
    late = stage.push(mina, "Kobo", 0.2, value="late")
    stage.do(stage.readings.unanswered(mina, late))
    stage.push(mina, "Kobo", 0.3, value="next")
    place = settled(stage, mina, "Kindle", 0.6, AWAY)
    stage.clock.passes(days * DAY - HOUR)

    again = stage.push(mina, "Kobo", 0.2, value="late")
    assert outcome is again.reading.outcome
    assert place.reading.id == stage.fetch(mina)
    stage.clock.passes(HOUR)
    assert Outcome.REPEAT is not stage.push(mina, "Kobo", 0.25, value="other").reading.outcome
    stage.clock.passes(HOUR)
    third = stage.push(mina, "Kobo", 0.2, value="late").reading
    assert third.effect is not Effect.SIGHTING


def test_held_places_are_kept(stage: Stage) -> None:
    """A reading that is kept aside changes no place, is that device's own, and lies in the history with its reason."""
    mina = stage.reader()
    settled(stage, mina, "Kindle", 0.3, AWAY)
    place = settled(stage, mina, "Kobo", 0.38)
    held = settled(stage, mina, "Kindle", 0.1, AWAY).reading

    assert Effect.HELD is held.effect
    assert place.reading.id == stage.fetch(mina)
    assert held == outcomes(stage, mina, held.work_id)[-1]
    own = stage.read(lambda ledger: ledger.standing(mina.account_id, held.work_id, held.report.device_id))
    assert own.held is not None
    assert own.last is not None
    assert (0.1, held.id) == (own.held.progression, own.last.reading_id)
    assert "10.0%" in held.reason


def test_found_by_other_names(stage: Stage) -> None:
    """A list of identifiers finds the place by the first it knows, says by which, and what asker and writer share."""
    mina = stage.reader()
    written = (Named("content", "c1"), Named("structure", "s1"))
    kept = stage.push(mina, "Kobo", 0.5, document="c1", named=written)

    def found(*asked: Named) -> tuple[str, str | None, str | None] | None:
        place = stage.do(stage.readings.place(mina, asked[0].value, asked, HOME))
        return (place.document, place.match, place.progress_match) if place else None

    assert ("c1", "content") == (kept.document, kept.match)
    assert ("c1", "content", "content") == found(*written)
    assert ("c1", "structure", "structure") == found(Named("content", "c2"), Named("structure", "s1"))
    assert ("c1", "text", "text") == found(Named("text", "c1"))
    assert None is found(Named("content", "c3"), Named("structure", "s3"))
    stage.push(mina, "Kindle", 0.6, document="c2", named=(Named("content", "c2"), Named("structure", "s1")))
    stage.push(mina, "Boox", 0.7, document="c4", named=(Named("structure", "s1"), Named("content", "c4")))
    assert ("c1", "content", NOBODY) == found(Named("content", "c1"), Named("other", "c2"))


@pytest.mark.parametrize("what", ["push", "place", "places by name", "unanswered"])
def test_outdated(stage: Stage, what: str) -> None:
    """Whoever was verified before the account's credentials changed is told so, and nothing is kept or shown."""
    mina = stage.reader()
    kept = settled(stage, mina)
    late = replace(mina, credential_revision=mina.credential_revision - 1)
    named = (Named("content", "document"),) if what == "places by name" else ()
    actions = {
        "push": lambda: stage.pushing(late, "Kobo", 0.9),
        "place": lambda: stage.readings.place(late, "document", named, HOME),
        "places by name": lambda: stage.readings.place(late, "document", named, HOME),
        "unanswered": lambda: stage.readings.unanswered(late, kept),
    }

    with pytest.raises(Outdated):
        stage.do(actions[what]())
    assert [kept.reading] == outcomes(stage, mina, kept.reading.work_id)
    assert kept.reading.id == stage.fetch(mina)
