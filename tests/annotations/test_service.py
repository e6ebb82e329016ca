"""The annotation service over HTTP: what Palace's own tests ask of a server, and what its apps need besides."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from placekeeper.protocols.annotations.endpoints import MANY
from tests.annotations.client import ANDROID, IDLING, IOS, LD, PROGRESS, TIME, PalaceClient, href_progression, moment, read
from tests.annotations.vectors import INVALID_BOOKMARKS, VALID_BOOKMARKS, text
from tests.opds_progression.conftest import Shelf, add_account

BOOK, OTHER = "urn:isbn:9780000000002", "urn:uuid:0f2d6a1c-0000-4000-8000-00000000000a"
Maker = Callable[..., PalaceClient]


def test_empty_list(app: Maker) -> None:
    """Nothing yet: a list with no items, all headers, and a weak entity tag of nothing."""
    palace = app()
    answer = palace.http.get(palace.list)

    assert [] == read(answer.json())
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(answer.headers["allow"].split(","))
    assert (LD, LD, 'W/""') == (answer.headers["accept-post"], answer.headers["content-type"], answer.headers["etag"])
    assert "last-modified" not in answer.headers
    links = answer.headers.get_list("link")
    assert '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type"' in links
    assert '<http://www.w3.org/TR/annotation-protocol/>; rel="http://www.w3.org/ns/ldp#constrainedBy"' in links


def test_list_with_items(app: Maker) -> None:
    """What was posted is in the list as it was posted, with an id that answers; the tag and the date say that it changed."""
    palace = app()
    said = palace.said(BOOK, href_progression("/xyz.html", 0.666))
    made = palace.post(said)
    answer = palace.http.get(palace.list)
    (item,) = read(answer.json())

    assert {key: value for key, value in made.items() if key != "@context"} == item
    assert said["body"] == item["body"]
    assert said["target"]["selector"]["value"] == item["target"]["selector"]["value"]
    assert (BOOK, IDLING, "Annotation") == (item["target"]["source"], item["motivation"], item["type"])
    assert answer.headers["etag"] not in {'W/""', ""}
    assert answer.headers["last-modified"].endswith("GMT")


def test_list_of_a_work(app: Maker) -> None:
    """A work's own list has what is about it and nothing else; nothing can be posted there."""
    palace = app()
    palace.idle(BOOK, href_progression("one.xhtml", 0.5))
    palace.mark(OTHER, href_progression("two.xhtml", 0.25))
    answer = palace.http.get(f"{palace.list}ISBN/9780000000002")

    assert [BOOK] == [item["target"]["source"] for item in read(answer.json())]
    assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["allow"].split(","))
    assert "accept-post" not in answer.headers
    assert [OTHER] == [item["target"]["source"] for item in palace.items(f"{palace.list}URI/{OTHER}")]
    assert [] == palace.items(f"{palace.list}URI/urn:uuid:nobody")
    assert 405 == palace.http.post(f"{palace.list}URI/{OTHER}", json={}).status_code
    assert answer.json()["id"].endswith("ISBN/9780000000002")


def test_strange_identifiers_in_addresses(app: Maker) -> None:
    """Sources with blanks, slashes and percent signs in Palace's own addresses lead to their works."""
    palace = app()
    for source, address in (
        ("urn:librarysimplified.org/terms/id/Overdrive%20ID/ebff-01", "Overdrive%20ID/ebff-01"),
        ("http://www.gutenberg.org/ebooks/42?x=1", "URI/http%3A%2F%2Fwww.gutenberg.org%2Febooks%2F42%3Fx%3D1"),
    ):
        palace.mark(source, href_progression("two.xhtml", 0.25))

        assert [source] == [item["target"]["source"] for item in palace.items(palace.list + address)]


