"""Everything that an account has, as one file."""

from tests.annotations.client import PalaceClient, href_progression
from tests.api.person import Person
from tests.running import command


def test_everything_is_in_it(person: Person) -> None:
    """Each work with all its readings, joined ones as works of their own, runs, devices; nothing secret."""
    for document in ("one", "two", "three"):
        for turn in range(1, 4):
            person.kobo.push(document, f"/body/p[{turn}]", turn / 10, metadata={"title": document})
    works = {each["title"]: each["id"] for each in person.get("/works")["works"]}
    person.post(f"/works/{works['one']}/merge", 201, work=works["two"])
    person.post(f"/works/{works['three']}/state", state="finished")
    answer = person.http.get("/export")
    whole = answer.json()
    exported = {each["id"]: each for each in whole["works"]}

    assert 'attachment; filename="placekeeper.json"' == answer.headers["content-disposition"]
    assert ("placekeeper-account-1", "ann") == (whole["format"], whole["account"])
    assert set(works.values()) == set(exported)
    assert {3} == {len([each for each in work["readings"] if each["document"] == name]) for name, work in
                   ((name, exported[id_]) for name, id_ in works.items())}  # fmt: skip
    assert works["one"] == exported[works["two"]]["merged_into"]
    assert "finished" == exported[works["three"]]["runs"][-1]["state"]
    assert ["Kobo"] == [each["name"] for each in whole["devices"] if each["kind"] == "kosync"]
    token = person.http.headers["authorization"].split()[1]
    assert token not in answer.text
    assert "argon2" not in answer.text


def test_long_history(person: Person) -> None:
    """A history of more rows than are read at one go is whole, newest first."""
    for turn in range(1, 531):
        person.kobo.push("one", f"/body/p[{turn}]", turn / 1000)
    (work,) = person.get("/export")["works"]

    assert [f"/body/p[{turn}]" for turn in range(530, 0, -1)] == [each["value"] for each in work["readings"]]


def test_nobody_elses(person: Person) -> None:
    """An account that has read nothing exports nothing, whatever others have read."""
    person.kobo.push("one", "/body/p[1]", 0.1)
    command("user", "add", "bob", "--password-stdin", data=person.data, stdin="secret\n")
    token = command("user", "token", "bob", "--name", "t", "--scope", "account", data=person.data).stdout.strip()
    person.http.headers["authorization"] = f"Bearer {token}"

    assert ([], []) == (person.get("/export")["works"], person.get("/export")["devices"])


def test_annotations_are_in_it(person: Person) -> None:
    """Bookmarks of Palace's apps and annotations of every kind are in the export as they were sent; deleted ones are not."""
    palace = PalaceClient(person.base, "ann", password="secret")
    value = href_progression("one.xhtml", 0.5)
    palace.mark("urn:isbn:1", value)
    palace.delete(palace.mark("urn:isbn:2", value)["id"])
    note = {"type": "Annotation", "motivation": "commenting", "target": "urn:isbn:1", "x": [1, 2.50, None]}
    palace.http.post(f"{person.base}/annotations/w3c/", json=note)
    bookmark, annotation = person.get("/export")["annotations"]

    assert ("bookmarks", "urn:isbn:1", value) == (bookmark["collection"], bookmark["source"], bookmark["content"]["selector"])
    assert ("annotations", note) == (annotation["collection"], {key: annotation["content"][key] for key in note})
