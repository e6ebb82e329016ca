"""One server with a library of real books and small ones, and an account for each test."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.translate import Translator
from placekeeper.services.account_units import new_account
from placekeeper.services.secrets import hash_key
from placekeeper.storage.sqlite import SqliteStore
from tests.kosync.client import KosyncClient, fresh, md5
from tests.opds_progression.client import PASSWORD, ProgressionClient
from tests.opds_progression.library import fill
from tests.running import RunningServer

KEY_HASH = hash_key(md5(PASSWORD))
"""The same for all: argon2 takes long."""


def add_account(data: Path, *, library: bool = True) -> str:
    """A new account beside the running server; its name."""
    name = fresh("reader")
    store = SqliteStore(data, now_ms=0, existing=True)
    try:
        store.run(lambda ledger: ledger.save_account(new_account(name, KEY_HASH, time.time_ns() // 1_000_000, library=library)))
    finally:
        store.close()
    return name


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that will come."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "it does not come"
        time.sleep(0.1)


def publications(base: str, user: str) -> dict[str, str]:
    """The publications by title: their ids."""
    answer = httpx2.get(base + "/opds/v2/publications?limit=100", auth=(user, PASSWORD), trust_env=False)
    assert 200 == answer.status_code, answer.text
    found = answer.json().get("publications", [])
    return {each["metadata"]["title"]: _id(each) for each in found}


def _id(publication: dict[str, Any]) -> str:
    links = [each["href"] for each in publication["links"] if each["rel"] == "http://opds-spec.org/progression"]
    return str(links[0].split("/publications/")[1].split("/")[0])


@dataclass(frozen=True)
class Shelf:
    """A running server with a library: `books` are the files' paths by title, `ids` the publications'."""

    running: RunningServer
    books: dict[str, Path]
    ids: dict[str, str]

    def reader(self, title: str = "A book", **more: Any) -> ProgressionClient:
        """Somebody new, and one of the publications."""
        return ProgressionClient(self.running.base, add_account(self.running.data), self.ids[title], **more)


def serve(folder: Path, data: Path) -> Shelf:
    """A server over a library that has just been made, once it is scanned."""
    books = fill(folder)
    running = RunningServer(data, "--library", str(folder))
    name = add_account(data)
    until(lambda: len(publications(running.base, name)) == len(books))
    return Shelf(running, books, publications(running.base, name))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """One server for all tests that take only fresh accounts."""
    shelf = serve(tmp_path_factory.mktemp("books"), tmp_path_factory.mktemp("data"))
    yield shelf
    assert shelf.running.stop() == 0


@pytest.fixture
def reader(shelf: Shelf) -> ProgressionClient:
    """Somebody new with a small book."""
    return shelf.reader()


@pytest.fixture
def own_shelf(tmp_path: Path) -> Iterator[Callable[[], Shelf]]:
    """Starts a server of this test's own, for what it does to it."""
    shelves: list[Shelf] = []

    def starter() -> Shelf:
        shelves.append(serve(tmp_path / "books", tmp_path / "data"))
        return shelves[-1]

    yield starter
    for each in shelves:
        if each.running.process.poll() is None:
            each.running.kill()


@pytest.fixture
def flatland(shelf: Shelf) -> Translator:
    return Translator(open_publication(shelf.books["Flatland"]))


@pytest.fixture
def thorium(shelf: Shelf) -> ProgressionClient:
    return shelf.reader("Flatland")


@pytest.fixture
def kobo(thorium: ProgressionClient) -> KosyncClient:
    return thorium.kosync()