def test_detail(app: Maker) -> None:
    """One annotation answers at its id, with its own methods; HEAD looks as well, and OPTIONS says what may be done."""
    palace = app()
    for made in (palace.mark(BOOK, href_progression("a", 0.5)), palace.idle(BOOK, href_progression("a", 0.7))):
        answer = palace.http.get(made["id"])
        head, options = palace.http.head(made["id"]), palace.http.request("OPTIONS", made["id"])

        assert made == answer.json()
        assert LD == answer.headers["content-type"]
        assert {"GET", "HEAD", "OPTIONS", "DELETE"} == set(answer.headers["allow"].split(","))
        assert '<http://www.w3.org/ns/ldp#Resource>; rel="type"' == answer.headers["link"]
        assert (200, b"", 200) == (head.status_code, head.content, options.status_code)
        assert answer.headers["allow"] == options.headers["allow"]
        assert 405 == palace.http.put(made["id"], json={}).status_code


def test_what_is_not_there(app: Maker, shelf: Shelf) -> None:
    """Missing ones, deleted ones and those of others are 404, told alike."""
    palace = app()
    other = PalaceClient(shelf.running.base, add_account(shelf.running.data))
    made = [palace.mark(BOOK, href_progression("a", 0.5)), palace.idle(BOOK, href_progression("a", 0.7))]
    for each in made:
        answers = [
            other.http.get(each["id"]),
            other.http.head(each["id"]),
            palace.http.get(f"{palace.list}nope"),
            palace.http.get(f"{palace.list}17122"),
            other.delete(each["id"], check=404),
        ]
        assert {404} == {answer.status_code for answer in answers}
        problems = [answer.json() for answer in answers if answer.content]
        assert all(problem == problems[0] for problem in problems)
        assert "http://librarysimplified.org/terms/problem/no-annotation" == problems[0]["type"]
    assert made[1]["id"] in {item["id"] for item in palace.items()}


def test_delete(app: Maker) -> None:
    """A deleted annotation answers 200 with an empty body, is in no list any more, and is 404 when it is deleted again."""
    palace = app()
    for made in (palace.mark(BOOK, href_progression("a", 0.5)), palace.idle(BOOK, href_progression("a", 0.7))):
        before = palace.http.get(palace.list).headers["etag"]
        assert b"" == palace.delete(made["id"]).content
        after = palace.http.get(palace.list)

        assert made["id"] not in {item["id"] for item in read(after.json())}
        assert before != after.headers["etag"]
        palace.delete(made["id"], check=404)
        assert 404 == palace.http.get(made["id"]).status_code


def test_a_deleted_place_comes_back_with_the_next_one(app: Maker) -> None:
    """A place that an app deletes is hidden, not lost: the next one is listed again, with the same id."""
    palace = app()
    made = palace.idle(BOOK, href_progression("a", 0.5), at=moment(-60))
    palace.delete(made["id"])
    assert palace.place(BOOK) is None
    again = palace.idle(BOOK, href_progression("a", 0.6))

    assert made["id"] == again["id"]
    assert again["id"] == (palace.place(BOOK) or {})["id"]


def test_one_place_for_each_source(app: Maker) -> None:
    """Another place takes the place of the one before, with the same id; another app's does so as well."""
    android, ios = app(), app(agent=IOS)
    first = android.idle(BOOK, href_progression("a", 0.1), at=moment(-60))
    second = ios.idle(BOOK, href_progression("b", 0.2))

    assert first["id"] == second["id"]
    assert "b" == json.loads((android.place(BOOK) or {})["target"]["selector"]["value"])["href"]


def test_the_same_bookmark_once(app: Maker) -> None:
    """A bookmark of the same place is the same one, however its app spells it; its body is that which came last."""
    palace = app()
    first = palace.mark(BOOK, href_progression("/a.xhtml", 0.5), at=moment(-60))
    second = palace.mark(BOOK, href_progression("a.xhtml", 0.5000000001, timeStamp="x", title="One"))
    third = palace.mark(BOOK, href_progression("a.xhtml", 0.6))

    assert first["id"] == second["id"]
    assert first["body"][TIME] != second["body"][TIME]
    assert third["id"] != first["id"]
    assert [third["id"], first["id"]] == [item["id"] for item in palace.items()]


