"""Where one device stands with one work: its own place, what it has seen, what of it is kept aside."""

from dataclasses import dataclass

from placekeeper.domain.place import NotedPlace
from placekeeper.domain.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A head that a device knows: it fetched it, or it wrote it."""

    reading_id: str
    progression: float
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The latest reading of a device that was kept aside: how far it was and when it arrived."""

    progression: float
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A place that was accepted, though its client may not have heard so: it will come again from the client's queue."""

    value: str
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """What is needed of a device's latest reading to judge the next."""

    reading_id: str
    place: NotedPlace
    progression: float
    received_at: int


def last_of(reading: Reading) -> Last:
    """A reading as its device's latest."""
    report = reading.report
    return Last(reading_id=reading.id, place=report.place, progression=report.progression, received_at=report.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One device and one work. `last` is the device's latest reading: an echo too, but no repeat, which says nothing new."""

    last: Last | None = None
    seen: Sight | None = None
    held: Held | None = None
    unanswered: tuple[Unanswered, ...] = ()


NOWHERE = Standing()
"""A device that never said or saw anything of the work."""
