"""Thorium's contract for a progression server, and the draft's table of exchanges.

Source: https://github.com/edrlab/thorium-reader/tree/develop/projects/opds-progression
"""

import json
from typing import Any

import pytest

from tests.opds_progression.client import CURRENT, PROBLEM, THORIUM, ProgressionClient, at, document, now
from tests.opds_progression.conftest import Shelf

STALE = "https://registry.opds.io/error#progression-date"
INVALID = "https://registry.opds.io/error#progression-invalid-payload"


def test_nothing_yet(reader: ProgressionClient) -> None:
    """Where nothing is stored, a GET is 200 with an empty body of the protocol's type, and HEAD says the same."""
    for method in ("GET", "HEAD"):
        answer = reader.send(method, headers={"accept": CURRENT})

        assert (200, b"") == (answer.status_code, answer.content)
        assert CURRENT == answer.headers["content-type"]
        assert "private, no-store" == answer.headers["cache-control"]


def test_first_then_newer(reader: ProgressionClient) -> None:
    """The first document is 201, a newer one 200, each with the stored document, and a GET gives the latest."""
    first, second = document(0.25, at(0)), document(0.3, at(60), title="Chapter")

    assert first == reader.put(first, check=201)
    assert first == reader.get()
    assert second == reader.put(second)
    assert second == reader.get()


def test_float_only(reader: ProgressionClient) -> None:
    """A document of a number alone comes back as a number alone: nothing is added."""
    said = document(0.625)
    reader.put(said, check=201)

    assert {"modified", "device", "progression"} == set(reader.get())
    assert 0.625 == reader.get()["progression"]


def test_byte_for_byte(reader: ProgressionClient) -> None:
    """Spaces, order of keys, unknown keys and spellings of numbers come back as they were sent."""
    said = (
        b'{ "progression" : 2.50e-1,\n "x-mine": {"a": [1, null, "\\u00e9"]}, "modified": "2026-03-01T13:00:00.120000+01:00",'
        b'"device": {"name":"Th\xc3\xb6rium", "id":"urn:uuid:1", "os": "x"} }'
    )
    answer = reader.send("PUT", content=said, headers={"content-type": CURRENT})

    assert (201, said) == (answer.status_code, answer.content)
    assert said == reader.stored()


@pytest.mark.parametrize("modified", [at(0), at(-1), "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00.000000Z"])
def test_not_newer(reader: ProgressionClient, modified: str) -> None:
    """A document that is not later than the stored one, as instants, is 409 with the draft's problem; what is stored stays."""
    stored = document(0.25, at(0))
    reader.put(stored, check=201)
    problem = reader.put(document(0.9, modified), check=409)

    assert STALE == problem["type"]
    assert "A more recent progression point is already available." == problem["title"]
    assert stored == reader.get()


