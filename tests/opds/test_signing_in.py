"""Who comes in: Basic, Bearer, the 401 that tells how, the 403 that tells nothing, and how addresses are made."""

import socket
from collections.abc import Callable

import pytest

from tests.opds.library import Reader, opened
from tests.opds.schemas import errors
from tests.running import RunningServer, command

PATHS = ["/opds", "/opds/v2", "/opds/v2/publications", "/opds/v2/publications/x", "/opds/v2/publications/x/file/y", "/opds/v1.2"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_comes_in_without_credentials(books: RunningServer, path: str) -> None:
    """Every address but the authentication document is 401 with it: Basic, its link, and the document as body."""
    answer = Reader(books, None).get(path, 401)

    assert answer.headers["www-authenticate"].startswith('Basic realm="Placekeeper"')
    assert f'<{books.base}/opds/auth>; rel="http://opds-spec.org/auth/document"' in answer.headers["link"]
    assert "application/opds-authentication+json" == answer.headers["content-type"]
    assert [] == errors("authentication", answer.json())


def test_the_authentication_document_is_open(books: RunningServer) -> None:
    """Everybody may read how to sign in."""
    answer = Reader(books, None).get("/opds/auth")

    assert "application/opds-authentication+json" == answer.headers["content-type"]
    assert books.base + "/opds/auth" == answer.json()["id"]
    assert "http://opds-spec.org/auth/basic" == answer.json()["authentication"][0]["type"]


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic YW5u", "Basic OnNlY3JldA==", "Bearer", "Bearer nope", "Digest x", "x"]
)
def test_broken_credentials(books: RunningServer, header: str) -> None:
    """What is no credential is 401."""
    Reader(books, None, authorization=header).get("/opds/v2", 401)


def test_wrong_password(books: RunningServer) -> None:
    """A wrong password and an unknown name are told the same."""
    wrong, unknown = Reader(books, "ann", "no").get("/opds/v2", 401), Reader(books, "nobody", "no").get("/opds/v2", 401)

    assert wrong.content == unknown.content


def test_passwords_in_any_writing(books: RunningServer) -> None:
    """Names and passwords beyond ASCII, and passwords with colons, sign in."""
    assert 200 == Reader(books, "Änne", "pass: wörd").get("/opds/v2").status_code


def test_tokens(books: RunningServer) -> None:
    """A token of the scope catalog or account comes in, as bearer and as password; one that may only sync does not."""
    for scope, status in (("catalog", 200), ("account", 200), ("sync", 401)):
        made = command("user", "token", "ann", "--name", scope, "--scope", scope, data=books.data)
        token = made.stdout.strip()
        Reader(books, None, authorization=f"Bearer {token}").get("/opds/v2", status)
        Reader(books, "ann", token).get("/opds/v2", status)


def test_who_sees_no_library(start: Callable[..., RunningServer]) -> None:
    """Who registered alone is told 403 for whatever there is or is not, until an admin lets them in: from then on at once."""
    server = start()
    reader = opened(server)
    first, *others = [reader.get(path, 403) for path in PATHS if "v1.2" not in path]

    assert ("No library", 403) == (first.json()["title"], first.json()["status"])
    assert {first.content} == {answer.content for answer in others}
    assert "text/plain; charset=utf-8" == reader.get("/opds/v1.2", 403).headers["content-type"]
    command("user", "set", "bob", "library=yes", data=server.data)
    reader.get("/opds/v2")


def test_addresses_are_as_the_client_asked(books: RunningServer) -> None:
    """Links have the host that the request named; one that can't be a host is refused and echoed nowhere."""
    named = Reader(books, host="books.local:8090").feed("")
    broken = Reader(books, host='x"><script>').get("/opds/v2", 400)

    assert "http://books.local:8090/opds/v2" == named["links"][0]["href"]
    assert "script" not in broken.text


def test_without_a_host(books: RunningServer) -> None:
    """A request of HTTP/1.0 without a host is refused, not answered with addresses of nowhere."""
    with socket.create_connection(("127.0.0.1", books.port), timeout=10) as conn:
        conn.sendall(b"GET /opds/auth HTTP/1.0\r\n\r\n")

        assert b" 400 " in conn.recv(1000).partition(b"\r\n")[0]


def test_public_url(start: Callable[..., RunningServer]) -> None:
    """With a public URL all addresses are below it, whatever host was asked."""
    server = start("--public-url", "https://books.example.org/shelf/")
    answer = Reader(server, None).get("/opds/auth").json()
    command("user", "add", "ann", "--password-stdin", data=server.data, stdin="secret\n")
    root = Reader(server).feed("")
    hrefs = [link["href"] for link in root["links"] + root["navigation"]]

    assert "https://books.example.org/shelf/opds/auth" == answer["id"]
    assert [] == [href for href in hrefs if not href.startswith("https://books.example.org/shelf/opds/")]
