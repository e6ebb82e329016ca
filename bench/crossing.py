"""What a translated answer costs KOReader: `python -m bench.crossing`.

GETs of a place that KOReader wrote, and of one that Thorium wrote, by turns: requests per second of the server's processor
time, and their ratio. Then the first answers of places in a long novel, each in a chapter that nobody asked for yet.
"""

import http.client
import os
import shutil
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
COUNT, ROUNDS, PLACES = 2_000, 5, 30
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


def first(room: Room, copy: Copy) -> None:
    """First answers, whole, as KOReader waits for them."""
    apps, taken = Apps(room.base, room.account(), copy), []
    total = copy.translator.scope.positions.total
    for number in range(PLACES):
        point = copy.translator.scope.positions.from_position(1 + number * (total - 1) // PLACES).point
        progression = copy.translator.scope.positions.total_progression(point)
        apps.thorium.send("PUT", json=document(progression, now())).raise_for_status()
        began = time.perf_counter()
        apps.kobo.pull(copy.digest)
        taken.append((time.perf_counter() - began) * 1000)
    opening, rest = taken[0], sorted(taken[1:])
    middle = statistics.median(rest)
    print(
        f"first places in a novel of 3.1 MB: {opening:.1f} ms with opening it, then median {middle:.1f}, worst {rest[-1]:.1f} ms"
    )


def main() -> int:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "books")
        folder.mkdir()
        shutil.copy(ROOT / "corpus" / NOVEL, folder)
        with opened(folder, Path(name, "data"), "--scan-interval", "0") as room:
            (copy,) = room.copies.values()
            first(room, copy)
            warm(room, copy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
