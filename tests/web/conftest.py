"""Ann's server, with a past."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from placekeeper.app import Placekeeper
from placekeeper.config import Settings
from tests.files import copied
from tests.running import RunningServer
from tests.shared import shared
from tests.web.browser import Browser
from tests.web.past import Past, digest_of
from tests.web.shelf import scanned


@pytest.fixture(scope="session")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders as weeks of reading have left them: `data`, and `books` with Alice."""
    folder = tmp_path_factory.mktemp("weeks")
    data, books = folder / "data", folder / "books"
    data.mkdir()
    books.mkdir()
    alice = copied(shared("corpus", "pg_alice.epub"), books)
    past = Past(data)
    past.read("Kobo", "a" * 32, 0.3, "/body/DocFragment[2]/body/p[1]/text().0", title="Emma", authors="Jane Austen")
    past.of_alice(digest_of(alice))
    past.close()
    return folder


@pytest.fixture(scope="session")
def past(weeks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with Alice in its library, where Ann has read it for weeks. For tests that change nothing of hers."""
    running = with_past(weeks, tmp_path_factory.mktemp("past"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def home(weeks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The same, for the tests of one module, which change it."""
    running = with_past(weeks, tmp_path_factory.mktemp("home"))
    yield running
    running.kill()


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on its first day, which nobody has an account of."""
    folder = tmp_path_factory.mktemp("fresh")
    running = RunningServer(folder / "data", "--library", str(folder))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """(method, path) of all pages and forms that there are."""
    server = Placekeeper(Settings(data=tmp_path_factory.mktemp("routes")))
    found = [each for each in server._others.routes if isinstance(each, Route)]
    server._workers.close()
    server._store.close()
    return [(method, each.path) for each in found for method in sorted((each.methods or {"GET"}) - {"HEAD"})]


@pytest.fixture
def own(weeks: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """The same, for one test alone."""
    running = with_past(weeks, tmp_path)
    yield running
    running.kill()


def with_past(weeks: Path, folder: Path) -> RunningServer:
    """A server on a folder of its own."""
    shutil.copytree(weeks, folder, dirs_exist_ok=True)
    server = RunningServer(folder / "data", "--library", str(folder / "books"))
    scanned(server, 1)
    return server


@pytest.fixture
def ann(past: RunningServer) -> Browser:
    """Ann, signed in."""
    return Browser(past).sign_in()


@pytest.fixture
def ann_alone(own: RunningServer) -> Browser:
    """Ann, signed in on a server of her own."""
    return Browser(own).sign_in()
