"""The OpenAPI document and the running server agree."""

from collections.abc import Callable
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.api.person import Person
from tests.library.room import book
from tests.opds_progression.conftest import until
from tests.running import RunningServer

ROOT = Path(__file__).parent.parent.parent


def test_every_operation_answers_as_described(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Each operation of the document exists, and what it answers fits its schema, with no member more."""
    book(tmp_path / "books" / "emma.epub", "Emma")
    person = Person(start("--library", str(tmp_path / "books")))
    until(lambda: person.get("/library")["publications"] == 1)
    person.kobo.push("one", "/body/p[1]", 0.1, metadata={"title": "Emma", "authors": "Jane Austen"})
    one = person.work()
    person.kindle.push("two", "/body/p[2]", 0.2)
    two = person.work()
    reading = person.get(f"/works/{one}/readings")["readings"][0]["id"]
    candidate = person.get(f"/works/{one}/matches")["candidates"][0]["id"]
    person.post(f"/works/{one}/restore", 201, reading=reading)
    merge = person.post(f"/works/{one}/merge", 201, work=two)["id"]
    person.post(f"/works/{one}/split", merge=merge)
    person.post(f"/works/{one}/link", publication=candidate)
    person.post(f"/works/{one}/link", document="three")
    person.post(f"/works/{one}/unlink", type="kosync-document", value="three")
    person.post(f"/works/{one}/state", state="finished")
    person.post("/library/scan", 202)
    token = person.post("/tokens", 201, name="t", scopes=["sync"])["id"]
    person.http.delete(f"/tokens/{token}")
    for path in ("/works", f"/works/{one}", f"/works/{one}/devices", f"/works/{one}/runs", "/devices", "/tokens", "/export"):
        person.get(path)

    assert set() == {operation["operationId"] for operation in person.described.operations.values()} - person.described.seen


def test_every_operation_needs_a_token(person: Person) -> None:
    """Without a token each operation is 401, as described, and tells nothing."""
    del person.http.headers["authorization"]
    for method, path in person.described.operations:
        answer = person.http.request(method, path.replace("{work}", "w").replace("{token}", "t"))

        assert (401, 'Bearer realm="placekeeper"') == (answer.status_code, answer.headers["www-authenticate"])


def test_other_methods(person: Person) -> None:
    """A method that the document does not have for a path is 405, and Allow lists those that it has."""
    for path, methods in person.described.document["paths"].items():
        described = {method.upper() for method in methods}
        answer = person.http.request("PUT", path.replace("{work}", "w").replace("{token}", "t"))
        allowed = set(answer.headers["allow"].split(", "))

        assert (405, described) == (answer.status_code, allowed - {"HEAD"})
        assert ("GET" in described) == ("HEAD" in allowed)


def test_the_document_is_sound(person: Person) -> None:
    """Its schemas are schemas, its names are unique, and it is there for everybody."""
    document = person.described.document
    names = [operation["operationId"] for operation in person.described.operations.values()]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)

    assert "3.1.1" == document["openapi"]
    assert len(names) == len(set(names))


def test_the_page_names_every_operation(person: Person) -> None:
    """docs/protocols/api.md has a section for each operation, and for no other."""
    page = (ROOT / "docs" / "protocols" / "api.md").read_text("utf-8")
    sections = {line.removeprefix("## ") for line in page.splitlines() if line.startswith(("## GET", "## POST", "## DELETE"))}

    assert {f"{method} /api{path}" for method, path in person.described.operations} == sections - {"GET /api/openapi.json"}


def test_nothing_new(person: Person) -> None:
    """Who shows the entity tag of an answer gets 304 until something changes."""
    person.kobo.push("one", "/body/p[1]", 0.1)
    for path in ("/works", f"/works/{person.work()}", "/devices", "/tokens", "/openapi.json"):
        tag = person.http.get(path).headers["etag"]
        again = person.http.get(path, headers={"if-none-match": f'"other", W/{tag}'})

        assert (304, b"", tag) == (again.status_code, again.content, again.headers["etag"])
    tag = person.http.get("/works").headers["etag"]
    person.kobo.push("one", "/body/p[2]", 0.2)
    assert 200 == person.http.get("/works", headers={"if-none-match": tag}).status_code


def test_pages_are_alike(person: Person) -> None:
    """Everything that has pages is paged alike: `limit`, `before`, `next`."""
    for number in range(5):
        person.kobo.on(f"Device {number}", f"D{number}").push("one", f"/body/p[{number}]", number / 10)
    work = person.work()
    for path, rows in ((f"/works/{work}/devices", "devices"), ("/devices", "devices"), (f"/works/{work}/readings", "readings")):
        first = person.get(path, limit=3)
        second = person.get(path, limit=3, before=first["next"])

        assert (3, 2, None) == (len(first[rows]), len(second[rows]), second["next"])
        assert person.get(path)[rows] == first[rows] + second[rows]
        assert 400 == person.http.get(path, params={"before": "none"}).status_code
        assert {400} == {person.http.get(path, params={"limit": limit}).status_code for limit in ("0", "201", "x", "")}


def test_heads(person: Person) -> None:
    """HEAD is GET without its body."""
    answer = person.http.head("/works")

    assert (200, b"") == (answer.status_code, answer.content)
    assert answer.headers["etag"] == person.http.get("/works").headers["etag"]
