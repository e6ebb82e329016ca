"""What all parts of the conformance suite share: an empty database, opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.storage.engine import Engine, Opened


class Claims:
    """A part of the suite. `engine` is given where an engine joins."""

    engine: ClassVar[type[Engine]]

    @pytest.fixture
    def database(self, tmp_path: Path) -> Engine:
        return self.engine(tmp_path)

    @pytest.fixture
    def opened(self, database: Engine) -> Iterator[Opened]:
        opened = Opened(database.open())
        yield opened
        opened.close()
