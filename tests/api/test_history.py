"""Looking back over `/api`, and taking a place back."""

from tests.api.person import Person


def test_metadata_names_the_work(person: Person) -> None:
    """What KOReader tells of a book names it, and a later push without it does not take the name away."""
    book = {"title": "Leaves of Grass", "authors": "Walt Whitman", "filename": "leaves.epub"}
    person.kobo.push("d1", "/body/p[1]", 0.1, metadata=book)
    person.kobo.push("d1", "/body/p[2]", 0.2)
    person.kobo.push("d1", "/body/p[3]", 0.3, metadata={"title": "Leaves of Grass, 1855"})
    work = person.get("/works")["works"][0]

    assert ("Leaves of Grass, 1855", "Walt Whitman", "leaves.epub") == (work["title"], work["authors"], work["filename"])
    assert 0.3 == work["place"]["progression"]
    assert [{"type": "kosync-document", "value": "d1", "document": "d1"}] == person.get(f"/works/{work['id']}")["identifiers"]


def test_every_push_is_kept_with_its_outcome(person: Person) -> None:
    """History lists all that was said, newest first, with outcome, effect and a reason in words."""
    for turn in range(1, 4):
        person.kobo.push("d1", f"/body/p[{turn}]", turn / 10)
    person.kobo.push("d1", "/body/p[3]", 0.3)
    work = person.get("/works")["works"][0]["id"]
    readings = person.get(f"/works/{work}/readings")["readings"]

    assert ["echo", "same-device", "same-device", "first"] == [reading["outcome"] for reading in readings]
    assert ["sighting", "head", "head", "head"] == [reading["effect"] for reading in readings]
    assert all(reading["reason"] for reading in readings)
    assert ["/body/p[3]", "/body/p[3]", "/body/p[2]", "/body/p[1]"] == [reading["value"] for reading in readings]


def test_pages_of_history(person: Person) -> None:
    """A long history comes in pages that overlap nowhere and miss nothing."""
    for turn in range(1, 8):
        person.kobo.push("d1", f"/body/p[{turn}]", turn / 10)
    work = person.get("/works")["works"][0]["id"]
    values, before = [], None
    while True:
        page = person.get(f"/works/{work}/readings", limit=3, **({"before": before} if before else {}))
        values += [reading["value"] for reading in page["readings"]]
        before = page["next"]
        if before is None:
            break

    assert [f"/body/p[{turn}]" for turn in range(7, 0, -1)] == values


def test_devices_have_places_of_their_own(person: Person) -> None:
    """Each device's own place is known, and what it has seen."""
    person.kobo.push("d1", "/body/p[5]", 0.5)
    person.kindle.push("d1", "/body/p[6]", 0.6)
    work = person.get("/works")["works"][0]["id"]
    places = {row["device"]["name"]: row["place"]["value"] for row in person.get(f"/works/{work}/devices")["devices"]}

    assert {"Kobo": "/body/p[5]", "Kindle": "/body/p[6]"} == places
    assert {"Kobo", "Kindle"} == {device["name"] for device in person.get("/devices")["devices"]}


def test_restore(person: Person) -> None:
    """An earlier reading becomes the place again, as a reading of the device "placekeeper" that KOReader takes for newer."""
    first = person.kobo.push("d1", "/body/p[5]", 0.5)
    person.kobo.push("d1", "/body/p[9]", 0.9)
    work = person.get("/works")["works"][0]["id"]
    chosen = person.get(f"/works/{work}/readings")["readings"][-1]
    answer = person.http.post(f"/works/{work}/restore", json={"reading": chosen["id"]})
    place = person.kobo.pull("d1")

    assert (201, "chosen") == (answer.status_code, answer.json()["outcome"])
    assert ("/body/p[5]", 0.5, "placekeeper") == (place["progress"], place["percentage"], place["device"])
    assert place["timestamp"] >= first["timestamp"]


