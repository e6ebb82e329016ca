"""An account's history is given away piece by piece, however long it is."""

from placekeeper.services.exporting import AT_ONCE, Exporting
from tests.services.stage import Stage


def test_some_at_a_time(stage: Stage) -> None:
    """A long history comes in pieces, newest first, without what is joined to the work."""
    mina = stage.reader()
    kept = [stage.push(mina, "Kobo", turn / 1000).reading.id for turn in range(AT_ONCE + 1)]

    async def pieces() -> list[list[str]]:
        works = Exporting(stage.store).works(mina)
        return [[reading.id for reading in some] async for work in works async for some in work.readings]

    assert [kept[:0:-1], kept[:1]] == stage.do(pieces())
