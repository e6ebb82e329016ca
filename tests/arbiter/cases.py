"""Cases for the arbiter: a usual one, of which a test changes what it is about.

The usual head is at one half, from the Kobo, a day old; the usual report comes from a Phone that knows nothing.
"""

from dataclasses import replace
from typing import Any

from placekeeper.domain.arbiter import DAY, Case, Decision, decide
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import NOWHERE, Held, Sight, Standing, Unanswered, last_of

NOW = 20_000 * DAY
YESTERDAY = NOW - DAY
LONG_AGO = NOW - 100 * DAY


def pointer(progression: float) -> NotedPlace:
    return NotedPlace(Notation.XPOINTER, f"/body/p[{progression}]")


def report(progression: float, device: str = "Phone", *, at: int = NOW, observed: int | None = None, **more: Any) -> Report:
    usual = Report(
        device_id=device,
        device_name=device,
        device_foreign_id=None,
        protocol="kosync",
        document="book",
        place=pointer(progression),
        progression=progression,
        observed_at=observed,
        received_at=at,
    )
    return replace(usual, **more)


def reading(
    progression: float, device: str = "Kobo", *, at: int = YESTERDAY, observed: int | None = None, **more: Any
) -> Reading:
    return Reading(
        id=f"{device} at {progression}",
        work_id="work",
        report=report(progression, device, at=at, observed=observed, **more),
        outcome=Outcome.AHEAD,
        effect=Effect.HEAD,
        reason="",
    )


def standing(
    *,
    last: Reading | None = None,
    seen: Reading | None = None,
    seen_at: int = YESTERDAY + 1,
    held: tuple[float, int] | None = None,
    unanswered: tuple[float, int] | None = None,
) -> Standing:
    return Standing(
        last=last_of(last) if last else None,
        seen=Sight(reading_id=seen.id, progression=seen.report.progression, at=seen_at) if seen else None,
        held=Held(progression=held[0], received_at=held[1]) if held else None,
        unanswered=(Unanswered(value=pointer(unanswered[0]).value, received_at=unanswered[1]),) if unanswered else (),
    )


def judged(said: Report, head: Reading | None, stands: Standing = NOWHERE, **more: Any) -> Decision:
    """The decision on a case of a work that has a history."""
    return decide(replace(Case(report=said, head=head, standing=stands, first_received_at=LONG_AGO), **more))


def outcome(said: Report, head: Reading | None, stands: Standing = NOWHERE, **more: Any) -> str:
    """What the arbiter calls it."""
    return str(judged(said, head, stands, **more).outcome)
