"""Ranges: the CFI of a stretch of text, and both ends of one that is read.

A range that is written is read again before it leaves. It must not know files: it is given a publication.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-ranges
"""

from dataclasses import replace

from placekeeper.positions.cfi.reading import parse
from placekeeper.positions.cfi.resolve import resolve, write
from placekeeper.positions.cfi.syntax import Cfi, Offset, Path, format_cfi
from placekeeper.positions.document import utf16
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Publication


def write_range(resource: int, start: int, end: int, publication: Publication) -> str:
    """The CFI of the text of a resource from an offset up to, not including, another. Raises `NoPlace` where none leads there."""
    text = publication.resource(resource).document.text
    if not 0 <= start < end <= len(text):
        raise NoPlace(f"the resource has {len(text)} characters, none from {start} to {end}")
    first = parse(write(Point(resource, start), publication)).path
    last = _past(parse(write(Point(resource, end - 1), publication)).path, text[end - 1])
    written = format_cfi(_range(first, last))
    there = read_range(written, publication)
    if there[1] is None or (there[0].point.offset, there[1].point.offset) != (start, end):
        raise NoPlace("no range of a CFI leads there and back")
    if any(place.precision is not Precision.EXACT or place.point.resource != resource for place in there if place):
        raise NoPlace("no range of a CFI leads there and back")
    return written


def read_range(value: str, publication: Publication, engine: str = "") -> tuple[Place, Place | None]:
    """Where a CFI begins, and where it ends if it is a range. Raises `NoPlace` as `resolve` does."""
    cfi = parse(value)
    end = None if cfi.end is None else resolve(Cfi(cfi.path.then(cfi.end)), publication, engine)
    return resolve(cfi, publication, engine), end


def _past(path: Path, char: str) -> Path:
    """The path to behind a character: in the same text, whatever follows."""
    if path.offset is None or path.offset.characters is None:
        raise NoPlace("the end is not in a text")
    return replace(path, offset=Offset(path.offset.characters + utf16(char)))


def _range(first: Path, last: Path) -> Cfi:
    """What both paths have in common, then each from there on."""
    *package, one = first.parts
    other = last.parts[-1]
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    common = Path((*package, one[:same]))
    return Cfi(common, Path((one[same:],), first.offset), Path((other[same:],), last.offset))
