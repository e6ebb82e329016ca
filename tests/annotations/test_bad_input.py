"""What is sent wrongly: the right problem in the protocol's words, nothing stored, nothing fetched, nothing told of others."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.annotations.client import BOOKMARKING, DEVICE, IDLING, TIME, PalaceClient, href_progression, moment
from tests.annotations.making import JSON

Maker = Callable[..., PalaceClient]
BOOK = "urn:isbn:9780000000002"
PLACE = href_progression("/xyz.html", 0.5)
FORMAT, TARGET, MOTIVATION = "format", "target", "motivation"
ANNO = "http://www.w3.org/ns/anno.jsonld"


def good(**members: Any) -> dict[str, Any]:
    said = {
        "@context": ANNO,
        "type": "Annotation",
        "motivation": IDLING,
        "body": {TIME: "2026-03-01T12:00:00Z", DEVICE: "null"},
        "target": {"source": BOOK, "selector": {"type": "oa:FragmentSelector", "value": PLACE}},
    }
    return {key: value for key, value in (said | members).items() if value is not ...}


def target(**members: Any) -> dict[str, Any]:
    said = {"source": BOOK, "selector": {"type": "oa:FragmentSelector", "value": PLACE}}
    return good(target={key: value for key, value in (said | members).items() if value is not ...})


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


TAKEN: dict[str, Any] = {
    "no context": good(**{"@context": ...}),
    "another context": good(**{"@context": "https://example.org/nobody.jsonld"}),
    "a context that is no address": good(**{"@context": 7}),
    "a prefix of its own": good(
        **{"@context": [ANNO, {"x": "http://librarysimplified.org/terms/"}], "motivation": "x:annotation/idling"}
    ),
    "expanded": [
        {
            "@type": ["http://www.w3.org/ns/oa#Annotation"],
            "http://www.w3.org/ns/oa#motivatedBy": [{"@id": IDLING}],
            "http://www.w3.org/ns/oa#hasBody": [{TIME: [{"@value": "2026-03-01T12:00:00Z"}], DEVICE: [{"@value": "null"}]}],
            "http://www.w3.org/ns/oa#hasTarget": [
                {
                    "http://www.w3.org/ns/oa#hasSource": [{"@id": BOOK}],
                    "http://www.w3.org/ns/oa#hasSelector": [
                        {
                            "@type": ["http://www.w3.org/ns/oa#FragmentSelector"],
                            "http://www.w3.org/1999/02/22-rdf-syntax-ns#value": [{"@value": PLACE}],
                        }
                    ],
                }
            ],
        }
    ],
    "a list of one": [good()],
    "no type": good(type=...),
    "another type": good(type="Banana"),
    "a null id": good(id=None),
    "a junk id": good(id="../../etc/passwd"),
    "members of its own": good(x={"y": [1, 2.5, None, "z"]}),
    "FragmentSelector without prefix": target(selector={"type": "FragmentSelector", "value": PLACE}),
    "bookmarking by its short name": good(motivation="bookmarking"),
}
REFUSED: dict[str, tuple[str, Any]] = {
    "nothing": (FORMAT, b""),
    "no JSON": (FORMAT, b"{"),
    "no UTF-8": (FORMAT, b'{"\xff": 1}'),
    "a string": (FORMAT, "text"),
    "a number": (FORMAT, 5),
    "null": (FORMAT, b"null"),
    "NaN": (FORMAT, b'{"a": NaN}'),
    "half a surrogate": (FORMAT, b'{"a": "\\ud800"}'),
    "deep": (FORMAT, deep(2_000).encode()),
    "very deep": (FORMAT, deep(30_000).encode()),
    "many values": (FORMAT, good(x=list(range(2_000)))),
    "no annotation": (TARGET, []),
    "two annotations": (TARGET, [good(), good()]),
    "an empty object": (TARGET, {}),
    "no target": (TARGET, good(target=...)),
    "two targets": (TARGET, good(target=[target()["target"], target()["target"]])),
    "no source": (TARGET, target(source=...)),
    "a source that is no URI": (TARGET, target(source="a book")),
    "a source with blanks": (TARGET, target(source="urn:isbn:97 8")),
    "a long source": (TARGET, target(source="urn:isbn:" + "9" * 5_000)),
    "a source of the file system": (TARGET, target(source="file:///etc/passwd")),
    "two sources": (TARGET, target(source=[BOOK, "urn:isbn:1"])),
    "no motivation": (MOTIVATION, good(motivation=...)),
    "highlighting": (MOTIVATION, good(motivation="http://www.w3.org/ns/oa#highlighting")),
    "two motivations": (MOTIVATION, good(motivation=[IDLING, BOOKMARKING])),
    "no body": (FORMAT, good(body=...)),
    "a body that is a text": (FORMAT, good(body="text")),
    "no time": (FORMAT, good(body={DEVICE: "null"})),
    "no device": (FORMAT, good(body={TIME: "2026-03-01T12:00:00Z"})),
    "a time that is none": (FORMAT, good(body={TIME: "yesterday", DEVICE: "null"})),
    "no selector": (TARGET, target(selector=...)),
    "a selector that is a text": (TARGET, target(selector="epubcfi(/6/4)")),
    "a value that is an object": (TARGET, target(selector={"type": "oa:FragmentSelector", "value": json.loads(PLACE)})),
    "a value that is a number": (TARGET, target(selector={"type": "oa:FragmentSelector", "value": 7})),
    "a value that is no JSON": (TARGET, target(selector={"type": "oa:FragmentSelector", "value": "{ [] }"})),
    "a deep value": (TARGET, target(selector={"type": "oa:FragmentSelector", "value": deep(5_000)})),
    "another type of selector": (TARGET, target(selector={"type": "What?", "value": PLACE})),
    "a locator of no known type": (TARGET, target(selector={"type": "oa:FragmentSelector", "value": '{"@type":"LocatorX"}'})),
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken(app: Maker, name: str) -> None:
    """What is spelled otherwise and means the same is taken."""
    palace = app()
    made = palace.post(TAKEN[name])

    assert [made["id"]] == [item["id"] for item in palace.items()]
    assert (BOOK, PLACE) == (made["target"]["source"], made["target"]["selector"]["value"])


@pytest.mark.parametrize("name", REFUSED)
def test_refused(app: Maker, name: str) -> None:
    """What can't be read is a 400 with the type that says what is wrong, and a reason; nothing is stored."""
    kind, said = REFUSED[name]
    palace = app()
    problem = palace.post(said, check=400)

    assert f"http://librarysimplified.org/terms/problem/invalid-annotation-{kind}" == problem["type"]
    assert problem["detail"]
    assert [] == palace.items()


