"""Places of books of the library: KOReader, Thorium and Palace on one place, each in its own words."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.annotations.client import (
    ANDROID,
    BOOKMARKING,
    CHAPTER,
    DEVICE,
    IOS,
    PROGRESS,
    TIME,
    PalaceClient,
    href_progression,
    moment,
    readium,
)
from tests.kosync.client import KosyncClient, md5
from tests.opds_progression.client import PASSWORD, ProgressionClient, document, now
from tests.opds_progression.conftest import Shelf, add_account
from tests.opds_progression.flatland import PLACE, digest, pushed
from tests.positions.quote_truth import Sentences
from tests.running import RunningServer, command

Maker = Callable[..., PalaceClient]
PDF, COMIC, AUDIO = "Pride and Prejudice, by Jane Austen", "Science Comics 001 (first 8 pages)", "Flatland (test tones)"

SECOND = '{"@type":"LocatorAudioBookTime","@version":2,"readingOrderItem":"%s","readingOrderItemOffsetMilliseconds":%d}'


def sentence(flatland: Translator, where: Point) -> tuple[int, int]:
    return Sentences(flatland.publication).at(where)


@pytest.fixture(scope="module")
def flatland(shelf: Shelf) -> Translator:
    return Translator(open_publication(shelf.books["Flatland"]))


@pytest.fixture
def kobo(shelf: Shelf, user: str) -> KosyncClient:
    return KosyncClient(shelf.running.base, user, md5(PASSWORD), device="Kobo", device_id="K1")


@pytest.fixture
def thorium(shelf: Shelf, user: str) -> ProgressionClient:
    return ProgressionClient(shelf.running.base, user, shelf.ids["Flatland"])


def urn(shelf: Shelf, title: str) -> str:
    return f"urn:uuid:{shelf.ids[title]}"


def point(flatland: Translator, locator: dict[str, Any]) -> Point:
    said = {"href": locator["href"], "progression": locator["progressWithinChapter"]}
    return flatland.read("href-progression", said).point


def test_koreader_to_palace(app: Maker, shelf: Shelf, kobo: KosyncClient, flatland: Translator) -> None:
    """Palace opens a book at the character where KOReader is, and is told the chapter, the share of the book, the device."""
    pushed(kobo, shelf, flatland)
    for agent in (ANDROID, IOS):
        place = app(agent=agent).place(urn(shelf, "Flatland")) or {}
        locator = json.loads(place["target"]["selector"]["value"])

        assert "LocatorHrefProgression" == locator["@type"]
        assert PLACE == point(flatland, locator)
        assert not locator["href"].startswith("/")
        assert flatland.publication.spine.title(PLACE.resource) == place["body"][CHAPTER]
        assert flatland.scope.positions.total_progression(PLACE) == pytest.approx(place["body"][PROGRESS])
        assert "K1" == place["body"][DEVICE]


def test_palace_to_koreader_and_thorium(
    app: Maker, shelf: Shelf, kobo: KosyncClient, thorium: ProgressionClient, flatland: Translator
) -> None:
    """KOReader gets a pointer to the character where Palace is, Thorium references; both know the app and its time."""
    said = flatland.href_progression(PLACE)
    at = moment(-100)
    app().idle(urn(shelf, "Flatland"), href_progression("/" + said["href"], said["progression"]), at=at)
    pulled, shown = kobo.pull(digest(shelf, "Flatland")), thorium.get()

    assert PLACE == flatland.read("xpointer", pulled["progress"]).point
    assert sentence(flatland, PLACE) == sentence(flatland, flatland.read("opds-progression", shown).point)
    assert "Palace for Android" == pulled["device"] == shown["device"]["name"]
    assert at[:-1] == shown["modified"][: len(at) - 1]


def test_the_reading_position_of_ios(app: Maker, shelf: Shelf, user: str, kobo: KosyncClient, flatland: Translator) -> None:
    """A raw Readium locator is read by all, and comes back as it was to its writer; another iPhone gets what it looks for."""
    locator = flatland.locator(PLACE)
    value = json.dumps(locator | {"locations": locator["locations"]})
    ios, other = app(agent=IOS), app(agent=IOS)
    other.sign_in(user)
    ios.idle(urn(shelf, "Flatland"), value)

    assert PLACE == flatland.read("xpointer", kobo.pull(digest(shelf, "Flatland"))["progress"]).point
    assert value == (ios.place(urn(shelf, "Flatland")) or {})["target"]["selector"]["value"]
    told = other.locator(urn(shelf, "Flatland"))
    inside, total = (locator["locations"][key] for key in ("progression", "totalProgression"))
    assert {"@type": "LocatorHrefProgression", "progressWithinChapter": inside, "progressWithinBook": total} | locator == told
    android = app().locator(urn(shelf, "Flatland"))
    assert "LocatorHrefProgression" == android["@type"]
    assert PLACE == point(flatland, android)


def test_devices_without_names(app: Maker, shelf: Shelf, user: str) -> None:
    """Two iPhones that say no device of themselves are two devices, by the tokens that they have."""
    for number in range(2):
        ios = app(agent=IOS)
        ios.sign_in(user, wait=number)
        ios.idle(urn(shelf, "Flatland"), href_progression("epub/text/chapter-1.xhtml", 0.1 + number / 2), at=moment(number))
    token = command("user", "token", user, "--name", "api", "--scope", "account", data=shelf.running.data).stdout.strip()
    bearer = {"authorization": f"Bearer {token}"}
    devices = ios.http.get(f"{shelf.running.base}/api/devices", headers=bearer, auth=None).json()["devices"]

    assert ["Palace for iOS"] * 2 == [each["name"] for each in devices if each["kind"] == "simplified"]


def test_raw_locators_without_a_file(app: Maker) -> None:
    """Where no file is known, a raw Readium locator becomes what Android reads by its own numbers."""
    app(agent=IOS).idle("urn:isbn:1", readium("a%20b.xhtml", 0.25, 0.01))

    assert ("a%20b.xhtml", 0.25) == tuple(app().locator("urn:isbn:1")[key] for key in ("href", "progressWithinChapter"))


def test_an_answer_said_back_is_an_echo(app: Maker, shelf: Shelf, kobo: KosyncClient, flatland: Translator) -> None:
    """Palace opens at the place that it was told and says so: KOReader's place keeps its exact words, device and time."""
    pointer = pushed(kobo, shelf, flatland)
    palace = app()
    told = palace.place(urn(shelf, "Flatland")) or {}
    back = palace.idle(urn(shelf, "Flatland"), told["target"]["selector"]["value"], at=moment(5))
    pulled = kobo.pull(digest(shelf, "Flatland"))

    assert (pointer, "Kobo") == (pulled["progress"], pulled["device"])
    assert told["target"] == back["target"]


