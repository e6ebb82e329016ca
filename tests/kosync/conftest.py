"""Fixtures of the conformance tests: each test at both mounts, as somebody new, from an address of its own.

Failed sign-ins are delayed per address, so the server here believes the loopback address as a proxy. What a test claims
holds without that, too.
"""

import itertools
from collections.abc import Iterator

import pytest

from tests.kosync.client import KosyncClient, fresh, md5, new_account
from tests.running import RunningServer

_addresses = itertools.count(1)


def new_address() -> str:
    number = next(_addresses)
    return f"10.0.{number // 250}.{1 + number % 250}"


@pytest.fixture(scope="session")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all conformance tests."""
    running = RunningServer(tmp_path_factory.mktemp("conformance"), "--trusted-proxies", "127.0.0.1")
    yield running
    assert running.stop() == 0


@pytest.fixture(params=["", "/kosync"], ids=["root", "kosync"])
def mount(request: pytest.FixtureRequest) -> str:
    """Where users say the server is: with `/kosync` or without."""
    return str(request.param)


@pytest.fixture
def reader(proxied: RunningServer, mount: str) -> KosyncClient:
    """Somebody who has just registered."""
    return new_account(proxied.base, mount=mount, address=new_address())


@pytest.fixture
def stranger(proxied: RunningServer, mount: str) -> KosyncClient:
    """Somebody whom the server does not know."""
    return KosyncClient(proxied.base, fresh("stranger"), md5(fresh("secret")), mount=mount, address=new_address())


@pytest.fixture(scope="session")
def regulars() -> dict[str, KosyncClient]:
    """Those who stay for all tests, by mount."""
    return {}


@pytest.fixture
def regular(proxied: RunningServer, mount: str, regulars: dict[str, KosyncClient]) -> KosyncClient:
    """Somebody who has read before, for tests that leave the account as it is and take fresh documents."""
    if mount not in regulars:
        regulars[mount] = new_account(proxied.base, mount=mount, address=new_address())
    return regulars[mount]
