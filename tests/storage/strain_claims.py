"""When something is in the way: another process holds the database, or the disk is full. Nothing hangs, nothing lies."""

import asyncio
import time

import pytest

from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Ledger
from tests.storage.claims import Claims
from tests.storage.engine import Engine, EngineStore, Opened
from tests.storage.samples import a_reading, a_work, an_account
from tests.storage.traffic_claims import adding, names

ME = "mina"
HELD_SECONDS = 1.0
BULK = "x" * 100_000
"""A text that needs pages of its own."""


def swell(ledger: Ledger) -> None:
    """Ask for more room than there is."""
    ledger.add_reading(ME, a_reading("work", reason=BULK))


class StrainClaims(Claims):
    def test_a_held_database_delays_writes_only(self, opened: Opened, database: Engine) -> None:
        """While another process holds the database for a second, reads are answered at once; all writes come after it."""
        account = an_account(name="reader before")
        opened.write(lambda ledger: ledger.save_account(account))

        async def scenario(store: EngineStore) -> tuple[list[float], bool]:
            with database.held():
                writes = [asyncio.create_task(store.write(adding(f"reader {number}"))) for number in range(20)]
                looks, began = [], time.monotonic()
                while (now := time.monotonic()) - began < HELD_SECONDS:
                    assert account == await store.read(lambda ledger: ledger.account(account.id))
                    assert [account] == await store.browse(lambda ledger: ledger.accounts())
                    looks.append(time.monotonic() - now)
                    await asyncio.sleep(0.01)
                early = any(write.done() for write in writes)
            await asyncio.gather(*writes)
            return looks, early

        looks, early = opened.play(scenario)
        assert not early
        assert len(looks) > 20
        assert max(looks) < 0.5
        assert {"reader before", *(f"reader {number}" for number in range(20))} == names(database)

    def test_a_database_that_is_held_too_long(self, database: Engine) -> None:
        """After the time that a write may wait, it is told so; the next one after the release is kept."""
        opened = Opened(database.open(busy_seconds=0.2))

        async def scenario(store: EngineStore) -> list[BaseException | None]:
            with database.held():
                calls = [store.write(adding(f"reader {number}")) for number in range(3)]
                return await asyncio.gather(*calls, return_exceptions=True)

        assert [StorageUnavailable] * 3 == [type(result) for result in opened.play(scenario)]
        opened.write(adding("reader after"))
        opened.close()
        assert {"reader after"} == names(database)

    def test_a_stop_waits_for_a_held_database(self, database: Engine) -> None:
        """A stop while another process holds the database keeps what is queued, once it is free."""
        opened = Opened(database.open())

        async def scenario(store: EngineStore) -> None:
            with database.held():
                write = asyncio.create_task(store.write(adding("reader queued")))
                store.note("key", adding("reader noted"))
                stop = asyncio.create_task(store.stop())
                await asyncio.sleep(0.2)
                assert not stop.done()
            await asyncio.gather(write, stop)

        opened.play(scenario)
        opened.close()
        assert {"reader queued", "reader noted"} == names(database)

    def test_a_full_disk(self, opened: Opened, database: Engine) -> None:
        """Without room, a write is StorageUnavailable and leaves nothing; reads go on; with room again, writes do too."""
        work = a_work(ME, id="work")
        opened.write(lambda ledger: ledger.save_work(work))
        with database.full(opened):
            for _ in range(3):
                with pytest.raises(StorageUnavailable):
                    opened.write(swell)
            assert work == opened.read(lambda ledger: ledger.work(ME, "work"))
            assert [] == opened.browse(lambda ledger: ledger.readings(ME, "work", before=None, limit=9))

        opened.write(swell)
        assert [BULK] == [r.reason for r in opened.read(lambda ledger: ledger.readings(ME, "work", before=None, limit=9))]

    def test_a_full_disk_tells_the_truth_to_all(self, opened: Opened, database: Engine) -> None:
        """Among writes at once of which some find no room, those told to be kept are kept, and of the others nothing is."""

        def unit(ledger: Ledger, number: int) -> int:
            adding(f"reader {number}")(ledger)
            if number % 5 == 0:
                swell(ledger)
            return number

        async def scenario(store: EngineStore) -> list[int | BaseException]:
            calls = [store.write(lambda ledger, n=number: unit(ledger, n)) for number in range(20)]
            return await asyncio.gather(*calls, return_exceptions=True)

        with database.full(opened):
            results = opened.play(scenario)
        told = {f"reader {result}" for result in results if isinstance(result, int)}
        assert told == names(database)
        assert {StorageUnavailable} == {type(result) for result in results if not isinstance(result, int)}