def test_round_and_round(app: Maker, shelf: Shelf, kobo: KosyncClient, thorium: ProgressionClient, flatland: Translator) -> None:
    """From KOReader to Palace to Thorium and back, ten times, with a step onward each: always the same sentence."""
    for step in range(10):
        there = Point(PLACE.resource + step, 2_000)
        pushed(kobo, shelf, flatland, there, 0.3 + step / 100)
        assert there == point(flatland, app().locator(urn(shelf, "Flatland")))
        there = Point(there.resource, 4_500)
        said = flatland.href_progression(there)
        app().idle(urn(shelf, "Flatland"), href_progression(said["href"], said["progression"]), at=moment(1))
        assert sentence(flatland, there) == sentence(flatland, flatland.read("opds-progression", thorium.get()).point)
        assert there == flatland.read("xpointer", kobo.pull(digest(shelf, "Flatland"))["progress"]).point


def test_pages(app: Maker, shelf: Shelf) -> None:
    """Android counts the pages of a PDF from 1, iOS from 0: each is on the page where the other is."""
    source = urn(shelf, PDF)
    app().idle(source, '{"@type":"LocatorPage","@version":1,"page":21}', at=moment(-10))
    assert {"@type": "LocatorPage", "page": 20} == app(agent=IOS).locator(source)
    app(agent=IOS).idle(source, '{"@type":"LocatorPage","page":30}')
    assert {"@type": "LocatorPage", "@version": 1, "page": 31} == app().locator(source)
    place = app(agent="curl").place(source) or {}
    assert {"@type": "LocatorPage", "page": 30} == json.loads(place["target"]["selector"]["value"])


