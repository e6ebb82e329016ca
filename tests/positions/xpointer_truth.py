"""How our XPointers compare with what crengine says about the shared books: `python -m tests.positions.xpointer_truth [book...]`.

Every row is a text node, an image or an empty element of a book, or the top of one of its pages, with crengine's own pointer in
both spellings; the claims are in `test_xpointer_truth`.
"""

import gzip
import json
import pathlib
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from placekeeper.domain.errors import BadFile
from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.point import NoPlace, Place, Precision
from tests.shared import ROOT

SPELLINGS = ("xp", "xp_old")
STYLE = "@import"  # the text of a style sheet, which crengine counts among the text of a page
Row = dict[str, Any]


def books(kind: str) -> list[tuple[str, pathlib.Path, pathlib.Path]]:
    """Name, file and rows of every book that has any; `kind`: `nodes` or `pages`."""
    found = []
    for rows in sorted((ROOT / "ground-truth").glob(f"*.{kind}.jsonl.gz")):
        name = rows.name.removesuffix(f".{kind}.jsonl.gz")
        folder, _, stem = name.rpartition("damaged-")
        path = ROOT / "corpus" / ("damaged" if "damaged-" in name else folder) / f"{stem}.epub"
        if path.exists():
            found.append((name, path, rows))
    return found


def rows_of(path: pathlib.Path) -> list[Row]:
    """The rows that count: what is shown and can be found again by crengine itself. Lines end with a line feed only."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file.read().split("\n") if line]
    return [row for row in rows if not row.get("hidden") and row.get("roundtrip") is not False and _counts(row)]


def _counts(row: Row) -> bool:
    return row.get("type") != "text" or bool(row["text"].strip())


def opened(path: pathlib.Path) -> EpubPublication | None:
    """The book; None where it is damaged beyond reading."""
    try:
        return open_epub(path)
    except BadFile:
        return None


def misses(row: Row, book: EpubPublication, pointers: Pointers) -> Iterator[tuple[str, str]]:
    """What of a row comes out otherwise: the way, and what came. A page without a pointer leads nowhere, and should."""
    for spelling in SPELLINGS:
        value = row[spelling]
        try:
            place = pointers.resolve(value)
        except NoPlace as error:
            if value:
                yield f"read {spelling}", str(error)
            continue
        if said := _otherwise(row, place, book):
            exact = place.precision is Precision.EXACT
            yield f"{'wrong' if exact else 'read'} {spelling}", f"{said!r} {place}"
        elif (written := _written(pointers, place, spelling)) != with_offset(value):
            yield f"write {spelling}", written


def with_offset(value: str) -> str:
    """A pointer as it would be with an offset: some page tops lack it where crengine made up a box."""
    return value if "." in value.rpartition("/")[2] else f"{value}.0"


def _written(pointers: Pointers, place: Place, spelling: str) -> str:
    pointer = pointers.write(place.point)
    return pointer.indexed() if spelling == "xp" else pointer.released()


def _otherwise(row: Row, place: Place, book: EpubPublication) -> str:
    """The text that we find where it is not what crengine shows there; empty where it is, or where nobody else has it."""
    theirs = _plain((row.get("text") or "").partition(STYLE)[0])[:30]
    if "/text()" not in row["xp"] or theirs.startswith("FailedhandlingEPUB"):
        return ""
    text = book.resource(place.point.resource).document.text
    ours = _plain(text[place.point.offset : place.point.offset + 400])
    same = bool(ours) and (ours.startswith(theirs) or theirs.startswith(ours))
    nothing = (
        not ours and not row["text"].partition("|")[0].strip()
    )  # blank to the end of the resource: the rest is the next one's
    return "" if same or nothing or not theirs else ours[:30] or "nothing"


def _plain(text: str) -> str:
    """Without white space, the joints of the rows, and what one of the two could not decode."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "|\ufffd\u200b" and letter >= " ")


def sample(rows: list[Row], count: int) -> list[Row]:
    """The same few rows every time."""
    return random.Random(7).sample(rows, min(count, len(rows)))


def main(arguments: list[str]) -> None:
    """Print a table of nodes and one of pages; for books that are named, their misses too."""
    for kind in ("nodes", "pages"):
        total: Counter[str] = Counter()
        for name, path, file in books(kind):
            if arguments and not any(each in name for each in arguments):
                continue
            if not (rows := rows_of(file)) or not (book := opened(path)):
                print(f"{kind} {name:70} {len(rows):6} rows, not opened by {'us' if rows else 'crengine'}")
                continue
            pointers, counts = Pointers(book), Counter({"rows": len(rows)})
            for row in rows:
                for way, came in misses(row, book, pointers):
                    counts[way] += 1
                    if arguments:
                        print(" ", way, row["xp"], repr((row.get("text") or "")[:30]), came)
            print(f"{kind} {name:70} {counts.pop('rows'):6} rows {dict(counts) or ''}")
            total += counts + Counter({"rows": len(rows)})
        print(kind, "in all", dict(total))


if __name__ == "__main__":
    main(sys.argv[1:])
