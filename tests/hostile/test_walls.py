"""What is open to whom: another account's readings to nobody, metrics to this machine and to admins, and foreign words
nowhere but as text.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from tests.hostile.raw import Answer, Connection, ask, clean_log, memory, quick, request
from tests.kosync.client import KosyncClient, fresh, new_account
from tests.running import RunningServer, command

Starter = Callable[..., RunningServer]
GOOD_ID = "01890000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class House:
    """A server with two accounts, a work and a reading of the first, and tokens of each kind."""

    server: RunningServer
    owner: KosyncClient
    work: str
    reading: str
    tokens: dict[str, str]

    def call(self, method: str, path: str, who: str, body: bytes | None = None) -> Answer:
        answer = ask(self.server, request(method, path, ("authorization", f"Bearer {self.tokens[who]}"), body=body))
        assert answer is not None
        return answer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Kept for all tests here, for each token is made by a command."""
    server = RunningServer(tmp_path_factory.mktemp("house"))
    owner, other = new_account(server.base), new_account(server.base)
    command("user", "set", owner.user, "admin=yes", data=server.data)
    tokens = {"wrong": "wrong", "empty": ""}
    for name, client, scope in (
        ("owner", owner, "account"),
        ("other", other, "account"),
        ("sync", owner, "sync"),
        ("catalog", owner, "catalog"),
        ("admin", owner, "admin"),
    ):
        made = command("user", "token", client.user, "--name", name, "--scope", scope, data=server.data)
        tokens[name] = made.stdout.strip()
    document = fresh("book")
    owner.push(document, "/body/p[1]", 0.1)
    owner.push(document, "/body/p[2]", 0.2)
    built = House(server, owner, "", "", tokens)
    work = built.call("GET", "/api/works", "owner").json()["works"][0]
    yield House(server, owner, work["id"], work["place"]["id"], tokens)
    assert server.stop() == 0
    clean_log(server)


def problem(answer: Answer | None) -> int:
    """The status of an error in the API's form."""
    assert answer is not None
    assert answer.header("content-type") == "application/problem+json", answer
    body = answer.json()
    assert body["status"] == answer.status
    assert isinstance(body["title"], str)
    return answer.status


def routes(house: House) -> list[tuple[str, str, bytes | None]]:
    """Each route of the API, with what belongs to the owner."""
    restore = f'{{"reading":"{house.reading}"}}'.encode()
    return [
        ("GET", "/api/works", None),
        ("GET", "/api/devices", None),
        ("GET", f"/api/works/{house.work}", None),
        ("GET", f"/api/works/{house.work}/readings", None),
        ("GET", f"/api/works/{house.work}/devices", None),
        ("POST", f"/api/works/{house.work}/restore", restore),
    ]


@pytest.mark.parametrize("who", ["wrong", "empty", "sync", "catalog"])
def test_api_needs_the_scope(house: House, who: str) -> None:
    """No token, a wrong one, or one that may only sync or see the catalog: 401 at every route, in the API's own form."""
    for method, path, body in routes(house)[: 3 if who == "wrong" else None]:
        answer = house.call(method, path, who, body)
        assert problem(answer) == 401, path
        assert answer.header("www-authenticate") == 'Bearer realm="placekeeper"'


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic {basic}", "bearer\t{token}", "Token {token}", "{token}"]
)
def test_api_takes_bearer_only(house: House, authorization: str) -> None:
    """Other ways to show who one is count for nothing, not even the account's own name and key."""
    text = authorization.format(token=house.tokens["owner"], basic="b3duZXI6a2V5")
    data = request("GET", "/api/works", ("authorization", text), client=house.owner)

    assert problem(ask(house.server, data)) == 401


def test_other_accounts_see_nothing(house: House) -> None:
    """With an account's token, nothing of another's is seen or changed, though its ids are known."""
    before = house.call("GET", f"/api/works/{house.work}/readings", "owner").json()
    for method, path, body in routes(house):
        answer = house.call(method, path, "other", body)
        if path in {"/api/works", "/api/devices"}:
            assert answer.json()[path.removeprefix("/api/")] == []
        else:
            assert problem(answer) == 404, path
        assert house.work.encode() not in answer.body
        assert house.reading.encode() not in answer.body

    assert before == house.call("GET", f"/api/works/{house.work}/readings", "owner").json()


