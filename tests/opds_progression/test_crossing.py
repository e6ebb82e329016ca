"""OPDS Progression, its predecessor and KOSync on the same data: what each says of a place that another wrote."""

import hashlib
import json
from typing import Any

import httpx2
import pytest

from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.kosync.client import KosyncClient
from tests.opds_progression.client import PASSWORD, READIUM, THORIUM, ProgressionClient, at, document, now
from tests.opds_progression.conftest import Shelf, add_account
from tests.opds_progression.flatland import PLACE, digest, pushed
from tests.running import command


def test_a_place_of_koreader(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """Where KOReader is comes as a document: the number by Readium's positions, the chapter, references that lead to the very
    place, KOReader's device, and the time when it arrived.
    """
    pushed(kobo, shelf, flatland)
    said = thorium.get()

    assert flatland.scope.positions.total_progression(PLACE) == said["progression"]
    assert flatland.publication.spine.title(PLACE.resource) == said["title"]
    assert "Kobo" == said["device"]["name"]
    assert said["device"]["id"].startswith("urn:placekeeper:device:")
    assert said["modified"].endswith("Z")
    fragment, element, cfi = said["references"]
    assert "#:~:text=" in fragment
    assert "epub/text/chapter-3.xhtml#chapter-3" == element
    assert f"#{flatland.cfi(PLACE)}".replace("[", "%5B").replace("]", "%5D") == cfi
    assert PLACE.offset - 20 < flatland.read("reference", fragment).point.offset <= PLACE.offset
    assert PLACE == flatland.read("reference", cfi).point


def test_an_app_that_gets_the_digest_wrong(shelf: Shelf, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """An app that takes the first sample at 256, as CrossPoint once did, means the same book."""
    kobo.push(digest(shelf, "Flatland", 256), "/body/DocFragment[9999]/body/p", 0.3)

    assert 0.3 == thorium.get()["progression"]


def test_an_unknown_pointer(shelf: Shelf, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """Where KOReader's pointer leads nowhere, its own number is said, and no reference that would be invented."""
    kobo.push(digest(shelf, "Flatland"), "/body/DocFragment[9999]/body/p", 0.3)
    said = thorium.get()

    assert (0.3, False) == (said["progression"], "references" in said)


def test_by_the_name_of_the_file(shelf: Shelf, flatland: Translator, thorium: ProgressionClient) -> None:
    """KOReader that recognises files by name meets the same work."""
    kobo = thorium.kosync()
    document_ = hashlib.md5(shelf.books["Flatland"].name.encode()).hexdigest()
    kobo.push(document_, flatland.xpointer(PLACE)[0].released(), 0.3)

    assert flatland.scope.positions.total_progression(PLACE) == thorium.get()["progression"]


def test_the_place_said_back(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """Thorium opens KOReader's place and reports it as its own number: no news. KOReader keeps its exact pointer and device,
    Thorium its own document, and the next page turned is the place.
    """
    pointer = pushed(kobo, shelf, flatland)
    told = thorium.get()
    back = document(told["progression"] + 1e-12, now(1))

    assert back == thorium.put(back)
    assert json.dumps(back).encode() == thorium.stored()
    answer = kobo.pull(digest(shelf, "Flatland"))
    assert (pointer, "Kobo") == (answer["progress"], answer["device"])
    on = document(told["progression"] + 0.02, now(2))
    assert on == thorium.put(on)
    assert on == thorium.get()


def test_the_place_said_back_by_two(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """A second app that says back what the first one has taken over moves nothing either: the place is still KOReader's."""
    pushed(kobo, shelf, flatland)
    thorium.put(document(thorium.get()["progression"], now(0)))
    enve = ProgressionClient(thorium.base, thorium.user, thorium.publication, agent="Enve")
    back = document(enve.get()["progression"], now(1), device={"id": "urn:uuid:2", "name": "Enve"})
    enve.put(back)
    made = readium(thorium).json()

    assert back == thorium.get()
    assert "Kobo" == made["device"]["name"]
    assert PLACE == flatland.read("readium-progression", made).point


def test_what_was_taken_over_counts(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """After the place was said back, a document between the two times is not newer than what is stored."""
    pushed(kobo, shelf, flatland)
    told = thorium.get()
    back = thorium.put(document(told["progression"], now(-0.0001)))
    thorium.put(document(0.9, at(0)), check=409)

    assert back == thorium.get()
    assert back == thorium.put(back)


def test_our_own_document_again(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """The document that was made of KOReader's place, sent back as it is, is a replay: 200, and nothing changes."""
    pushed(kobo, shelf, flatland)
    made = thorium.stored()

    assert json.loads(made) == thorium.put(made)
    assert made == thorium.stored()


def test_older_than_koreader(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """What was read before KOReader's report arrived is not the place, and is kept."""
    pushed(kobo, shelf, flatland)
    told = thorium.get()
    thorium.put(document(0.9, at(0)), check=409)

    assert told == thorium.get()


def test_the_end(shelf: Shelf, flatland: Translator, thorium: ProgressionClient) -> None:
    """Who is told 1.0 and opens 0.95 of the last resource, as Thorium does, has not gone back."""
    mina = ProgressionClient(thorium.base, thorium.user, thorium.publication, agent="Enve")
    last = Point(len(flatland.publication.spine.items) - 1, 10**9)
    kobo = thorium.kosync()
    kobo.push(digest(shelf, "Flatland"), flatland.xpointer(last)[0].released(), 1.0)
    end = mina.get()["progression"]
    positions = flatland.scope.positions
    applied = positions.total_progression(positions.from_progression(last.resource, 0.95).point)
    thorium.put(document(applied if end == 1.0 else end, now(1)))

    assert 1.0 == kobo.pull(digest(shelf, "Flatland"))["percentage"]


def readium(reader: ProgressionClient, method: str = "GET", said: Any = None, *, apart: bool = True) -> httpx2.Response:
    """The predecessor, at a path of its own or by its media type."""
    headers = {} if apart else {"accept": READIUM, "content-type": READIUM}
    path = reader.path + "/readium" if apart else reader.path
    body = {} if said is None else {"content": said if isinstance(said, bytes) else json.dumps(said).encode()}
    return reader.send(method, path=path, headers=headers, **body)


def locator(modified: str, href: str = "epub/text/chapter-2.xhtml", **locations: Any) -> dict[str, Any]:
    device = {"id": "any id", "name": "Cantook"}
    return {"modified": modified, "device": device, "locator": {"href": href, "type": "text/html", "locations": locations}}


@pytest.mark.parametrize("apart", [{"apart": True}, {"apart": False}], ids=["path", "headers"])
def test_predecessor(thorium: ProgressionClient, apart: dict[str, bool]) -> None:
    """The predecessor: 204 where there is nothing and after a PUT, 409 for what is not later, 400 for what is no document."""
    first, second = locator(at(0), progression=0.5), locator(at(9), progression=0.6)

    assert (204, b"") == ((got := readium(thorium, **apart)).status_code, got.content)
    assert 204 == readium(thorium, "PUT", first, **apart).status_code
    assert 204 == readium(thorium, "PUT", second, **apart).status_code
    assert 409 == readium(thorium, "PUT", first, **apart).status_code
    assert 204 == readium(thorium, "PUT", second, **apart).status_code
    assert 400 == readium(thorium, "PUT", document(0.5, at(20)), **apart).status_code
    got = readium(thorium, **apart)
    assert (200, READIUM, second) == (got.status_code, got.headers["content-type"], got.json())
    assert json.dumps(second).encode() == got.content


def test_predecessor_meets_today(flatland: Translator, thorium: ProgressionClient) -> None:
    """A locator becomes a number and references, and a document becomes a locator, at the same place."""
    place = flatland.read("locator", locator(at(0), progression=0.5)["locator"]).point
    readium(thorium, "PUT", locator(at(0), progression=0.5))
    said = thorium.get()

    assert flatland.scope.positions.total_progression(place) == said["progression"]
    assert place == flatland.read("opds-progression", said).point
    assert "Cantook" == said["device"]["name"]
    thorium.put(document(0.6, at(9)))
    made = readium(thorium).json()
    assert flatland.read("progression", 0.6).point == flatland.read("readium-progression", made).point
    assert (at(9), THORIUM) == (made["modified"], made["device"])


def test_references_are_understood(flatland: Translator, thorium: ProgressionClient) -> None:
    """References, and the fragments of the earlier draft, say better than the number where somebody is."""
    href = flatland.publication.spine.items[PLACE.resource].href
    start = flatland.publication.resource(PLACE.resource).document.text.find(" ", PLACE.offset) + 1
    exact = Point(PLACE.resource, start)
    references = flatland.references(exact)
    for seconds, said in enumerate([{"references": references[:1]}, {"fragments": [references[-1][1:]]}, {"references": [href]}]):
        thorium.put(document(flatland.scope.positions.total_progression(exact), at(seconds), **said), check=200 + (seconds == 0))
        made = readium(thorium).json()

        assert abs(exact.offset - flatland.read("readium-progression", made).point.offset) <= 1


def test_earlier_draft(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """A client that sends `fragments` gets its own document back untouched, and both lists where another app moved the place."""
    enve = ProgressionClient(thorium.base, thorium.user, thorium.publication, agent="Old")
    said = document(0.2, at(0), fragments=["t=1", "par36"])
    enve.put(said, check=201)
    assert said == enve.get() == thorium.get()
    pushed(kobo, shelf, flatland)
    both = enve.get()

    assert [each.partition("#")[2] for each in both["references"]] == both["fragments"]
    assert "fragments" not in thorium.get()


def test_pages(shelf: Shelf) -> None:
    """KOReader's page of a PDF is `#page=`, of a comic its image; numbers count one position for each page."""
    for title, page, reference in (
        ("Pride and Prejudice, by Jane Austen", 6, "#page=6"),
        ("Science Comics 001 (first 8 pages)", 3, None),
    ):
        reader = shelf.reader(title)
        reader.kosync().push(digest(shelf, title), str(page), 0.4)
        said = reader.get()
        made = readium(reader).json()["locator"]

        assert page == made["locations"]["position"]
        assert made["locations"]["totalProgression"] == said["progression"]
        assert [reference or made["href"]] == said["references"]


PDF, COMIC = "Pride and Prejudice, by Jane Austen", "Science Comics 001 (first 8 pages)"


def test_pages_that_are_said(shelf: Shelf) -> None:
    """In a PDF or a comic, the page that a reference or a locator says counts before the number, which may be rounded or none."""
    reader = shelf.reader(PDF)
    kobo, pages = reader.kosync(), [100, 99, 5, 234]
    for seconds, page in enumerate(pages):
        reader.put(document(0.01, at(seconds), references=[f"pg_1342.pdf#page={page}"]), check=200 + (seconds == 0))
        assert str(page) == kobo.pull(digest(shelf, PDF))["progress"]
    reader.put(document(0.3, at(20), references=["#page=9999"]))
    assert "9999" != kobo.pull(digest(shelf, PDF))["progress"]
    for seconds, locations in enumerate([{"position": 150}, {"fragments": ["page=150"]}, {"totalProgression": 149.5 / 234}]):
        said = locator(at(30 + seconds), "publication.pdf", **locations)
        assert 204 == readium(reader, "PUT", said).status_code
        assert "150" == kobo.pull(digest(shelf, PDF))["progress"]
    kobo.push(digest(shelf, PDF), "12", 0.05)
    made = readium(reader).json()["locator"]
    assert ("pg_1342.pdf", ["page=12"]) == (made["href"], made["locations"]["fragments"])
    comic = shelf.reader(COMIC)
    comic.kosync().push(digest(shelf, COMIC), "5", 0.5)
    href = readium(comic).json()["locator"]["href"]
    comic.put(document(0.1, now(1), references=["other.jpg", href]))
    assert "5" == comic.kosync().pull(digest(shelf, COMIC))["progress"]


def test_without_library(shelf: Shelf) -> None:
    """An account that may not see the library gets 404 whatever it asks, and its KOSync knows nothing of any file."""
    name = add_account(shelf.running.data, library=False)
    outsider = ProgressionClient(shelf.running.base, name, shelf.ids["Flatland"])
    outsider.kosync().push(digest(shelf, "Flatland"), "/body/DocFragment[3]/body/p", 0.3)

    assert 404 == outsider.send("GET").status_code
    assert 404 == outsider.send("PUT", json=document()).status_code
    assert 404 == readium(outsider).status_code
    assert {} == outsider.kosync().pull(hashlib.md5(shelf.books["Flatland"].name.encode()).hexdigest())


def test_a_token_as_password(shelf: Shelf, thorium: ProgressionClient) -> None:
    """Tokens work as password and as bearer."""
    made = command("user", "token", thorium.user, "--name", "thorium", "--scope", "catalog", data=shelf.running.data)
    token = made.stdout.split()[-1]
    thorium.http.auth = (thorium.user, token)
    assert None is thorium.get()
    thorium.http.auth = None
    thorium.http.headers["authorization"] = f"Bearer {token}"
    thorium.put(document(0.2, at(0)), check=201)

    assert PASSWORD != token
    assert 0.2 == thorium.get()["progression"]


def test_times(shelf: Shelf) -> None:
    """In an audiobook a reference to a time becomes a locator in its track, and a locator a time; numbers count seconds."""
    reader = shelf.reader("Flatland (test tones)")
    reader.put(document(0.9, at(0), references=["#t=70.5"]), check=201)
    made = readium(reader).json()["locator"]

    assert ("audio/flatland_2.mp3", ["t=9.500"]) == (made["href"], made["locations"]["fragments"])
    assert 204 == readium(reader, "PUT", locator(at(9), "audio/flatland_3.mp3", fragments=["t=10"])).status_code
    said = reader.get()
    assert ["audio/flatland_3.mp3#t=10", "#t=116.5"] == said["references"]
    assert abs(116.5 / 301.75 - said["progression"]) < 1e-9


def test_a_locator_that_leads_nowhere(thorium: ProgressionClient) -> None:
    """A locator to no resource of the publication is 400 if it says no number, for it must not become the beginning; else it is
    taken.
    """
    wrong = locator(at(0), "no/such/file.xhtml", progression=0.5)
    assert 400 == readium(thorium, "PUT", wrong).status_code
    assert None is thorium.get()
    assert 204 == readium(thorium, "PUT", locator(at(0), "no/such/file.xhtml", totalProgression=0.5)).status_code
    assert abs(0.5 - thorium.get()["progression"]) < 1e-4


def test_the_library_is_closed_to_an_account(shelf: Shelf, thorium: ProgressionClient) -> None:
    """An account that may no longer see the library is out at once, and its place is there again when it may."""
    said = document(0.4, at(0))
    thorium.put(said, check=201)
    command("user", "set", thorium.user, "library=no", data=shelf.running.data)
    assert (404, 404) == (thorium.send("GET").status_code, thorium.send("PUT", json=document(0.5, at(1))).status_code)
    command("user", "set", thorium.user, "library=yes", data=shelf.running.data)

    assert said == thorium.get()


def test_an_account_where_the_latest_wins(shelf: Shelf, thorium: ProgressionClient) -> None:
    """Where the account asks for it, what arrives last is the place, whatever the times say; a replay still changes nothing."""
    command("user", "set", thorium.user, "arbiter=latest", data=shelf.running.data)
    thorium.put(document(0.4, at(10)), check=201)
    late = document(0.2, at(0))

    assert late == thorium.put(late)
    assert late == thorium.put(late)
    assert late == thorium.get()