def test_a_deleted_bookmark_stays_deleted(app: Maker) -> None:
    """Another device that has it still sends it again: answered as if, and not listed. A newer one is a new one."""
    palace = app()
    old = moment(-3600)
    made = palace.mark(BOOK, href_progression("a", 0.5), at=old)
    palace.delete(made["id"])
    again = palace.mark(BOOK, href_progression("a", 0.5), at=old)
    assert (made["id"], []) == (again["id"], palace.items())
    new = palace.mark(BOOK, href_progression("a", 0.5), at=moment(2))

    assert new["id"] != made["id"]
    assert [new["id"]] == [item["id"] for item in palace.items()]
    assert 404 == palace.http.get(made["id"]).status_code


def test_a_deleted_bookmark_of_a_fast_clock_stays_deleted(app: Maker) -> None:
    """Where the clock that set a bookmark is ahead of ours, its time does not make it newer than its deletion."""
    palace, ahead = app(), moment(86_400)
    made = palace.mark(BOOK, href_progression("a", 0.5), at=ahead)
    palace.delete(made["id"])
    again = palace.mark(BOOK, href_progression("a", 0.5), at=ahead)

    assert (made["id"], []) == (again["id"], palace.items())


def test_an_old_copy_changes_nothing(app: Maker) -> None:
    """A bookmark that comes again with an older time keeps its newer words."""
    palace = app()
    made = palace.mark(BOOK, href_progression("a", 0.5), at=moment(-10))
    palace.mark(BOOK, href_progression("a", 0.5), at=moment(-100))

    assert made["body"] == palace.items()[0]["body"]


def test_newest_first(app: Maker) -> None:
    """The one changed last stands first, places and bookmarks alike: iOS takes the first that fits."""
    palace = app()
    made = [
        palace.mark(BOOK, href_progression("a", 0.1)),
        palace.idle(OTHER, href_progression("a", 0.2)),
        palace.mark(OTHER, href_progression("a", 0.3)),
        palace.idle(BOOK, href_progression("a", 0.4)),
    ]
    palace.mark(BOOK, href_progression("a", 0.1), at=moment(5))
    made.append(made.pop(0))

    assert [each["id"] for each in reversed(made)] == [item["id"] for item in palace.items()]


def test_long_lists(app: Maker) -> None:
    """A list that is made beside the event loop is whole, and in order."""
    palace = app()
    made = [palace.mark(BOOK, href_progression("a", number / 200))["id"] for number in range(MANY + 1)]

    assert made[::-1] == [item["id"] for item in palace.items()]


@pytest.mark.parametrize("catalog", ["", "/opds", "/opds/v1.2", "/opds/v2"])
def test_below_each_catalog(app: Maker, catalog: str) -> None:
    """The list is below each catalog as well, where iOS looks for it; ids lead there, and without the slash it is there too."""
    ios = app(agent=IOS, catalog=catalog)
    made = ios.idle(BOOK, href_progression("a", 0.5))

    assert made["id"].startswith(ios.list)
    assert [made["id"]] == [item["id"] for item in ios.items()]
    assert [made["id"]] == [item["id"] for item in ios.items(ios.list.rstrip("/"))]
    assert [made["target"]] == [item["target"] for item in app().items()]


@pytest.mark.parametrize("source", ["URN:ISBN:9780000000002", "HTTPS://library.example/books/1"])
def test_schemes_in_capitals(app: Maker, source: str) -> None:
    """A source whose scheme is in capitals is one like any other."""
    made = app().idle(source, href_progression("a", 0.5))

    assert [(made["id"], source)] == [(each["id"], each["target"]["source"]) for each in app().items()]


def test_a_late_replay(app: Maker) -> None:
    """What iOS kept while it was offline and sends later, with its old time, is kept, and is not the place."""
    ios = app(agent=IOS)
    newer = app().idle(BOOK, href_progression("b", 0.8), at=moment(-10))
    answered = ios.idle(BOOK, href_progression("a", 0.2), at=moment(-3600))

    assert newer["body"] == answered["body"]
    assert newer["target"] == (ios.place(BOOK) or {})["target"]


def test_two_places_in_one_second(app: Maker) -> None:
    """Times have whole seconds: of two places in the same second, the one sent later is the place."""
    palace, at = app(), moment(-5)
    for progress in (0.1, 0.2, 0.3):
        palace.idle(BOOK, href_progression("a", progress), at=at)

    assert 0.3 == palace.locator(BOOK)["progressWithinChapter"]


