"""An erased account is gone at once, and nothing of it is left once it is purged; nobody else loses anything."""

from typing import Any

import pytest

from placekeeper.domain.ports import Ledger
from placekeeper.domain.standing import NOWHERE, Unanswered
from tests.storage.claims import Claims
from tests.storage.engine import Engine, Opened
from tests.storage.samples import NOW, a_device, a_read_work, a_reading, an_account
from tests.storage.standing_claims import furnish, seen

ME, HER = "mina", "lucy"
GONE = {
    "account": None,
    "credential_revision": None,
    "credentials": [],
    "credential_of": None,
    "pairing": None,
}
"""What must be gone the moment an account is erased: whatever lets somebody in."""


def rows_of(database: Engine, account_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, of all tables, that name the account."""
    found = {name: [row for row in rows if account_id in row] for name, rows in database.tables().items()}
    return {name: rows for name, rows in found.items() if rows}


def crowd(ledger: Ledger, account_id: str) -> None:
    """Add some more rows of each kind, several to a work."""
    for number in range(7):
        work = a_read_work(ledger, account_id, f"document {number}")
        for device in range(3):
            ledger.save_device(a_device(account_id))
            ledger.save_standing(account_id, work.id, f"device {device}", NOWHERE)
            for value in range(2):
                mark = Unanswered(value=f"value {value}", received_at=NOW)
                ledger.mark_unanswered(account_id, work.id, f"device {device}", mark)


LIBRARY = {
    "choice",
    "publication",
    "publication_description",
    "publication_identifier",
    "publication_facet",
    "skipped_file",
    "folder_scan",
}
"""Tables that belong to no account."""


class ErasureClaims(Claims):
    @pytest.fixture
    def both(self, opened: Opened) -> dict[str, dict[str, Any]]:
        """What each of two furnished accounts should see."""
        return {
            ME: opened.write(lambda ledger: furnish(ledger, ME, 1)),
            HER: opened.write(lambda ledger: furnish(ledger, HER, 2)),
        }

    def test_erased_at_once(self, opened: Opened, both: dict[str, dict[str, Any]]) -> None:
        """From the moment of erasure, no name, key, token or code leads to the account; another's all do."""
        opened.write(lambda ledger: ledger.erase_account(ME, NOW))

        assert GONE == {name: found for name, found in seen(opened, ME).items() if name in GONE}
        assert None is opened.read(lambda ledger: ledger.account_named(ME))
        assert None is opened.read(lambda ledger: ledger.credential_holder(f"digest of {ME}"))
        assert HER == opened.read(lambda ledger: ledger.credential_holder(f"digest of {HER}"))
        assert [both[HER]["account"]] == opened.read(lambda ledger: ledger.accounts())
        assert both[HER] == seen(opened, HER)

    def test_the_name_is_free_again(self, opened: Opened, both: dict[str, dict[str, Any]]) -> None:
        """Whoever takes the name afterwards, before or after the purge, begins with nothing."""
        opened.write(lambda ledger: ledger.erase_account(ME, NOW))
        new = an_account(name=ME)
        opened.write(lambda ledger: ledger.save_account(new))
        while opened.write(lambda ledger: ledger.purge(2)):
            pass

        assert new == opened.read(lambda ledger: ledger.account_named(ME))
        assert [] == opened.read(lambda ledger: ledger.works(new.id, before=None, limit=9))

    @pytest.mark.parametrize("limit", [1, 7, 10_000])
    def test_purged_to_the_last_row(self, opened: Opened, database: Engine, both: dict[str, dict[str, Any]], limit: int) -> None:
        """A purge leaves no row of the account in any table, takes no row of another, and never more than asked at once."""
        opened.write(lambda ledger: crowd(ledger, ME))
        opened.write(lambda ledger: crowd(ledger, HER))
        hers = rows_of(database, HER)
        opened.write(lambda ledger: ledger.erase_account(ME, NOW))
        before = sum(len(rows) for rows in database.tables().values())

        steps: list[int] = []
        while gone := opened.write(lambda ledger: ledger.purge(limit)):
            steps.append(gone)
        assert before - sum(steps) == sum(len(rows) for rows in database.tables().values())
        assert limit >= max(steps)
        assert {} == rows_of(database, ME)
        assert hers == rows_of(database, HER)
        assert 0 == opened.write(lambda ledger: ledger.purge(limit))

    def test_every_table_was_looked_at(self, database: Engine, both: dict[str, dict[str, Any]]) -> None:
        """The claims above rest on an account with a row in every table there is, but for those that know none."""
        tables = set(database.tables()) - {"migration", "erased_account"} - LIBRARY

        assert tables == set(rows_of(database, ME))

    def test_purges_follow_one_another(self, opened: Opened, database: Engine, both: dict[str, dict[str, Any]]) -> None:
        """Two erased accounts are both purged, in the end, also when one was erased while the other was being purged."""
        opened.write(lambda ledger: ledger.erase_account(ME, NOW))
        opened.write(lambda ledger: ledger.purge(1))
        opened.write(lambda ledger: ledger.erase_account(HER, NOW - 1))
        while opened.write(lambda ledger: ledger.purge(3)):
            pass

        assert {} == rows_of(database, ME) | rows_of(database, HER)

    def test_a_late_write_is_not_forgotten(self, opened: Opened, database: Engine) -> None:
        """What reaches an erased account before its purge has ended goes with it."""
        opened.write(lambda ledger: furnish(ledger, ME, 1))
        opened.write(lambda ledger: ledger.erase_account(ME, NOW))
        opened.write(lambda ledger: ledger.purge(1))
        opened.write(lambda ledger: ledger.add_reading(ME, a_reading("work")))
        while opened.write(lambda ledger: ledger.purge(1)):
            pass

        assert {} == rows_of(database, ME)

    def test_nothing_to_purge(self, opened: Opened, both: dict[str, dict[str, Any]]) -> None:
        """Without erased accounts, a purge does nothing."""
        assert 0 == opened.write(lambda ledger: ledger.purge(100))
        assert both[ME] == seen(opened, ME)
