"""Ann's server, with a past."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files import copied
from tests.running import RunningServer
from tests.shared import shared
from tests.web.browser import Browser
from tests.web.past import Past, digest_of
from tests.web.shelf import scanned


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with Alice in its library, where Ann has read it for weeks. For tests that change nothing of hers."""
    running = with_past(tmp_path_factory.mktemp("past"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningServer]:
    """The same, for one test alone."""
    running = with_past(tmp_path)
    yield running
    running.kill()


def with_past(folder: Path) -> RunningServer:
    """A server on a folder of its own."""
    data, books = folder / "data", folder / "books"
    data.mkdir()
    books.mkdir()
    alice = copied(shared("corpus", "pg_alice.epub"), books)
    past = Past(data)
    past.read("Kobo", "a" * 32, 0.3, "/body/DocFragment[2]/body/p[1]/text().0", title="Emma", authors="Jane Austen")
    past.of_alice(digest_of(alice))
    past.close()
    server = RunningServer(data, "--library", str(books))
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
