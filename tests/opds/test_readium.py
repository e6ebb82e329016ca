"""Readium's own parser, which Thorium reads catalogs with, reads ours whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.opds.library import BOOKS, FILE, NAMED, Reader, href
from tests.opds.readium import Readium, started

PATHS = [
    "",
    "/publications",
    "/publications?page=2",
    "/authors",
    "/series",
    "/languages",
    "/search?query=emma",
    "/search?query=zz",
]


@pytest.fixture(scope="module")
def readium() -> Iterator[Readium]:
    """The parser."""
    with started() as found:
        yield found


def single(value: Any) -> Any:
    """As the parser writes: a list of one is that one."""
    if isinstance(value, list):
        return single(value[0]) if len(value) == 1 else [single(one) for one in value]
    if isinstance(value, dict):
        return {name: single(one) for name, one in value.items()}
    return value


def written(document: Any) -> Any:
    """A document apart from what says nothing: a time of a second, written with or without its thousandths."""
    return json.loads(json.dumps(single(document)).replace('.000Z"', 'Z"').replace('T00:00:00Z"', '"'))


@pytest.mark.parametrize("path", PATHS)
def test_feeds(ann: Reader, readium: Readium, path: str) -> None:
    """A feed of OPDS 2.0 comes out as it went in: nothing of it is lost or taken for something else."""
    text = ann.get("/opds/v2" + path).text

    assert written(json.loads(text)) == written(readium.read("feed", text))


def test_publications(ann: Reader, readium: Readium) -> None:
    """So does a publication."""
    text = ann.get(href(ann.titled("Emma"), "self")).text

    assert written(json.loads(text)) == written(readium.read("publication", text))


def test_the_authentication_document(ann: Reader, readium: Readium) -> None:
    """So does the authentication document."""
    text = ann.get("/opds/auth").text

    assert written(json.loads(text)) == written(readium.read("authentication", text))


def test_atom_feeds(ann: Reader, readium: Readium) -> None:
    """Of OPDS 1.2 the parser makes the same publications as are in OPDS 2.0, with the same files and covers."""
    for path in PATHS[1:3]:
        ours = ann.feed(path)["publications"]
        theirs = readium.read("atom-feed", ann.get("/opds/v1.2" + path).text)

        assert [one["metadata"]["title"] for one in ours] == [one["metadata"]["title"] for one in theirs["publications"]]
        assert [href(one, FILE) for one in ours] == [href(one, FILE) for one in theirs["publications"]]
        assert [one["metadata"]["author"][0]["name"] for one in ours] == [author(one) for one in theirs["publications"]]
        assert len(theirs["facets"]) > 1
        assert BOOKS + len(NAMED) == theirs["metadata"]["numberOfItems"]


def author(publication: Any) -> str:
    """The first author, however the parser writes them."""
    people = publication["metadata"]["author"]
    first = people[0] if isinstance(people, list) else people
    return str(first["name"] if isinstance(first, dict) else first)


def test_atom_navigation(ann: Reader, readium: Readium) -> None:
    """Of the root in OPDS 1.2 the parser makes navigation, and no publications."""
    theirs = readium.read("atom-feed", ann.get("/opds/v1.2").text)

    assert ["Authors", "Series", "Languages", "Subjects", "Finished"] == [way["title"] for way in theirs["navigation"]][-5:]
    assert "publications" not in theirs


def test_atom_entries(ann: Reader, readium: Readium) -> None:
    """An entry's own document becomes a publication with its file and its images."""
    shown = ann.titled("Emma")
    theirs = readium.read("atom-entry", ann.get(href(shown, "self").replace("/v2/", "/v1.2/")).text)

    assert ("Emma", href(shown, FILE)) == (theirs["metadata"]["title"], href(theirs, FILE))
    assert {image["href"] for image in shown["images"]} == {image["href"] for image in theirs["images"]}