@pytest.mark.parametrize(
    ("stored", "newer"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000001Z"),
        ("2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.50000000000000000001Z"),
        ("2026-03-01T13:00:00+01:00", "2026-03-01T10:00:01-02:00"),
        ("2016-12-31T23:59:59.999Z", "2016-12-31T23:59:60Z"),
        ("2016-12-31T23:59:60.9Z", "2017-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_newer_by_however_little(reader: ProgressionClient, stored: str, newer: str) -> None:
    """Times are compared as instants to their last digit, leap seconds included, in both directions."""
    reader.put(document(0.2, stored), check=201)

    assert newer == reader.put(document(0.3, newer))["modified"]
    assert STALE == reader.put(document(0.4, stored), check=409)["type"]
    assert newer == reader.get()["modified"]


@pytest.mark.parametrize("again", [lambda said: said, lambda said: dict(reversed(said.items()))])
def test_replay(reader: ProgressionClient, again: Any) -> None:
    """The stored document once more is 200 with what is stored, whatever the order of its keys, as often as it comes."""
    said = document(0.4, at(0), title="x", references=["a.xhtml#b"])
    reader.put(said, check=201)
    stored = reader.stored()
    for _ in range(3):
        reader.put(again(said))

    assert stored == reader.stored()


def test_replay_by_another_number(reader: ProgressionClient) -> None:
    """The same time with another place is no replay."""
    reader.put(document(0.4, at(0)), check=201)

    assert STALE == reader.put(document(0.41, at(0)), check=409)["type"]


def changed(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (document() | changes).items() if value is not ...}


INVALID_DOCUMENTS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe{}",
    b"[" * 5_000,
    json.dumps({**document(), "x": json.loads("[" * 40 + "]" * 40)}).encode(),
    b'{"modified": "2026-03-01T12:00:00Z", "device": {"id": "urn:x:1", "name": "n"}, "progression": NaN}',
    b'{"modified": "2026-03-01T12:00:00Z", "device": {"id": "urn:x:1", "name": "n"}, "progression": 1e999}',
    changed(progression=...),
    changed(progression=-0.01),
    changed(progression=1.01),
    changed(progression="0.5"),
    changed(progression=True),
    changed(progression=None),
    changed(modified=...),
    changed(modified=""),
    changed(modified="2026-03-01T12:00:00"),
    changed(modified="2026-03-01 12:00:00Z"),
    changed(modified="2026-02-30T12:00:00Z"),
    changed(modified="2026-03-01T24:00:00Z"),
    changed(modified="2026-03-01T12:00:60Z"),
    changed(modified=1_700_000_000),
    changed(device=...),
    changed(device="Thorium"),
    changed(device={"id": "urn:uuid:1"}),
    changed(device={"name": "x"}),
    changed(device={"id": "no uri", "name": "x"}),
    changed(device={"id": "relative/path", "name": "x"}),
    changed(device={"id": "urn:uuid:1", "name": ""}),
    changed(device={"id": "urn:uuid:1", "name": "  "}),
    changed(title=7),
    changed(title=None),
    changed(references="a.xhtml"),
    changed(references=["chapter 1.xhtml"]),
    changed(references=["chapter[1].xhtml"]),
    changed(references=["a.xhtml#^"]),
    changed(references=["kapitel-é.xhtml"]),
    changed(references=["a.xhtml", 7]),
    changed(references=["%zz"]),
]


def test_invalid(reader: ProgressionClient) -> None:
    """What is no valid document is 400 with the draft's problem and a detail in words, and changes nothing."""
    stored = document(0.25, at(0))
    reader.put(stored, check=201)
    for said in INVALID_DOCUMENTS:
        problem = reader.put(said, check=400)

        assert INVALID == problem["type"], said
        assert problem["detail"]
    assert stored == reader.get()


def test_largest(reader: ProgressionClient) -> None:
    """A document within the limit is taken whole, one over it is refused as a whole."""
    said = document(0.1, at(0), note="x" * 60_000)

    assert said == reader.put(said, check=201)
    assert 413 == reader.send("PUT", content=b" " * 70_000 + json.dumps(document(0.2, at(5))).encode()).status_code
    assert said == reader.get()


@pytest.mark.parametrize("headers", [{}, {"accept": "*/*"}, {"accept": "text/html"}, {"content-type": "application/json; a=b"}])
def test_lenient_about_headers(reader: ProgressionClient, headers: dict[str, str]) -> None:
    """No Accept and no Content-Type is insisted on; what is answered is always of the protocol's type."""
    said = document(0.3, at(0))
    put = reader.send("PUT", json=said, headers=headers)
    got = reader.send("GET", headers=headers)

    assert (201, said, CURRENT) == (put.status_code, put.json(), put.headers["content-type"])
    assert (200, said, CURRENT) == (got.status_code, got.json(), got.headers["content-type"])


def test_head(reader: ProgressionClient) -> None:
    """HEAD answers as GET, without the body."""
    reader.put(document(0.3, at(0)), check=201)
    got, head = reader.send("GET"), reader.send("HEAD")

    assert (200, b"") == (head.status_code, head.content)
    assert got.headers["content-length"] == head.headers["content-length"]
    assert got.headers["content-type"] == head.headers["content-type"]


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(reader: ProgressionClient, method: str) -> None:
    """Other methods are 405 and say which there are."""
    answer = reader.send(method, content=b"{}")

    assert (405, "GET, HEAD, PUT", PROBLEM) == (answer.status_code, answer.headers["allow"], answer.headers["content-type"])


def test_without_credentials(reader: ProgressionClient) -> None:
    """Who shows no credentials, or wrong ones, gets 401 with the authentication document and a challenge, for PUT too."""
    for method, auth in (("GET", None), ("PUT", None), ("HEAD", None), ("GET", (reader.user, "wrong"))):
        reader.http.auth = auth
        answer = reader.send(method, **({"json": document()} if method == "PUT" else {}))

        assert 401 == answer.status_code
        assert "application/opds-authentication+json" == answer.headers["content-type"]
        assert answer.headers["www-authenticate"].startswith('Basic realm="')
        assert f'<{reader.base}/opds/auth>; rel="http://opds-spec.org/auth/document"' in answer.headers["link"]
        if method == "GET":
            assert "http://opds-spec.org/auth/basic" == answer.json()["authentication"][0]["type"]
            assert reader.base + "/opds/auth" == answer.json()["id"]


def test_unknown_publication(reader: ProgressionClient) -> None:
    """A publication that is not there is 404 with a problem."""
    for unknown in ("nothing", "01a215ba-3261-7100-993d-69cbed3f449b", "%00", "..", "%ff", "x" * 3000):
        answer = reader.send("GET", path=f"/opds/v2/publications/{unknown}/progression")

        assert 404 == answer.status_code, unknown
        assert answer.headers["content-type"].startswith((PROBLEM, "application/")), unknown


def test_works_with_one_clock_ahead(reader: ProgressionClient) -> None:
    """A clock that is ahead gains nothing over others: the next reading with a right clock is the place; among its own, and
    where several are far ahead, they are compared with each other.
    """
    reader.put(document(0.2, "2040-01-02T03:04:05.000Z"), check=201)
    assert STALE == reader.put(document(0.3, "2039-01-02T03:04:05.000Z"), check=409)["type"]
    other = {"id": "urn:uuid:2", "name": "Enve"}

    assert 0.4 == reader.put(document(0.4, now(), device=other))["progression"]
    assert 0.5 == reader.put(document(0.5, "2040-01-02T03:04:06.000Z"))["progression"]
    assert THORIUM == reader.get()["device"]


def test_accounts_are_apart(shelf: Shelf) -> None:
    """Nobody sees another account's place, nor moves it."""
    mina, lucy = shelf.reader(), shelf.reader()
    mina.put(document(0.7, at(0)), check=201)

    assert None is lucy.get()
    lucy.put(document(0.1, at(-60)), check=201)
    assert 0.7 == mina.get()["progression"]


def test_publications_are_apart(shelf: Shelf) -> None:
    """A place in one publication is none in another."""
    mina = shelf.reader()
    other = ProgressionClient(mina.base, mina.user, shelf.ids["Another book"])
    mina.put(document(0.7, at(0)), check=201)

    assert None is other.get()


def test_copies_are_one_work(shelf: Shelf) -> None:
    """A place in one copy of a book is that in the other copies of the edition."""
    mina = shelf.reader()
    copy = ProgressionClient(mina.base, mina.user, shelf.ids["A book, retagged"])
    said = document(0.7, at(0))
    mina.put(said, check=201)

    assert said == copy.get()
    assert STALE == copy.put(document(0.2, at(-5)), check=409)["type"]
