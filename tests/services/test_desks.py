"""What is remembered of a device's last push saves look-ups, and changes nothing: not one judgement, not one row."""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Ledger, Unit
from placekeeper.services.keeping import Kept
from placekeeper.services.readings import Readings
from tests.services.stage import MINUTE, Stage

DEVICES, DOCUMENTS, RATIOS = ("Kobo", "Kindle"), ("one", "two"), (0.0, 0.05, 0.3, 0.35, 0.8, 0.97)
ADDRESSES = {"Kobo": "192.0.2.1", "Kindle": "192.0.2.2"}
_names = itertools.count()

_device, _document, _ratio = st.sampled_from(DEVICES), st.sampled_from(DOCUMENTS), st.sampled_from(RATIOS)
ACTIONS = st.one_of(
    st.tuples(st.just("push"), _device, _document, _ratio),
    st.tuples(st.just("push"), _device, _document, _ratio),
    st.tuples(st.just("at once"), _device, _document, _ratio),
    st.tuples(st.just("refused"), _device, _document, _ratio),
    st.tuples(st.just("fetch"), _device, _document),
    st.tuples(st.just("too late"), st.integers(0, 3)),
    st.tuples(st.just("restore"), st.integers(0, 3)),
    st.tuples(st.just("pass"), st.sampled_from([1, 25_000, 2 * MINUTE, 60 * MINUTE])),
)


class Life:
    """One account's devices, which do what they are told; `forgetful` about desks or not."""

    def __init__(self, stage: Stage, *, forgetful: bool) -> None:
        self.stage = stage
        self.principal: Principal = stage.reader(f"reader {next(_names)}")
        more = {"desks": 0} if forgetful else {}
        self.readings = Readings(stage.store, clock=stage.clock, observer=stage.heard, **more)
        self.kept: list[Kept] = []

    def act(self, kind: str, *how: Any) -> None:
        self.stage.readings = self.readings
        if kind == "push":
            self.kept.append(self.stage.do(self._push(*how)))
        elif kind == "at once":
            device, document, ratio = how
            self.kept += self.stage.do(self._at_once(document, ratio))
        elif kind == "refused":
            self.stage.do(self._refused(*how))
        elif kind == "fetch":
            device, document = how
            self.stage.fetch(self.principal, address=ADDRESSES[device], document=document)
        elif self.kept and kind == "too late":
            self.stage.do(self.readings.unanswered(self.principal, self.kept[-1 - how[0] % len(self.kept)]))
        elif self.kept and kind == "restore":
            reading = self.kept[-1 - how[0] % len(self.kept)].reading
            self.stage.do(self.stage.history.restore(self.principal, reading.work_id, reading.id))

    def _push(self, device: str, document: str, ratio: float) -> Coroutine[Any, Any, Kept]:
        return self.stage.pushing(self.principal, device, ratio, document=document, address=ADDRESSES[device])

    async def _at_once(self, document: str, ratio: float) -> list[Kept]:
        pushes = [self._push(device, document, ratio) for device in (*DEVICES, *DEVICES)]
        return list(await asyncio.gather(*pushes))

    async def _refused(self, device: str, document: str, ratio: float) -> None:
        """A push that is judged, and then undone by the database."""
        store, write = self.stage.store, self.stage.store.write

        async def refusing(unit: Unit[Kept]) -> Kept:
            def undone(ledger: Ledger) -> Kept:
                unit(ledger)
                raise StorageUnavailable

            return await write(undone)

        store.write = refusing  # type: ignore[method-assign, assignment]
        try:
            await asyncio.gather(self._push(device, document, ratio), return_exceptions=True)
        finally:
            store.write = write  # type: ignore[method-assign]

    def story(self) -> list[tuple[object, ...]]:
        """How each reading was judged, in order, and where each work stands."""
        account = self.principal.account_id
        judged: list[tuple[object, ...]] = [
            (kept.document, kept.reading.outcome, kept.reading.effect, kept.reading.reason) for kept in self.kept
        ]
        for work in self.stage.read(lambda ledger: ledger.works(account, before=None, limit=9)):
            standings = self.stage.read(lambda ledger, id_=work.id: ledger.standings(account, id_))
            assert work.head is not None
            held = sorted(
                str((s.held, s.last.place if s.last else None, s.last.received_at if s.last else 0)) for _, s in standings
            )
            judged.append((work.head.report.place, work.head.time, work.run, work.first_received_at, *held))
        return judged


@settings(max_examples=80, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTIONS, min_size=3, max_size=25))
def agree(stage: Stage, actions: list[tuple[Any, ...]]) -> None:
    remembering, forgetful = Life(stage, forgetful=False), Life(stage, forgetful=True)
    for kind, *how in actions:
        if kind == "pass":
            stage.clock.passes(how[0])
        else:
            remembering.act(kind, *how)
            forgetful.act(kind, *how)
    assert forgetful.story() == remembering.story()


def test_memory_changes_nothing(stage: Stage) -> None:
    """Two accounts live the same: pushes one by one and at once, some undone by the database, fetches, restores, answers
    that came too late. The one whose server remembers desks and the one whose server does not are judged alike.
    """
    agree(stage)


def test_desks_are_used(stage: Stage) -> None:
    """A device that reads on costs fewer look-ups from its second push on, and none is spared where something changed."""
    mina = stage.reader()
    looked: list[str] = []
    write = stage.store.write

    async def counting(unit: Unit[Any]) -> Any:
        def counted(ledger: Any) -> Any:
            desk, ledger.desk = ledger.desk, lambda *how: (looked.append("desk"), desk(*how))[1]
            try:
                return unit(ledger)
            finally:
                del ledger.desk

        return await write(counted)

    stage.store.write = counting  # type: ignore[method-assign, assignment]
    for number in range(5):
        stage.push(mina, "Kobo", number / 10)
    assert ["desk"] == looked
    stage.push(mina, "Kindle", 0.5)
    stage.push(mina, "Kobo", 0.6)
    assert ["desk"] * 3 == looked
