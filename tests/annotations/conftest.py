"""One server with a library of real books and small ones, and an account for each test."""

from collections.abc import Callable, Iterator

import pytest

from tests.annotations.client import PalaceClient
from tests.opds_progression.conftest import Shelf, add_account, serve


@pytest.fixture(scope="package")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("palace")
    made = serve(folder / "books", folder / "data")
    yield made
    made.running.stop()


@pytest.fixture
def user(shelf: Shelf) -> str:
    """Somebody new, who sees the library."""
    return add_account(shelf.running.data)


@pytest.fixture
def app(shelf: Shelf, user: str) -> Callable[..., PalaceClient]:
    """Makes apps of one account."""
    return lambda **more: PalaceClient(shelf.running.base, user, **more)
