"""Whatever is done in whatever order, an engine says what the model says."""

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placekeeper.domain.errors import NameTaken
from placekeeper.domain.standing import Held, Sight, Standing, Unanswered, last_of
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.model import ModelLedger
from tests.storage.samples import NOW, a_device, a_reading, a_work, an_account, an_identifier

ACCOUNTS, WORKS, DEVICES, TYPES, VALUES, NAMES = ("mina", "lucy"), ("w1", "w2"), ("d1", "d2"), ("t1", "t2"), ("v1", "v2"), "ab"
Deed = Callable[[Any], object]

accounts, works, devices = st.sampled_from(ACCOUNTS), st.sampled_from(WORKS), st.sampled_from(DEVICES)
types, values, names = st.sampled_from(TYPES), st.sampled_from(VALUES), st.sampled_from(NAMES)
times = st.integers(NOW, NOW + 9)
ratios = st.floats(0, 1)


class Undone(Exception):
    """What a deed raises that must leave nothing."""


def save_account(id_: str, name: str, revision: int) -> Deed:
    account = an_account(id=id_, name=name, credential_revision=revision)
    return lambda ledger: ledger.save_account(account)


def erase(id_: str) -> Deed:
    def deed(ledger: Any) -> None:
        if ledger.account(id_) is not None:
            ledger.erase_account(id_, NOW)
            while ledger.purge(3):
                pass

    return deed


def save_work(account: str, id_: str, run: int) -> Deed:
    fresh = a_work(account, id=id_, run=run)

    def deed(ledger: Any) -> None:
        known = ledger.work(account, id_)
        ledger.save_work(replace(fresh, head=known.head if known else None))

    return deed


def read_on(account: str, work_id: str, device: str, ratio: float, *, head: bool) -> Deed:
    reading = a_reading(work_id, device_id=device, progression=ratio)

    def deed(ledger: Any) -> None:
        ledger.add_reading(account, reading)
        work = ledger.work(account, work_id)
        if head and work is not None:
            ledger.move_head(replace(work, head=reading, run=work.run + 1))
        held = None if head else Held(progression=ratio, received_at=NOW)
        ledger.save_standing(account, work_id, device, Standing(last=last_of(reading), held=held))

    return deed


def register(account: str, type_: str, value: str, work_id: str) -> Deed:
    identifier = an_identifier(work_id, type=type_, value=value, document=f"document of {work_id}")
    return lambda ledger: ledger.register(account, identifier, NOW)


def save_device(account: str, id_: str, name: str, at: int) -> Deed:
    device = a_device(account, id=id_, key=f"id:{id_}", name=name, active_at=at)
    return lambda ledger: ledger.save_device(device)


def device_active(account: str, id_: str, name: str, at: int) -> Deed:
    return lambda ledger: ledger.device_active(account, id_, name=name, address=name, at=at)


def see(account: str, work_id: str, device: str, ratio: float, at: int) -> Deed:
    sight = Sight(reading_id="head", progression=ratio, at=at)
    return lambda ledger: ledger.save_sight(account, work_id, device, sight)


def mark(account: str, work_id: str, device: str, value: str) -> Deed:
    unanswered = Unanswered(value=value, received_at=NOW + VALUES.index(value))
    return lambda ledger: ledger.mark_unanswered(account, work_id, device, unanswered)


def clear(account: str, work_id: str, device: str, value: str) -> Deed:
    return lambda ledger: ledger.clear_unanswered(account, work_id, device, value)


def undone(deed: Deed) -> Deed:
    def raising(ledger: Any) -> None:
        deed(ledger)
        raise Undone

    return raising


kept = st.one_of(
    st.builds(save_account, accounts, names, st.integers(1, 9)),
    st.builds(erase, accounts),
    st.builds(save_work, accounts, works, st.integers(1, 9)),
    st.builds(read_on, accounts, works, devices, ratios, head=st.booleans()),
    st.builds(register, accounts, types, values, works),
    st.builds(save_device, accounts, devices, names, times),
    st.builds(device_active, accounts, devices, names, times),
    st.builds(see, accounts, works, devices, ratios, times),
    st.builds(mark, accounts, works, devices, values),
    st.builds(clear, accounts, works, devices, values),
)
deeds = st.lists(st.one_of(kept, kept, kept, st.builds(undone, kept)), min_size=5, max_size=30)


def everything(ledger: Any) -> dict[str, object]:
    """All that a ledger has to say of the little world of this test."""
    found: dict[str, object] = {"accounts": ledger.accounts()}
    for account in ACCOUNTS:
        found[account] = [ledger.account(account), ledger.devices(account)]
        for limit in (1, 9):
            found[f"{account} works {limit}"] = [
                ledger.works(account, before=before, limit=limit) for before in (None, *WORKS, "none")
            ]
        for type_, value in itertools.product(TYPES, VALUES):
            looks = (ledger.identifier, ledger.work_of, ledger.desk, ledger.place)
            found[f"{account} {type_} {value}"] = [look(account, type_, value) for look in looks]
        for work in WORKS:
            found[f"{account} {work}"] = [ledger.work(account, work), ledger.identifiers(account, work)]
            found[f"{account} {work} readings"] = pages(ledger, account, work)
            found[f"{account} {work} standings"] = ledger.standings(account, work)
            found[f"{account} {work} standing"] = [ledger.standing(account, work, device) for device in DEVICES]
    return found


def pages(ledger: Any, account: str, work: str) -> list[object]:
    """All readings of a work, two to a page."""
    found: list[Any] = []
    while page := ledger.readings(account, work, before=found[-1].id if found else None, limit=2):
        found += page
    return found


def did(do: Callable[[], object]) -> str:
    """What came of a deed."""
    try:
        do()
    except (Undone, NameTaken) as error:
        return type(error).__name__
    return "done"


class ModelClaims(Claims):
    @settings(
        max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    @given(deeds=deeds)
    def test_the_engine_says_what_the_model_says(self, deeds: list[Deed]) -> None:
        """After any deeds, failed ones among them, every look-up answers as the model does, and each deed ended alike."""
        model = ModelLedger()
        with tempfile.TemporaryDirectory() as folder:
            opened = Opened(self.engine(Path(folder)).open())
            try:
                for deed in deeds:
                    trial = model.copy()
                    expected = did(lambda deed=deed, trial=trial: deed(trial))
                    model = trial if expected == "done" else model
                    assert expected == did(lambda deed=deed: opened.write(deed))
                assert everything(model) == opened.browse(everything)
            finally:
                opened.close()
