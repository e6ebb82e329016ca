"""What a ledger says, told with dictionaries: the plain truth that the engines' SQL is compared with. No engine itself."""

from dataclasses import replace
from typing import Any, TypeVar

from placekeeper.domain.account import Account
from placekeeper.domain.device import Device
from placekeeper.domain.errors import NameTaken
from placekeeper.domain.reading import Reading
from placekeeper.domain.standing import NOWHERE, Sight, Standing, Unanswered
from placekeeper.domain.work import Identifier, Work

K = TypeVar("K")
Keyed = dict[tuple[str, ...], Any]


class ModelLedger:
    """The part of `domain.ports.Ledger` that the model test plays with. Every key begins with the account."""

    def __init__(self) -> None:
        self.known: dict[str, Account] = {}
        self.works_: Keyed = {}
        self.names: Keyed = {}
        self.readings_: Keyed = {}
        self.devices_: Keyed = {}
        self.standings_: Keyed = {}
        self.marks: Keyed = {}

    def copy(self) -> "ModelLedger":
        """The same, to go on from independently: all values are immutable."""
        other = ModelLedger()
        for name, values in vars(self).items():
            setattr(other, name, dict(values))
        return other

    def account(self, account_id: str) -> Account | None:
        return self.known.get(account_id)

    def accounts(self) -> list[Account]:
        return sorted(self.known.values(), key=lambda account: account.name)

    def save_account(self, account: Account) -> None:
        if any(other.name == account.name and other.id != account.id for other in self.known.values()):
            raise NameTaken
        self.known[account.id] = account

    def erase_account(self, account_id: str, now: int) -> None:
        del self.known[account_id]
        for table in (self.works_, self.names, self.readings_, self.devices_, self.standings_, self.marks):
            for key in [key for key in table if key[0] == account_id]:
                del table[key]

    def purge(self, limit: int) -> int:
        return 0

    def register(self, account_id: str, identifier: Identifier, now: int) -> None:
        self.names.setdefault((account_id, identifier.type, identifier.value), identifier)

    def identifier(self, account_id: str, type_: str, value: str) -> Identifier | None:
        return self.names.get((account_id, type_, value))

    def identifiers(self, account_id: str, work_id: str) -> list[Identifier]:
        return [i for key, i in sorted(self.names.items()) if key[0] == account_id and i.work_id == work_id]

    def save_work(self, work: Work) -> None:
        self.works_[work.account_id, work.id] = work

    def move_head(self, work: Work) -> None:
        known = self.work(work.account_id, work.id)
        if known is not None:
            self.save_work(replace(known, head=work.head, run=work.run, first_received_at=work.first_received_at))

    def work(self, account_id: str, work_id: str) -> Work | None:
        return self.works_.get((account_id, work_id))

    def work_of(self, account_id: str, type_: str, value: str) -> tuple[Work, str] | None:
        found = self.identifier(account_id, type_, value)
        work = self.work(account_id, found.work_id) if found else None
        return (work, found.document) if found and work else None

    def desk(self, account_id: str, type_: str, value: str) -> tuple[int, tuple[Work, str] | None] | None:
        account = self.account(account_id)
        return (account.credential_revision, self.work_of(account_id, type_, value)) if account else None

    def place(self, account_id: str, type_: str, value: str) -> tuple[int, Reading | None] | None:
        desk = self.desk(account_id, type_, value)
        return (desk[0], desk[1][0].head if desk[1] else None) if desk else None

    def works(self, account_id: str, *, before: str | None, limit: int) -> list[Work]:
        mine = [work for key, work in self.works_.items() if key[0] == account_id and work.head]
        ids = [work.id for work in sorted(mine, key=lambda work: str(work.head.id), reverse=True)]
        if before is not None:
            ids = ids[ids.index(before) + 1 :] if before in ids else []
        return [self.works_[account_id, id_] for id_ in ids[:limit]]

    def add_reading(self, account_id: str, reading: Reading) -> None:
        self.readings_[account_id, reading.work_id, reading.id] = reading

    def readings(self, account_id: str, work_id: str, *, before: str | None, limit: int) -> list[Reading]:
        ids = sorted((key[2] for key in self.readings_ if key[:2] == (account_id, work_id)), reverse=True)
        return [self.readings_[account_id, work_id, id_] for id_ in ids if before is None or id_ < before][:limit]

    def save_device(self, device: Device) -> None:
        self.devices_[device.account_id, device.id] = device

    def device_active(self, account_id: str, device_id: str, *, name: str, address: str, at: int) -> None:
        known = self.devices_.get((account_id, device_id))
        if known is not None:
            self.save_device(replace(known, name=name, address=address, active_at=at))

    def devices(self, account_id: str) -> list[Device]:
        mine = [device for key, device in self.devices_.items() if key[0] == account_id]
        return sorted(mine, key=lambda device: (-device.active_at, device.id))

    def save_standing(self, account_id: str, work_id: str, device_id: str, standing: Standing) -> None:
        self.standings_[account_id, work_id, device_id] = replace(standing, unanswered=())

    def save_sight(self, account_id: str, work_id: str, device_id: str, sight: Sight) -> None:
        known = self.standings_.get((account_id, work_id, device_id), NOWHERE)
        self.standings_[account_id, work_id, device_id] = replace(known, seen=sight)

    def mark_unanswered(self, account_id: str, work_id: str, device_id: str, unanswered: Unanswered) -> None:
        self.marks[account_id, work_id, device_id, unanswered.value] = unanswered

    def clear_unanswered(self, account_id: str, work_id: str, device_id: str, value: str) -> None:
        self.marks.pop((account_id, work_id, device_id, value), None)

    def standing(self, account_id: str, work_id: str, device_id: str) -> Standing:
        known = self.standings_.get((account_id, work_id, device_id))
        if known is None:
            return NOWHERE
        marks = [mark for key, mark in self.marks.items() if key[:3] == (account_id, work_id, device_id)]
        return replace(known, unanswered=tuple(sorted(marks, key=lambda mark: mark.received_at)))

    def standings(self, account_id: str, work_id: str) -> list[tuple[str, Standing]]:
        return [(key[2], known) for key, known in sorted(self.standings_.items()) if key[:2] == (account_id, work_id)]
