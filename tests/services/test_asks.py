"""What was asked and told waits in memory and is written in the end; accounts that are full are noticed."""

from dataclasses import replace
from typing import Any

import pytest

from placekeeper.domain.ask import Answer
from placekeeper.domain.errors import Full
from placekeeper.services import asks as module
from placekeeper.services.account_units import account_named, principal_of
from placekeeper.services.annotating import Annotating, Written
from placekeeper.services.asks import Asks
from placekeeper.services.bookmarking import Bookmarked, Bookmarks
from placekeeper.services.quotas import Quotas
from tests.services.stage import HOME, Stage


@pytest.fixture
def asks(stage: Stage) -> Asks:
    """As after a start."""
    return Asks(stage.store, clock=stage.clock)


def asked(stage: Stage, asks: Asks, principal: Any, *documents: str) -> None:
    """Questions that find nothing, one after the other."""

    async def ask() -> None:
        for document in documents:
            stage.clock.passes(1)
            asks.asked(principal, "kosync", document, HOME, Answer.NOTHING)

    stage.do(ask())


def documents(stage: Stage, asks: Asks, principal: Any, limit: int = 500) -> list[str]:
    """What is told of them."""
    return [each.ask.document for each in stage.do(asks.lately(principal, limit))]


def test_the_newest_are_kept(stage: Stage, asks: Asks) -> None:
    """Of one account, the newest two hundred are kept; another one's are untouched."""
    mina, lucy = stage.reader("mina"), stage.reader("lucy")
    asked(stage, asks, lucy, "hers")
    asked(stage, asks, mina, *(f"{number:03}" for number in range(300)))

    assert [f"{number:03}" for number in range(299, 99, -1)] == documents(stage, asks, mina)
    assert ["hers"] == documents(stage, asks, lucy)


def test_memory_is_bounded(stage: Stage, asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more is asked than is written, the oldest are forgotten, and one that is asked again is new."""
    monkeypatch.setattr(module, "WAITING", 3)
    mina = stage.reader("mina")
    asked(stage, asks, mina, "a", "b", "c", "a", "d")

    assert ["d", "a", "c"] == documents(stage, asks, mina)


def test_nobody_pushes_out_others(stage: Stage, asks: Asks) -> None:
    """Who asks more than may wait in all pushes out the own entries, and nobody else's."""
    mina, lucy = stage.reader("mina"), stage.reader("lucy")
    asked(stage, asks, lucy, "hers")
    asked(stage, asks, mina, *(f"{number}" for number in range(module.WAITING + 1)))

    assert ["hers"] == documents(stage, asks, lucy)
    assert module.KEPT == len(documents(stage, asks, mina))


def test_erased_accounts_leave_nothing(stage: Stage, asks: Asks) -> None:
    """What waits of an account that is erased meanwhile is not written."""
    mina = stage.reader("mina")
    asked(stage, asks, mina, "a")
    stage.write(lambda ledger: ledger.erase_account(mina.account_id, stage.clock()))

    assert [] == documents(stage, asks, mina)


def test_who_asked(stage: Stage, asks: Asks) -> None:
    """A credential says for certain which device asked; an address says which one wrote last from there."""
    mina = stage.reader("mina")
    kobo = stage.device_of(mina, "Kobo")
    stage.push(mina, "Boox", 0.1)
    asked(stage, asks, mina, "by address")
    asked(stage, asks, kobo, "by credential")
    found = {each.ask.document: each for each in stage.do(asks.lately(mina, 9))}

    assert [("Kobo", True, ""), ("Boox", False, HOME)] == [
        (each.device.name if each.device else "", each.sure, each.address)
        for each in (found["by credential"], found["by address"])
    ]


def now(stage: Stage, name: str) -> Any:
    """The account, as whoever shows its key now."""
    return principal_of(stage.read(lambda ledger: account_named(ledger, name)), None)


def test_full_accounts_are_noticed(stage: Stage) -> None:
    """An account with as much as it may have is full from the next look on, takes nothing more, and loses nothing."""
    stage.reader("mina")
    quotas = Quotas(stage.store, clock=stage.clock, most=3)
    for number in range(3):
        stage.push(now(stage, "mina"), "Kobo", 0.1 * number, document=f"{number}")
        stage.do(quotas.check(now(stage, "mina").account_id))
    with pytest.raises(Full):
        stage.push(now(stage, "mina"), "Kobo", 0.9)

    assert 3 == len(stage.do(stage.history.works(now(stage, "mina"), before=None, limit=9)))


def test_more_room(stage: Stage) -> None:
    """An account that may have more is not full any more; 0 is any number."""
    stage.reader("mina")
    stage.push(now(stage, "mina"), "Kobo", 0.1)
    for most, full in ((1, True), (2, False), (1, True), (0, False)):
        quotas = Quotas(stage.store, clock=stage.clock, most=most)
        stage.do(quotas.check(now(stage, "mina").account_id))
        assert full == now(stage, "mina").full
    quotas = Quotas(stage.store, clock=stage.clock, most=1)
    account = stage.read(lambda ledger: account_named(ledger, "mina"))
    stage.write(lambda ledger: ledger.save_account(replace(account, quota=5)))
    stage.do(quotas.check(account.id))

    assert not now(stage, "mina").full


def test_looked_at_in_the_end(stage: Stage) -> None:
    """Who writes is looked at soon after, far from full not each time, and one that is gone is no error."""
    mina = stage.reader("mina")
    quotas = Quotas(stage.store, clock=stage.clock, most=100)

    async def wrote() -> None:
        quotas.wrote(mina.account_id)
        quotas.wrote("nobody")
        await quotas.look()

    stage.do(wrote())
    quotas.most = 1
    stage.push(now(stage, "mina"), "Kobo", 0.1)
    stage.do(wrote())
    assert not now(stage, "mina").full
    stage.clock.passes(10 * 60_000)
    stage.do(wrote())

    assert now(stage, "mina").full


def test_much_at_once(stage: Stage) -> None:
    """Who was far from full a moment ago is looked at all the same once as much has come since as would fit."""
    mina = stage.reader("mina")
    quotas = Quotas(stage.store, clock=stage.clock, most=20)

    async def wrote() -> None:
        quotas.wrote(mina.account_id)
        await quotas.look()

    for number in range(20):
        assert not now(stage, "mina").full
        stage.push(now(stage, "mina"), "Kobo", 0.01 * number)
        stage.do(wrote())

    assert now(stage, "mina").full


def test_annotations_fill_an_account(stage: Stage) -> None:
    """Bookmarks and annotations count towards the quota as they come, deleted ones too, though nothing is ever read."""
    mina = stage.reader("mina")
    quotas = Quotas(stage.store, clock=stage.clock, most=4)
    annotating, bookmarks = (each(stage.store, clock=stage.clock, quotas=quotas) for each in (Annotating, Bookmarks))
    written = Written(sources=("urn:x",), motivation="highlighting", content="{}")

    async def write(number: int) -> None:
        made = await annotating.create(mina, written)
        await annotating.delete(mina, made.id, lambda _made: True)
        said = Bookmarked(source="urn:x", motivation="bookmarking", place=f"{number}", content="{}", said_at=number)
        await bookmarks.keep(mina, said)
        await quotas.look()

    for number in range(2):
        assert not now(stage, "mina").full
        stage.do(write(number))

    assert now(stage, "mina").full