def test_no_page_before_the_first(app: Maker, shelf: Shelf) -> None:
    """A page 0 of an app that counts from 1 is no page that iOS could not read."""
    app().idle(urn(shelf, PDF), '{"@type":"LocatorPage","@version":1,"page":0}')

    assert {"@type": "LocatorPage", "page": 0} == app(agent=IOS).locator(urn(shelf, PDF))


def test_pages_of_koreader(app: Maker, shelf: Shelf, kobo: KosyncClient) -> None:
    """A page of a PDF that KOReader is on is that page in Palace."""
    kobo.push(digest(shelf, PDF), "17", 0.05)

    assert {"@type": "LocatorPage", "@version": 1, "page": 17} == app().locator(urn(shelf, PDF))
    app().idle(urn(shelf, PDF), '{"@type":"LocatorPage","@version":1,"page":18}', at=moment(1))
    assert "18" == kobo.pull(digest(shelf, PDF))["progress"]


def test_recordings(app: Maker, shelf: Shelf, user: str) -> None:
    """A time of an audiobook, by item of the reading order or by part and chapter, is Thorium's time, and the other way round."""
    source = urn(shelf, AUDIO)
    thorium = ProgressionClient(shelf.running.base, user, shelf.ids[AUDIO])
    thorium.put(document(0.2, now(-60), references=["#t=4.5"]), check=201)
    locator = app().locator(source)
    assert ("LocatorAudioBookTime", 2) == (locator["@type"], locator["@version"])
    item, offset = locator["readingOrderItem"], locator["readingOrderItemOffsetMilliseconds"]
    assert 4500 == offset
    for name, ahead in (
        (item, 30),
        ("urn:org.thepalaceproject:readingOrder:1", 20),
        ("urn:org.thepalaceproject:findaway:0:1", 10),
    ):
        app().idle(source, SECOND % (name, 1500), at=moment(-ahead))
        assert any("t=1.5" in each for each in thorium.get()["references"])
    first = {
        "@type": "LocatorAudioBookTime",
        "part": 0,
        "chapter": 1,
        "title": "x",
        "audiobookID": "y",
        "duration": 9,
        "time": 2500,
    }
    app().idle(source, json.dumps(first), at=moment(-5))
    assert any("t=2.5" in each for each in thorium.get()["references"])


def test_a_number_of_a_recording(app: Maker, shelf: Shelf, user: str) -> None:
    """Where only the share of an audiobook is known, Palace is told its time, not the beginning of the recording."""
    ProgressionClient(shelf.running.base, user, shelf.ids[AUDIO]).put(document(0.37, now(-60)), check=201)
    locator = app().locator(urn(shelf, AUDIO))
    heard = 0.37 * (61 + 45.5 + 90.25 + 30 + 75) - 61 - 45.5

    assert ("audio/flatland_3.mp3", round(heard * 1000)) == (
        locator["readingOrderItem"],
        locator["readingOrderItemOffsetMilliseconds"],
    )


def test_no_such_chapter(app: Maker, shelf: Shelf, user: str) -> None:
    """A chapter that is not there, and an item of another book, are kept, by the share of the book that the app says."""
    source = urn(shelf, AUDIO)
    lost = (
        '{"@type":"LocatorAudioBookTime","@version":2,"readingOrderItem":"nowhere.mp3","readingOrderItemOffsetMilliseconds":1500}'
    )
    app().idle(source, lost, **{PROGRESS: 0.5})

    assert lost == (app().place(source) or {})["target"]["selector"]["value"]
    thorium = ProgressionClient(shelf.running.base, user, shelf.ids[AUDIO])
    assert 0.5 == pytest.approx(thorium.get()["progression"], abs=1e-4)


