"""The ledger of joined works, and of the times that a work is read, over SQL, for every engine. Knows no connection."""

from collections.abc import Iterable

from placekeeper.domain.reading import Reading
from placekeeper.domain.work import Identifier, Merge, Run, State, Work
from placekeeper.storage import rows, statements
from placekeeper.storage.library_ledger import SqlLibraryLedger

AFTER_ALL_IDS = "~"
"""Greater than every id: these are of hexadecimal digits."""


class SqlMergeLedger(SqlLibraryLedger):
    """Implements `domain.ports.MergeLedger` and `RunLedger`; see `ledger.SqlLedger`."""

    def merges(self, account_id: str) -> list[Merge]:
        """See the port."""
        return [rows.merge(row) for row in self._many(statements.MERGES, {"account_id": account_id})]

    def save_merge(self, merge: Merge) -> None:
        """See the port."""
        self._change(statements.SAVE_MERGE, rows.merge_values(merge))

    def repoint(self, account_id: str, identifiers: Iterable[tuple[str, str]], from_id: str, into_id: str) -> None:
        """See the port."""
        common = {"account_id": account_id, "from_id": from_id, "into_id": into_id}
        self._each(statements.REPOINT, (common | {"type": type_, "value": value} for type_, value in identifiers))

    def unregister(self, account_id: str, identifier: Identifier) -> None:
        """See the port."""
        values = {"type": identifier.type, "value": identifier.value}
        self._change(statements.UNREGISTER, _of(account_id, identifier.work_id) | values)

    def newest_own(self, account_id: str, work_id: str, *, head: bool) -> Reading | None:
        """See the port."""
        row = self._one(statements.NEWEST_OWN, _of(account_id, work_id) | {"head": int(head)})
        return rows.reading(row) if row else None

    def own_readings(self, account_id: str, work_id: str, before: str | None, limit: int) -> list[Reading]:
        """See the port."""
        values = _of(account_id, work_id) | {"before": before or AFTER_ALL_IDS, "limit": limit}
        return [rows.reading(row) for row in self._many(statements.OWN_READINGS, values)]

    def move_readings(self, account_id: str, from_id: str, into_id: str, after: str, documents: Iterable[str]) -> None:
        """See the port."""
        common = {"account_id": account_id, "from_id": from_id, "into_id": into_id, "after": after}
        self._each(statements.MOVE_READINGS, (common | {"document": document} for document in documents))

    def runs(self, account_id: str, work_id: str) -> list[Run]:
        """See the port."""
        return [rows.run(row) for row in self._many(statements.RUNS, _of(account_id, work_id))]

    def begin_run(self, account_id: str, work_id: str, number: int, at: int) -> None:
        """See the port."""
        self._change(statements.BEGIN_RUN, _of(account_id, work_id) | {"number": number, "at": at})

    def finish_run(self, account_id: str, work_id: str, number: int, at: int) -> None:
        """See the port."""
        self._change(statements.FINISH_RUN, _of(account_id, work_id) | {"number": number, "at": at})

    def save_run(self, account_id: str, work_id: str, run: Run) -> None:
        """See the port."""
        times = {"started_at": run.started_at, "finished_at": run.finished_at, "abandoned_at": run.abandoned_at}
        self._change(statements.SAVE_RUN, _of(account_id, work_id) | {"number": run.number} | times)

    def works_like(
        self,
        account_id: str,
        *,
        words: tuple[str, ...] = (),
        state: State | None = None,
        ended: float,
        before: str | None,
        limit: int,
    ) -> list[Work]:
        """See the port."""
        head = self._one(statements.HEAD_ID, {"account_id": account_id, "work_id": before}) if before is not None else None
        if before is not None and (head is None or head[0] is None):
            return []
        wanted = words[: statements.MOST_WORDS]
        chosen = statements.WORKS_LIKE if state is None else statements.WORKS_STANDING_SO
        values: dict[str, object] = {
            "account_id": account_id,
            "before": head[0] if head else None,
            "limit": limit,
            "ended": ended,
            "state": state,
        }
        for number, word in enumerate(wanted):
            small = word.lower()
            name = small if small[:1].isascii() else small[:1].upper() + small[1:]
            values |= {f"word{number}": _holding(small), f"name{number}": _holding(name)}
        return [rows.work(row) for row in self._many(chosen[len(wanted)], values)]


def _holding(word: str) -> str:
    """A pattern for texts that hold a word."""
    return "%" + "".join("!" + sign if sign in "!%_" else sign for sign in word) + "%"


def _of(account_id: str, work_id: str) -> dict[str, object]:
    return {"account_id": account_id, "work_id": work_id}
