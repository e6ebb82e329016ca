"""A unit is kept whole or not at all; what goes wrong in it is its caller's alone; what is kept is kept before it is said."""

import asyncio
from dataclasses import replace

import pytest

from placekeeper.domain.errors import NotFound, StorageUnavailable, Unauthorized
from placekeeper.domain.ports import Ledger
from placekeeper.domain.work import Work
from tests.storage.claims import Claims
from tests.storage.engine import Engine, EngineStore, Opened
from tests.storage.samples import a_reading, a_work, an_account, an_identifier

ME = "mina"


def names(ledger: Ledger) -> list[str]:
    return [account.name for account in ledger.accounts()]


class Spoilt(Exception):
    """What a unit of these tests raises after it has changed something."""


class UnitClaims(Claims):
    def test_returns_what_the_unit_returns(self, opened: Opened) -> None:
        """The value of a unit is the value of its call, None included."""
        value = object()

        assert value is opened.write(lambda _ledger: value)
        assert value is opened.read(lambda _ledger: value)
        assert value is opened.browse(lambda _ledger: value)
        assert None is opened.write(lambda _ledger: None)

    @pytest.mark.parametrize(
        "error", [Unauthorized("no"), NotFound("nothing"), Spoilt(), KeyError("key"), ValueError()], ids=repr
    )
    def test_errors_reach_their_caller(self, opened: Opened, error: Exception) -> None:
        """Whatever a unit raises, its caller gets that very error: from a write, a read and a browse."""

        def unit(_ledger: Ledger) -> None:
            raise error

        for call in (opened.write, opened.read, opened.browse):
            with pytest.raises(type(error)) as raised:
                call(unit)
            assert error is raised.value

    def test_nothing_stays_of_a_unit_that_raises(self, opened: Opened, database: Engine) -> None:
        """Not a row is left of what a unit did before it raised, in any table."""
        before = database.tables()

        def unit(ledger: Ledger) -> None:
            ledger.save_account(an_account())
            work = a_work(ME)
            ledger.add_reading(ME, a_reading(work.id))
            ledger.save_work(work)
            ledger.register(ME, an_identifier(work.id), 1)
            ledger.erase_account("lucy", 1)
            raise Spoilt

        with pytest.raises(Spoilt):
            opened.write(unit)
        assert before == database.tables()

    @pytest.mark.parametrize("spoil", [Spoilt, KeyError, StopIteration, RecursionError])
    def test_others_are_kept(self, opened: Opened, spoil: type[Exception]) -> None:
        """Of a hundred units at once, of which every third raises after a change, all others are kept and answered."""

        def unit(ledger: Ledger, number: int) -> int:
            ledger.save_account(an_account(name=f"reader {number:03}"))
            if number % 3 == 0:
                raise spoil
            return number

        async def scenario(store: EngineStore) -> list[int | BaseException]:
            calls = [store.write(lambda ledger, number=number: unit(ledger, number)) for number in range(100)]
            return await asyncio.gather(*calls, return_exceptions=True)

        results = opened.play(scenario)
        good = [number for number in range(100) if number % 3]
        assert good == [result for result in results if isinstance(result, int)]
        assert 34 == sum(isinstance(result, Exception) for result in results)
        assert [f"reader {number:03}" for number in good] == opened.read(names)
        assert "still here" == opened.write(lambda _ledger: "still here")

    def test_a_unit_sees_those_before_it_only_if_they_were_kept(self, opened: Opened) -> None:
        """In one batch, a unit builds on the kept ones before it; one that raised never was."""
        work = a_work(ME)

        def step(ledger: Ledger, number: int) -> int:
            known = ledger.work(ME, work.id) or work
            ledger.save_work(replace(known, run=known.run + 1))
            if number % 2:
                raise Spoilt
            return known.run

        async def scenario(store: EngineStore) -> list[int | BaseException]:
            calls = [store.write(lambda ledger, number=number: step(ledger, number)) for number in range(20)]
            return await asyncio.gather(*calls, return_exceptions=True)

        assert list(range(1, 11)) == [result for result in opened.play(scenario) if isinstance(result, int)]

    def test_reads_do_not_write(self, opened: Opened) -> None:
        """A look-up that tries to change something is refused, and nothing is changed."""
        for call in (opened.read, opened.browse):
            with pytest.raises(StorageUnavailable):
                call(lambda ledger: ledger.save_account(an_account()))
        assert [] == opened.read(names)

    def test_kept_before_it_is_said(self, opened: Opened, database: Engine) -> None:
        """The moment a write returns, a connection of somebody else's sees it; so do all reads of one's own."""

        async def scenario(store: EngineStore) -> None:
            for number in range(20):
                account = an_account(name=f"reader {number}")
                await store.write(lambda ledger, account=account: ledger.save_account(account))
                assert any(account.name in row for row in database.tables()["account"])
                assert account == await store.read(lambda ledger, id_=account.id: ledger.account(id_))
                assert account == await store.browse(lambda ledger, id_=account.id: ledger.account(id_))

        opened.play(scenario)

    def test_not_said_before_it_is_kept(self, database: Engine) -> None:
        """What a unit did is seen by nobody else before its transaction is over."""
        opened = Opened(database.open())
        seen: list[bool] = []

        def unit(ledger: Ledger) -> None:
            ledger.save_account(an_account(name=ME))
            seen.append(any(ME in row for row in database.tables()["account"]))

        opened.write(unit)
        opened.close()
        assert [False] == seen

    def test_kept_for_the_next_process(self, opened: Opened, database: Engine) -> None:
        """What was written is there when the database is opened anew, beside the first store and after it has stopped."""
        account = an_account()
        opened.write(lambda ledger: ledger.save_account(account))

        beside = Opened(database.open())
        assert account == beside.read(lambda ledger: ledger.account(account.id))
        beside.write(lambda ledger: ledger.save_account(replace(account, name="other")))
        beside.close()
        assert "other" == opened.read(names)[0]

    def test_a_stop_keeps_what_is_queued(self, database: Engine) -> None:
        """A stop while writes and notes wait: all of them are kept."""
        opened = Opened(database.open(queue_limit=300))

        async def scenario(store: EngineStore) -> None:
            calls = [
                asyncio.create_task(store.write(lambda ledger, n=number: ledger.save_account(an_account(name=f"reader {n:03}"))))
                for number in range(300)
            ]
            store.note("key", lambda ledger: ledger.save_account(an_account(name="noted")))
            await asyncio.sleep(0)
            await store.stop()
            await asyncio.gather(*calls)

        opened.play(scenario)
        opened.close()
        assert 301 == len(database.tables()["account"])

    def test_who_stops_waiting_harms_nobody(self, opened: Opened) -> None:
        """A caller that is cancelled leaves the others their answers, and its unit is done whole or not at all."""

        def unit(ledger: Ledger, number: int) -> None:
            work = replace(Work(**_fields(a_work(ME))), run=number)
            ledger.save_work(work)
            ledger.register(ME, an_identifier(work.id), number)

        async def scenario(store: EngineStore) -> list[BaseException | None]:
            calls = [asyncio.create_task(store.write(lambda ledger, n=number: unit(ledger, n))) for number in range(60)]
            for turn in range(3):
                await asyncio.sleep(0)
                for call in calls[turn::6]:
                    call.cancel()
            return await asyncio.gather(*calls, return_exceptions=True)

        results = opened.play(scenario)
        assert 30 == results.count(None)
        assert 30 == sum(isinstance(result, asyncio.CancelledError) for result in results)
        assert opened.read(lambda ledger: len(ledger.works(ME, before=None, limit=99))) == 0


def _fields(work: Work) -> dict[str, object]:
    return {name: getattr(work, name) for name in Work.__slots__}
