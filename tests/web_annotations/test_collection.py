"""The collection: its forms, its pages, what is in them by source, and that they hold still while others write."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.web_annotations.client import ANNO, LDP, OA, WebClient, highlight, of_container

Maker = Callable[[], WebClient]
PREFER = 'return=representation;include="{}"'
DESCRIPTIONS, IRIS, MINIMAL = OA + "PreferContainedDescriptions", OA + "PreferContainedIRIs", LDP + "PreferMinimalContainer"


def fill(app: WebClient, count: int, **more: Any) -> list[Any]:
    return [app.post(highlight(body={"value": number}, **more)) for number in range(count)]


def test_empty(app: WebClient) -> None:
    """An account without annotations has an empty collection, with or without the slash."""
    for address in (app.list, app.list[:-1]):
        said = of_container(app.send("GET", address))

        assert [ANNO, "http://www.w3.org/ns/ldp.jsonld"] == said["@context"]
        assert {"BasicContainer", "AnnotationCollection"} == set(said["type"])
        assert (0, app.list) == (said["total"], said["id"])
        assert not {"first", "last"} & set(said)
    head = app.send("HEAD", "")
    assert b"" == head.content
    assert "etag" in head.headers


def test_forms(app: WebClient) -> None:
    """The collection has its annotations, or their addresses, or neither, as its reader prefers."""
    made = fill(app, 2)
    whole = app.send("GET", "", prefer=PREFER.format(DESCRIPTIONS))
    iris = app.send("GET", "", prefer=PREFER.format(IRIS))
    minimal = of_container(app.send("GET", "", prefer=PREFER.format(MINIMAL)))
    bare = of_container(app.send("GET", "", prefer=PREFER.format(f"{MINIMAL} {IRIS}")))

    assert app.get("") == of_container(whole)
    assert made == whole.json()["first"]["items"]
    assert (app.list, "return=representation") == tuple(whole.headers[x] for x in ("content-location", "preference-applied"))
    assert [each["id"] for each in made] == of_container(iris)["first"]["items"]
    assert f"{app.list}?iris=1" == iris.json()["id"] == iris.headers["content-location"]
    assert iris.json() == app.get("?iris=1")
    assert (f"{app.list}?page=0", f"{app.list}?page=0") == (minimal["first"], minimal["last"])
    assert made == app.walk(minimal["first"])
    assert [each["id"] for each in made] == app.walk(bare["first"])
    assert 3 == len({each.headers["etag"] for each in (whole, iris, app.send("GET", "?page=0"))})


def test_pages(app: WebClient) -> None:
    """Pages have a hundred annotations each, and say where they stand and what they are part of."""
    made = fill(app, 205)
    pages = [of_container(app.send("GET", f"?page={number}")) for number in range(3)]

    assert made == [each for page in pages for each in page["items"]]
    assert [0, 100, 200] == [page["startIndex"] for page in pages]
    assert [None, f"{app.list}?page=0", f"{app.list}?page=1"] == [page.get("prev") for page in pages]
    assert all({"id": app.list, "total": 205}.items() <= page["partOf"].items() for page in pages)
    assert "next" not in pages[2]
    assert made == app.walk()
    assert f"{app.list}?page=2" == app.get("")["last"]
    assert 100 == app.get(pages[0]["next"])["startIndex"]
    for wrong, status in (("3", 404), ("-1", 400), ("x", 400), ("", 400), ("9" * 30, 400), ("9" * 9, 404)):
        app.send("GET", f"?page={wrong}", check=status)


def test_about_a_source(app: WebClient) -> None:
    """An annotation is listed under each source that one of its targets names, as it is now."""
    one, many = "urn:isbn:1", ["http://x.org/a?b=1&c=ü#p3", {"source": "urn:isbn:1"}, {"id": "urn:isbn:2", "type": "Text"}]
    first = app.post(highlight(one))
    second = app.post(highlight(target=many))
    third = app.post(highlight(target={"type": "Choice", "items": ["urn:isbn:3", {"source": {"id": "urn:isbn:4"}}]}))

    def about(source: str) -> list[Any]:
        said = app.get("?target=" + quote(source, safe=""))
        items = said.get("first", {"items": []})["items"]
        assert len(items) == said["total"]
        assert items == app.walk("?page=0&target=" + quote(source, safe=""))
        return list(items)

    assert [first, second] == about(one)
    assert [second] == about("urn:isbn:2") == about("http://x.org/a?b=1&c=ü") == about("http://x.org/a?b=1&c=ü#p3")
    assert [third] == about("urn:isbn:3") == about("urn:isbn:4")
    assert [] == about("urn:isbn") == about("")
    app.send("PUT", second["id"], highlight(one))
    app.send("DELETE", first["id"], check=204)
    assert [second["id"]] == [each["id"] for each in about(one)]
    assert [] == about("urn:isbn:2")


def test_pages_of_a_source(app: WebClient) -> None:
    """The pages of a source link to pages of that source."""
    fill(app, 3)
    made = [app.post(highlight("urn:x:&=/ü")) for _ in range(101)]

    assert made == app.walk(app.get("?target=urn:x:%26%3D/%C3%BC", prefer=PREFER.format(MINIMAL))["first"])


def test_while_others_write(app: WebClient) -> None:
    """Who goes from page to page sees everything that was there all the while, once, though others add, change and delete."""
    stay, go = fill(app, 230), fill(app, 40)
    mixed = fill(app, 30)
    done = threading.Event()

    def write() -> None:
        other = WebClient(app.base, app.user)
        while not done.is_set():
            if go:
                other.send("DELETE", go.pop(0)["id"], check=204)
            other.send("PUT", stay[len(go)]["id"], highlight(body={"value": stay[len(go)]["body"]["value"]}))
            other.post(highlight())

    for gone in stay[:5]:
        app.send("DELETE", gone["id"], check=204)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [app.walk() for _ in range(4)]
    finally:
        done.set()
        writer.join()

    for items in seen:
        ids = [each["id"] for each in items]
        assert len(ids) == len(set(ids))
        assert [each["id"] for each in [*stay[5:], *mixed]] == [id_ for id_ in ids if id_ in {x["id"] for x in stay + mixed}]


def test_deleted_before_the_next_page(app: WebClient) -> None:
    """What is deleted between two pages takes nothing out of the second."""
    made = fill(app, 150)
    first = app.get("?page=0")
    for gone in made[:60]:
        app.send("DELETE", gone["id"], check=204)

    assert made[100:] == app.get(first["next"])["items"]


def test_the_collection_known_already(app: WebClient, stranger: Maker) -> None:
    """The tag of the collection stays until something in it changes, whatever others do."""
    fill(app, 1)
    etag = app.send("GET", "").headers["etag"]
    stranger().post(highlight())
    assert b"" == app.send("GET", "", check=304, if_none_match=etag).content
    fill(app, 1)
    assert etag != app.send("GET", "", if_none_match=etag).headers["etag"]
