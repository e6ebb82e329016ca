"""Measure the position engine: how long a place takes from one notation to another, beside what any engine must do.

`python -m bench.positions [--large]`. The floor of a cold translation is lxml parsing the same source and joining its text; that
of opening is reading the archive's directory. Times are CPU time; they still swing with the machine, so each comes with its ratio
to the floor in the same run, and with the number of bytecode instructions that the work took, which does not swing.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from lxml import etree

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.formats.epub import open_epub
from placekeeper.positions.readium.position_map import build
from placekeeper.positions.readium.position_map_bytes import dumps
from placekeeper.positions.translate import Translator
from tests.epubs import make_epub, xhtml
from tests.shared import ROOT

ROUNDS = 25
MAPPED = 1.5
WAR_AND_PEACE = ROOT / "corpus" / "se_leo-tolstoy_war-and-peace_louise-maude_aylmer-maude.epub"
WORDS = ("the", "of", "and", "a", "to", "in", "he", "was", "that", "his", "with", "had", "not", "at", "which", "there", "would")
CSS = (
    "".join(f".c{number} {{ text-indent: 1em; margin: 0 auto {number}px }}\n" for number in range(40)) + ".x { display: inline }"
)


def prose(chance: random.Random, size: int) -> str:
    """Markup of about `size` characters as novels have it: paragraphs with some emphasis."""
    parts: list[str] = []
    length = 0
    while length < size:
        sentence = " ".join(chance.choices(WORDS, k=chance.randint(8, 110)))
        mark = (
            f" <i>{chance.choice(WORDS)}</i> and <span class='x'>{chance.choice(WORDS)}</span>" if chance.random() < 0.3 else ""
        )
        parts.append(f"\t<p>{sentence.capitalize()}{mark}.</p>\n")
        length += len(parts[-1])
    return "".join(parts)


def timed(work: Callable[[Any], Any], prepare: Callable[[], Any] = lambda: None, rounds: int = ROUNDS) -> float:
    """Seconds of the median round. What `prepare` makes for each round is given to the work and does not count."""
    times = []
    for _ in range(rounds):
        given = prepare()
        started = time.process_time()
        work(given)
        times.append(time.process_time() - started)
    return statistics.median(times)


def instructions(work: Callable[[], Any]) -> int:
    """How many bytecode instructions of Python the work takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


def show(what: str, work: Callable[[Any], Any], floor: float, goal: float, prepare: Callable[[], Any] = lambda: None) -> None:
    """One row."""
    seconds, given = timed(work, prepare), prepare()
    steps = instructions(lambda: work(given))
    mark = "ok" if seconds <= goal else f"ABOVE {goal * 1000:g} ms"
    print(f"{what:40}{seconds * 1000:10.3f} ms{seconds / floor:9.2f} x floor{steps:12,} instructions  {mark}", flush=True)


def opened(path: Path) -> Translator:
    """A publication of which nothing but the reading order is known."""
    publication = open_epub(path)
    _ = publication.spine
    return Translator(publication)


def cold_and_warm(folder: Path) -> None:
    """A resource of 100 kB: the first place in it, and the next ones."""
    body = prose(random.Random(5), 100_000)
    head = '<title>t</title><link rel="stylesheet" type="text/css" href="s.css"/>'
    path = make_epub(folder / "b.epub", {"a.xhtml": xhtml("<p>x</p>"), "b.xhtml": xhtml(body, head), "s.css": CSS})
    source = xhtml(body, head).encode()
    floor = timed(lambda _: "".join(etree.fromstring(source).itertext()))
    print(f"floor: lxml parses {len(source):,} bytes and joins the text in {floor * 1000:.3f} ms")
    pointer, cfi = "/body/DocFragment[2]/body/p[200]/text().20", "epubcfi(/6/4!/4/400/1:20)"
    for one, other, value in (
        (Notation.XPOINTER, Notation.CFI, pointer),
        (Notation.CFI, Notation.XPOINTER, cfi),
        (Notation.XPOINTER, Notation.LOCATOR, pointer),
    ):
        noted, wanted, warm = NotedPlace(one, value), other, opened(path)

        def work(translator: Translator, noted: NotedPlace = noted, wanted: Notation = wanted) -> None:
            translator.translate(noted, wanted)

        work(warm)
        show(f"first {one} -> {other}", work, floor, 0.005, lambda: opened(path))
        show(f"next {one} -> {other}", work, floor, 0.0001, lambda warm=warm: warm)


def whole_books() -> None:
    """Opening and mapping a large publication."""
    if not WAR_AND_PEACE.exists():
        print(f"no shared data: {WAR_AND_PEACE.name} is missing, so whole books are not measured")
        return
    floor = timed(lambda _: zipfile.ZipFile(WAR_AND_PEACE).namelist())
    print(f"floor: zipfile reads the directory of War and Peace in {floor * 1000:.3f} ms")
    show("open War and Peace", lambda _: opened(WAR_AND_PEACE), floor, 0.05)
    started = time.process_time()
    made = build(open_epub(WAR_AND_PEACE))
    seconds = time.process_time() - started
    mark = "ok" if seconds <= MAPPED else f"ABOVE {MAPPED} s"
    stored, size = len(dumps(made)), WAR_AND_PEACE.stat().st_size
    print(f"map all of War and Peace: {seconds:.2f} s  {mark}; {stored:,} bytes stored of {size:,}")


def large(folder: Path) -> None:
    """300 MB of text: mapped with how much memory."""
    chance = random.Random(9)
    path = make_epub(folder / "large.epub", {f"c{number}.xhtml": xhtml(prose(chance, 1_000_000)) for number in range(300)})
    run = [sys.executable, "-c", _MAPPING, str(path)]
    print(subprocess.run(run, check=True, capture_output=True, text=True).stdout, end="")


_MAPPING = """
import sys, time
from placekeeper.formats.epub import open_epub
from placekeeper.positions.readium.position_map import build
from placekeeper.positions.readium.position_map_bytes import dumps
from placekeeper.positions.readium.position_map_bytes import dumps
started = time.process_time()
made = build(open_epub(sys.argv[1]))
seconds = time.process_time() - started
with open("/proc/self/status") as status:  # ru_maxrss would be that of who started this
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
print(f"map {sum(made.lengths):,} characters: {seconds:.1f} s, {len(dumps(made)):,} bytes stored, peak memory {peak} MB")
"""


def main() -> None:
    """All figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.positions", description=__doc__)
    parser.add_argument("--large", action="store_true", help="also map 300 MB of text (takes minutes)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cold_and_warm(Path(folder))
        whole_books()
        if options.large:
            large(Path(folder))


if __name__ == "__main__":
    main()
