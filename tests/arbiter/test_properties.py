"""What holds for the arbiter whatever is reported, and for what the services make of it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.account import ArbiterMode
from placekeeper.domain.arbiter import DAY, RULES, Case, decide
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.standing import Held, Sight, Standing, Unanswered, last_of
from placekeeper.services.readings import Push, Readings
from sim.direct import DirectStore, Silence, at_once, in_fresh_store, open_account
from sim.model import Clock
from tests.arbiter.cases import NOW, pointer, reading, report

TIMES = st.integers(NOW - 40 * DAY, NOW)
PLACES = st.one_of(st.sampled_from([0.0, 0.01, 0.02, 0.1, 0.3, 0.5, 0.52, 0.95, 1.0]), st.floats(0, 1))
DEVICES = st.sampled_from(["Kobo", "Phone", "Tablet"])
OBSERVED = st.one_of(st.none(), TIMES)
HEADS = st.builds(reading, PLACES, DEVICES, at=TIMES, observed=OBSERVED, protocol=st.sampled_from(["kosync", "opds"]))
SIGHTS = st.builds(Sight, reading_id=st.sampled_from(["x", "Kobo at 0.5"]), progression=PLACES, at=TIMES)
STANDINGS = st.builds(
    Standing,
    last=st.one_of(st.none(), HEADS.map(last_of)),
    seen=st.one_of(st.none(), SIGHTS),
    held=st.one_of(st.none(), st.builds(Held, progression=PLACES, received_at=TIMES)),
    unanswered=st.lists(st.builds(Unanswered, value=PLACES.map(lambda p: pointer(p).value), received_at=TIMES), max_size=2).map(
        tuple
    ),
)
MOMENTS = st.one_of(st.none(), TIMES)


@st.composite
def cases(draw: st.DrawFn, head: st.SearchStrategy[Reading | None] = HEADS) -> Case:
    return Case(
        report=report(draw(PLACES), draw(DEVICES), observed=draw(OBSERVED)),
        head=draw(head),
        standing=draw(STANDINGS),
        first_received_at=draw(MOMENTS),
        restored_at=draw(MOMENTS),
        device_active_at=draw(MOMENTS),
    )


@given(cases(st.one_of(st.none(), HEADS)))
def test_total(case: Case) -> None:
    """Every case has a decision, by a row of the table, with words for the person."""
    decision = decide(case)

    rows = {(rule.outcome, rule.effect) for rule in RULES} | {(Outcome.FIRST, Effect.HEAD)}
    assert (decision.outcome, decision.effect) in rows
    assert decision.reason


@given(cases())
def test_pure(case: Case) -> None:
    """The same case is always decided the same way, and is left as it was."""
    copy = replace(case)

    assert decide(case) == decide(case)
    assert copy == case


@given(cases(), st.integers(-(10**9), 10**9))
def test_only_distances_in_time_count(case: Case, shift: int) -> None:
    """At another time of the world, all else being equal, the decision is the same."""
    assert decide(case) == decide(_shifted(case, shift))


@given(cases())
def test_said_again_is_never_the_place_anew(case: Case) -> None:
    """Whoever says the place again does not change the head."""
    assert case.head is not None
    again = replace(case, report=replace(case.report, place=case.head.report.place))

    assert decide(again).outcome in {Outcome.OLDER, Outcome.ECHO}
    assert decide(again).effect is not Effect.HEAD


@given(cases())
def test_latest_takes_everything(case: Case) -> None:
    """An account with the reference server's behaviour takes every report as the place."""
    decision = decide(replace(case, mode=ArbiterMode.LATEST))

    assert (Outcome.LATEST, Effect.HEAD) == (decision.outcome, decision.effect)


@given(cases())
def test_clocks_decide_where_there_are_any(case: Case) -> None:
    """A report with a time is the place exactly when it was read after it, unless it only says something again."""
    assert case.head is not None
    timed = replace(case, report=replace(case.report, observed_at=case.report.observed_at or NOW))
    assert timed.report.observed_at is not None
    decision = decide(timed)

    if timed.report.observed_at <= case.head.time:
        assert decision.outcome is Outcome.OLDER
    elif decision.effect is not Effect.SIGHTING:
        assert decision.effect is Effect.HEAD


@given(cases())
def test_reading_on_is_never_held(case: Case) -> None:
    """Who wrote the place and is now past its start and further on moves it, or says something again."""
    assert case.head is not None
    onward = min(1.0, max(0.1, case.head.report.progression) + 0.01)
    mine = replace(case.report, device_id=case.head.report.device_id, progression=onward, place=pointer(onward), observed_at=None)

    assert decide(replace(case, report=mine)).effect is not Effect.HELD


STEPS = st.lists(st.tuples(DEVICES, st.one_of(st.none(), PLACES), st.integers(1, 2 * DAY)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_the_head_is_what_was_judged_to_be(steps: list[tuple[str, float | None, int]]) -> None:
    """Whatever devices push and fetch: a reading becomes the place when its effect is `head`, and only then."""
    in_fresh_store(lambda ledger: _check(ledger, steps), NOW)


def _check(ledger: Ledger, steps: list[tuple[str, float | None, int]]) -> None:
    clock = Clock()
    principal = open_account(ledger, clock())
    readings = Readings(DirectStore(ledger), clock=clock, observer=Silence())
    head = None
    for device, progression, later in steps:
        clock.now += later
        if progression is not None:
            kept = at_once(readings.push(principal, _push(device, progression), device)).reading
            head = kept.id if kept.effect is Effect.HEAD else head
        place = at_once(readings.place(principal, "book", (), device))

        assert head == (place.head.id if place else None)


def _push(device: str, progression: float) -> Push:
    return Push(
        protocol="kosync",
        document="book",
        named=(),
        place=pointer(progression),
        progression=progression,
        device_name=device,
        device_foreign_id=device,
    )


def _shifted(case: Case, shift: int) -> Case:
    def moved(at: int | None) -> int | None:
        return None if at is None else at + shift

    def later(one: Reading | None) -> Reading | None:
        if one is None:
            return None
        said = one.report
        return replace(one, report=replace(said, observed_at=moved(said.observed_at), received_at=said.received_at + shift))

    stands = case.standing
    return replace(
        case,
        report=replace(case.report, observed_at=moved(case.report.observed_at), received_at=case.report.received_at + shift),
        head=later(case.head),
        standing=Standing(
            last=replace(stands.last, received_at=stands.last.received_at + shift) if stands.last else None,
            seen=replace(stands.seen, at=stands.seen.at + shift) if stands.seen else None,
            held=replace(stands.held, received_at=stands.held.received_at + shift) if stands.held else None,
            unanswered=tuple(replace(one, received_at=one.received_at + shift) for one in stands.unanswered),
        ),
        first_received_at=moved(case.first_received_at),
        restored_at=moved(case.restored_at),
        device_active_at=moved(case.device_active_at),
    )
