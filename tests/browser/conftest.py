"""One browser for all browser tests, and no longer: while it runs, the thread that tests use has a running event loop."""

from collections.abc import Iterator

import pytest

from tests.browser.engines import Engines, started


@pytest.fixture(scope="package")
def engines() -> Iterator[Engines]:
    """foliate-js and epub.js in Chromium."""
    with started() as found:
        yield found
