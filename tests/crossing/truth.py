"""How many places cross between protocols: `python -m tests.crossing.truth [PLACES] [BOOK...]`, over all shared books.

For each book a line: crossings within one file, and KOReader's answers that are no pointers of crengine's own there.
"""

import gzip
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.crossing.room import Room, opened
from tests.crossing.voices import Apps, Copy, crossings
from tests.files import copied
from tests.positions.quote_truth import some_points
from tests.shared import ROOT


def pointers(path: Path) -> set[str]:
    """The nodes that crengine has in a book, in both spellings, without offsets; empty where that is not known."""
    rows = ROOT / "ground-truth" / f"{path.stem}.nodes.jsonl.gz"
    if not rows.exists():
        return set()
    with gzip.open(rows, "rt", encoding="utf-8", newline="\n") as file:
        found = [json.loads(line) for line in file.read().split("\n") if line]
    return {node(row[key]) for row in found for key in ("xp", "xp_old")}


def node(pointer: str) -> str:
    """A pointer without its offset."""
    before, _, offset = pointer.rpartition(".")
    return before if offset.isdigit() else pointer


def measured(room: Room, copy: Copy, count: int, seed: int = 1) -> Iterator[tuple[str, str, bool, str]]:
    """Crossings of random places in a copy, and whether KOReader's pointers are crengine's."""
    apps, known = Apps(room.base, room.account(), copy), pointers(copy.path)
    for way, app, same, shown in crossings(apps, some_points(copy.translator.publication, count, seed)):
        yield way, app, same, shown
        if app == "KOReader" and known:
            yield way, "crengine", node(apps.pointer) in known, shown


def main(arguments: list[str]) -> int:
    """Print a line for each book; the number of places that were lost."""
    count, names = int(arguments[0]) if arguments else 20, arguments[1:]
    books = [path for path in sorted((ROOT / "corpus").glob("*.epub")) if not names or path.stem in names]
    total: Counter[bool] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "books")
        folder.mkdir()
        for path in books:
            copied(path, folder)
        with opened(folder, Path(name, "data"), "--scan-interval", "0") as room:
            for path, copy in sorted(room.copies.items()):
                began, results = time.monotonic(), list(measured(room, copy, count))
                wrong = [result for result in results if not result[2]]
                total += Counter(result[2] for result in results)
                print(
                    f"{path[:60]:60} {len(results):7} crossings {len(wrong):4} lost, {time.monotonic() - began:.1f} s", flush=True
                )
                for result in wrong[:4]:
                    print("    ", *result)
    print(
        f"{total.total()} crossings, {total[False]} lost: {100 * total[True] / max(1, total.total()):.3f} % in the same sentence"
    )
    return total[False]


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
