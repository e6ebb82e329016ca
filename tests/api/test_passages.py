"""The sentence at each place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from placekeeper.formats.fingerprint import koreader_partial_md5
from tests.api.person import Person
from tests.epubs import make_epub, xhtml
from tests.library.room import settled
from tests.opds_progression.conftest import until
from tests.running import RunningServer, command

TEXT = "<p>It was late. Mr. Knightley <i>smiled</i>, and said nothing. Emma slept.</p>"
SMILED = "Mr. Knightley smiled, and said nothing."
POINTER = "/body/DocFragment[1]/body/p/i/text().2"


@pytest.fixture
def emma(tmp_path: Path) -> Path:
    path = tmp_path / "books" / "emma.epub"
    path.parent.mkdir()
    make_epub(path, {"one.xhtml": xhtml(TEXT)}, metadata='<dc:title>Emma</dc:title><dc:identifier id="uid">e</dc:identifier>')
    return settled(path)


@pytest.fixture
def person(start: Callable[..., RunningServer], emma: Path) -> Person:
    person = Person(start("--library", str(emma.parent)))
    until(lambda: person.get("/library")["publications"] == 1)
    return person


def document(path: Path) -> str:
    with path.open("rb") as file:
        return koreader_partial_md5(file)


def test_sentences(person: Person, emma: Path) -> None:
    """Works, history and devices show the sentence at each place, from the file."""
    person.kobo.push(document(emma), POINTER, 0.5)
    work = person.work()
    passages = [
        person.get("/works")["works"][0]["place"]["passage"],
        person.get(f"/works/{work}")["place"]["passage"],
        person.get(f"/works/{work}/readings")["readings"][0]["passage"],
        person.get(f"/works/{work}/devices")["devices"][0]["place"]["passage"],
    ]

    assert [{"sentence": SMILED, "chapter": None, "precision": "exact"}] * 4 == passages


def test_no_sentence(person: Person, emma: Path) -> None:
    """A document that is no book of the library, and a place that is none, have no sentence."""
    person.kobo.push("unknown", POINTER, 0.5)
    person.kobo.push(document(emma), "/body/DocFragment[7]/body/p/text().2", 0.5)

    assert [None, None] == [work["place"]["passage"] for work in person.get("/works")["works"]]


def test_without_library(person: Person, emma: Path) -> None:
    """Who may not see the library gets no sentence out of it, though the book is there."""
    person.kobo.push(document(emma), POINTER, 0.5)
    command("user", "set", "ann", "library=no", data=person.data)

    assert person.get("/works")["works"][0]["place"]["passage"] is None


def test_disk_is_away(person: Person, emma: Path) -> None:
    """A file that is not there any more gives no sentence, and the places stay."""
    person.kobo.push(document(emma), POINTER, 0.5)
    emma.unlink()
    place = person.get(f"/works/{person.work()}")["place"]

    assert (None, POINTER) == (place["passage"], place["value"])
