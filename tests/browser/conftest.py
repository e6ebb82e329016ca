"""One browser for all browser tests."""

from collections.abc import Iterator

import pytest

from tests.browser.engines import Engines, started


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """foliate-js and epub.js in Chromium."""
    with started() as found:
        yield found