def test_places_of_another_kind(app: Maker, shelf: Shelf) -> None:
    """A bookmark in the form of another kind of book is kept, and in no list: it would cost the app all bookmarks of the book."""
    palace, source = app(), urn(shelf, "Flatland")
    palace.idle(source, href_progression("epub/text/chapter-1.xhtml", 0.5))
    odd = palace.mark(source, '{"@type":"LocatorPage","page":3}')
    fine = palace.mark(source, href_progression("epub/text/chapter-1.xhtml", 0.6))

    assert [fine["id"]] == [each["id"] for each in palace.items() if each["motivation"] == BOOKMARKING]
    assert 200 == palace.http.get(odd["id"]).status_code


def test_places_of_another_kind_before_anything_is_read(app: Maker, shelf: Shelf) -> None:
    """It is in no list either where the book has no place yet, or one that was deleted."""
    palace, source = app(), urn(shelf, "Flatland")
    palace.mark(source, '{"@type":"LocatorPage","page":3}')
    lists = [palace.list, f"{palace.list}URI/{source}"]
    assert [[], []] == [palace.items(each) for each in lists]
    palace.delete(palace.idle(source, href_progression("epub/text/chapter-1.xhtml", 0.5))["id"])

    assert [[], []] == [palace.items(each) for each in lists]


def test_one_place_when_the_library_is_opened(app: Maker, shelf: Shelf) -> None:
    """What an account said of a book before it saw the library is not told beside what it says since."""
    user, source = add_account(shelf.running.data, library=False), urn(shelf, "Flatland")
    palace = PalaceClient(shelf.running.base, user)
    first = palace.idle(source, href_progression("epub/text/chapter-1.xhtml", 0.2), at=moment(-100))
    command("user", "set", user, "library=yes", data=shelf.running.data)
    assert [first["id"]] == [each["id"] for each in palace.items()]
    second = palace.idle(source, href_progression("epub/text/chapter-1.xhtml", 0.8), at=moment(-50))

    assert [(first["id"], second["target"])] == [(each["id"], each["target"]) for each in palace.items()]


def test_hrefs_of_ios(app: Maker, shelf: Shelf, user: str, kobo: KosyncClient) -> None:
    """Names with blanks and brackets are found however an app spells them: encoded, twice encoded, or not."""
    book, source = "A book", urn(shelf, "A book")
    translator = Translator(open_publication(shelf.books[book]))
    resource = next(item for item in translator.publication.spine.items if "three" in item.href)
    wanted = translator.scope.positions.from_progression(resource.index, 0.5).point
    for ahead, href in enumerate(
        (resource.href, "/" + resource.href, "OEBPS/three%20%5B%C3%A9%5D.xhtml", "OEBPS/three%2520%255B%25C3%25A9%255D.xhtml")
    ):
        app().idle(source, href_progression(href, 0.1), at=moment(-100 + 2 * ahead))
        app().idle(source, href_progression(href, 0.5), at=moment(-99 + 2 * ahead))

        assert wanted == translator.read("xpointer", kobo.pull(digest(shelf, book))["progress"]).point


def test_times_of_all_protocols(app: Maker, shelf: Shelf, thorium: ProgressionClient) -> None:
    """Thorium's and Palace's times are one clock's: the older of the two does not win, whoever sends it last."""
    thorium.put(document(0.7, now(-10)), check=201)
    app().idle(urn(shelf, "Flatland"), href_progression("epub/text/chapter-1.xhtml", 0.1), at=moment(-60))
    assert 0.7 == thorium.get()["progression"]
    app().idle(urn(shelf, "Flatland"), href_progression("epub/text/chapter-1.xhtml", 0.1), at=moment(-5))
    assert 0.7 > thorium.get()["progression"]


def test_the_time_is_the_writers(app: Maker, shelf: Shelf, thorium: ProgressionClient) -> None:
    """The time that Palace is told is when the place was read."""
    at = now(-3600)
    thorium.put(document(0.7, at), check=201)

    assert at[:19] + "Z" == (app().place(urn(shelf, "Flatland")) or {})["body"][TIME]


def test_copies_share_one_place(app: Maker, shelf: Shelf) -> None:
    """A retagged copy of the same book is another entry of the catalog, and has the same place."""
    palace = app()
    value = href_progression("OEBPS/two.xhtml", 0.5)
    palace.idle(urn(shelf, "A book"), value)
    found = {each["target"]["source"]: each for each in palace.items()}

    assert {urn(shelf, "A book"), urn(shelf, "A book, retagged")} == set(found)
    assert {value} == {each["target"]["selector"]["value"] for each in found.values()}


