"""How our CFIs compare with what browsers say about the shared books: `python -m tests.positions.cfi_truth` prints a table.

Every row is a place that foliate-js and epub.js were asked about in Chromium; the claims are in `test_cfi_truth`.
"""

import gzip
import json
import pathlib
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.cfi.reading import parse
from placekeeper.positions.cfi.resolve import EPUBJS, resolve, write, write_epubjs
from placekeeper.positions.cfi.syntax import Cfi, Path, Step, format_cfi
from placekeeper.positions.document import from_utf16
from placekeeper.positions.point import NoPlace, Point
from tests.shared import ROOT

WAYS = ("read_spec", "read_epubjs", "write_spec", "write_epubjs")
Row = dict[str, Any]


def books() -> list[tuple[str, pathlib.Path, pathlib.Path]]:
    """Name, file and rows of every book that browsers were asked about."""
    found = []
    for rows in sorted((ROOT / "ground-truth").glob("*.cfi.jsonl.gz")):
        name = rows.name.removesuffix(".cfi.jsonl.gz")
        folder, _, stem = name.rpartition("synthetic-")
        path = ROOT / "corpus" / ("synthetic" if "synthetic-" in name else folder) / f"{stem}.epub"
        if path.exists():
            found.append((name, path, rows))
    return found


def rows_of(path: pathlib.Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def true_point(row: Row, book: EpubPublication) -> Point:
    """The point that a row is about."""
    text = book.resource(row["spine_index"]).document.text
    return Point(row["spine_index"], from_utf16(text, row["body_offset_utf16"]))


def bare(cfi: str) -> str:
    """A point CFI without what stands in brackets."""
    path = parse(cfi).path
    return format_cfi(Cfi(Path(tuple(tuple(Step(step.index) for step in part) for part in path.parts), path.offset)))


def misses(row: Row, book: EpubPublication) -> Iterator[tuple[str, str]]:
    """What of a row comes out otherwise: the way, and what came."""
    point = true_point(row, book)
    yield from _misread(row, book, "read_spec", row["cfi_spec"], "")
    if write(point, book) != row["cfi_spec"]:
        yield "write_spec", write(point, book)
    if row["cfi_epubjs_app"]:
        yield from _misread(row, book, "read_epubjs", row["cfi_epubjs_app"], EPUBJS)
        if (written := write_epubjs(point, book)) != bare(row["cfi_epubjs_app"]):
            yield "write_epubjs", f"{written}"


def _misread(row: Row, book: EpubPublication, way: str, cfi: str, engine: str) -> Iterator[tuple[str, str]]:
    try:
        place = resolve(cfi, book, engine)
    except NoPlace as error:
        yield way, str(error)
        return
    text, at = book.resource(place.point.resource).document.text, place.point.offset
    if place.point.resource != row["spine_index"] or not _same(text, at, row):
        yield way, f"{place} {text[at : at + 20]!r}"


def _same(text: str, at: int, row: Row) -> bool:
    """Less of it than a row has: rows were cut by JavaScript, so they may end in half a code point."""
    after, before = row["text"][:70], row["before"][-30:]
    return text[at : at + 80].startswith(after) and text[max(0, at - 40) : at].endswith(before)


def main(arguments: list[str]) -> None:
    """Print the table; with a way as argument, its misses too."""
    total: Counter[str] = Counter()
    print(f"{'book':60} {'rows':>5} {'epub.js':>7} " + " ".join(f"{way:>12}" for way in WAYS))
    for name, path, file in books():
        book, rows = open_epub(path), rows_of(file)
        counts = Counter({"rows": len(rows), "epubjs": sum(1 for row in rows if row["cfi_epubjs_app"])})
        for row in rows:
            for way, came in misses(row, book):
                counts[way] += 1
                counts[f"{way} {row['parsed_as']} {' '.join(row['tags'])}"] += 1
                if way in arguments:
                    print(" ", way, row["cfi_epubjs_app" if "js" in way else "cfi_spec"], row["text"][:20].__repr__(), came)
        print(f"{name:60} {counts['rows']:5} {counts['epubjs']:7} " + " ".join(f"{counts[way]:12}" for way in WAYS))
        total += counts
    for what, count in sorted(total.items()):
        print(f"{count:7} {what}")


def sample(rows: list[Row], count: int) -> list[Row]:
    """The same few rows every time."""
    return random.Random(7).sample(rows, min(count, len(rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