def test_strings_come_back_as_they_were(app: Maker) -> None:
    """Escapes, blanks, order of keys and strange digits of a locator, and of all strings, are kept byte for byte."""
    palace = app()
    value = '{ "progressWithinChapter":0.33661465000000001,"@type":"LocatorHrefProgression","href":"\\/\\u00e9.xhtml" , "x":[1] }'
    chapter = "  Żółć \N{GRINNING FACE} \\u0000 "
    said = palace.said(BOOK, value, **{"http://librarysimplified.org/terms/chapter": chapter, PROGRESS: 0.0033661465})
    palace.post(said)
    palace.mark(BOOK, value, **{PROGRESS: 50.0})
    place, mark = palace.items()[1], palace.items()[0]

    assert value == place["target"]["selector"]["value"] == mark["target"]["selector"]["value"]
    assert said["body"] == place["body"]
    assert "50.0" in palace.http.get(palace.list).text
    assert 50.0 == mark["body"][PROGRESS]


@pytest.mark.parametrize("name", VALID_BOOKMARKS)
def test_valid_bookmarks(app: Maker, name: str) -> None:
    """What the specification calls valid is taken, and comes back."""
    palace, said = app(), json.loads(text(name))
    made = palace.post(said)

    assert said["target"]["selector"]["value"] == made["target"]["selector"]["value"]
    assert said["body"] == made["body"]
    assert [made["id"]] == [item["id"] for item in palace.items()]


@pytest.mark.parametrize("name", [*INVALID_BOOKMARKS])
def test_invalid_bookmarks(app: Maker, name: str) -> None:
    """What the specification calls invalid is refused with the reason, and nothing is stored."""
    palace = app()
    problem = palace.post(json.loads(text(name)), check=400)

    assert problem["type"].startswith("http://librarysimplified.org/terms/problem/invalid-annotation-")
    assert len(problem["detail"]) > 10
    assert [] == palace.items()


def test_no_credentials(shelf: Shelf) -> None:
    """Without credentials, the answer is 401 with the one challenge that iOS takes, and the document that says how to sign in."""
    answer = httpx2.get(f"{shelf.running.base}/annotations/", trust_env=False)

    assert (401, 'Basic realm="Placekeeper", charset="UTF-8"') == (answer.status_code, answer.headers["www-authenticate"])
    assert "application/vnd.opds.authentication.v1.0+json" == answer.headers["content-type"]
    assert {"authentication", "id", "title"} <= set(answer.json())
    again = httpx2.get(f"{shelf.running.base}/annotations/", headers={"authorization": ""}, trust_env=False)
    assert answer.content == again.content


def test_wrong_credentials(shelf: Shelf, user: str) -> None:
    """A wrong password, and a token that is none, are 401 with a problem that says whether asking again may help."""
    url = f"{shelf.running.base}/annotations/"
    wrong = httpx2.get(url, auth=(user, "no"), trust_env=False)
    token = httpx2.get(url, headers={"authorization": "Bearer no"}, trust_env=False)
    kinds: list[Any] = [answer.json()["type"].partition("/auth/")[2] for answer in (wrong, token)]

    assert [401, 401] == [wrong.status_code, token.status_code]
    assert ["unrecoverable/credentials/invalid", "recoverable/token/invalid"] == kinds
    assert wrong.headers["www-authenticate"].startswith("Basic realm")


def test_apps_that_nobody_knows(app: Maker) -> None:
    """An app of another name gets its words back, and others' as they are."""
    strange = app(agent="curl/8.5.0")
    strange.idle(BOOK, '{"@type": "LocatorPage", "page": 7}')

    assert {"@type": "LocatorPage", "page": 7} == strange.locator(BOOK)
    assert {"@type": "LocatorPage", "@version": 1, "page": 8} == app(agent=ANDROID).locator(BOOK)
    assert {"@type": "LocatorPage", "page": 7} == app(agent=IOS).locator(BOOK)
