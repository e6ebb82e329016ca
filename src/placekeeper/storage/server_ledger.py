"""The ledger of what devices asked, of the server's choices, and of accounts as an admin sees them, over SQL, for every engine.

Knows no connection.
"""

from placekeeper.domain.account import Account, Credential, Usage
from placekeeper.domain.ask import Ask
from placekeeper.domain.device import Device
from placekeeper.storage import rows
from placekeeper.storage import server_statements as statements
from placekeeper.storage.annotation_ledger import SqlAnnotationLedger


class SqlServerLedger(SqlAnnotationLedger):
    """Implements `domain.server_ports.ServerLedger`; see `ledger.SqlLedger`."""

    def save_ask(self, ask: Ask) -> None:
        """See the port."""
        self._change(statements.SAVE_ASK, rows.ask_values(ask))

    def asks(self, account_id: str, limit: int) -> list[Ask]:
        """See the port."""
        return [rows.ask(row) for row in self._many(statements.ASKS, {"account_id": account_id, "limit": limit})]

    def trim_asks(self, account_id: str, keep: int) -> None:
        """See the port."""
        self._change(statements.TRIM_ASKS, {"account_id": account_id, "keep": keep - 1})

    def devices_lately(self, account_id: str, limit: int) -> list[Device]:
        """See the port."""
        return [rows.device(row) for row in self._many(statements.DEVICES_LATELY, {"account_id": account_id, "limit": limit})]

    def live_credentials(self, account_id: str) -> list[Credential]:
        """See the port."""
        return [rows.credential(row) for row in self._many(statements.LIVE_CREDENTIALS, {"account_id": account_id})]

    def choice(self, name: str) -> str | None:
        """See the port."""
        row = self._one(statements.CHOICE, {"name": name})
        return str(row[0]) if row else None

    def save_choice(self, name: str, value: str) -> None:
        """See the port."""
        self._change(statements.SAVE_CHOICE, {"name": name, "value": value})

    def accounts_like(self, text: str, after: str, limit: int) -> list[Account]:
        """See the port."""
        marked = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values = {"words": f"%{marked}%" if text else "", "after": after, "limit": limit}
        return [rows.account(row) for row in self._many(statements.ACCOUNTS_LIKE, values)]

    def admins(self, limit: int) -> list[Account]:
        """See the port."""
        return [rows.account(row) for row in self._many(statements.ADMINS, {"limit": limit})]

    def count_accounts(self) -> int:
        """See the port."""
        return self._count(statements.COUNT_ACCOUNTS)

    def kept(self, account_id: str) -> int:
        """See the port."""
        return self._count(statements.COUNT_READINGS, account_id) + self._count(statements.COUNT_ANNOTATIONS, account_id)

    def usage(self, account_id: str) -> Usage:
        """See the port."""
        row = self._one(statements.LAST_ACTIVE, {"account_id": account_id})
        return Usage(
            works=self._count(statements.COUNT_WORKS, account_id),
            readings=self._count(statements.COUNT_READINGS, account_id),
            annotations=self._count(statements.COUNT_ANNOTATIONS, account_id),
            devices=self._count(statements.COUNT_DEVICES, account_id),
            active_at=row[0] if row else None,
        )

    def _count(self, statement: str, account_id: str = "") -> int:
        row = self._one(statement, {"account_id": account_id} if account_id else {})
        return int(row[0]) if row else 0