def test_reading_of_another_account_is_not_restored(house: House) -> None:
    """A reading can't be taken over into one's own work by its id."""
    other = new_account(house.server.base)
    other.push(fresh("book"), "p", 0.5)
    made = command("user", "token", other.user, "--name", "t", "--scope", "account", data=house.server.data)
    bearer = ("authorization", f"Bearer {made.stdout.strip()}")
    works = ask(house.server, request("GET", "/api/works", bearer))
    assert works is not None
    path = f"/api/works/{works.json()['works'][0]['id']}/restore"

    assert problem(ask(house.server, request("POST", path, bearer, body=f'{{"reading":"{house.reading}"}}'.encode()))) == 404


OTHER_FIGURES = ["\N{FULLWIDTH DIGIT ONE}", "\N{ARABIC-INDIC DIGIT THREE}", "\N{SUPERSCRIPT TWO}"]
LONG_FIGURES = ["9" * 5000, "0" * 8 + "19" + "9" * 9, "0" * 100 + "1"]
LIMITS = ["0", "201", "-1", "+1", "1.0", "1e1", "", " 1", "x", "\0", *OTHER_FIGURES, *LONG_FIGURES]


@pytest.mark.parametrize("limit", LIMITS, ids=[f"{limit[:12]!a}" for limit in LIMITS])
def test_limit(house: House, limit: str) -> None:
    """`limit` is 1 to 200 in plain figures; leading zeros don't get a large number through."""
    for path in ("/api/works", f"/api/works/{house.work}/readings"):
        assert problem(house.call("GET", f"{path}?limit={quote(limit)}", "owner")) == 400


@pytest.mark.parametrize(
    "before", ["", "x", "0", "zzzz", GOOD_ID, "%00", "%ff", "%ED%A0%80", "'%20OR%201=1", "x" * 8000, "%", "&before=a"]
)
def test_before(house: House, before: str) -> None:
    """Whatever `before` is, it is an id that sorts somewhere, or refused in the API's own form."""
    for path in ("/api/works", f"/api/works/{house.work}/readings"):
        answer = house.call("GET", f"{path}?before={before}", "owner")
        assert answer.status == 200 or problem(answer) == 400


def test_ids_of_any_kind(house: House) -> None:
    """An id that is none is 404, in the API's own form, whatever it is made of."""
    for odd in ("x", GOOD_ID, "%00", "%ff", "..%2f", "%2e%2e", "%ED%A0%80", "a" * 8000, "'", "%0da:b", "*"):
        for rest in ("", "/readings", "/devices"):
            assert problem(house.call("GET", f"/api/works/{odd}{rest}", "owner")) == 404, odd
    for path in ("/api/", "/api/x", "/api/works/", "/api//works", "/api/works/a/b/c"):
        assert problem(house.call("GET", path, "owner")) == 404, path
    assert problem(house.call("DELETE", f"/api/works/{house.work}", "owner")) == 405


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "array": b"[]",
    "null": b"null",
    "no reading": b"{}",
    "number": b'{"reading":1}',
    "Latin-1": b'{"reading":"\xe9"}',
    "invalid UTF-8 in another key": b'{"\xff":1}',
    "lone surrogate": rb'{"reading":"\ud800"}',
    "deep": b'{"x":' + b"[" * 30_000,
    "too large": b" " * 100_000,
    "huge number": b'{"reading":' + b"1" * 60_000 + b"}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_broken_bodies(house: House, body: bytes) -> None:
    """A body that is none is 400, in the API's own form."""
    assert problem(house.call("POST", f"/api/works/{house.work}/restore", "owner", body)) == 400


def test_body_that_breaks_off(house: House) -> None:
    """A client that leaves in the middle of its body is no failure of the server's."""
    data = request(
        "POST", f"/api/works/{house.work}/restore", ("authorization", f"Bearer {house.tokens['owner']}"), body=b"x" * 100
    )
    for cut in (1, 50, 99):
        with Connection(house.server) as connection:
            connection.send(data[:-cut])
            time.sleep(0.05)
    quick(house.server)
    clean_log(house.server)


FORWARDED = [("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=192.0.2.9"), ("x-real-ip", "192.0.2.9"), ("via", "1.1 proxy")]
SHOWN: list[tuple[str | None, int]] = [("wrong", 401), ("owner", 401), ("sync", 401), ("admin", 200)]
THROUGH_A_PROXY = [
    *((header, None, 401) for header in FORWARDED),
    *((FORWARDED[0], who, status) for who, status in SHOWN),
]