def test_restore_of_what_is_not_there(person: Person) -> None:
    """A reading of another work, or none at all, is 404 with problem details."""
    person.kobo.push("d1", "/body/p[5]", 0.5)
    person.kobo.push("d2", "/body/p[6]", 0.6)
    works = person.get("/works")["works"]
    other = person.get(f"/works/{works[0]['id']}/readings")["readings"][0]["id"]
    answer = person.http.post(f"/works/{works[1]['id']}/restore", json={"reading": other})

    assert (404, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert {"title": "Not found", "status": 404, "detail": "there is no such reading of this work"} == answer.json()


def test_works_come_newest_first(person: Person) -> None:
    """The work that was read last stands first; pages of works overlap nowhere."""
    for number in range(5):
        person.kobo.push(f"d{number}", "/body/p[1]", 0.1, metadata={"title": f"Book {number}"})
    person.kobo.push("d1", "/body/p[2]", 0.2)
    first = person.get("/works", limit=3)
    second = person.get("/works", limit=3, before=first["next"])

    assert ["Book 1", "Book 4", "Book 3", "Book 2", "Book 0"] == [work["title"] for work in first["works"] + second["works"]]
    assert second["next"] is None


def test_works_are_joined_and_parted(person: Person) -> None:
    """Two works become one by the API, and two again; what makes no sense is a problem."""
    for document in ("d1", "d2"):
        person.kobo.push(document, "/body/p[1]", 0.1)
    two, one = (work["id"] for work in person.get("/works")["works"])
    made = person.http.post(f"/works/{one}/merge", json={"work": two})
    merge = made.json()

    assert (201, one, two, None) == (made.status_code, merge["into"], merge["work"], merge["undone"])
    assert [one] == [work["id"] for work in person.get("/works")["works"]]
    assert [merge["id"]] == [each["id"] for each in person.get(f"/works/{one}")["merged"]]
    assert one == person.get(f"/works/{two}")["merged_into"]
    assert {"d1", "d2"} == {each["document"] for each in person.get(f"/works/{one}/readings")["readings"]}
    assert 400 == person.http.post(f"/works/{one}/merge", json={"work": two}).status_code
    assert 404 == person.http.post(f"/works/{one}/merge", json={"work": "none"}).status_code
    assert 400 == person.http.post(f"/works/{one}/merge", json={"works": two}).status_code
    assert 404 == person.http.post(f"/works/{one}/split", json={"merge": "none"}).status_code
    undone = person.http.post(f"/works/{one}/split", json={"merge": merge["id"]})
    assert (200, merge["id"]) == (undone.status_code, undone.json()["id"])
    assert {one, two} == {work["id"] for work in person.get("/works")["works"]}


def test_names_of_joined_works(person: Person) -> None:
    """A work that nobody has named is called as the one that is joined to it, as long as it is."""
    person.kobo.push("d1", "/body/p[1]", 0.1)
    one = person.work()
    person.kobo.push("d2", "/body/p[2]", 0.2, metadata={"title": "Emma", "authors": "Jane Austen"})
    merge = person.post(f"/works/{one}/merge", 201, work=person.work())
    work = person.get(f"/works/{one}")

    assert ("Emma", "Jane Austen") == (work["title"], work["authors"])
    person.post(f"/works/{one}/split", merge=merge["id"])
    assert person.get(f"/works/{one}")["title"] is None


def test_a_book_is_marked(person: Person) -> None:
    """A work is marked finished, given up, or begun again by the API; what makes no sense is a problem."""
    person.kobo.push("d1", "/body/p[1]", 0.4)
    work = person.get("/works")["works"][0]["id"]
    (run,) = person.get(f"/works/{work}/runs")["runs"]
    assert (1, "reading", None) == (run["run"], run["state"], run["finished"])

    def mark(state: str) -> list[str]:
        answer = person.http.post(f"/works/{work}/state", json={"state": state})
        assert 200 == answer.status_code
        return [each["state"] for each in answer.json()["runs"]]

    assert ["finished"] == mark("finished")
    assert ["finished", "reading"] == mark("again")
    assert ["finished", "abandoned"] == mark("abandoned")
    assert ["finished", "abandoned"] == [each["state"] for each in person.get(f"/works/{work}/runs")["runs"]]
    assert 0.4 == person.get(f"/works/{work}")["place"]["progression"]
    assert 400 == person.http.post(f"/works/{work}/state", json={"state": "burnt"}).status_code
    assert 404 == person.http.post("/works/none/state", json={"state": "finished"}).status_code
    assert 404 == person.http.get("/works/none/runs").status_code
