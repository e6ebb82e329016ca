"""Annotations of every kind: how many there may be, what order changes have, what tombstones keep."""

import pytest

from placekeeper.domain.annotation import Annotation
from placekeeper.domain.errors import Changed, Gone, InvalidRequest, NotFound, Outdated
from placekeeper.services.account_units import account_named, revised
from placekeeper.services.annotating import Annotating, Written
from tests.services.stage import MINUTE, Stage

SAID = Written(sources=("urn:x:1", "urn:x:2"), motivation="highlighting", content='{"type":"Annotation"}')


def anyhow(_found: Annotation) -> bool:
    return True


def test_a_full_account(stage: Stage) -> None:
    """An account that has as many as it may can make no more until it deletes one."""
    mina, annotating = stage.reader(), Annotating(stage.store, clock=stage.clock, most=2)
    first, _second = (stage.do(annotating.create(mina, SAID)) for _ in range(2))
    with pytest.raises(InvalidRequest):
        stage.do(annotating.create(mina, SAID))
    stage.do(annotating.delete(mina, first.id, anyhow))

    assert SAID.content == stage.do(annotating.create(mina, SAID)).content
    with pytest.raises(InvalidRequest):
        stage.do(annotating.create(mina, SAID))


def test_nothing_of_what_is_deleted(stage: Stage) -> None:
    """Of what is deleted, nothing is kept that it said, nor what it was about."""
    mina, annotating = stage.reader(), Annotating(stage.store, clock=stage.clock)
    made = stage.do(annotating.create(mina, SAID))
    stage.do(annotating.delete(mina, made.id, anyhow))
    (gone,) = stage.do(annotating.changes(mina, "", 9)).annotations

    assert ("", "", "") == (gone.source, gone.motivation, gone.content)
    assert 0 == stage.do(annotating.page(mina, "urn:x:2", after="", offset=0, limit=9)).total
    with pytest.raises(Gone):
        stage.do(annotating.one(mina, made.id))
    with pytest.raises(NotFound):
        stage.do(annotating.one(stage.reader("lucy"), made.id))


def test_the_clock_was_put_back(stage: Stage) -> None:
    """What changes while the clock is behind comes after all that changed before, for who has a token already."""
    mina, annotating = stage.reader(), Annotating(stage.store, clock=stage.clock)
    made = [stage.do(annotating.create(mina, SAID))]
    token = stage.do(annotating.changes(mina, "", 9)).next
    stage.clock.passes(-10 * MINUTE)
    made += [stage.do(annotating.create(mina, SAID)) for _ in range(3)]
    changed = stage.do(annotating.change(mina, made[0].id, anyhow, lambda _old: SAID))

    assert [*made[1:], changed] == stage.do(annotating.changes(mina, token, 9)).annotations
    assert made[1:] == stage.do(annotating.page(mina, None, after=made[0].id, offset=0, limit=9)).annotations


def test_refused_as_a_whole(stage: Stage) -> None:
    """A change that its annotation does not expect, or whose caller may not make it any more, leaves all as it was."""
    mina, annotating = stage.reader(), Annotating(stage.store, clock=stage.clock)
    made = stage.do(annotating.create(mina, SAID))
    with pytest.raises(Changed):
        stage.do(annotating.delete(mina, made.id, lambda found: found.change == "0"))
    stage.write(lambda ledger: ledger.save_account(revised(account_named(ledger, mina.account_name))))
    for action in (annotating.create(mina, SAID), annotating.delete(mina, made.id, anyhow)):
        with pytest.raises(Outdated):
            stage.do(action)

    assert [made] == stage.do(annotating.page(mina, None, after="", offset=0, limit=9)).annotations
