"""Sessions of browsers: how long they last, and what ends them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from placekeeper.domain.errors import Unauthorized
from placekeeper.services.secrets import key_of
from placekeeper.services.sessions import Sessions
from tests.services.stage import HOME, Stage

DAY = 86_400


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Services, with an account."""
    stage = Stage(tmp_path)
    stage.do(stage.accounts.register("mina", key_of("secret"), HOME))
    yield stage
    stage.close()


def sessions_of(stage: Stage, secret: bytes = b"s" * 32) -> Sessions:
    """Sessions that last for a day."""
    return Sessions(stage.store, stage.accounts, secret, clock=stage.clock, seconds=DAY)


def test_a_session_ends_by_itself(stage: Stage) -> None:
    """A session is good until its time is over, and no longer."""
    sessions = sessions_of(stage)
    token = stage.do(sessions.begin("mina", "secret", HOME))
    stage.clock.passes((DAY - 1) * 1000)
    before = stage.do(sessions.holder(token))
    stage.clock.passes(1000)

    assert before is not None
    assert "mina" == before.account_name
    assert stage.do(sessions.holder(token)) is None


def test_a_session_ends_with_the_password(stage: Stage) -> None:
    """A new password ends every session but the one that it is changed in, which goes on under a new token."""
    sessions = sessions_of(stage)
    token = stage.do(sessions.begin("mina", "secret", HOME))
    principal = stage.do(sessions.holder(token))
    assert principal is not None
    with pytest.raises(Unauthorized):
        stage.do(sessions.change_password(principal, "wrong", "other", HOME))
    successor = stage.do(sessions.change_password(principal, "secret", "other", HOME))

    assert stage.do(sessions.holder(token)) is None
    assert stage.do(sessions.holder(successor)) is not None


def test_a_session_is_of_its_server(stage: Stage) -> None:
    """Another server's secret makes sessions that are worth nothing here, and so does an access token."""
    sessions = sessions_of(stage)
    principal = stage.do(stage.accounts.authenticate("mina", key_of("secret"), HOME))
    forged = stage.do(sessions_of(stage, b"t" * 32).begin("mina", "secret", HOME))
    access = stage.do(stage.accounts.access_token(principal))

    assert [None, None] == [stage.do(sessions.holder(each)) for each in (forged, access)]
