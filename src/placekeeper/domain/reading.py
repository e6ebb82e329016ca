"""A reading: one report of a place. Immutable; what it led to (its outcome) is stored with it."""

import enum
from dataclasses import dataclass

from placekeeper.domain.place import NotedPlace


class Outcome(enum.StrEnum):
    """What the arbiter made of a reading: the names of its rules, then two that are no rules of it."""

    FIRST = "first"
    OLDER = "older"
    ECHO = "echo"
    OPENED = "opened"
    SAME_DEVICE = "same-device"
    REPEAT = "repeat"
    NEWER = "newer"
    YOUNG = "young"
    RESTORED = "restored"
    INFORMED = "informed"
    AHEAD = "ahead"
    RESTARTED = "restarted"
    RESUMED = "resumed"
    BEHIND = "behind"
    APART = "apart"
    LATEST = "latest"
    CHOSEN = "chosen"


class Effect(enum.StrEnum):
    """What a reading did: became the place, was kept aside and is offered, or said nothing new."""

    HEAD = "head"
    HELD = "held"
    SIGHTING = "sighting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a device says, before anybody judged it.

    `progression` is a ratio 0..1 of the whole publication, in the device's own measure. `observed_at` is the time of
    reading where the protocol gives one, `received_at` when it reached us (Unix milliseconds). `identifiers` are the
    (type, value) pairs that came with it, strongest first.
    """

    device_id: str
    device_name: str
    device_foreign_id: str | None
    protocol: str
    document: str
    place: NotedPlace
    progression: float
    observed_at: int | None
    received_at: int
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A report with what became of it. `reason` says in plain words, with the numbers, why it had this outcome."""

    id: str
    work_id: str
    report: Report
    outcome: Outcome
    effect: Effect
    reason: str

    @property
    def time(self) -> int:
        """When the place was read as far as anyone knows: never after its arrival. Unix milliseconds."""
        report = self.report
        if report.observed_at is None:
            return report.received_at
        return min(report.observed_at, report.received_at)
