"""Text fragments, `:~:text=prefix-,start,end,-suffix`: taken apart, found in a document as browsers do.

It must not know resources or publications. Words are bounded as far as that can be told without a dictionary.
Source: https://wicg.github.io/scroll-to-text-fragment/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.searchable import RUBY, Searchable, searchable, squeezed

MARK = ":~:"
MAX_LENGTH = 20_000
MAX_DIRECTIVES = 8
MAX_PARTS = 4
MAX_TRIES = 2000
"""Occurrences of a prefix or start that are looked at."""


@dataclass(frozen=True, slots=True)
class Directive:
    """What one `text=` asks for, decoded; all but `start` may be empty."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The range found, as offsets of the document's text. `unique`: nothing else in the document is meant as well."""

    start: int
    end: int
    unique: bool = True


def parse_directives(fragment: str) -> tuple[Directive, ...]:
    """The text directives of a fragment, with or without `#`. Raises `NoPlace` where there is none that can be read."""
    if len(fragment) > MAX_LENGTH:
        raise NoPlace(f"the text fragment is longer than {MAX_LENGTH} characters")
    parts = fragment.partition(MARK)[2].split("&")
    read = [_directive(part.removeprefix("text=")) for part in parts[:MAX_DIRECTIVES] if part.startswith("text=")]
    found = tuple(directive for directive in read if directive)
    if not found:
        raise NoPlace("there is no text directive that can be read")
    return found


def write_directive(directive: Directive) -> str:
    """The directive as a fragment, without `#`."""
    parts = [f"{encode(directive.prefix)}-" if directive.prefix else "", encode(directive.start), encode(directive.end)]
    return f"{MARK}text=" + ",".join([*filter(None, parts), *([f"-{encode(directive.suffix)}"] if directive.suffix else [])])


def encode(text: str) -> str:
    """A part of a directive, percent-encoded; a dash, comma or ampersand of the text too, as they mean something there."""
    return quote(text, safe="", errors="replace").replace("-", "%2D")


def find_text(document: Document, fragment: str) -> Found | None:
    """Where the first directive that is found leads, in a fragment with `:~:text=`; None where none is, or none can be read."""
    try:
        directives = parse_directives(fragment)
    except NoPlace:
        return None
    for directive in directives:
        if found := find_directive(document, directive):
            return found
    return None


def find_directive(document: Document, directive: Directive) -> Found | None:
    """Where a directive leads: first with ruby annotations as a part of the text, then without."""
    found = _found(searchable(document), directive)
    if not found and any(name in RUBY for name in document.names):
        found = _found(Searchable(document, without_ruby=True), directive)
    return found


def matches(text: Searchable, directive: Directive) -> Iterator[tuple[int, int]]:
    """Starts and ends of what a directive may mean, as indexes."""
    start, end, suffix = squeezed(directive.start), squeezed(directive.end), squeezed(directive.suffix)
    for first in _starts(text, squeezed(directive.prefix), start, bounded=bool(end) or not suffix):
        last = first + len(start)
        if end:
            if (last := _end(text, last, end, suffix)) < 0:
                return  # nor is there one behind a later start
            yield first, last
        elif not suffix or _follows(text, last, suffix):
            yield first, last


def _found(text: Searchable, directive: Directive) -> Found | None:
    hits = matches(text, directive)
    hit = next(hits, None)
    if not hit:
        return None
    return Found(text.offset(hit[0]), text.offset(hit[1] - 1) + 1, unique=next(hits, None) is None)


def _starts(text: Searchable, prefix: str, start: str, *, bounded: bool) -> Iterator[int]:
    """Where `start` stands, right behind the prefix if there is one."""
    if not prefix:
        for at in _tried(text.find(start)):
            if text.bounded(at) and (not bounded or text.bounded(at + len(start))):
                yield at
        return
    for before in _tried(text.find(prefix)):
        at = text.skip(before + len(prefix))
        last = at + len(start)
        stands = start and text.bounded(before) and text.text.startswith(start, at) and text.whole(at, last)
        if stands and (not bounded or text.bounded(last)):
            yield at


def _end(text: Searchable, start: int, end: str, suffix: str) -> int:
    """Where the first `end` ends that stands behind `start` and in front of the suffix; -1 where there is none."""
    for at in _tried(text.find(end, start)):
        last = at + len(end)
        if text.bounded(at) and (_follows(text, last, suffix) if suffix else text.bounded(last)):
            return last
    return -1


def _follows(text: Searchable, at: int, suffix: str) -> bool:
    at = text.skip(at)
    last = at + len(suffix)
    return text.text.startswith(suffix, at) and text.whole(at, last) and text.bounded(last)


def _tried(hits: Iterator[int]) -> Iterator[int]:
    for _, hit in zip(range(MAX_TRIES), hits, strict=False):
        yield hit


def _directive(value: str) -> Directive | None:
    """One directive from its value; None where it can't be read."""
    parts = value.split(",")
    prefix = unquote(parts.pop(0)[:-1]) if parts[0].endswith("-") and len(parts) > 1 else ""
    suffix = unquote(parts.pop()[1:]) if parts[-1].startswith("-") and len(parts) > 1 else ""
    start, *end = (unquote(part) for part in parts)
    if len(end) > 1 or not start.strip():
        return None
    return Directive(start, end[0] if end else "", prefix, suffix)
