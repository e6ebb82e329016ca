"""Fixtures of the API's tests."""

from collections.abc import Callable

import pytest

from tests.api.person import Person
from tests.running import RunningServer


@pytest.fixture
def person(start: Callable[..., RunningServer]) -> Person:
    """Someone on a server without a library."""
    return Person(start())
