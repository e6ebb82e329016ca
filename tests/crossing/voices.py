"""Each protocol's ways to say a place, and what each of them is answered: one server, real books, the protocols' own verbs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from placekeeper.formats.fingerprint import koreader_partial_md5
from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.translate import Translator
from tests.annotations.client import IOS, PalaceClient, href_progression
from tests.kosync.client import KosyncClient
from tests.opds_progression.client import READIUM, THORIUM, ProgressionClient, document, now
from tests.positions.quote_truth import Sentences

Answers = dict[str, Point]


@dataclass
class Copy:
    """A file of the library, as all apps know it. `id`: the publication's."""

    path: Path
    id: str

    def __post_init__(self) -> None:
        with self.path.open("rb") as file:
            self.digest = koreader_partial_md5(file)
        self.translator = Translator(open_publication(self.path))
        self.sentences = Sentences(self.translator.publication)

    def same(self, one: Point, other: Point) -> bool:
        """Whether two places are in one sentence."""
        return self.sentences.at(one) == self.sentences.at(other)


class Apps:
    """One account's apps with one copy: KOReader, Thorium, one of the predecessor, Palace's on Android and iOS."""

    def __init__(self, base: str, user: str, copy: Copy) -> None:
        self.copy, self.thorium = copy, ProgressionClient(base, user, copy.id)
        self.source = f"urn:uuid:{copy.id}"
        self.android, self.ios = PalaceClient(base, user), PalaceClient(base, user, agent=IOS)
        self.kobo: KosyncClient = self.thorium.kosync()

    def say(self, way: str, point: Point) -> Point:
        """Say a place in one of `WAYS`; the place that these words mean. Raises NoPlace where there are none for it.

        KOReader was far away before, for what is as good as the place before says nothing new.
        """
        positions = self.copy.translator.scope.positions
        away = (positions.position(point) + positions.total // 2) % positions.total + 1
        _pointer(self, positions.from_position(away).point, indexed=False)
        return WAYS[way](self, point)

    def ask(self) -> Answers:
        """What each app is answered, by app; KOReader's pointer as it comes is left in `pointer`."""
        self.pointer = self.kobo.pull(self.copy.digest).get("progress", "")
        current = self.thorium.get()
        made = self.thorium.send("GET", path=self.thorium.path + "/readium", headers={"accept": READIUM}).json()
        read = self.copy.translator.read
        locator = self.android.locator(self.source)
        ratio = {"href": locator["href"], "progression": locator["progressWithinChapter"]}
        return {
            "Palace": read("href-progression", ratio).point,
            "KOReader": read("xpointer", self.pointer).point,
            "Thorium": read("opds-progression", current).point,
            "Cantook": read("readium-progression", made).point,
        }

    def number(self) -> float:
        """What Thorium opens that goes by the number alone."""
        return float(self.thorium.get()["progression"])


def _pointer(apps: Apps, point: Point, *, indexed: bool) -> Point:
    pointer = apps.copy.translator.xpointer(point)[0]
    value = pointer.indexed() if indexed else pointer.released()
    apps.kobo.push(apps.copy.digest, value, apps.copy.translator.scope.positions.total_progression(point))
    return apps.copy.translator.read("xpointer", value).point


def _document(apps: Apps, point: Point, references: Callable[[list[str]], list[str]]) -> Point:
    translator = apps.copy.translator
    total = translator.scope.positions.total_progression(point)
    wanted = references(translator.references(point))
    said = document(total, now(), **({"references": wanted} if wanted else {}))
    apps.thorium.send("PUT", content=json.dumps(said).encode()).raise_for_status()
    return translator.read("opds-progression", said).point


def _locator(apps: Apps, point: Point, *, kept: tuple[str, ...]) -> Point:
    locator = apps.copy.translator.locator(point)
    locations: dict[str, Any] = {key: value for key, value in locator["locations"].items() if key in kept}
    said = {"modified": now(), "device": THORIUM, "locator": locator | {"locations": locations}}
    if "text" not in kept:
        said["locator"].pop("text", None)
    sent = json.dumps(said).encode()
    apps.thorium.send(
        "PUT", path=apps.thorium.path + "/readium", content=sent, headers={"content-type": READIUM}
    ).raise_for_status()
    return apps.copy.translator.read("readium-progression", said).point


def _ratio(apps: Apps, point: Point) -> Point:
    said = apps.copy.translator.href_progression(point)
    apps.android.idle(apps.source, href_progression(said["href"], said["progression"]))
    return apps.copy.translator.read("href-progression", said).point


def _raw(apps: Apps, point: Point) -> Point:
    """The reading position of iOS."""
    locator = apps.copy.translator.locator(point)
    apps.ios.idle(apps.source, json.dumps(locator))
    return apps.copy.translator.read("locator", locator).point


WAYS: dict[str, Callable[[Apps, Point], Point]] = {
    "pointer": lambda apps, point: _pointer(apps, point, indexed=False),
    "pointer, indexed": lambda apps, point: _pointer(apps, point, indexed=True),
    "number": lambda apps, point: _document(apps, point, lambda _: []),
    "text fragment": lambda apps, point: _document(apps, point, lambda found: [each for each in found if ":~:" in each]),
    "cfi": lambda apps, point: _document(apps, point, lambda found: [each for each in found if "epubcfi" in each]),
    "locator": lambda apps, point: _locator(apps, point, kept=("partialCfi", "cssSelector", "progression", "text")),
    "ratio": _ratio,
    "locator of iOS": _raw,
    "locator, progression": lambda apps, point: _locator(apps, point, kept=("progression",)),
}


def crossings(apps: Apps, points: Iterator[Point]) -> Iterator[tuple[str, str, bool, str]]:
    """Each place said in each way, and asked for by each app: way, app, whether it is in the same sentence, and where."""
    for point in points:
        for way in WAYS:
            try:
                meant = apps.say(way, point)
            except NoPlace:
                continue
            answers = apps.ask()
            for app, came in answers.items():
                yield way, app, apps.copy.same(meant, came), f"{meant} {came} {apps.pointer}"
            positions = apps.copy.translator.scope.positions
            number = positions.position(positions.from_total(apps.number()).point)
            yield way, "number", number in {positions.position(meant), positions.position(point)}, f"{point} {meant} {number}"
