"""Why a document is, or is not, a book of the library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from placekeeper.formats.fingerprint import koreader_partial_md5
from tests.api.person import Person
from tests.files import copied
from tests.kosync.client import md5
from tests.library.room import book
from tests.opds_progression.conftest import until
from tests.running import RunningServer, command
from tests.shared import shared

TWINS = ("md5-collision-a.epub", "md5-collision-b.epub")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return koreader_partial_md5(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    book(folder / "emma.epub", "Emma")
    for name in TWINS:
        copied(shared("corpus", "damaged", name), folder)
    return folder


@pytest.fixture
def person(start: Callable[..., RunningServer], folder: Path) -> Person:
    person = Person(start("--library", str(folder)))
    until(lambda: person.get("/library")["publications"] == 3)
    return person


def matches(person: Person, document: str, **metadata: str) -> Any:
    """What is said of a document that is pushed."""
    person.kobo.push(document, "/body/p[1]", 0.5, **({"metadata": metadata} if metadata else {}))
    return person.get(f"/works/{person.get('/works')['works'][0]['id']}/matches")


def test_found_by_its_content(person: Person, folder: Path) -> None:
    """A document whose digest a file has is that book, and so is its edition."""
    document, edition = matches(person, digest(folder / "emma.epub"))["matches"]

    assert ("kosync-document", "koreader-partial-md5") == (document["type"], document["by"])
    assert "found by KOReader's digest of the content" == document["why"]
    assert [("Emma", "emma.epub", None)] == [(each["title"], each["file"], each["missing"]) for each in document["publications"]]
    assert "the edition of the library that this work is read in" == edition["why"]


def test_found_by_its_name(person: Person) -> None:
    """A match by name says how weak it is, and does not make the work that of an edition."""
    (document,) = matches(person, md5("emma.epub"))["matches"]

    assert "found by the digest of the file's name; another file of that name would match as well" == document["why"]


def test_in_doubt(person: Person, folder: Path) -> None:
    """A digest that two books share leads to none of them, unless the app says what the book is called."""
    document = digest(folder / TWINS[0])
    assert document == digest(folder / TWINS[1])
    (said,) = matches(person, document)["matches"]
    assert "KOReader's digest of the content is shared by 2 books of the library: none is taken" == said["why"]
    assert set(TWINS) == {each["file"] for each in said["publications"]}


def test_decided_by_what_it_is_called(person: Person, folder: Path) -> None:
    """The file's name, or the title, tells two books with one digest apart."""
    said = matches(person, digest(folder / TWINS[0]), filename=TWINS[1])["matches"]
    edition = next(each for each in said if each["type"] == "publication")

    assert [TWINS[1]] == [each["file"] for each in edition["publications"]]
    assert any(each["why"].endswith("taken for the one that this work is read in") for each in said)


def test_candidates(person: Person) -> None:
    """A document that nobody knows might be the book that it is called like; it is not taken for it."""
    said = matches(person, "0" * 32, title="EMMA")

    assert ["no file of the library has this digest, nor had it before"] == [each["why"] for each in said["matches"]]
    assert ["Emma"] == [each["title"] for each in said["candidates"]]


def test_without_library(person: Person, folder: Path) -> None:
    """Who may not see the library learns of no file."""
    said = matches(person, digest(folder / "emma.epub"))
    command("user", "set", "ann", "library=no", data=person.data)
    hidden = person.get(f"/works/{person.get('/works')['works'][0]['id']}/matches")

    assert any(each["publications"] for each in said["matches"])
    assert {"this account does not see the library"} == {each["why"] for each in hidden["matches"]}
    assert [] == [each["publications"] for each in hidden["matches"] if each["publications"]]


def test_no_such_work(person: Person) -> None:
    """A work of nobody's is not found."""
    assert 404 == person.http.get("/works/nothing/matches").status_code
