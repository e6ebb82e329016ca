"""A write aside is a write like any other, but that no look-up waits for it."""

import asyncio
import time

import pytest

from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Ledger
from tests.storage.claims import Claims
from tests.storage.engine import Engine, EngineStore, Opened
from tests.storage.samples import an_account
from tests.storage.strain_claims import swell
from tests.storage.traffic_claims import adding, names

LONG = 0.3
"""Seconds that a unit takes."""


class Spoilt(Exception):
    """What a unit of these tests raises after it has changed something."""


class AsideClaims(Claims):
    def test_aside_is_kept_before_it_is_said(self, opened: Opened, database: Engine) -> None:
        """Its value comes back, and by then somebody else's connection sees what it did."""

        async def scenario(store: EngineStore) -> None:
            assert "value" == await store.write_aside(lambda ledger: (adding("reader aside")(ledger), "value")[1])
            assert {"reader aside"} == names(database)

        opened.play(scenario)

    def test_aside_holds_no_look_up_up(self, opened: Opened) -> None:
        """While a unit takes its time aside, the loop goes on and look-ups are answered; a write that comes meanwhile is kept."""

        def unit(ledger: Ledger) -> None:
            adding("reader aside")(ledger)
            time.sleep(LONG)

        async def scenario(store: EngineStore) -> tuple[int, float]:
            aside = asyncio.create_task(store.write_aside(unit))
            await asyncio.sleep(0.05)
            write = asyncio.create_task(store.write(adding("reader meanwhile")))
            looks, slowest = 0, 0.0
            while not aside.done():
                began = time.monotonic()
                assert None is await store.read(lambda ledger: ledger.account("nobody"))
                await asyncio.sleep(0.001)
                looks, slowest = looks + 1, max(slowest, time.monotonic() - began)
            await asyncio.gather(aside, write)
            return looks, slowest

        looks, slowest = opened.play(scenario)
        assert looks > 20
        assert slowest < LONG / 2

    def test_aside_and_not(self, opened: Opened, database: Engine) -> None:
        """Of units of both kinds at once, of which every third raises after a change, all others are kept and answered."""

        def unit(ledger: Ledger, number: int) -> int:
            ledger.save_account(an_account(name=f"reader {number:03}"))
            if number % 3 == 0:
                raise Spoilt
            return number

        async def scenario(store: EngineStore) -> list[int | BaseException]:
            ways = (store.write, store.write_aside)
            calls = [ways[number % 2](lambda ledger, n=number: unit(ledger, n)) for number in range(60)]
            return await asyncio.gather(*calls, return_exceptions=True)

        results = opened.play(scenario)
        good = [number for number in range(60) if number % 3]
        assert good == [result for result in results if isinstance(result, int)]
        assert 20 == sum(isinstance(result, Spoilt) for result in results)
        assert {f"reader {number:03}" for number in good} == names(database)

    def test_aside_of_a_held_database(self, database: Engine) -> None:
        """Where the database is held too long, it is told so; after that it goes on."""
        opened = Opened(database.open(busy_seconds=0.2))

        async def scenario(store: EngineStore) -> list[BaseException | None]:
            with database.held():
                calls = [store.write_aside(adding(f"reader {number}")) for number in range(3)]
                return await asyncio.gather(*calls, return_exceptions=True)

        assert [StorageUnavailable] * 3 == [type(result) for result in opened.play(scenario)]
        opened.play(lambda store: store.write_aside(adding("reader after")))
        opened.close()
        assert {"reader after"} == names(database)

    def test_a_stop_keeps_what_waits_aside(self, database: Engine) -> None:
        """A stop keeps what was handed over before it."""
        opened = Opened(database.open())

        async def scenario(store: EngineStore) -> None:
            calls = [asyncio.create_task(store.write_aside(adding(f"reader {number}"))) for number in range(20)]
            await asyncio.sleep(0)
            await store.stop()
            await asyncio.gather(*calls)

        opened.play(scenario)
        opened.close()
        assert 20 == len(names(database))

    @pytest.mark.parametrize("turns", [1, 3])
    def test_aside_of_a_full_disk(self, opened: Opened, database: Engine, turns: int) -> None:
        """Of units of both kinds, of which some find no room, those told to be kept are kept, and of the others nothing is."""

        def unit(ledger: Ledger, number: int) -> int:
            adding(f"reader {number}")(ledger)
            if number % 5 == 0:
                swell(ledger)
            return number

        async def scenario(store: EngineStore, turn: int) -> list[int | BaseException]:
            ways = (store.write, store.write_aside)
            numbers = range(20 * turn, 20 * turn + 20)
            calls = [ways[number % 2](lambda ledger, n=number: unit(ledger, n)) for number in numbers]
            return await asyncio.gather(*calls, return_exceptions=True)

        results = []
        with database.full(opened):
            for turn in range(turns):
                results += opened.play(lambda store, turn=turn: scenario(store, turn))
        assert {f"reader {result}" for result in results if isinstance(result, int)} == names(database)
        assert {StorageUnavailable} == {type(result) for result in results if not isinstance(result, int)}
        opened.play(lambda store: store.write_aside(swell))