def test_too_large(app: Maker) -> None:
    """A megabyte is refused as too large, whatever it holds, and the connection goes on."""
    palace = app()
    problem = palace.post(json.dumps(good(x="y" * 1_000_000)).encode(), check=413)

    assert "65536" in problem["detail"]
    assert palace.idle(BOOK, PLACE)["id"] == palace.items()[0]["id"]


def test_nothing_is_fetched(app: Maker) -> None:
    """No context that an annotation names is ever asked for, at the top or within."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(1.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/context.jsonld"

        def listen() -> None:
            with pytest.raises(TimeoutError):
                asked.append(listener.accept()[0].recv(1024))

        thread = threading.Thread(target=listen)
        thread.start()
        palace = app()
        for context in (address, [ANNO, address], {"@import": address}, {"x": {"@context": address}}):
            palace.post(good(**{"@context": context}))
            palace.post(good(body={"@context": context, TIME: moment(), DEVICE: ""}))
        palace.post(json.dumps(address).encode(), check=400)
        thread.join()

    assert [] == asked


def test_other_paths(app: Maker) -> None:
    """Ids that are none, of any form, are 404; other methods are 405 and say which there are."""
    palace = app()
    for name in ("0", "-1", "place-", "place-x", "a%00b", "\N{GRINNING FACE}", "x" * 3_000, "null"):
        answer = palace.http.get(palace.list + name)
        assert 404 == answer.status_code, name
    answer = palace.http.patch(palace.list, json={})
    assert (405, "GET, HEAD, OPTIONS, POST") == (answer.status_code, answer.headers["allow"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON, st.sampled_from(["", "target", "body", "motivation", "@context", "selector"]))
def test_any_json(app: Maker, value: Any, where: str) -> None:
    """Whatever JSON is sent, the answer is 200 or a problem of the client's, never one of the server's."""
    said = good()
    if where == "selector":
        said = target(selector={"type": "oa:FragmentSelector", "value": json.dumps(value)})
    elif where:
        said = good(**{where: value})
    else:
        said = value
    palace = app()
    content = json.dumps(said).encode()
    answer = palace.http.post(palace.list, content=content)

    assert answer.status_code in {200, 400}, answer.text
    assert answer.json()
    palace.items()