def test_a_book_by_its_isbn(app: Maker, shelf: Shelf, thorium: ProgressionClient) -> None:
    """A source that a book of the library calls itself is the same work; as its file may be another, places cross by number."""
    source = "https://standardebooks.org/ebooks/edwin-a-abbott/flatland"
    value = href_progression("chapter-1.xhtml", 0.5)
    app().idle(source, value, **{PROGRESS: 0.4})
    found = {each["target"]["source"]: each for each in app().items()}

    assert 0.4 == pytest.approx(thorium.get()["progression"], abs=0.01)
    assert {source, urn(shelf, "Flatland")} == set(found)
    assert value == found[source]["target"]["selector"]["value"]
    assert value != found[urn(shelf, "Flatland")]["target"]["selector"]["value"]
    thorium.put(document(0.6, now(5)))
    assert value == (app().place(source) or {})["target"]["selector"]["value"]


def test_what_was_acknowledged_is_kept(start: Callable[..., RunningServer]) -> None:
    """A place, a bookmark and a deletion that were answered are there after the server was killed in the next moment."""
    server = start()
    add_account(server.data)
    user = add_account(server.data)
    palace = PalaceClient(server.base, user)
    kept = [palace.mark(f"urn:isbn:{number}", href_progression("a", number / 50)) for number in range(40)]
    palace.delete(kept[0]["id"])
    palace.idle("urn:isbn:1", href_progression("a", 0.75))
    server.kill()
    again = PalaceClient(start().base, user)

    assert {each["target"]["source"] for each in kept[1:]} == {
        each["target"]["source"] for each in again.items() if each["motivation"] == BOOKMARKING
    }
    assert 0.75 == again.locator("urn:isbn:1")["progressWithinChapter"]


def test_a_place_that_leads_nowhere(app: Maker, shelf: Shelf, kobo: KosyncClient, flatland: Translator) -> None:
    """What names no place in the book, and says no number, moves nobody: it is kept, and the place stays."""
    pointer = pushed(kobo, shelf, flatland)
    told = app().place(urn(shelf, "Flatland"))
    for number, value in enumerate(
        (href_progression("nowhere.xhtml", 0.5), '{"@type":"LocatorPage","@version":1,"page":4}', SECOND % ("x.mp3", 5))
    ):
        said = app(agent=IOS).said(urn(shelf, "Flatland"), value, at=moment(5 + number))
        app(agent=IOS).post(said)

        assert pointer == kobo.pull(digest(shelf, "Flatland"))["progress"]
        assert told == app().place(urn(shelf, "Flatland"))


def test_a_page_beyond_the_last(app: Maker, shelf: Shelf) -> None:
    """A page that the PDF has not got does not move its reader to the first one."""
    android, ios = app(), app(agent=IOS)
    android.idle(urn(shelf, PDF), '{"@type":"LocatorPage","@version":1,"page":21}', at=moment(-10))
    ios.idle(urn(shelf, PDF), '{"@type":"LocatorPage","page":1000000}')

    assert 21 == android.locator(urn(shelf, PDF))["page"]


def test_a_place_of_another_kind_is_not_listed(app: Maker, shelf: Shelf) -> None:
    """The first place of a book in the form of another kind of book is kept, and told to nobody as that."""
    palace, source = app(), urn(shelf, "Flatland")
    said = palace.idle(source, '{"@type":"LocatorPage","@version":1,"page":4}')

    assert [] == palace.items()
    assert 200 == palace.http.get(said["id"]).status_code


def test_references_in_a_copy(app: Maker, shelf: Shelf, user: str) -> None:
    """A place of Palace's in one copy is told to Thorium in another with references, not just as a number."""
    app().idle(urn(shelf, "A book"), href_progression("OEBPS/two.xhtml", 0.5))
    thorium = ProgressionClient(shelf.running.base, user, shelf.ids["A book, retagged"])

    assert thorium.get()["references"]
