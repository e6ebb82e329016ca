"""Fixtures: one pool of workers for all tests, a library for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from placekeeper.formats.work import Pool
from tests.library.room import Room


@pytest.fixture(scope="session")
def workers() -> Iterator[Pool]:
    pool = Pool(2)
    yield pool
    pool.close()


@pytest.fixture
def room(tmp_path: Path, workers: Pool) -> Iterator[Room]:
    room = Room(tmp_path, workers)
    yield room
    room.close()
