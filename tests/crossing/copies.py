"""Places said in one copy of a book and asked for in another: `python -m tests.crossing.copies [PLACES]`.

Both lie in one folder of a Calibre library, and so are one edition. What the copy has of the original is known from making it.
"""

import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from placekeeper.positions.point import NoPlace
from tests.crossing.room import Room, opened
from tests.crossing.voices import WAYS, Apps
from tests.files import settled
from tests.positions.copies import KINDS, Derived, derive
from tests.positions.quote_truth import some_points, visible
from tests.shared import ROOT

FEW = ("pg_alice", "se_edwin-a-abbott_flatland", "se_h-g-wells_the-time-machine")
IDENTIFIER = re.compile(rb"<dc:identifier[^>]*>[^<]*")


@dataclass
class Pair:
    """A book in the folder, and a copy of some kind beside it."""

    kind: str
    book: str
    made: str
    derived: Derived


def paired(folder: Path, stems: tuple[str, ...], kinds: tuple[str, ...]) -> list[Pair]:
    """Fill a folder."""
    pairs = []
    for number, (stem, kind) in enumerate((stem, kind) for stem in stems for kind in kinds):
        below = folder / f"{stem} {kind} ({number})"
        below.mkdir()
        (below / "metadata.opf").write_text("<package xmlns='http://www.idpf.org/2007/opf'><metadata/></package>")
        source = numbered(ROOT / "corpus" / f"{stem}.epub", below / "book.epub", number)
        derived = derive(source, kind, below)
        copy = settled(derived.path.rename(below / "copy.epub"))
        pairs.append(Pair(kind, f"{below.name}/{source.name}", f"{below.name}/{copy.name}", derived))
    return pairs


def numbered(book: Path, target: Path, number: int) -> Path:
    """The book, numbered in its identifier and where KOReader's digest sees it: of one edition with its own copy, no other."""
    with zipfile.ZipFile(book) as given, zipfile.ZipFile(target, "w") as made:
        for entry in given.infolist():
            data = given.read(entry)
            made.writestr(entry, IDENTIFIER.sub(rb"\g<0>#%d" % number, data) if entry.filename.endswith(".opf") else data)
            if entry.filename == "mimetype":
                made.writestr("META-INF/number", f"{number:02}" * 1000)
    return settled(target)


def carried(room: Room, pair: Pair, count: int, seed: int = 1) -> Iterator[tuple[str, str, bool, str]]:
    """Places said in the book, in each way, asked for in the copy: way, app, whether it is the same sentence, and where.

    Places that the copy has not got are left out.
    """
    user, book, made = room.account(), room.copies[pair.book], room.copies[pair.made]
    here, there = Apps(room.base, user, book), Apps(room.base, user, made)
    for point in some_points(book.translator.publication, count, seed):
        for way in WAYS:
            try:
                meant = here.say(way, point)
                wanted = pair.derived.truth(visible(book.translator.publication, meant))
            except NoPlace:
                continue
            if wanted is None:
                continue
            for app, came in there.ask().items():
                yield way, app, made.same(wanted, came), f"{meant} {wanted} {came} {there.pointer}"


def main(count: int) -> int:
    """Print a line for each kind of copy."""
    total: Counter[bool] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "books")
        folder.mkdir()
        pairs = paired(folder, FEW, tuple(KINDS))
        with opened(folder, Path(name, "data"), "--scan-interval", "0") as room:
            for pair in pairs:
                results = list(carried(room, pair, count))
                wrong = [result for result in results if not result[2]]
                total += Counter(result[2] for result in results)
                print(f"{pair.book[:60]:60} {len(results):6} crossings {len(wrong):4} elsewhere", flush=True)
                for result in wrong[:3]:
                    print("    ", *result)
    print(f"{total.total()} crossings, {total[False]} elsewhere: {100 * total[True] / total.total():.3f} % in the same sentence")
    return total[False]


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)))
