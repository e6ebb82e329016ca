"""Each rule of the arbiter as a claim, with its edges."""

import pytest

from placekeeper.domain.account import ArbiterMode
from placekeeper.domain.arbiter import DAY, MINUTE, RULES, SECOND
from placekeeper.domain.reading import Effect, Outcome
from tests.arbiter.cases import NOW, YESTERDAY, judged, outcome, pointer, reading, report, standing

HEAD = reading(0.5)


def test_first() -> None:
    """The first reading of a work is its place."""
    decision = judged(report(0.3), None)

    assert (Outcome.FIRST, Effect.HEAD) == (decision.outcome, decision.effect)


def test_latest_mode() -> None:
    """An account may let the latest reading win, as the reference server does: also far behind, also by an unknown device."""
    decision = judged(report(0.01), HEAD, mode=ArbiterMode.LATEST)

    assert (Outcome.LATEST, Effect.HEAD) == (decision.outcome, decision.effect)


def test_older() -> None:
    """What was read no later than the place, by its own clock, is kept and is not the place."""
    assert "older" == outcome(report(0.7, observed=YESTERDAY), HEAD)
    assert "newer" == outcome(report(0.7, observed=YESTERDAY + 1), HEAD)


def test_older_counts_no_time_after_the_arrival() -> None:
    """A clock that runs ahead gains nothing: nothing is read after it has arrived."""
    assert "older" == outcome(report(0.7, at=YESTERDAY, observed=NOW), HEAD)


def test_head_time_is_when_it_was_read() -> None:
    """A head that came late by a timed protocol is as old as its own clock says."""
    head = reading(0.5, at=NOW - MINUTE, observed=YESTERDAY)

    assert "newer" == outcome(report(0.7, observed=YESTERDAY + 1), head)


def test_echo() -> None:
    """The place again, byte for byte, is a sighting: whoever says it, in whatever measure."""
    decision = judged(report(0.53, place=pointer(0.5)), HEAD)

    assert (Outcome.ECHO, Effect.SIGHTING) == (decision.outcome, decision.effect)
    assert "echo" == outcome(report(0.5, "Kobo"), HEAD)


def test_resent() -> None:
    """What was accepted too late for its client comes again from its queue, for 28 days, whatever came between."""
    waiting = standing(last=reading(0.45, "Phone"), unanswered=(0.4, NOW - 28 * DAY + 1))

    assert "repeat" == outcome(report(0.4), HEAD, waiting)
    assert "behind" == outcome(report(0.41), HEAD, waiting)


def test_resent_is_forgotten() -> None:
    """After 28 days KOReader has thrown its item away: the same place is then said anew."""
    assert "behind" == outcome(report(0.4), HEAD, standing(unanswered=(0.4, NOW - 28 * DAY)))


@pytest.mark.parametrize(
    ("at", "place", "expected"),
    [(0.0, 0.5, "opened"), (0.0199, 0.5, "opened"), (0.02, 0.5, "informed"), (0.0, 0.1, "informed"), (0.0, 0.95, "informed")],
)
def test_opened(at: float, place: float, expected: str) -> None:
    """In the first 2 % while the place is between 10 % and 95 %, a pointer may not have resolved: kept aside."""
    head = reading(place)

    assert expected == outcome(report(at), head, standing(seen=head))


