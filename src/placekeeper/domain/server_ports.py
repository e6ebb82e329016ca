"""What concerns the whole server, or is there for people to look at, as a storage engine implements it: a part of `ports`."""

from typing import Protocol

from placekeeper.domain.account import Account, Credential, Usage
from placekeeper.domain.ask import Ask
from placekeeper.domain.device import Device


class ServerLedger(Protocol):
    """What devices asked lately, what the admin has chosen, and accounts as an admin sees them, within one transaction."""

    def save_ask(self, ask: Ask) -> None:
        """Keep what somebody asked or told; the one before of the same sort is replaced."""

    def asks(self, account_id: str, limit: int) -> list[Ask]:
        """What an account's devices asked and told lately, the newest first."""

    def trim_asks(self, account_id: str, keep: int) -> None:
        """Forget all but the newest."""

    def devices_lately(self, account_id: str, limit: int) -> list[Device]:
        """Some of an account's devices, the one active last first."""

    def live_credentials(self, account_id: str) -> list[Credential]:
        """The account's credentials that are not revoked, the oldest first: those that are may be many more."""

    def choice(self, name: str) -> str | None:
        """What an admin has chosen for the server; None where nobody has."""

    def save_choice(self, name: str, value: str) -> None:
        """Choose."""

    def accounts_like(self, text: str, after: str, limit: int) -> list[Account]:
        """Accounts whose names hold a text ("": all), by name, after that name."""

    def admins(self, limit: int) -> list[Account]:
        """Some of the admins' accounts, by name."""

    def count_accounts(self) -> int:
        """How many accounts there are."""

    def kept(self, account_id: str) -> int:
        """How many readings and annotations the account has, deleted annotations too."""

    def usage(self, account_id: str) -> Usage:
        """What an account has."""
