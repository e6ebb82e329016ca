"""Single annotations: made, read, changed and deleted, byte for byte what their app said."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.annotations.client import PalaceClient
from tests.running import RunningServer
from tests.web_annotations.client import BOOK, WebClient, highlight, of_item

Maker = Callable[[], WebClient]


def test_made_and_read(app: WebClient) -> None:
    """A new annotation gets an address, where it is read as it was sent, with the same entity tag."""
    answer = app.send("POST", "", highlight(), check=201, slug="mine", content_type="text/plain")
    made, address = answer.json(), answer.headers["location"]

    assert address.startswith(app.list)
    assert {"id": address} | highlight() == made
    read = of_item(app.send("GET", address))
    assert answer.content == read.content
    assert answer.headers["etag"] == read.headers["etag"]
    head = app.send("HEAD", address)
    assert (b"", str(len(read.content))) == (head.content, head.headers["content-length"])


def test_spelling_stays(app: WebClient) -> None:
    """Numbers, escapes and blanks within members come back to the byte, whatever a JSON library would make of them."""
    spelled = (
        b'{"x": {"n": [1.10, 1E5, -0.0, 12345678901234567890123, 1e999],\n  "t": "\\u00e9\\/ \xc3\xa9"}, "target": "urn:x:1",'
        b' "@type": ["x:Note", "Annotation"]}'
    )
    made = app.send("POST", "", spelled, check=201)
    inner = spelled[spelled.index(b'{"n"') : spelled.index(b', "target"')]

    assert inner in made.content
    assert ["id", "x", "target", "@type"] == list(made.json())
    assert made.content == app.send("GET", made.headers["location"]).content


def test_an_id_of_the_apps_own(app: WebClient) -> None:
    """The id that an app has given goes to `via`, beside what stands there; it says where the annotation came from."""
    own = "urn:uuid:5f3a"

    assert own == app.post(highlight(id=own))["via"]
    assert [own, "urn:a"] == app.post(highlight(id=own, via=[own, "urn:a"]))["via"]
    assert ["urn:a", own] == app.post(highlight(id=own, via="urn:a"))["via"]
    assert "via" not in app.post(highlight(id=None))


def test_changed(app: WebClient) -> None:
    """An annotation is replaced as a whole, target included, if it is still the one that its app has seen."""
    made = app.post(highlight())
    etag = app.etag(made["id"])
    changed = highlight("urn:isbn:2", motivation="commenting", id=made["id"])
    answer = of_item(app.send("PUT", made["id"], changed, if_match=etag))

    assert changed == answer.json() == app.get(made["id"])
    assert etag != answer.headers["etag"]
    app.send("PUT", made["id"], highlight(), if_match=etag, check=412)
    app.send("PUT", made["id"], highlight(), if_match=f"W/{answer.headers['etag']}", check=412)
    assert changed == app.get(made["id"])
    app.send("PUT", made["id"], highlight(id=...), if_match="*")
    app.send("PUT", made["id"], highlight(body=...))
    assert {"id": made["id"]} | highlight(body=...) == app.get(made["id"])


def test_what_stays(app: WebClient) -> None:
    """A change can't give an annotation another id, nor another origin than it has; left out, that stays."""
    made = app.post(highlight(id="urn:mine", canonical="urn:canon"))
    for wrong in ({"id": app.list + "0"}, {"id": "urn:mine"}, {"via": "urn:else"}, {"canonical": "urn:else"}):
        problem = app.send("PUT", made["id"], highlight(**wrong), check=409).json()
        assert problem["detail"].startswith(next(iter(wrong)))
    changed = app.send("PUT", made["id"], highlight()).json()

    assert ("urn:mine", "urn:canon") == (changed["via"], changed["canonical"])
    assert made["id"] == app.send("PUT", made["id"], highlight(id=made["id"].replace("http:", "https:"))).json()["id"]


