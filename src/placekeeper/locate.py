"""`placekeeper locate`: one place of a publication, or many, in every notation. For people as lines, for programs as JSON.

Must not know positions: it asks the translator. The keys of the JSON are a promise, see docs/locate.md.
"""

import contextlib
import json
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

from placekeeper.domain.errors import BadFile, NotNow
from placekeeper.domain.place import Notation
from placekeeper.formats.opening import open_publication
from placekeeper.positions.located import located
from placekeeper.positions.point import NoPlace, Place
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.spine import Publication
from placekeeper.positions.translate import LADDER, Translator

MAX_LINE: Final = 1_000_000
"""Bytes of a line of a batch: more than the longest locator with its quotation, less than what would hurt."""


def guess(value: str) -> str:
    """The notation that a place on the command line is written in."""
    start = value.lstrip()
    if start.startswith("epubcfi("):
        return Notation.CFI
    if start.startswith("{"):
        return _guess_object(start)
    if start.startswith("/") or not start:
        return Notation.XPOINTER
    if start.isdecimal():
        return Notation.PAGE
    try:
        float(start)
    except ValueError:
        return Notation.REFERENCE if "#" in start and " " not in start else Notation.TEXT
    return Notation.PROGRESSION


def _guess_object(value: str) -> str:
    try:
        keys = set(json.loads(value))
    except (ValueError, TypeError, RecursionError):
        return Notation.LOCATOR
    if keys <= {"href", "progression"}:
        return Notation.HREF_PROGRESSION
    return Notation.TEXT if "exact" in keys else Notation.LOCATOR


@dataclass(frozen=True, slots=True)
class Locator:
    """Where places are read, and where they are shown: the same publication, or another copy of it."""

    translator: Translator
    copy: Translator | None = None

    def located(self, notation: str, value: Any, engine: str = "") -> dict[str, Any]:
        """A place in every notation. Raises `NoPlace`."""
        place = self.translator.read(notation, value, engine)
        if self.copy is None:
            return located(self.translator, place)
        return located(self.copy, self._carried(place, self.copy))

    def guessed(self, value: str) -> str:
        """The notation of a place on the command line: see `guess`; the path of a resource is a reference too."""
        notation = guess(value)
        if notation is Notation.TEXT:
            with contextlib.suppress(NoPlace):
                assumed = self.translator.scope.hrefs.find(value)[1]
                notation = Notation.TEXT if assumed else Notation.REFERENCE
        return notation

    def notes(self) -> list[str]:
        """What is wrong with the files, as far as they were read: one line each."""
        return [note for each in (self.translator, self.copy) if each for note in each.publication.notes]

    def _carried(self, place: Place, copy: Translator) -> Place:
        """The place in the copy: as sure as the less sure of the two steps."""
        there = carry(place.point, self.translator.publication, copy.publication)
        precision = max(place.precision, there.precision, key=LADDER.index)
        return Place(there.point, precision, "; ".join(filter(None, [place.reason, there.reason])))


def open_locator(book: str, copy: str | None = None) -> Locator:
    """What answers for a file, or for a file and a copy of it. Raises `BadFile`, which names the file."""
    return Locator(Translator(_opened(book)), None if copy is None else Translator(_opened(copy)))


def _opened(name: str) -> Publication:
    """The publication in a file; a pipe, which might never end, is none."""
    try:
        kind = Path(name or "\0").stat().st_mode
        return open_publication(Path(name)) if stat.S_ISREG(kind) else _no_file()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this can't be the name of a file"
        raise BadFile(f"{name!r}: {reason}") from error
    except BadFile as error:
        raise type(error)(f"{name}: {error}") from error


def _no_file() -> NoReturn:
    raise BadFile("this is not a file")


def batch(locator: Locator, questions: BinaryIO) -> Iterator[bytes]:
    """One line of JSON for each line of JSON, in order; errors are answers too."""
    while line := questions.readline(MAX_LINE + 1):
        whole = line.endswith(b"\n") or len(line) <= MAX_LINE
        while not line.endswith(b"\n") and (rest := questions.readline(MAX_LINE)):
            line = rest
        answer = _answer(locator, line) if whole else {"id": None, "error": f"a line is over the limit of {MAX_LINE} bytes"}
        yield _line(answer)


def _line(answer: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps({"id": None, "error": "the id holds a number that is too large for JSON"})
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _answer(locator: Locator, line: bytes) -> dict[str, Any]:
    try:
        question = _question(line)
    except NoPlace as error:
        return {"id": None, "error": str(error)}
    notation, engine = question.get("notation"), question.get("engine") or ""
    try:
        if not isinstance(notation, str) or not isinstance(engine, str):
            return {"id": question.get("id"), "error": "`notation` must be there, a text; so must `engine` be, if it is there"}
        return {"id": question.get("id")} | locator.located(notation, question.get("value"), engine)
    except (NoPlace, NotNow) as error:
        return {"id": question.get("id"), "error": str(error)}


def _question(line: bytes) -> Mapping[str, Any]:
    try:
        question = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NoPlace(f"not a line of JSON: {error}") from None
    if not isinstance(question, dict):
        raise NoPlace('a line is an object like {"id": 1, "notation": "xpointer", "value": "/body/..."}')
    return question


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def readable(row: Mapping[str, Any], notes: Iterable[str] = ()) -> str:
    """A place for people: where it is, what it says there, and each notation on a line."""
    lines: list[tuple[str, Any]] = [
        ("text", _shown(str(row["before"]), str(row["text"]))),
        ("precision", f"{row['precision']}: {row['reason']}" if row.get("reason") else row["precision"]),
        ("resource", f"{row['href']} (number {row['resource']}, offset {row['offset']})"),
        ("position", row["position"]),
        ("progression", _percent(row["progression"])),
        ("total progression", _percent(row["total_progression"])),
        ("XPointer", row["xpointer"]),
        ("XPointer, indexed", row["xpointer_indexed"]),
        ("EPUB CFI", row["cfi"]),
        ("EPUB CFI, epub.js", row["cfi_epubjs"]),
        ("CSS selector", row["css_selector"]),
        ("reference", f"{row['reference']} ({row['reference_reason']})" if "reference_reason" in row else row["reference"]),
        ("locator", json.dumps(row["locator"], ensure_ascii=False)),
        *(("note", note) for note in notes),
    ]
    return "\n".join(f"{name + ':':19}{'none' if value is None else value}" for name, value in lines)


def _shown(before: str, text: str) -> str:
    """The text around a place on one line, with a bar at the place."""
    fold: Callable[[str], str] = lambda each: " ".join(each.split())  # noqa: E731 - used twice, within one line each
    left = fold(before) + (" " if before[-1:].isspace() else "")
    return f"...{left}|{fold(text)}..." if text else "there is no text"


def _percent(ratio: float | None) -> str | None:
    return None if ratio is None else f"{ratio:.2%}"
