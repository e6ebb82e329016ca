"""A reader's weeks with real books, for the pictures of the documents: `Weeks` makes a library and what three devices said of it.

Only books that are in the public domain. The places are pointers that KOReader writes, at the beginning of a real paragraph.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.files import copied
from tests.shared import shared
from tests.web.past import DAY, Past, digest_of

KOBO, PHONE, BOOX = "Kobo Libra", "Phone", "Boox Palma"


@dataclass(frozen=True)
class Reading:
    """How one book was read: from and to which share of it, in so many sessions between two days before now, on these devices."""

    file: str
    span: tuple[float, float]
    days: tuple[float, float]
    sessions: int
    devices: tuple[str, ...] = (KOBO,)


READINGS = (
    Reading("se_h-g-wells_the-time-machine", (0.0, 1.0), (58, 49), 11, (KOBO,)),
    Reading("pg_alice", (0.0, 1.0), (47, 43), 8, (PHONE, KOBO)),
    Reading("se_leo-tolstoy_war-and-peace_louise-maude_aylmer-maude", (0.0, 0.17), (42, 12), 16, (KOBO, BOOX)),
    Reading("se_marcus-aurelius_meditations_george-long", (0.05, 0.41), (30, 3), 12, (PHONE,)),
    Reading("se_edwin-a-abbott_flatland", (0.0, 0.68), (15, 5), 9, (BOOX, PHONE)),
    Reading("se_voltaire_candide_the-modern-library", (0.0, 0.22), (8, 1.2), 4, (PHONE,)),
    Reading("se_jane-austen_pride-and-prejudice", (0.0, 0.49), (33, 0.1), 34, (KOBO, KOBO, PHONE, KOBO, PHONE, KOBO)),
)
LATE = ("se_jane-austen_pride-and-prejudice", BOOX, ((24, 0.12), (17, 0.21), (0.6, 0.28)))
"""A device that was without a network sends where it was long ago: these places are kept aside."""
NOW = ("se_jane-austen_pride-and-prejudice", "You must allow me to tell you")
"""A book, and the words at which the reader is in it."""
ELSEWHERE = ("Middlemarch", "George Eliot", 0.09, 4)
"""A book without a file: title, author, share, days before now."""


@dataclass(frozen=True)
class Session:
    """One report of a device, some milliseconds before now."""

    before: int
    device: str
    file: str
    ratio: float
    fetched: bool = True


def sessions() -> list[Session]:
    """All reports, the oldest first: some devices go on from where another has been, and one comes late."""
    chance, found = random.Random(3), []
    for reading in READINGS:
        (low, high), (first, last) = reading.span, reading.days
        steps = sorted(chance.uniform(0, 1) for _ in range(reading.sessions - 2))
        for number, share in enumerate([0.0, *steps, 1.0]):
            days = first + (last - first) * number / (reading.sessions - 1) + (chance.uniform(-0.3, 0.3) if 0 < share < 1 else 0)
            device = reading.devices[number % len(reading.devices)]
            found.append(Session(int(days * DAY), device, reading.file, low + (high - low) * share))
    file, device, places = LATE
    found += [Session(int(days * DAY), device, file, ratio, fetched=False) for days, ratio in places]
    return sorted(found, key=lambda session: -session.before)


class Weeks:
    """Fills `data` and `books` below a folder. `count`: how many books there are; `digests`: what KOReader calls them."""

    def __init__(self, folder: Path) -> None:
        data, books = folder / "data", folder / "books"
        data.mkdir()
        books.mkdir()
        files = {reading.file: copied(shared("corpus", f"{reading.file}.epub"), books) for reading in READINGS}
        self.count = len(files)
        self._past = Past(data)
        self._translators = {name: Translator(open_publication(path)) for name, path in files.items()}
        self.digests = {name: digest_of(path) for name, path in files.items()}
        said = sessions()
        self._last = [session for session in said if session.file == NOW[0] and session.fetched][-1]
        for session in said:
            self._say(session)
        title, author, ratio, days = ELSEWHERE
        self._past.stage.clock.now = self._past.now - days * DAY
        self._past.read(KOBO, "e" * 32, ratio, "/body/DocFragment[9]/body/p[12]/text().0", title=title, authors=author)
        self._past.close()

    def _say(self, session: Session) -> None:
        translator = self._translators[session.file]
        point = translator.scope.positions.from_total(session.ratio).point
        if session == self._last:
            point = place_of(translator, NOW[1])
        pointer, ratio = translator.xpointer(point)[0].released(), translator.scope.positions.total_progression(point)
        self._past.stage.clock.now = self._past.now - session.before
        self._past.read(session.device, self.digests[session.file], ratio, pointer, fetched=session.fetched)


def place_of(translator: Translator, words: str) -> Point:
    """Where words are in a book."""
    publication = translator.publication
    texts = (publication.resource(number).document.text for number in range(len(publication.spine.items)))
    return next(Point(number, text.find(words)) for number, text in enumerate(texts) if words in text)
