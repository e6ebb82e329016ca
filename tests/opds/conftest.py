"""One server with one library for all tests of the catalogs that change nothing in it."""

from collections.abc import Iterator

import pytest

from tests.opds.library import BOOKS, NAMED, Reader, fill, people
from tests.running import RunningServer


@pytest.fixture(scope="package")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose library has been scanned."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("library") / "books"
    fill(folder)
    people(data)
    server = RunningServer(data, "--library", str(folder))
    Reader(server).wait(BOOKS + len(NAMED))
    yield server
    assert server.stop() == 0


@pytest.fixture
def ann(books: RunningServer) -> Reader:
    """Somebody who sees the library."""
    return Reader(books)
