"""A library of a book and copies of it, passages of them, and how an app asks for an annotation there."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from placekeeper.domain.place import Notation
from placekeeper.positions.cfi.ranges import read_range
from tests.crossing.copies import Pair
from tests.crossing.room import Room
from tests.crossing.voices import Copy
from tests.positions.quote_truth import some_points
from tests.web_annotations.client import WebClient

KINDS = ("renamed", "split", "merged", "hyphenated", "quotes", "spans", "preface", "edited", "all-at-once")
STEM = "se_edwin-a-abbott_flatland"
SEED = 11
CFI = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"


@dataclass(frozen=True)
class Library:
    room: Room
    pairs: list[Pair]

    def app(self, *, library: bool = True) -> WebClient:
        return WebClient(self.room.base, self.room.account(library=library))

    def book(self, kind: str = "renamed") -> tuple[Copy, Copy, Pair]:
        pair = next(each for each in self.pairs if each.kind == kind)
        return self.room.copies[pair.book], self.room.copies[pair.made], pair


def passages(copy: Copy, count: int) -> Iterator[tuple[int, int, int]]:
    """Passages that begin and end with letters: resource, start, end."""
    chance = random.Random(SEED)
    publication = copy.translator.publication
    for point in some_points(publication, count * 3, SEED):
        text = publication.resource(point.resource).document.text
        start, end = point.offset, point.offset + chance.randrange(20, 300)
        if end < len(text) and text[start].isalpha() and text[end - 1].isalpha():
            yield point.resource, start, end


def text_of(copy: Copy, resource: int) -> str:
    return copy.translator.publication.resource(resource).document.text


def quoted(copy: Copy, resource: int, start: int, end: int) -> dict[str, Any]:
    text = text_of(copy, resource)
    around = {"prefix": text[max(0, start - 32) : start], "suffix": text[end : end + 32]}
    return {"type": "TextQuoteSelector", "exact": text[start:end]} | around


def fragment(value: str) -> dict[str, Any]:
    return {"type": "FragmentSelector", "conformsTo": CFI, "value": value}


def urn(copy: Copy) -> str:
    return f"urn:uuid:{copy.id}"


def looked_up(app: WebClient, address: str, copy: Copy) -> dict[str, Any]:
    """The annotation in a copy. What is slow the first time is known the second time."""
    for _ in range(20):
        answer = app.http.get(address, params={"source": urn(copy)})
        if answer.status_code != 503:
            break
        assert "1" == answer.headers["retry-after"]
    assert 200 == answer.status_code, answer.text
    return answer.json()


def by_type(target: dict[str, Any]) -> dict[str, Any]:
    return {each["type"]: each for each in target["selector"]}


def check(copy: Copy, target: dict[str, Any]) -> tuple[int, int, int]:
    """The passage of a target; all its selectors must mean the same one."""
    said = by_type(target)
    translator = copy.translator
    start, end = read_range(said["FragmentSelector"]["value"], translator.publication)
    assert end is not None
    text = text_of(copy, start.point.resource)
    quote = said["TextQuoteSelector"]
    low, high = start.point.offset, end.point.offset

    assert urn(copy) == target["source"]
    assert text[low:high] == quote["exact"]
    assert text[:low].endswith(quote["prefix"])
    assert text[high:].startswith(quote["suffix"])
    if "RangeSelector" in said:
        ends = (said["RangeSelector"][name]["value"] for name in ("startSelector", "endSelector"))
        read = [translator.read(Notation.XPOINTER, value).point for value in ends]
        assert text[low:high].rstrip() == text[read[0].offset : read[1].offset]
    assert said["ProgressionSelector"]["value"] == pytest.approx(translator.scope.positions.total_progression(start.point))
    return start.point.resource, low, high
