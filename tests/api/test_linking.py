"""Single identifiers, linked and unlinked by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from placekeeper.formats.fingerprint import koreader_partial_md5
from tests.api.person import Person
from tests.kosync.client import md5
from tests.library.room import book
from tests.opds_progression.conftest import until
from tests.running import RunningServer, command

LONG = "It was a fine day, and nobody said a word. " * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book(tmp_path / "books" / "emma.epub", "Emma", text=LONG)
    book(tmp_path / "books" / "persuasion.epub", "Persuasion")
    return tmp_path / "books"


@pytest.fixture
def person(start: Callable[..., RunningServer], folder: Path) -> Person:
    person = Person(start("--library", str(folder)))
    until(lambda: person.get("/library")["publications"] == 2)
    return person


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return koreader_partial_md5(file)


def publications(person: Person) -> dict[str, dict[str, Any]]:
    """The library's, by title."""
    feed = httpx2.get(f"{person.base}/opds/v2/publications", auth=("ann", "secret"), trust_env=False).json()
    return {each["metadata"]["title"]: each for each in feed["publications"]}


def progression(person: Person, title: str) -> float | None:
    """What Thorium is told of a book; None where it has no place."""
    links = publications(person)[title]["links"]
    href = next(link["href"] for link in links if link["rel"] == "http://opds-spec.org/progression")
    answer = httpx2.get(href, auth=("ann", "secret"), trust_env=False)
    return answer.json()["progression"] if answer.content else None


def identifier(person: Person, title: str) -> str:
    links = publications(person)[title]["links"]
    href = next(link["href"] for link in links if link["rel"] == "http://opds-spec.org/progression")
    return str(href.split("/publications/")[1].split("/")[0])


def test_a_book_is_linked(person: Person) -> None:
    """A document that no digest knows is linked to a book; from then on, its place is the book's."""
    person.kobo.push("mine", "/body/DocFragment[1]/body/p/text().1720", 0.4)
    work = person.work()
    assert progression(person, "Emma") is None
    linked = person.post(f"/works/{work}/link", publication=identifier(person, "Emma"))

    assert {"kosync-document", "publication"} == {each["type"] for each in linked["identifiers"]}
    assert 0.4 == pytest.approx(progression(person, "Emma"), abs=0.03)


def test_a_wrong_match_is_taken_apart(person: Person) -> None:
    """A document that was taken for a book by its name goes to a work of its own, and is not taken for that book again."""
    by_name = md5("emma.epub")
    person.kobo.push(by_name, "/body/DocFragment[1]/body/p/text().1720", 0.4)
    work = person.work()
    edition = person.get(f"/works/{work}/matches")["matches"][0]["publications"][0]["edition"]
    assert 0.4 == pytest.approx(progression(person, "Emma"), abs=0.03)
    unlinked = person.post(f"/works/{work}/unlink", type="publication", value=edition)

    assert {"work": None} == unlinked
    assert progression(person, "Emma") is None
    matches = person.get(f"/works/{work}/matches")["matches"]
    assert [] == [each["publications"] for each in matches if each["publications"]]
    assert "you have said that this document is not of that edition" in {each["why"] for each in matches}
    person.kobo.push(by_name, "/body/DocFragment[1]/body/p/text().2150", 0.5)
    assert progression(person, "Emma") is None
    person.post(f"/works/{work}/link", publication=identifier(person, "Emma"))
    assert 0.5 == pytest.approx(progression(person, "Emma"), abs=0.03)


def test_a_document_gets_a_work_of_its_own(person: Person, folder: Path) -> None:
    """What was read in an unlinked document goes with it; each work has the newest place that is its own."""
    person.kobo.push(digest(folder / "emma.epub"), "/body/DocFragment[1]/body/p/text().0", 0.2)
    work = person.work()
    person.post(f"/works/{work}/link", document="other")
    person.kobo.push("other", "/body/p[7]", 0.7)
    assert 0.7 == person.get(f"/works/{work}")["place"]["progression"]
    apart = person.post(f"/works/{work}/unlink", type="kosync-document", value="other")["work"]

    assert 0.2 == person.get(f"/works/{work}")["place"]["progression"]
    assert 0.7 == person.get(f"/works/{apart}")["place"]["progression"]
    assert ["other"] == [each["value"] for each in person.get(f"/works/{apart}")["identifiers"]]
    assert 0.7 == person.kobo.pull("other")["percentage"]
    person.post(f"/works/{work}/merge", status=201, work=apart)
    assert 0.7 == person.get(f"/works/{work}")["place"]["progression"]


