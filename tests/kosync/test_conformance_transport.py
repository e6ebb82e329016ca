"""KOSync's transport: paths as users type them, headers as clients send them, answers as KOReader reads them."""

import json
import time
from typing import Any

import pytest

from tests.kosync.client import ACCEPT, KosyncClient, fresh, new_account
from tests.running import RunningServer

INVALID = {"code": 2003, "message": "Invalid request"}
ADDED_BY_HTTP = {"date", "server", "connection"}


def place_of(document: str) -> dict[str, Any]:
    return {"document": document, "progress": "1", "percentage": 0.1, "device": "Kobo"}


@pytest.mark.parametrize("accept", [ACCEPT, None, "*/*", "application/json", "text/html", ACCEPT + ";q=0.9", ""])
def test_accept(regular: KosyncClient, accept: str | None) -> None:
    """[K-ACC-1, K-ACC-3] The vendor's Accept header is accepted; another one, or none, is served as well."""
    assert {"authorized": "OK"} == regular.call("GET", "/users/auth", headers={"accept": accept}, check=200)


@pytest.mark.parametrize(
    "sent", [None, "", "text/plain", "application/x-www-form-urlencoded", ACCEPT, "application/json; charset=utf-8", "nonsense"]
)
def test_request_content_type(regular: KosyncClient, sent: str | None) -> None:
    """[K-CT-2] Whatever a request says its body is, it is read as JSON."""
    document = fresh("book")
    body = json.dumps(place_of(document)).encode()
    stored = regular.call("PUT", "/syncs/progress", headers={"content-type": sent}, content=body, check=200)

    assert document == stored["document"]


def test_chunked_body(regular: KosyncClient) -> None:
    """A body that comes in chunks is read like one with a length."""
    document = fresh("book")
    body = json.dumps(place_of(document)).encode()
    regular.call("PUT", "/syncs/progress", content=iter([body[:10], body[10:]]), check=200)

    assert "1" == regular.pull(document)["progress"]


@pytest.mark.parametrize("body", [b"[1,2,3]", b"[]", b"5", b'"text"', b"true", b"null"])
def test_body_that_is_no_object(regular: KosyncClient, body: bytes) -> None:
    """[K-BODY-1] A body that is JSON, but no object, is 400 with code 104."""
    answer = {"code": 104, "message": "Body should be a JSON hash."}

    assert answer == regular.call("PUT", "/syncs/progress", content=body, check=400)
    assert answer == regular.call("POST", "/users/create", content=body, check=400)


