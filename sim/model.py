"""The simulated reader: one person, three devices, four books, a network that comes and goes.

The parameters are those of docs/arbiter.md. The person knows where they are in each book and reads on from there on
whatever device; a device knows only the place where it was itself, or that it was sent to. Knows no rule of any server.
"""

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

DEVICES = 3
BOOKS = (8, 4, 2, 1)
"""How often each book is picked up, relative to the others."""
SESSIONS = 300
GAPS = (15 * MINUTE, HOUR, 8 * HOUR, 24 * HOUR)
ONLINE = 0.65
"""An opening has network so often, and a closing, independently of each other; so does each half of a visit."""
ADVANCE = (0.01, 0.06)
JUMP_CHANCE, JUMP = 0.04, (0.05, 0.3)
END = 0.97
VISIT = 0.15
"""After so many sessions another device opens the book, and nobody turns a page there."""
SITTING = 15 * MINUTE
VISIT_AFTER = 5 * MINUTE
REQUEST = 40
"""Milliseconds from one request to the next."""


class Clock:
    """The time of the simulated world, in Unix milliseconds. Each request takes a little."""

    def __init__(self) -> None:
        """Some midnight."""
        self.now = 20_000 * DAY

    def __call__(self) -> int:
        """The time."""
        return self.now


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a device holds it, and when somebody read it, which no server is told."""

    progression: float
    value: str
    read_at: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answers to a pull. `timestamp`: Unix seconds."""

    device: int
    value: str
    progression: float
    timestamp: int


class Server(Protocol):
    """What is measured."""

    def push(self, device: int, book: int, place: Place) -> None:
        """A device reports a place."""

    def pull(self, device: int, book: int) -> Answer | None:
        """A device asks for the place."""

    def cause(self, book: int, newest: str) -> str:
        """Why this server does not answer with that place, in the words of a table."""


@dataclass(slots=True)
class Device:
    """One KOReader: its own place in each book, and what waits for network, by book and day."""

    number: int
    places: dict[int, Place] = field(default_factory=dict)
    queue: dict[tuple[int, int], Place] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """How often a book was opened online, how often at the wrong place, and what had led to it."""

    openings: int = 0
    wrong: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Count the other's in."""
        self.openings += other.openings
        self.wrong += other.wrong
        self.causes += other.causes

    @property
    def rate(self) -> float:
        """Wrong resumes per online opening, in percent."""
        return 100 * self.wrong / self.openings


class Reader:
    """One life of reading, decided by its seed alone."""

    def __init__(self, seed: int, server: Server, clock: Clock, drains: float = 1.0) -> None:
        """Nothing is read yet. `drains`: how often an opening online drains the queue, rather than only pull."""
        self._chance = random.Random(seed)
        self._server, self._clock = server, clock
        self._devices = [Device(number) for number in range(DEVICES)]
        self._drains = drains
        self._mind: dict[int, float] = {}
        self._reached: dict[int, Place] = {}
        self._names = itertools.count(1)
        self._tally = Tally()

    def live(self) -> Tally:
        """All sessions."""
        for _ in range(SESSIONS):
            self._clock.now += self._chance.choice(GAPS)
            device = self._devices[self._chance.randrange(DEVICES)]
            book = self._chance.choices(range(len(BOOKS)), BOOKS)[0]
            self._sit(device, book)
            if self._happens(VISIT):
                self._visit(self._chance.choice([other for other in self._devices if other is not device]), book)
        return self._tally

    def _sit(self, device: Device, book: int) -> None:
        if self._happens(ONLINE):
            self._drain(device)
            self._resume(device, book)
        self._clock.now += SITTING
        progression = self._mind[book] = self._read_on(self._mind.get(book, 0.0))
        place = Place(progression, f"place {next(self._names)}", self._clock.now)
        device.places[book] = place
        if self._happens(ONLINE):
            self._push(device, book, place)
        else:
            device.queue[book, self._clock.now // DAY] = place

    def _visit(self, device: Device, book: int) -> None:
        """The book is opened and closed elsewhere: no prompt is accepted, no page turned."""
        self._clock.now += VISIT_AFTER
        if self._happens(ONLINE):
            self._drain(device)
            self._pull(device, book)
        if self._happens(ONLINE) and book in device.places:
            self._push(device, book, device.places[book])

    def _read_on(self, progression: float) -> float:
        """Where a sitting ends that begins there."""
        if progression >= END:
            progression = 0.0
        if self._happens(JUMP_CHANCE):
            return max(0.0, progression - self._chance.uniform(*JUMP))
        return min(1.0, progression + self._chance.uniform(*ADVANCE))

    def _resume(self, device: Device, book: int) -> None:
        """Pull, accept what is right, and count whether the device is then at the newest place known to it or the server."""
        answer = self._pull(device, book)
        own, reached = device.places.get(book), self._reached.get(book)
        known = [place for place in (own, reached) if place is not None]
        if answer is not None and reached is not None and answer.value == reached.value and _prompts(device, answer, own):
            device.places[book] = reached
        self._tally.openings += 1
        if not known:
            return
        newest = max(known, key=lambda place: place.read_at)
        at = device.places.get(book)
        if at is None or at.value != newest.value:
            self._tally.wrong += 1
            self._tally.causes[self._server.cause(book, newest.value)] += 1

    def _drain(self, device: Device) -> None:
        if self._drains < 1 and not self._happens(self._drains):
            return
        for (book, _day), place in device.queue.items():
            self._push(device, book, place)
        device.queue.clear()

    def _push(self, device: Device, book: int, place: Place) -> None:
        self._clock.now += REQUEST
        reached = self._reached.get(book)
        if reached is None or place.read_at > reached.read_at:
            self._reached[book] = place
        self._server.push(device.number, book, place)

    def _pull(self, device: Device, book: int) -> Answer | None:
        self._clock.now += REQUEST
        return self._server.pull(device.number, book)

    def _happens(self, chance: float) -> bool:
        return self._chance.random() < chance


def _prompts(device: Device, answer: Answer, own: Place | None) -> bool:
    """KOReader asks its reader only about an answer that is not its own and newer than its last page turn."""
    if answer.device == device.number:
        return False
    return own is None or (answer.value != own.value and answer.timestamp > own.read_at // SECOND)