def test_opened_is_over_when_read_on() -> None:
    """Who was at the start and is now further on has really begun again."""
    assert "resumed" == outcome(report(0.03), HEAD, standing(held=(0.0, YESTERDAY + DAY // 2)))


def test_opened_needs_no_time() -> None:
    """A protocol with times has no such accident."""
    assert "newer" == outcome(report(0.0, observed=NOW), HEAD)


def test_same_device_onward() -> None:
    """Who wrote the place reads on from it, at any distance and after any time."""
    assert "same-device" == outcome(report(0.5, "Kobo", place=pointer(0.51)), HEAD)
    assert "same-device" == outcome(report(0.9, "Kobo"), HEAD)


def test_same_device_back_after_fetching() -> None:
    """A device that has fetched since it wrote the place had nothing left in its queue: going back is meant."""
    assert "same-device" == outcome(report(0.3, "Kobo"), HEAD, standing(seen=HEAD, seen_at=YESTERDAY + 1))
    assert "behind" == outcome(report(0.3, "Kobo"), HEAD, standing(seen=HEAD, seen_at=YESTERDAY))


def test_same_device_back_in_one_sitting() -> None:
    """Within ten minutes of its own place, a device is still being read: going back is meant."""
    assert "same-device" == outcome(report(0.3, "Kobo", at=YESTERDAY + 10 * MINUTE), HEAD)
    assert "behind" == outcome(report(0.3, "Kobo", at=YESTERDAY + 10 * MINUTE + 1), HEAD)


def test_same_device_with_a_clock() -> None:
    """Where the protocol gives the time of reading, nothing of the same device needs to be guessed."""
    assert "same-device" == outcome(report(0.3, "Kobo", observed=NOW), HEAD)


def test_left_over_says_so() -> None:
    """A place kept aside because its own device has sent a later one is explained in other words than a stranger's."""
    own, other = judged(report(0.3, "Kobo"), HEAD), judged(report(0.3), HEAD)

    assert "Kobo has sent a later place before: perhaps an old one (30.0%; the place is 50.0%, from Kobo)" == own.reason
    assert "Phone did not know the place and is behind it (30.0%; the place is 50.0%, from Kobo)" == other.reason


def test_repeat() -> None:
    """A book opened and closed without a page turned says nothing new: only the latest place counts for that."""
    assert "repeat" == outcome(report(0.4), HEAD, standing(last=reading(0.4, "Phone")))
    assert "behind" == outcome(report(0.4), HEAD, standing(last=reading(0.45, "Phone")))


def test_newer() -> None:
    """What was read after the place, by its own clock, is the place: also far behind it."""
    assert "newer" == outcome(report(0.03, observed=NOW), HEAD)


def test_young() -> None:
    """For the first minute of a work, arrival order decides."""
    assert "young" == outcome(report(0.3), HEAD, first_received_at=NOW - 60 * SECOND + 1)
    assert "behind" == outcome(report(0.3), HEAD, first_received_at=NOW - 60 * SECOND)


def test_restored() -> None:
    """What a device had before the person restored another place, up to 2 % around it, does not undo that."""
    chosen, before = reading(0.5, "placekeeper"), reading(0.0, "Phone", at=YESTERDAY - DAY)

    head = reading(0.05, "placekeeper")
    assert "restored" == outcome(report(0.02), head, standing(last=before), restored_at=YESTERDAY)
    assert "behind" == outcome(report(0.021), head, standing(last=before), restored_at=YESTERDAY)
    assert "restored" == outcome(report(0.61), chosen, standing(last=reading(0.6, "Phone")), restored_at=YESTERDAY)
    assert "apart" == outcome(report(0.61), chosen, standing(last=reading(0.6, "Phone")), restored_at=YESTERDAY - 1)


def test_informed() -> None:
    """Who has fetched the place since it was written goes back on purpose; who fetched the one before does not."""
    assert "informed" == outcome(report(0.2), HEAD, standing(seen=HEAD))
    assert "behind" == outcome(report(0.2), HEAD, standing(seen=reading(0.45)))


def test_ahead_of_what_it_saw() -> None:
    """A device that saw a place no further than the present one may be any distance ahead of it."""
    assert "ahead" == outcome(report(0.9), HEAD, standing(seen=reading(0.5, "Tablet")))
    assert "apart" == outcome(report(0.9), HEAD, standing(seen=reading(0.51, "Tablet")))


def test_ahead_within_a_stride() -> None:
    """Without that, it may continue from the place by up to a tenth of the work."""
    head = reading(0.2)

    assert "ahead" == outcome(report(0.2, place=pointer(0.21)), head)
    assert "ahead" == outcome(report(0.3), head)
    assert "apart" == outcome(report(0.31), head)
    assert "behind" == outcome(report(0.199), head)


def test_two_protocols_compare_with_tolerance() -> None:
    """Ratios of different protocols may differ by 2 % and still be one page: not behind."""
    head = reading(0.25, protocol="opds")

    assert "ahead" == outcome(report(0.23), head)
    assert "behind" == outcome(report(0.22), head)


def test_restarted() -> None:
    """At most at 10 % while the place is at 95 % or more: begun anew."""
    assert "restarted" == outcome(report(0.1), reading(0.95))
    assert "behind" == outcome(report(0.101), reading(0.95))
    assert "behind" == outcome(report(0.1), reading(0.949))


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(30 * SECOND - 1, "behind"), (30 * SECOND, "resumed"), (30 * MINUTE, "resumed"), (30 * MINUTE + 1, "behind")],
)
def test_resumed_within_a_sitting(waited: int, expected: str) -> None:
    """On from a place kept aside, 30 s to 30 min later: somebody reads there, though the place has moved since."""
    head = reading(0.5, at=NOW - 10 * SECOND)

    assert expected == outcome(report(0.3), head, standing(held=(0.28, NOW - waited)))


def test_resumed_while_the_place_stands() -> None:
    """On from a place kept aside at any later time, as long as nobody has moved the place since."""
    assert "resumed" == outcome(report(0.3), HEAD, standing(held=(0.28, YESTERDAY)))
    assert "behind" == outcome(report(0.3), HEAD, standing(held=(0.28, YESTERDAY - 1)))


def test_resumed_means_on() -> None:
    """The same place, or one before it, is not read on."""
    assert "behind" == outcome(report(0.28), HEAD, standing(held=(0.28, YESTERDAY)))


def test_resumed_is_no_queue() -> None:
    """A device that said anything less than 20 s ago, of any work, is draining its queue."""
    waiting = standing(held=(0.28, YESTERDAY))

    assert "resumed" == outcome(report(0.3), HEAD, waiting, device_active_at=NOW - 20 * SECOND)
    assert "behind" == outcome(report(0.3), HEAD, waiting, device_active_at=NOW - 20 * SECOND + 1)


def test_behind_and_apart() -> None:
    """Whatever no rule speaks for is kept aside."""
    behind, apart = judged(report(0.3), HEAD), judged(report(0.8), HEAD)

    assert (Outcome.BEHIND, Effect.HELD) == (behind.outcome, behind.effect)
    assert (Outcome.APART, Effect.HELD) == (apart.outcome, apart.effect)


def test_order() -> None:
    """The rules stand in the order in which docs/arbiter.md tells them."""
    expected = (
        "older echo repeat opened same-device repeat newer young restored informed ahead restarted resumed behind behind apart"
    )

    assert expected.split() == [str(rule.outcome) for rule in RULES]


@pytest.mark.parametrize(
    ("first", "said", "head", "more"),
    [
        ("older", report(0.5, observed=YESTERDAY), HEAD, {}),
        ("echo", report(0.5, "Kobo"), HEAD, {}),
        ("repeat", report(0.3, "Kobo"), HEAD, {"stands": standing(unanswered=(0.3, YESTERDAY))}),
        ("informed", report(0.3), HEAD, {"stands": standing(seen=HEAD, unanswered=(0.3, YESTERDAY))}),
        ("repeat", report(0.01), HEAD, {"stands": standing(unanswered=(0.01, YESTERDAY))}),
        ("opened", report(0.01, "Kobo"), HEAD, {"stands": standing(seen=HEAD)}),
        ("same-device", report(0.6, "Kobo"), HEAD, {"stands": standing(last=reading(0.6))}),
        ("repeat", report(0.3, observed=NOW), HEAD, {"stands": standing(last=reading(0.3, "Phone"))}),
        ("repeat", report(0.3), HEAD, {"stands": standing(last=reading(0.3, "Phone"), seen=HEAD)}),
        ("newer", report(0.3, observed=NOW), HEAD, {"first_received_at": NOW - 1}),
        ("young", report(0.3), HEAD, {"first_received_at": NOW - 1, "stands": standing(seen=HEAD)}),
        ("restored", report(0.61), HEAD, {"stands": standing(last=reading(0.6, "Phone"), seen=HEAD), "restored_at": YESTERDAY}),
        ("informed", report(0.6), HEAD, {"stands": standing(seen=HEAD)}),
        ("restarted", report(0.05), reading(0.97), {"stands": standing(held=(0.03, YESTERDAY))}),
    ],
)
def test_the_first_that_applies_decides(first: str, said: object, head: object, more: dict[str, object]) -> None:
    """Where two rules apply, the earlier one decides."""
    assert first == outcome(said, head, **more)  # type: ignore[arg-type]