BROKEN = [
    b"",
    b"{",
    b"document=x",
    b"{}{}",
    b"\xef\xbb\xbf{}",
    b'{"document": "\xff", "username": "\xff"}',
    rb'{"document": "\ud800", "username": "\ud800"}',
    b'{"document": ' + b"[" * 60_000,
    b'{"username": ' * 4_000,
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_body_that_is_no_json(regular: KosyncClient, body: bytes) -> None:
    """[K-BODY-1] A body that can't be read as JSON is 400 with code 103, however deep it goes."""
    answer = {"code": 103, "message": "Could not parse JSON in body."}

    assert answer == regular.call("PUT", "/syncs/progress", content=body, check=400)
    assert answer == regular.call("POST", "/users/create", content=body, check=400)


def test_oversized_body(regular: KosyncClient) -> None:
    """A body over the limit is 413, and the connection serves the next request."""
    body = json.dumps(place_of(fresh("book")) | {"padding": "x" * 70_000}).encode()

    assert INVALID == regular.call("PUT", "/syncs/progress", content=body, check=413)
    regular.authorize()


def test_answers_are_exactly_json(regular: KosyncClient) -> None:
    """[K-CT-3] Every answer, success or error, is exactly `application/json`, with its length and little else."""
    document = fresh("book")
    answers = [
        regular.send("GET", "/healthcheck"),
        regular.send("GET", "/users/auth"),
        regular.send("GET", "/users/auth", headers={"x-auth-key": None}),
        regular.send("PUT", "/syncs/progress", json=place_of(document)),
        regular.send("PUT", "/syncs/progress", content=b"["),
        regular.send("GET", f"/syncs/progress/{document}"),
        regular.send("GET", f"/syncs/progress/{fresh('never')}"),
        regular.send("POST", "/users/create", json={"username": regular.user, "password": regular.key}),
        regular.send("GET", "/syncs/progress/a/b"),
    ]

    assert [200, 200, 401, 200, 400, 200, 200, 402, 404] == [answer.status_code for answer in answers]
    for answer in answers:
        assert ["application/json"] == answer.headers.get_list("content-type")
        assert str(len(answer.content)) == answer.headers["content-length"]
        assert {"content-type", "content-length"} == set(answer.headers) - ADDED_BY_HTTP


def test_healthcheck(stranger: KosyncClient) -> None:
    """[K-HC-1] The health check needs no credentials."""
    headers = {"x-auth-user": None, "x-auth-key": None}

    assert {"state": "OK"} == stranger.call("GET", "/healthcheck", headers=headers, check=200)


SPELLINGS = ["/{}", "/{}/", "//{}", "///{}//", "/{}//"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_every_path(regular: KosyncClient, spelling: str) -> None:
    """[K-URL-1] Doubled and trailing slashes, as they come of an address that was typed with a slash, change nothing."""

    def path(plain: str) -> str:
        return spelling.format(plain)

    document, other = fresh("book"), regular.who(fresh("reader"), "key")
    place = place_of(document)

    assert {"state": "OK"} == regular.call("GET", path("healthcheck"), check=200)
    assert {"authorized": "OK"} == regular.call("GET", path("users/auth"), check=200)
    assert document == regular.call("PUT", path("syncs/progress"), json=place, check=200)["document"]
    assert document == regular.call("GET", path(f"syncs/progress/{document}"), check=200)["document"]
    body = {"username": other.user, "password": other.key}
    assert {"username": other.user} == other.call("POST", path("users/create"), json=body, check=201)
    assert {"updated": True} == other.call("PUT", path("users/password"), json={"password": "new"}, check=200)
    other.key = "new"
    assert {"deleted": True} == other.call("DELETE", path("users/me"), check=200)


def test_doubled_slash_before_the_mount(proxied: RunningServer, regular: KosyncClient) -> None:
    """[K-DOC-ID-1] Nor do doubled slashes before `/kosync`, even for a document with a slash in its name."""
    document = fresh("shelf/book")
    regular.push(document, "1", 0.1)
    anywhere = KosyncClient(proxied.base, regular.user, regular.key, mount="", address=regular.address)
    encoded = document.replace("/", "%2F")

    assert document == anywhere.call("GET", f"//kosync//syncs/progress/{encoded}", check=200)["document"]
    assert document == anywhere.call("GET", f"//syncs/progress/{encoded}", check=200)["document"]


def test_both_mounts_are_one_server(proxied: RunningServer) -> None:
    """Devices of one account may be told different addresses: with `/kosync` and without."""
    kobo = new_account(proxied.base, mount="", address="10.9.0.1")
    kindle = KosyncClient(proxied.base, kobo.user, kobo.key, device="Kindle", mount="/kosync", address="10.9.0.1")
    document = fresh("book")
    kobo.push(document, "7", 0.7)

    assert "7" == kindle.pull(document)["progress"]


@pytest.mark.parametrize("query", ["?", "?x=1", "?ids2=content:x", "?a&b&c"])
def test_unknown_queries(regular: KosyncClient, query: str) -> None:
    """A query that KOSync does not know is ignored."""
    assert {"authorized": "OK"} == regular.call("GET", f"/users/auth{query}", check=200)
    assert {} == regular.call("GET", f"/syncs/progress/{fresh('never')}{query}", check=200)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/syncs/progress", "PUT"),
        ("GET", "/syncs/progress/", "PUT"),
        ("POST", "/syncs/progress", "PUT"),
        ("PUT", "/syncs/progress/document", "GET"),
        ("DELETE", "/syncs/progress/document", "GET"),
        ("GET", "/users/create", "POST"),
        ("POST", "/users/auth", "GET"),
        ("GET", "/users/me", "DELETE"),
        ("POST", "/users/password", "PUT"),
        ("PATCH", "/healthcheck", "GET, HEAD"),
    ],
)
def test_wrong_methods(regular: KosyncClient, method: str, path: str, allowed: str) -> None:
    """[K-URL-3] A path of the protocol with another method is 405 and says which methods it has."""
    answer = regular.send(method, path)

    assert (405, allowed, INVALID) == (answer.status_code, answer.headers["allow"], answer.json())


@pytest.mark.parametrize(
    "path", ["/users", "/v1/users/auth", "/USERS/AUTH", "/users/auth/x", "/syncs", "/syncs/progress/a/b", "/syncs/progres/a"]
)
def test_other_paths_under_the_mount(proxied: RunningServer, path: str) -> None:
    """[K-URL-3] Under `/kosync` whatever is not in the protocol is 404, as JSON."""
    client = KosyncClient(proxied.base, "nobody", "key", mount="/kosync")

    assert INVALID == client.call("GET", path, check=404)


@pytest.mark.parametrize("path", ["/users", "/v1/users/auth", "/USERS/AUTH", "/users/auth/x", "/kosync2/users/auth"])
def test_other_paths_at_the_root(proxied: RunningServer, path: str) -> None:
    """[K-URL-3] At the root whatever is not in the protocol is 404, too."""
    assert 404 == KosyncClient(proxied.base, "nobody", "key", mount="").send("GET", path).status_code


def test_answers_come_in_time(regular: KosyncClient) -> None:
    """[K-SYNC-7, K-PUT-7] A push is answered 200, never 202, within the 2 s that KOReader waits at a socket."""
    began = time.monotonic()
    answer = regular.send("PUT", "/syncs/progress", json=place_of(fresh("book")))

    assert 200 == answer.status_code
    assert time.monotonic() - began < 2
