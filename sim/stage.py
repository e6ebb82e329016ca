"""Plays a scene on the real services and compares what they said with what the scene expects.

A scene is a text, one line a step:

    d2 21:30:05   Kobo pushes 30.0 of Emma      -> ahead
    d2 21:31      Kindle fetches                -> 30.0
    d3            you restore 12.0              -> chosen

Steps: `pushes 30.0`; `pushes 30.4 as 30.0` (the place once read at 30.0, in the device's own measure); `pushes p56/200` (a
page); `pushes 30.0 late` (the client gives up before the answer); `says 30.0 read d1 20:00` (a protocol with times);
`fetches`; `you restore 30.0`. Behind `of`, another book than the usual one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from placekeeper.domain.arbiter import Case, decide
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Reading, Report
from placekeeper.domain.standing import Held, Sight, Standing, last_of
from placekeeper.services.history import History
from placekeeper.services.readings import Place, Push, Readings
from sim.direct import DirectStore, Silence, at_once, in_fresh_store, open_account
from sim.model import DAY, HOUR, MINUTE, SECOND, Clock

BOOK = "the book"
_WHEN = r"d(\d+)(?: (\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?)?"
_STEP = re.compile(
    rf"{_WHEN}\s+(\w+) (pushes|says|fetches|restore)(?: (\S+))?(?: as (\S+))?(?: (late))?(?: read (.*?))?(?: of (\w+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`story` as told above; `head`: the place of the usual book in the end. `shared`: all devices behind one address."""

    name: str
    story: str
    head: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A step, what it was to lead to and what it led to."""

    told: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a scene."""

    scene: Scene
    lines: tuple[Line, ...]

    @property
    def wrong(self) -> tuple[Line, ...]:
        """The steps that went otherwise."""
        return tuple(line for line in self.lines if line.expected != line.got)


def play(scene: Scene) -> Played:
    """The whole scene, in a fresh account of a fresh store."""

    def unit(ledger: Ledger) -> Played:
        return Played(scene, tuple(Stage(ledger, shared=scene.shared).lines(scene)))

    return in_fresh_store(unit, Clock()())


class Stage:
    """An account in which a scene is played."""

    def __init__(self, ledger: Ledger, *, shared: bool) -> None:
        """With the curtain down."""
        self._clock = Clock()
        self._start = self._clock.now
        self._ledger, self._shared = ledger, shared
        self._principal = open_account(ledger, self._clock())
        self._readings = Readings(DirectStore(ledger), clock=self._clock, observer=Silence())
        self._history = History(DirectStore(ledger), clock=self._clock)

    def lines(self, scene: Scene) -> Iterator[Line]:
        """Each step, as it is played, and then the head."""
        for line in scene.story.strip().splitlines():
            told, _, expected = (part.strip() for part in line.partition("->"))
            yield Line(told, expected, self._step(told))
        yield Line("the place in the end", scene.head, self._fetch("somebody else", BOOK))

    def _step(self, told: str) -> str:
        match = _STEP.fullmatch(told)
        assert match is not None, f"not a step: {told}"  # noqa: S101 - a scene is written in this very repository
        *when, who, verb, what, as_, late, read, book = match.groups()
        self._clock.now = self._start + _milliseconds(*when)
        book = book or BOOK
        if verb == "fetches":
            return self._fetch(who, book)
        if verb == "restore":
            return self._restore(what, book)
        push = _push(who, book, what, as_ or what)
        if read:
            observed = re.fullmatch(_WHEN, read)
            assert observed is not None, f"not a time: {read}"  # noqa: S101 - as above
            return self._say(push, self._start + _milliseconds(*observed.groups()))
        kept = at_once(self._readings.push(self._principal, push, self._address(who)))
        if late:
            at_once(self._readings.unanswered(self._principal, kept))
        return str(kept.reading.outcome)

    def _fetch(self, who: str, book: str) -> str:
        place = self._place(who, book)
        return _shown(place.head) if place is not None else "nothing"

    def _place(self, who: str, book: str) -> Place | None:
        return at_once(self._readings.place(self._principal, book, (), self._address(who)))

    def _restore(self, what: str, book: str) -> str:
        place = self._place("nobody", book)
        assert place is not None, "nothing to restore"  # noqa: S101 - as above
        work_id = place.head.work_id
        readings = at_once(self._history.readings(self._principal, work_id, before=None, limit=100))
        wanted = next(reading for reading in readings if _shown(reading) == what)
        return str(at_once(self._history.restore(self._principal, work_id, wanted.id)).outcome)

    def _say(self, push: Push, observed_at: int) -> str:
        """A report of a protocol that gives the time of reading, judged on what the ledger holds, and kept."""
        place, now, account_id = self._place("nobody", push.document), self._clock(), self._principal.account_id
        assert place is not None, "a timed report needs a head to be measured against"  # noqa: S101 - as above
        work = self._ledger.work(account_id, place.head.work_id)
        assert work is not None  # noqa: S101 - it has a head
        devices = self._ledger.devices(account_id)
        device_id = next((device.id for device in devices if device.name == push.device_name), push.device_name)
        report = Report(
            device_id=device_id,
            device_name=push.device_name,
            device_foreign_id=None,
            protocol="timed",
            document=push.document,
            place=push.place,
            progression=push.progression,
            observed_at=observed_at,
            received_at=now,
        )
        standing = self._ledger.standing(account_id, work.id, device_id)
        decision = decide(Case(report=report, head=work.head, standing=standing, first_received_at=work.first_received_at))
        outcome, effect, reason = decision.outcome, decision.effect, decision.reason
        reading = Reading(id=new_id(now), work_id=work.id, report=report, outcome=outcome, effect=effect, reason=reason)
        self._ledger.add_reading(account_id, reading)
        if effect is Effect.HEAD:
            self._ledger.save_work(replace(work, head=reading))
        self._ledger.save_standing(account_id, work.id, device_id, _after(standing, reading))
        return str(outcome)

    def _address(self, who: str) -> str:
        return "192.0.2.1" if self._shared else f"{who}'s address"


def _after(standing: Standing, reading: Reading) -> Standing:
    """Where a device stands after a timed report."""
    at, progression = reading.report.received_at, reading.report.progression
    if reading.effect is Effect.HEAD:
        return Standing(last=last_of(reading), seen=Sight(reading_id=reading.id, progression=progression, at=at))
    return replace(standing, last=last_of(reading), held=Held(progression=progression, received_at=at))


def _milliseconds(day: str, hours: str | None, minutes: str | None, seconds: str | None) -> int:
    """A time of a scene, counted from its beginning."""
    clock = int(hours or 0) * HOUR + int(minutes or 0) * MINUTE + round(float(seconds or 0) * SECOND)
    return int(day) * DAY + clock


def _push(who: str, book: str, what: str, as_: str) -> Push:
    """A push of a percentage or a page; of one and the same place the pointer is always the same."""
    page = re.fullmatch(r"p(\d+)/(\d+)", what)
    ratio = int(page[1]) / int(page[2]) if page else float(what) / 100
    place = NotedPlace(Notation.PAGE, page[1]) if page else NotedPlace(Notation.XPOINTER, f"/body/DocFragment[1]/body/p[{as_}]")
    return Push(
        protocol="kosync",
        document=book,
        named=(),
        place=place,
        progression=ratio,
        device_name=who,
        device_foreign_id=f"id of {who}",
    )


def _shown(reading: Reading) -> str:
    """A place as scenes name it."""
    place = reading.report.place
    return f"p{place.value}" if place.notation is Notation.PAGE else place.value.rpartition("[")[2].removesuffix("]")
