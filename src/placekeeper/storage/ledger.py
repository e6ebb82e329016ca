"""The ledger over SQL, for every engine: which statement answers what. Knows no connection and no transaction."""

from placekeeper.domain.account import Account, Credential, Pairing
from placekeeper.domain.arbiter import RESEND_WITHIN
from placekeeper.domain.device import Device
from placekeeper.domain.errors import NameTaken
from placekeeper.domain.reading import Outcome, Reading
from placekeeper.domain.standing import NOWHERE, Sight, Standing, Unanswered
from placekeeper.domain.work import Identifier, Work
from placekeeper.storage import rows, statements
from placekeeper.storage.library_ledger import Change, Each, Many, One
from placekeeper.storage.rows import Row
from placekeeper.storage.server_ledger import SqlServerLedger


class SqlLedger(SqlServerLedger):
    """Implements `domain.ports.Ledger` with four ways to run a statement: for one row, for many, for a change, for many changes.

    The change returns how many rows it touched. The engine gives the four; they run within its transaction.
    """

    def __init__(self, one: One, many: Many, change: Change, each: Each) -> None:
        """See the class."""
        super().__init__(one, many, change, each)

    def account(self, account_id: str) -> Account | None:
        """See the port."""
        row = self._one(statements.ACCOUNT_BY_ID, {"id": account_id})
        return rows.account(row) if row else None

    def account_named(self, name: str) -> Account | None:
        """See the port."""
        row = self._one(statements.ACCOUNT_BY_NAME, {"name": name})
        return rows.account(row) if row else None

    def accounts(self) -> list[Account]:
        """See the port."""
        return [rows.account(row) for row in self._many(statements.ACCOUNTS, {})]

    def has_admin(self) -> bool:
        """See the port."""
        return self._one(statements.HAS_ADMIN, {}) is not None

    def credential_revision(self, account_id: str) -> int | None:
        """See the port."""
        row = self._one(statements.CREDENTIAL_REVISION, {"id": account_id})
        return int(row[0]) if row else None

    def save_account(self, account: Account) -> None:
        """See the port."""
        holder = self.account_named(account.name)
        if holder is not None and holder.id != account.id:
            raise NameTaken(f"there is an account named {account.name!r}")
        self._change(statements.SAVE_ACCOUNT, rows.account_values(account))

    def erase_account(self, account_id: str, now: int) -> None:
        """See the port."""
        id_ = {"id": account_id}
        self._change(statements.ERASE_HOLDERS, id_)
        self._change(statements.ERASE_CREDENTIALS, id_)
        self._change(statements.ERASE_PAIRING, id_)
        self._change(statements.ERASE_ACCOUNT, id_)
        self._change(statements.MARK_ERASED, {"id": account_id, "now": now})

    def purge(self, limit: int) -> int:
        """See the port."""
        row = self._one(statements.NEXT_ERASED, {})
        if row is None:
            return 0
        for statement in statements.PURGES:
            gone = self._change(statement, {"id": row[0], "limit": limit})
            if gone:
                return gone
        return self._change(statements.FORGET_ERASED, {"id": row[0]})

    def credentials(self, account_id: str) -> list[Credential]:
        """See the port."""
        return [rows.credential(row) for row in self._many(statements.CREDENTIALS, {"account_id": account_id})]

    def credential_of(self, account_id: str, digest: str) -> Credential | None:
        """See the port."""
        row = self._one(statements.CREDENTIAL_OF, {"account_id": account_id, "digest": digest})
        return rows.credential(row) if row else None

    def credential_holder(self, digest: str) -> str | None:
        """See the port."""
        row = self._one(statements.CREDENTIAL_HOLDER, {"digest": digest})
        return str(row[0]) if row else None

    def save_credential(self, credential: Credential) -> None:
        """See the port."""
        self._change(statements.SAVE_CREDENTIAL, rows.credential_values(credential))
        if credential.revoked_at is None:
            self._change(statements.SAVE_HOLDER, {"digest": credential.digest, "account_id": credential.account_id})
        else:
            self._change(statements.DROP_HOLDER, {"digest": credential.digest, "account_id": credential.account_id})

    def pairing(self, account_id: str) -> Pairing | None:
        """See the port."""
        row = self._one(statements.PAIRING, {"account_id": account_id})
        return rows.pairing(row) if row else None

    def save_pairing(self, pairing: Pairing) -> None:
        """See the port."""
        self._change(statements.SAVE_PAIRING, rows.pairing_values(pairing))

    def drop_pairing(self, account_id: str) -> None:
        """See the port."""
        self._change(statements.ERASE_PAIRING, {"id": account_id})

    def identifier(self, account_id: str, type_: str, value: str) -> Identifier | None:
        """See the port."""
        row = self._one(statements.IDENTIFIER, {"account_id": account_id, "type": type_, "value": value})
        return rows.identifier(row) if row else None

    def identifiers(self, account_id: str, work_id: str) -> list[Identifier]:
        """See the port."""
        found = self._many(statements.IDENTIFIERS, {"account_id": account_id, "work_id": work_id})
        return [rows.identifier(row) for row in found]

    def register(self, account_id: str, identifier: Identifier, now: int) -> None:
        """See the port."""
        self._change(
            statements.REGISTER,
            {
                "account_id": account_id,
                "type": identifier.type,
                "value": identifier.value,
                "work_id": identifier.work_id,
                "document": identifier.document,
                "now": now,
            },
        )

    def work(self, account_id: str, work_id: str) -> Work | None:
        """See the port."""
        row = self._one(statements.WORK, {"account_id": account_id, "work_id": work_id})
        return rows.work(row) if row else None

    def work_of(self, account_id: str, type_: str, value: str) -> tuple[Work, str] | None:
        """See the port."""
        row = self._one(statements.WORK_OF, {"account_id": account_id, "type": type_, "value": value})
        return (rows.work(row[1:]), row[0]) if row else None

    def works(self, account_id: str, *, before: str | None, limit: int) -> list[Work]:
        """See the port."""
        head_id = None
        if before is not None:
            row = self._one(statements.HEAD_ID, {"account_id": account_id, "work_id": before})
            head_id = row[0] if row else None
            if head_id is None:
                return []
        values = {"account_id": account_id, "before": head_id, "limit": limit}
        return [rows.work(row) for row in self._many(statements.WORKS, values)]

    def save_work(self, work: Work) -> None:
        """See the port."""
        self._change(statements.SAVE_WORK, rows.work_values(work))

    def desk(self, account_id: str, type_: str, value: str) -> tuple[int, tuple[Work, str] | None] | None:
        """See the port."""
        row = self._one(statements.DESK, {"account_id": account_id, "type": type_, "value": value})
        if row is None:
            return None
        return row[0], (rows.work(row[2:]), row[1]) if row[2] is not None else None

    def revisions(self, account_id: str, work_id: str) -> tuple[int, int] | None:
        """See the port."""
        row = self._one(statements.REVISIONS, {"account_id": account_id, "work_id": work_id})
        return (row[0], row[1]) if row else None

    def touch(self, account_id: str, work_id: str) -> None:
        """See the port."""
        self._change(statements.TOUCH, {"account_id": account_id, "work_id": work_id})

    def move_head(self, work: Work) -> None:
        """See the port."""
        self._change(
            statements.MOVE_HEAD,
            {
                "account_id": work.account_id,
                "id": work.id,
                "head_id": work.head.id if work.head else None,
                "run": work.run,
                "first_received_at": work.first_received_at,
            },
        )

    def place(self, account_id: str, type_: str, value: str) -> tuple[int, Reading | None] | None:
        """See the port."""
        row = self._one(statements.PLACE, {"account_id": account_id, "type": type_, "value": value})
        if row is None:
            return None
        return row[0], rows.reading(row[1:]) if row[1] is not None else None

    def add_reading(self, account_id: str, reading: Reading) -> None:
        """See the port."""
        self._change(statements.ADD_READING, rows.reading_values(account_id, reading))

    def reading(self, account_id: str, work_id: str, reading_id: str) -> Reading | None:
        """See the port."""
        row = self._one(statements.READING, {"account_id": account_id, "work_id": work_id, "id": reading_id})
        return rows.reading(row) if row else None

    def readings(self, account_id: str, work_id: str, *, before: str | None, limit: int) -> list[Reading]:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "before": before, "limit": limit}
        return [rows.reading(row) for row in self._many(statements.READINGS, values)]

    def latest(self, account_id: str, work_id: str, protocol: str, outcome: Outcome | None) -> Reading | None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "protocol": protocol, "outcome": outcome and str(outcome)}
        row = self._one(statements.LATEST, values)
        return rows.reading(row) if row else None

    def nearest(self, account_id: str, work_id: str, of: tuple[str, str], low: float, high: float) -> Reading | None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "protocol": of[0], "document": of[1], "low": low, "high": high}
        row = self._one(statements.NEAREST, values)
        return rows.reading(row) if row else None

    def newest_of(self, account_id: str, work_id: str, of: tuple[str, str]) -> Reading | None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "protocol": of[0], "document": of[1]}
        row = self._one(statements.NEWEST_OF, values)
        return rows.reading(row) if row else None

    def read_last_in(self, account_id: str, work_id: str, of: tuple[str, str]) -> Reading | None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "protocol": of[0], "document": of[1]}
        row = self._one(statements.READ_LAST_IN, values)
        return rows.reading(row) if row else None

    def device(self, account_id: str, key: str) -> Device | None:
        """See the port."""
        row = self._one(statements.DEVICE, {"account_id": account_id, "key": key})
        return rows.device(row) if row else None

    def device_at(self, account_id: str, address: str) -> Device | None:
        """See the port."""
        row = self._one(statements.DEVICE_AT, {"account_id": account_id, "address": address})
        return rows.device(row) if row else None

    def devices(self, account_id: str) -> list[Device]:
        """See the port."""
        return [rows.device(row) for row in self._many(statements.DEVICES, {"account_id": account_id})]

    def device_active(self, account_id: str, device_id: str, *, name: str, address: str, at: int) -> None:
        """See the port."""
        values = {"account_id": account_id, "id": device_id, "name": name, "address": address, "active_at": at}
        self._change(statements.DEVICE_ACTIVE, values)

    def save_device(self, device: Device) -> None:
        """See the port."""
        self._change(statements.SAVE_DEVICE, rows.device_values(device))

    def standing(self, account_id: str, work_id: str, device_id: str) -> Standing:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "device_id": device_id}
        row = self._one(statements.STANDING, values)
        return self._standing(account_id, work_id, row) if row else NOWHERE

    def standings(self, account_id: str, work_id: str) -> list[tuple[str, Standing]]:
        """See the port."""
        found = self._many(statements.STANDINGS, {"account_id": account_id, "work_id": work_id})
        return [(row[0], rows.standing(row, ())) for row in found]

    def save_standing(self, account_id: str, work_id: str, device_id: str, standing: Standing) -> None:
        """See the port."""
        self._change(statements.SAVE_STANDING, rows.standing_values(account_id, work_id, device_id, standing))

    def save_sight(self, account_id: str, work_id: str, device_id: str, sight: Sight) -> None:
        """See the port."""
        self._change(
            statements.SAVE_SIGHT,
            {
                "account_id": account_id,
                "work_id": work_id,
                "device_id": device_id,
                "seen_id": sight.reading_id,
                "seen_progression": sight.progression,
                "seen_at": sight.at,
            },
        )
        self.touch(account_id, work_id)

    def mark_unanswered(self, account_id: str, work_id: str, device_id: str, unanswered: Unanswered) -> None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "device_id": device_id}
        marked = {"value": unanswered.value, "received_at": unanswered.received_at}
        self._change(statements.FORGET_UNANSWERED, values | {"before": unanswered.received_at - RESEND_WITHIN})
        self._change(statements.MARK_UNANSWERED, values | marked)
        self.touch(account_id, work_id)

    def clear_unanswered(self, account_id: str, work_id: str, device_id: str, value: str) -> None:
        """See the port."""
        values = {"account_id": account_id, "work_id": work_id, "device_id": device_id, "value": value}
        self._change(statements.CLEAR_UNANSWERED, values)
        self.touch(account_id, work_id)

    def _standing(self, account_id: str, work_id: str, row: Row) -> Standing:
        """From a row of STANDING; what is unanswered is asked for only where the row counts any."""
        if not row[-1]:
            return rows.standing(row, ())
        found = self._many(statements.UNANSWERED, {"account_id": account_id, "work_id": work_id, "device_id": row[0]})
        return rows.standing(row, tuple(Unanswered(value=value, received_at=at) for value, at in found))