def test_metrics_on_this_machine(house: House) -> None:
    """From this machine itself the metrics are open, and hold no name, key, document or path."""
    answer = ask(house.server, request("GET", "/metrics"))

    assert answer is not None
    assert answer.status == 200
    assert b"placekeeper_requests_total" in answer.body
    for word in (house.owner.user, house.owner.key, house.work, "syncs"):
        assert word.encode() not in answer.body


@pytest.mark.parametrize(("header", "who", "status"), THROUGH_A_PROXY)
def test_metrics_through_a_proxy(house: House, header: tuple[str, str], who: str | None, status: int) -> None:
    """What a proxy on this machine passes on comes from elsewhere, whether it is trusted or not: it takes an admin's token."""
    headers = [header] if who is None else [header, ("authorization", f"Bearer {house.tokens[who]}")]
    answer = ask(house.server, request("GET", "/metrics", *headers))

    assert answer is not None
    assert answer.status == status


def test_admin_token_takes_an_admin(house: House) -> None:
    """Who is no admin has no token of that scope, and what an admin had lapses with the office."""
    other = new_account(house.server.base)
    named = ("--name", "t", "--scope", "admin")
    refused = command("user", "token", other.user, *named, data=house.server.data, check=False)
    command("user", "set", other.user, "admin=yes", data=house.server.data)
    token = command("user", "token", other.user, *named, data=house.server.data).stdout.strip()
    data = request("GET", "/metrics", FORWARDED[0], ("authorization", f"Bearer {token}"))
    before = ask(house.server, data)
    command("user", "set", other.user, "admin=no", data=house.server.data)
    after = ask(house.server, data)

    assert refused.returncode == 1
    assert (200, 401) == (before.status if before else 0, after.status if after else 0)


def test_metrics_labels_are_few(house: House) -> None:
    """No stranger can make the metrics grow: paths and unknown methods are no labels."""
    before = memory(house.server)
    for number, method in itertools.product(range(50), ("GET", "MKCOL", "PURGE", "LOCK")):
        ask(house.server, request(method, f"/x{number}/{fresh('y')}"))
    answer = ask(house.server, request("GET", "/metrics"))

    assert answer is not None
    assert len(answer.body) < 50_000
    assert b"MKCOL" not in answer.body
    assert memory(house.server) - before < 10


HOSTS = [
    '"><script>alert(1)</script>',
    "a'onmouseover='x",
    "[::1",
    "a:99999999",
    "a b",
    "evil.example/\\..",
    "\xff\xfe",
    "a,b",
    "<b>",
]


@pytest.mark.parametrize("host", HOSTS, ids=[ascii(host) for host in HOSTS])
def test_landing_page(house: House, host: str) -> None:
    """The first page repeats a hostile Host header as text or not at all, and lets no script run."""
    with Connection(house.server) as connection:
        connection.send(f"GET / HTTP/1.1\r\nhost: {host}\r\n\r\n".encode("latin-1"))
        answer = connection.answer()

    assert answer is not None
    assert answer.status in {200, 400}
    for markup in (b"<script", b"<b>alert", b"onmouseover='"):
        assert markup not in answer.body
    assert "default-src 'none'" in (answer.header("content-security-policy") or "default-src 'none'")


def test_no_response_splitting(house: House) -> None:
    """No line end that a request brought gets into the head of its answer, so none can end it early."""
    evil = "%0d%0aset-cookie:%20evil=1%0d%0a%0d%0a<html>"
    for path in (f"/{evil}", f"/api/{evil}", f"/api?{evil}", f"/?{evil}", f"/kosync/{evil}", f"/syncs/progress/{evil}", "/api"):
        with Connection(house.server) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\nhost: a\r\nx-auth-user: a\x85b\r\n\r\n".encode("latin-1"))
            answer = connection.answer()

            assert answer is not None
            assert "evil" not in (answer.header("set-cookie") or "")
            assert b"<html>" not in answer.body
            connection.send(request("GET", "/healthcheck"))
            again = connection.answer()
            assert again is not None
            assert again.body == b'{"state":"OK"}'


def test_far_too_large_head_for_the_api(house: House) -> None:
    """Over the limit the API answers in its own form too."""
    answer = ask(house.server, request("GET", "/api/works", ("x", "y" * 20_000)))
    assert problem(answer) == 431
