"""Guessing: whoever guesses waits, whoever has the key does not, and nobody learns who has an account by the clock."""

import contextlib
import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.hostile.raw import Connection, ask, clean_log, in_dialect, request
from tests.kosync.client import fresh, md5, new_account
from tests.running import RunningServer

Starter = Callable[..., RunningServer]
DENIED = (401, 2001)
KOREADER_WAITS = 2.0

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that believes its proxies, so that a test can come from any address."""
    server = RunningServer(tmp_path_factory.mktemp("proxied"), "--trusted-proxies", "127.0.0.0/8")
    yield server
    assert server.stop() == 0
    clean_log(server)


def sign_in(server: RunningServer, user: str, key: str, address: str) -> tuple[tuple[int, int], float]:
    """What came of it, and how long it took."""
    headers = (("x-auth-user", user), ("x-auth-key", key), ("x-forwarded-for", address))
    began = time.monotonic()
    answer = ask(server, request("GET", "/users/auth", *headers), within=20)
    return in_dialect(answer), time.monotonic() - began


def wear_out(server: RunningServer, addresses: list[str]) -> None:
    """Ten wrong keys at once, from these addresses in turn."""
    turns = itertools.islice(itertools.cycle(addresses), 10)
    threads = [threading.Thread(target=sign_in, args=[server, "x" * 300, "k", address]) for address in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def guessing(server: RunningServer, names: Callable[[], str], address: str, *, hands: int = 16) -> Iterator[list[float]]:
    """Somebody tries wrong keys without end, at several connections at once; how long each answer took."""
    over = threading.Event()
    took: list[float] = []

    def guess() -> None:
        while not over.is_set():
            found, seconds = sign_in(server, names(), md5(fresh("guess")), address)
            assert found == DENIED
            took.append(seconds)

    threads = [threading.Thread(target=guess) for _ in range(hands)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    try:
        yield took
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_failures_are_delayed(proxied: RunningServer) -> None:
    """The first five wrong keys cost nothing, for people mistype; then each answer comes later, and never so late that
    KOReader would hear silence instead of "Unauthorized".
    """
    took = [sign_in(proxied, "nobody", md5(str(n)), "10.0.0.1")[1] for n in range(9)]

    assert max(took[:5]) < 0.6
    assert took[5] < took[8]
    assert 0.9 < took[8] < KOREADER_WAITS


def test_right_key_is_never_delayed(proxied: RunningServer) -> None:
    """Who has the right key is not delayed, while guesses come from the same address: a device of the same home, say."""
    client = new_account(proxied.base)
    assert sign_in(proxied, client.user, client.key, "10.0.1.1")[0] == (200, 0)
    with guessing(proxied, lambda: client.user, "10.0.1.1") as guesses:
        known = [sign_in(proxied, client.user, client.key, "10.0.1.1") for _ in range(10)]
    assert {(200, 0)} == {found for found, _ in known}
    assert max(seconds for _, seconds in known) < 1.0
    assert len(guesses) > 16


def test_right_key_seen_first_amid_guesses(proxied: RunningServer) -> None:
    """Nor is it lost when it is verified for the first time since the start, amid guesses from its own address."""
    client = new_account(proxied.base)
    with guessing(proxied, lambda: client.user, "10.0.2.1"):
        found, seconds = sign_in(proxied, client.user, client.key, "10.0.2.1")

    assert found == (200, 0)
    assert seconds < KOREADER_WAITS


def test_flood_does_not_reach_others(proxied: RunningServer) -> None:
    """Guesses from one address, for whatever names, don't keep others waiting who sign in or register from theirs."""
    clients = [new_account(proxied.base) for _ in range(5)]
    with guessing(proxied, lambda: fresh("nobody"), "10.0.3.1", hands=32):
        for number, client in enumerate(clients):
            found, seconds = sign_in(proxied, client.user, client.key, f"10.0.4.{number}")
            assert found == (200, 0)
            assert seconds < KOREADER_WAITS
        began = time.monotonic()
        body = f'{{"username":"{fresh("new")}","password":"k"}}'.encode()
        answer = ask(proxied, request("POST", "/users/create", ("x-forwarded-for", "10.0.4.9"), body=body))
        assert in_dialect(answer) == (201, 0)
        assert time.monotonic() - began < KOREADER_WAITS


def test_household_counts_as_one(proxied: RunningServer) -> None:
    """Whoever has an IPv6 network has more addresses than keys to guess: the /64 counts, and other networks don't."""
    wear_out(proxied, [f"2001:db8:0:1::{number:x}" for number in range(10)])

    assert sign_in(proxied, "nobody", "wrong", "2001:db8:0:1:ffff::1")[1] > 0.9
    assert sign_in(proxied, "nobody", "wrong", "2001:db8:0:2::1")[1] < 0.6


def test_forwarding_headers_are_not_believed(start: Starter) -> None:
    """Without --trusted-proxies an address is what the system says: a guesser can't pretend to be many."""
    server = start()
    wear_out(server, [f"10.1.{number}.1" for number in range(10)])

    assert sign_in(server, "nobody", "wrong", "10.1.99.1")[1] > 0.9


def test_nobody_is_this_machine_by_saying_so(proxied: RunningServer) -> None:
    """What a client itself put before a proxy's entry is not believed: it does not open the metrics."""
    for claimed in ("127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1", "127.0.0.1, 10.0.0.1"):
        forged = f"{claimed}, 192.0.2.9"
        answer = ask(proxied, request("GET", "/metrics", ("x-forwarded-for", forged)))
        assert answer is not None
        assert answer.status == 401, forged


def test_unknown_names_take_as_long(proxied: RunningServer) -> None:
    """How long a refusal takes does not tell whether there is such an account."""
    client = new_account(proxied.base)
    took: dict[str, list[float]] = {client.user: [], "nobody" + fresh("x"): []}
    for number in range(30):
        for name, times in took.items():
            times.append(sign_in(proxied, name, md5(fresh("guess")), f"10.2.{number}.{len(took)}")[1])
    known, unknown = (statistics.median(times) for times in took.values())

    assert 0.6 < known / unknown < 1.6


def test_held_answers_are_bounded(proxied: RunningServer) -> None:
    """A guesser with many connections does not pile up delayed answers: a name too long for any account costs no argon2,
    and 200 such guesses at once are answered as soon as one of them would be.
    """
    name = "x" * 300
    wear_out(proxied, ["10.5.0.1"])
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(Connection(proxied)) for _ in range(200)]
        for connection in connections:
            headers = (("x-auth-user", name), ("x-auth-key", "k"), ("x-forwarded-for", "10.5.0.1"))
            connection.send(request("GET", "/users/auth", *headers))
        early = 0
        for connection in reversed(connections):
            assert in_dialect(connection.answer()) == DENIED
            early += time.monotonic() - began < 1.0

    assert early >= 200 - 64 - 1
    assert time.monotonic() - began < 4.0


def test_wrong_key_after_change(proxied: RunningServer) -> None:
    """A changed key is worth nothing from that moment, though it was remembered as right, and an earlier guess may become it."""
    client = new_account(proxied.base)
    new = md5(fresh("new"))
    assert sign_in(proxied, client.user, new, "10.3.0.1")[0] == DENIED
    client.change_key(new)

    assert sign_in(proxied, client.user, client.key, "10.3.0.1")[0] == DENIED
    assert sign_in(proxied, client.user, new, "10.3.0.1")[0] == (200, 0)
