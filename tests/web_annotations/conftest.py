"""One server without a library, and an account for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from placekeeper.storage.sqlite import SqliteStore
from tests.crossing.copies import paired
from tests.crossing.room import opened
from tests.opds_progression.conftest import add_account
from tests.running import RunningServer
from tests.web_annotations.books import KINDS, STEM, Library
from tests.web_annotations.client import WebClient


@pytest.fixture
def user(server: RunningServer) -> str:
    """Somebody new, who sees no library."""
    return add_account(server.data, library=False)


@pytest.fixture
def app(server: RunningServer, user: str) -> WebClient:
    """Their app."""
    return WebClient(server.base, user)


@pytest.fixture
def stranger(server: RunningServer) -> Callable[[], WebClient]:
    """Makes apps of others."""
    return lambda: WebClient(server.base, add_account(server.data, library=False))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A database of the test's own."""
    opened = SqliteStore(tmp_path, now_ms=0)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("books")
    pairs = paired(folder, (STEM,), KINDS)
    with opened(folder, tmp_path_factory.mktemp("data"), "--scan-interval", "0") as room:
        yield Library(room, pairs)
