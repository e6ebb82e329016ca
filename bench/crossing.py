"""What a translated answer costs KOReader: `python -m bench.crossing`.

GETs of a place that KOReader wrote, and of one that Thorium wrote, by turns: requests per second of the server's processor
time, and their ratio. Before, the first answers of places in a long novel: in copies that nobody has opened yet, and then in one,
each in a chapter that nobody asked for yet.
"""

import http.client
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from placekeeper.positions.point import Point
from tests.crossing.room import Room, opened
from tests.crossing.voices import Apps, Copy
from tests.kosync.client import md5
from tests.opds_progression.client import PASSWORD, document, now
from tests.shared import ROOT

NOVEL = "se_leo-tolstoy_war-and-peace_louise-maude_aylmer-maude.epub"
COUNT, ROUNDS, PLACES, COPIES = 2_000, 5, 30, 31
MODIFIED = 10
"""Where a zip file has the time of its first entry, which readers take from the directory instead."""
TICKS = os.sysconf("SC_CLK_TCK")


def spent(process: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rate(room: Room, user: str, digest: str) -> float:
    """GETs per second of the server's processor time."""
    connection = http.client.HTTPConnection("127.0.0.1", room.running.port)
    before = spent(room.running.process.pid)
    for _ in range(COUNT):
        connection.request("GET", f"/kosync/syncs/progress/{digest}", headers={"x-auth-user": user, "x-auth-key": md5(PASSWORD)})
        connection.getresponse().read()
    return COUNT / (spent(room.running.process.pid) - before)


def warm(room: Room, copy: Copy) -> None:
    """Own words and translated ones, by turns."""
    plain, translated = (Apps(room.base, room.account(), copy) for _ in range(2))
    plain.say("pointer", Point(50, 100))
    translated.say("number", Point(50, 100))
    names = {"own words": plain, "translated": translated}
    for apps in names.values():
        apps.kobo.pull(copy.digest)
    rates = {name: [rate(room, apps.thorium.user, copy.digest) for _ in range(ROUNDS)] for name, apps in names.items()}
    middle = {name: statistics.median(each) for name, each in rates.items()}
    for name, each in middle.items():
        print(f"{name}: {each:.0f} GETs per second of processor time")
    ratio = middle["translated"] / middle["own words"]
    print(f"translated answers are {ratio:.2f} times as fast as own words: {'ok' if ratio >= 1 / 2 else 'BELOW 0.5'}")


def copies(folder: Path) -> None:
    """The novel, again and again, each with bytes of its own."""
    data = (ROOT / "corpus" / NOVEL).read_bytes()
    for number in range(COPIES):
        different = number.to_bytes(2, "little")
        (folder / f"{number:02}.epub").write_bytes(data[:MODIFIED] + different + data[MODIFIED + len(different) :])


def answer(apps: Apps, point: Point) -> float:
    """Milliseconds until KOReader is told of a place that Thorium has just written, whole, as it waits for them."""
    progression = apps.copy.translator.scope.positions.total_progression(point)
    apps.thorium.send("PUT", json=document(progression, now())).raise_for_status()
    apps.kobo.send("GET", "/users/auth").raise_for_status()  # which proves its password
    began = time.perf_counter()
    apps.kobo.pull(apps.copy.digest)
    return (time.perf_counter() - began) * 1000


def places(copy: Copy, count: int) -> list[Point]:
    """Places all through a book."""
    positions = copy.translator.scope.positions
    return [positions.from_position(1 + number * (positions.total - 1) // count).point for number in range(count)]


def opening(room: Room) -> None:
    """First answers, each with opening a file; the very first one by itself."""
    books = list(room.copies.values())
    wanted = places(books[0], len(books))
    random.Random(1).shuffle(wanted)
    very, *taken = [answer(Apps(room.base, room.account(), copy), point) for copy, point in zip(books, wanted, strict=True)]
    print(f"the very first place after the start, in a novel of 3.1 MB, with opening it: {very:.1f} ms")
    print(f"first places in {len(taken)} more such files, with opening each: {spread(taken)}")


def first(room: Room, copy: Copy) -> None:
    """First answers in an opened file."""
    apps = Apps(room.base, room.account(), copy)
    _, *taken = [answer(apps, point) for point in places(copy, PLACES)]
    print(f"first places in {len(taken)} more chapters of one: {spread(taken)}")


def spread(taken: list[float]) -> str:
    """The middle, and the worst."""
    return f"median {statistics.median(taken):.1f} ms, worst {max(taken):.1f} ms"


def main() -> int:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "books")
        folder.mkdir()
        copies(folder)
        with opened(folder, Path(name, "data"), "--scan-interval", "0") as room:
            opening(room)
            copy = list(room.copies.values())[-1]
            first(room, copy)
            warm(room, copy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
