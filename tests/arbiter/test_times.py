"""Protocols that carry a time of reading: clocks that can't be believed, documents that come again, places said back."""

from dataclasses import replace
from typing import Any

import pytest

from placekeeper.domain.account import ArbiterMode
from placekeeper.domain.arbiter import DAY, MINUTE, Measured
from placekeeper.domain.reading import Effect, Reading
from tests.arbiter.cases import NOW, YESTERDAY, judged, outcome, reading, report, standing

TOMORROW = NOW + DAY
AHEAD = reading(0.5, "Fast", at=YESTERDAY, observed=YESTERDAY + 30 * DAY)
"""A head whose clock is a month ahead."""


def test_one_clock_that_is_ahead() -> None:
    """Times of one clock that runs ahead are compared with each other; once it is right again, it is believed."""
    assert "older" == outcome(report(0.6, "Fast", observed=YESTERDAY + 29 * DAY), AHEAD)
    assert "same-device" == outcome(report(0.6, "Fast", observed=YESTERDAY + 31 * DAY), AHEAD)
    assert "same-device" == outcome(report(0.6, "Fast", observed=NOW), AHEAD)


@pytest.mark.parametrize("minutes", [0, 1, 5])
def test_a_clock_that_is_ahead_shuts_nobody_out(minutes: int) -> None:
    """Another device, whose clock is right or nearly so, is not compared with what the wrong clock said."""
    assert "newer" == outcome(report(0.6, observed=NOW + minutes * MINUTE), AHEAD)


def test_perhaps_our_clock_is_wrong() -> None:
    """Where two devices are both clearly ahead, they are compared with each other: a server without a clock of its own may be."""
    assert "older" == outcome(report(0.6, observed=YESTERDAY + 29 * DAY), AHEAD)
    assert "newer" == outcome(report(0.6, observed=YESTERDAY + 31 * DAY), AHEAD)


def test_within_a_millisecond() -> None:
    """At the same millisecond, the protocol's own word for what is later counts, and nothing but at the same millisecond."""
    head = reading(0.5, observed=YESTERDAY)

    assert "older" == outcome(report(0.6, observed=YESTERDAY), head)
    assert "newer" == outcome(report(0.6, observed=YESTERDAY), head, later=True)
    assert "older" == outcome(report(0.6, observed=YESTERDAY - 1), head, later=True)


def test_the_stored_document_again() -> None:
    """The document that is stored says nothing new, however often it comes, also to an account where the latest wins."""
    head = reading(0.5, observed=YESTERDAY)
    for mode in ArbiterMode:
        decision = judged(report(0.5, "Kobo", observed=YESTERDAY), head, again=True, mode=mode)

        assert ("echo", Effect.SIGHTING) == (str(decision.outcome), decision.effect)


def test_the_place_said_back() -> None:
    """The place as it was answered to a protocol is no news where the time is later; where it is not, it is older."""
    head = reading(0.5)

    assert "echo" == outcome(report(0.51, observed=NOW), head, answered=True)
    assert "older" == outcome(report(0.51, observed=YESTERDAY), head, answered=True)


def test_what_was_said_back_is_what_is_stored() -> None:
    """After a place was said back, a report must be later than that, not only than the place."""
    head = reading(0.5)
    stored = replace(reading(0.51, "Phone", at=NOW - MINUTE, observed=NOW - MINUTE))

    assert "older" == outcome(report(0.6, observed=NOW - 2 * MINUTE), head, stored=stored)
    assert "newer" == outcome(report(0.6, observed=NOW), head, stored=stored)


@pytest.mark.parametrize(("ahead", "words"), [(6 * MINUTE, "6 minutes"), (3 * 60 * MINUTE, "3 hours"), (400 * DAY, "400 days")])
def test_a_fast_clock_is_told_of(ahead: int, words: str) -> None:
    """A clock that is clearly ahead is named in the reason, with by how much; one that is nearly right is not."""
    for head in (None, reading(0.5), reading(0.5, "Phone")):
        assert f"its clock is {words} ahead" in judged(report(0.6, observed=NOW + ahead), head).reason
        assert "clock is" not in judged(report(0.6, observed=NOW + MINUTE), head).reason


def test_a_slow_clock_is_told_of() -> None:
    """A device that reports what it read before the place, though it had fetched that, has a clock that seems to be behind."""
    head = reading(0.5)
    knows = standing(seen=head)

    assert "seems to be behind" in judged(report(0.6, observed=YESTERDAY - DAY), head, knows).reason
    assert "seems to be behind" not in judged(report(0.6, observed=YESTERDAY - DAY), head).reason
    assert "seems to be behind" not in judged(report(0.6, observed=NOW), head, knows).reason


def measured(here: float, there: float, head: Reading, **more: Any) -> Measured:
    return Measured(head_id=head.id, here=here, there=there, slack=0.001, **more)


def test_measured_in_one_publication() -> None:
    """Where both were found in one publication, that is compared, with its slack, and not the numbers of two apps."""
    head = reading(0.5, protocol="opds-progression")

    assert "behind" == outcome(report(0.58), head, measured=measured(0.44, 0.5, head))
    assert "ahead" == outcome(report(0.42), head, measured=measured(0.51, 0.5, head))
    assert "ahead" == outcome(report(0.42), head, measured=measured(0.4995, 0.5, head))
    assert "behind" == outcome(report(0.495), head, measured=measured(0.495, 0.5, head))
    assert "ahead" == outcome(report(0.495), head)
    assert "opened" == outcome(report(0.2), head, measured=measured(0.01, 0.5, head))


def test_measured_says_so() -> None:
    """The reason tells the numbers that were compared."""
    head = reading(0.5, protocol="opds-progression")

    assert "44.0%" in judged(report(0.58), head, measured=measured(0.44, 0.5, head)).reason