def test_deleted(app: WebClient, stranger: Maker) -> None:
    """What is deleted is gone for its owner, and was never there for others."""
    made = app.post(highlight())
    app.send("DELETE", made["id"], check=412, if_match='"0"')
    app.send("DELETE", made["id"], check=204, if_match=app.etag(made["id"]))
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        app.send(method, made["id"], highlight() if method == "PUT" else None, check=410)
        stranger().send(method, made["id"], highlight() if method == "PUT" else None, check=404)

    assert 0 == app.get("")["total"]


def test_of_others(app: WebClient, stranger: Maker) -> None:
    """Another account's annotation and one that never was are told alike, to the byte."""
    theirs = stranger().post(highlight())["id"]
    answers = [app.send(method, address, check=404) for address in (theirs, "0" * 36, "x/y", "é") for method in ("GET", "DELETE")]

    assert 1 == len({answer.content for answer in answers})
    app.send("PUT", theirs, highlight(), check=404)


def test_known_already(app: WebClient) -> None:
    """Who has an annotation already is not sent it again."""
    made = app.post(highlight())
    etag = app.etag(made["id"])
    for known in (etag, f'"x", W/{etag}', "*"):
        answer = app.send("GET", made["id"], check=304, if_none_match=known)
        assert (b"", etag) == (answer.content, answer.headers["etag"])
    app.send("GET", made["id"], if_none_match='"x"')


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_two_writers(app: WebClient, method: str) -> None:
    """Of two apps that change the same state of an annotation at once, one wins, and the other is told."""
    for _ in range(10):
        made = app.post(highlight())
        etag = app.etag(made["id"])

        def write(number: int, address: str = made["id"], etag: str = etag) -> tuple[int, Any]:
            said = highlight(body={"value": number})
            other = WebClient(app.base, app.user)
            answer = other.http.request(method, address, json=said if method == "PUT" else None, headers={"if-match": etag})
            return answer.status_code, number

        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(write, range(2)))
        won = [number for status, number in answers if status in {200, 204}]

        assert 1 == len(won)
        assert {412, 410} >= {status for status, number in answers if number not in won}
        if method == "PUT":
            assert won[0] == app.get(made["id"])["body"]["value"]


def test_palace_sees_none(server: RunningServer, app: WebClient) -> None:
    """Palace's lists never hold an annotation, and its apps can neither read nor delete one; theirs are in no list here."""
    made = app.post(highlight())
    palace = PalaceClient(server.base, app.user)
    bookmark = palace.mark(BOOK, '{"@type":"LocatorPage","page":3}')
    id_ = made["id"].rpartition("/")[2]

    assert [bookmark["id"]] == [each["id"] for each in palace.items()]
    assert [bookmark["id"]] == [each["id"] for each in palace.items(palace.list + "URI/" + BOOK)]
    assert 404 == palace.http.get(palace.list + id_).status_code
    palace.delete(palace.list + id_, check=404)
    assert made == app.get(made["id"])
    assert [made] == app.walk()
    app.send("GET", bookmark["id"].rpartition("/")[2], check=404)


def test_who_is_not_signed_in(app: WebClient) -> None:
    """Who shows nothing, or something wrong, is told how to sign in; what may be asked is told to everybody."""
    for password in (None, "wrong"):
        auth = (app.user, password) if password else None
        answer = httpx2.get(app.list, auth=auth, trust_env=False)
        assert (401, "Placekeeper") == (answer.status_code, answer.json()["title"])
        assert answer.headers["www-authenticate"].startswith("Basic")
    options = httpx2.options(app.list, trust_env=False)
    assert (200, "GET, HEAD, OPTIONS, POST") == (options.status_code, options.headers["allow"])
    assert "accept-post" in options.headers
    app.send("PATCH", "", check=405)
    assert "GET, HEAD, OPTIONS, PUT, DELETE" == app.send("POST", "0", check=405).headers["allow"]