def test_a_place_that_was_never_the_head_is_not_lost(person: Person) -> None:
    """A document all of whose readings were held has the newest of them as its place, once it has a work of its own."""
    person.kobo.push("one", "/body/p[9]", 0.9)
    work = person.work()
    person.post(f"/works/{work}/link", document="two")
    for day in (5, 4):
        person.kindle.push("two", f"/body/p[{day}]", day / 10)
    readings = person.get(f"/works/{work}/readings")["readings"]
    apart = person.post(f"/works/{work}/unlink", type="kosync-document", value="two")["work"]

    assert "two" in {reading["document"] for reading in readings}
    assert 0.4 == person.get(f"/works/{apart}")["place"]["progression"]
    assert {work, apart} == {each["id"] for each in person.get("/works")["works"]}


def test_what_makes_no_sense(person: Person) -> None:
    """Links to two things or none, to what leads elsewhere, and the last link of a work are problems, and change nothing."""
    person.kobo.push("one", "/body/p[1]", 0.1)
    one = person.work()
    person.kobo.push("two", "/body/p[2]", 0.2)
    two = person.work()
    before = [person.get(f"/works/{work}") for work in (one, two)]

    assert "publication or document: one of them" == person.post(f"/works/{one}/link", 400)["detail"]
    assert 400 == person.post(f"/works/{one}/link", 400, document="d", publication="p")["status"]
    assert f"leads to the work {two}" in person.post(f"/works/{one}/link", 400, document="two")["detail"]
    assert 404 == person.post(f"/works/{one}/link", 404, publication="none")["status"]
    assert 404 == person.post("/works/none/link", 404, document="new")["status"]
    assert 400 == person.post(f"/works/{one}/link", 400, document="")["status"]
    assert "nothing else leads" in person.post(f"/works/{one}/unlink", 400, type="kosync-document", value="one")["detail"]
    assert 404 == person.post(f"/works/{one}/unlink", 404, type="kosync-document", value="two")["status"]
    assert 404 == person.post(f"/works/{one}/unlink", 404, type="publication", value="none")["status"]
    assert before == [person.get(f"/works/{work}") for work in (one, two)]


def test_what_is_joined_is_parted_first(person: Person) -> None:
    """What came with a work that was joined goes back with it, and not alone; a joined work is not linked."""
    person.kobo.push("one", "/body/p[1]", 0.1)
    one = person.work()
    person.kobo.push("two", "/body/p[2]", 0.2)
    two = person.work()
    person.post(f"/works/{one}/merge", status=201, work=two)

    assert "part them" in person.post(f"/works/{one}/unlink", 400, type="kosync-document", value="two")["detail"]
    assert "part them" in person.post(f"/works/{two}/link", 400, document="new")["detail"]


def test_without_library(person: Person) -> None:
    """Who may not see the library can't link to it, nor learn whether a publication is there."""
    person.kobo.push("one", "/body/p[1]", 0.1)
    there = identifier(person, "Emma")
    command("user", "set", "ann", "library=no", data=person.data)
    answers = [person.post(f"/works/{person.work()}/link", 404, publication=each) for each in (there, "none")]

    assert answers[0] == answers[1]


def test_editions_are_not_told(person: Person, folder: Path) -> None:
    """Who may not see the library can't tell by unlinking whether an edition is there."""
    person.kobo.push(digest(folder / "emma.epub"), "/body/p[1]", 0.1)
    editions = person.get(f"/works/{person.work()}")["identifiers"]
    there = next(each["value"] for each in editions if each["type"] == "publication")
    command("user", "set", "ann", "library=no", data=person.data)
    person.kobo.push("one", "/body/p[1]", 0.1)
    answers = [person.post(f"/works/{person.work()}/unlink", 404, type="publication", value=each) for each in (there, "none")]

    assert answers[0] == answers[1]
    assert ["kosync-document"] == [each["type"] for each in person.get(f"/works/{person.work()}")["identifiers"]]
    assert 400 == person.post(f"/works/{person.work()}/unlink", 400, type="denied", value="one")["status"]
