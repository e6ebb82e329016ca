"""Many at once: each write is done once and in its turn, a full queue is waited for, and notes ride along."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from placekeeper.domain.ports import Ledger
from tests.storage.claims import Claims
from tests.storage.engine import Engine, EngineStore, Opened, until
from tests.storage.samples import NOW, a_reading, a_work, an_account

ME = "mina"


def adding(name: str) -> Callable[[Ledger], None]:
    """A unit that makes an account of that name."""
    account = an_account(name=name)
    return lambda ledger: ledger.save_account(account)


def names(database: Engine) -> set[str]:
    """The accounts that are on the disk, as somebody else sees them."""
    columns = [value for row in database.tables()["account"] for value in row if isinstance(value, str)]
    return {value for value in columns if value.startswith("reader ")}


class TrafficClaims(Claims):
    def test_each_write_is_done_once(self, opened: Opened) -> None:
        """Two hundred writes at once to one work: each counts once and sees those before it, in the order of the calls."""
        work = a_work(ME)
        opened.write(lambda ledger: ledger.save_work(work))

        def unit(ledger: Ledger, number: int) -> int:
            known = ledger.work(ME, work.id)
            assert known is not None
            ledger.save_work(replace(known, run=known.run + 1))
            ledger.add_reading(ME, a_reading(work.id, reason=str(number)))
            return known.run

        async def scenario(store: EngineStore) -> list[int]:
            return await asyncio.gather(*[store.write(lambda ledger, n=number: unit(ledger, n)) for number in range(200)])

        assert list(range(1, 201)) == opened.play(scenario)
        kept = opened.browse(lambda ledger: ledger.readings(ME, work.id, before=None, limit=999))
        assert {str(number) for number in range(200)} == {reading.reason for reading in kept}
        assert 200 == len(kept)

    def test_every_unit_is_counted(self, opened: Opened) -> None:
        """The observer hears of as many units as there were writes."""

        async def scenario(store: EngineStore) -> None:
            await asyncio.gather(*[store.write(adding(f"reader {number}")) for number in range(50)])

        opened.play(scenario)
        assert 50 == sum(opened.observer.batches)

    def test_who_wrote_reads_it(self, opened: Opened) -> None:
        """Among thirty who write and read at once, each reads its own latest write, by key and in lists."""

        async def one(store: EngineStore, number: int) -> None:
            work = a_work(ME, id=f"work {number}")
            for run in range(1, 6):
                head = a_reading(work.id)
                version = replace(work, run=run, head=head)

                def unit(ledger: Ledger, version: object = version, head: object = head) -> None:
                    ledger.add_reading(ME, head)  # type: ignore[arg-type]
                    ledger.save_work(version)  # type: ignore[arg-type]

                await store.write(unit)
                assert version == await store.read(lambda ledger: ledger.work(ME, work.id))
                assert version in await store.browse(lambda ledger: ledger.works(ME, before=None, limit=99))

        async def scenario(store: EngineStore) -> None:
            await asyncio.gather(*[one(store, number) for number in range(30)])

        opened.play(scenario)

    def test_a_full_queue_is_waited_for(self, database: Engine) -> None:
        """With room for four, five hundred writes at once are all kept; never more than four go together; none is refused."""
        opened = Opened(database.open(queue_limit=4))

        async def scenario(store: EngineStore) -> None:
            await asyncio.gather(*[store.write(adding(f"reader {number}")) for number in range(500)])

        opened.play(scenario)
        opened.close()
        assert {f"reader {number}" for number in range(500)} == names(database)
        assert 4 >= max(opened.observer.batches)

    def test_who_gives_up_at_a_full_queue(self, database: Engine) -> None:
        """A caller that is cancelled before there was room for it leaves no trace, and the others their turn."""
        opened = Opened(database.open(queue_limit=2))

        async def scenario(store: EngineStore) -> None:
            calls = [asyncio.create_task(store.write(adding(f"reader {number}"))) for number in range(40)]
            await asyncio.sleep(0)
            for call in calls[2::2]:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

        opened.play(scenario)
        opened.close()
        expected = {"reader 0", *(f"reader {number}" for number in range(1, 40, 2))}
        assert expected == names(database)


class NoteClaims(Claims):
    def test_a_note_rides_with_the_next_write(self, opened: Opened, database: Engine) -> None:
        """A note alone is not written at once; it is there when the next write returns."""
        opened.note("key", adding("reader noted"))
        opened.read(lambda ledger: ledger.accounts())
        assert set() == names(database)

        opened.write(adding("reader written"))
        assert {"reader noted", "reader written"} == names(database)

    def test_a_newer_note_replaces_one_that_waits(self, opened: Opened, database: Engine) -> None:
        """Of several notes of one key, the last is written and the others never; other keys keep theirs."""
        for number in range(5):
            opened.note("key", adding(f"reader {number}"))
        opened.note(("other", "key"), adding("reader other"))
        opened.write(lambda _ledger: None)

        assert {"reader 4", "reader other"} == names(database)

    def test_a_note_is_written_once(self, opened: Opened) -> None:
        """A note that was written is done with: later writes don't repeat it."""
        times: list[int] = []
        opened.note("key", lambda _ledger: times.append(1))
        for _ in range(3):
            opened.write(lambda _ledger: None)

        assert [1] == times

    def test_a_note_does_not_wait_for_ever(self, database: Engine) -> None:
        """Where no write comes, a note is written by itself, and so is the one after it."""
        opened = Opened(database.open(note_seconds=0.05))

        async def scenario(store: EngineStore) -> None:
            for name in ("reader 1", "reader 2"):
                store.note("key", adding(name))
                await until(lambda name=name: name in names(database))

        opened.play(scenario)
        opened.close()

    def test_a_stop_writes_notes(self, database: Engine) -> None:
        """What is noted when the store stops is kept."""
        opened = Opened(database.open(note_seconds=60))
        for number in range(3):
            opened.note(number, adding(f"reader {number}"))
        opened.close()

        assert {"reader 0", "reader 1", "reader 2"} == names(database)

    @pytest.mark.parametrize("changes", [False, True])
    def test_a_note_that_fails_harms_nobody(self, opened: Opened, database: Engine, *, changes: bool) -> None:
        """A note that raises, before or after it changed something, takes neither the write nor another note with it."""

        def failing(ledger: Ledger) -> None:
            if changes:
                adding("reader spoilt")(ledger)
            raise ValueError

        opened.note("good", adding("reader good"))
        opened.note("bad", failing)
        opened.write(adding("reader written"))

        assert {"reader good", "reader written"} == names(database)

    def test_notes_do_not_hold_up_reads(self, opened: Opened) -> None:
        """A note is no write: until it is due, look-ups answer as if it had not come."""
        work = a_work(ME, created_at=NOW)
        opened.note("key", lambda ledger: ledger.save_work(work))

        assert None is opened.read(lambda ledger: ledger.work(ME, work.id))
