"""The library's ledger over SQL, for every engine: which statement answers what. Knows no connection and no transaction."""

from collections.abc import Callable, Iterable

from placekeeper.domain.publication import Publication
from placekeeper.domain.shelf import FolderReport, KnownFile, Listing, Query, Relative, Skipped, Stamp
from placekeeper.storage import library_rows as rows
from placekeeper.storage import library_statements as statements
from placekeeper.storage.rows import Row, Values

One = Callable[[str, Values], Row | None]
Many = Callable[[str, Values], list[Row]]
Change = Callable[[str, Values], int]
Each = Callable[[str, Iterable[Values]], None]


class SqlLibraryLedger:
    """Implements `domain.ports.LibraryLedger`; see `ledger.SqlLedger`."""

    def __init__(self, one: One, many: Many, change: Change, each: Each) -> None:
        """See `ledger.SqlLedger`."""
        self._one, self._many, self._change, self._each = one, many, change, each

    def publication(self, publication_id: str) -> Publication | None:
        """See the port."""
        row = self._one(statements.PUBLICATION, {"id": publication_id})
        return rows.publication(row) if row else None

    def publication_at(self, folder: str, path: str) -> Publication | None:
        """See the port."""
        row = self._one(statements.PUBLICATION_AT, {"folder": folder, "path": path})
        return rows.publication(row) if row else None

    def publications_with(self, type_: str, value: str) -> list[Publication]:
        """See the port."""
        found = self._many(statements.PUBLICATIONS_WITH, {"type": type_, "value": value})
        return [rows.publication(row) for row in found]

    def relatives(self, type_: str, value: str) -> list[Relative]:
        """See the port."""
        return [rows.relative(row) for row in self._many(statements.RELATIVES, {"type": type_, "value": value})]

    def publications_beside(self, folder: str, path: str) -> list[Relative]:
        """See the port."""
        parent = path.rpartition("/")[0] + "/" if "/" in path else ""
        values = {"folder": folder, "low": parent, "high": parent[:-1] + "0" if parent else "\U0010ffff"}
        found = (rows.relative(row) for row in self._many(statements.PUBLICATIONS_BESIDE, values))
        return [relative for relative in found if "/" not in relative.path[len(parent) :]]

    def edition(self, edition_id: str) -> list[Publication]:
        """See the port."""
        return [rows.publication(row) for row in self._many(statements.EDITION, {"edition_id": edition_id})]

    def publication_identifiers(self, publication_id: str) -> list[tuple[str, str, bool]]:
        """See the port."""
        found = self._many(statements.IDENTIFIERS_OF, {"id": publication_id})
        return [(type_, value, bool(current)) for type_, value, current in found]

    def listing(self, query: Query) -> Listing:
        """See the port."""
        values = rows.query_values(query)
        found = tuple(rows.publication(row) for row in self._many(statements.LISTINGS[query.sort], values))
        if 0 < len(found) < query.limit or not (found or query.offset):
            return Listing(found, query.offset + len(found))  # the last page says how many there are: nothing need be counted
        total = self._one(statements.COUNT, values)
        return Listing(found, total[0] if total else 0)

    def called(self, title: str, limit: int) -> list[Publication]:
        """See the port. Between words stands a blank, and nothing sorts before it."""
        begin = f" {title}"
        values = {"title": begin, "with_more": f"{begin} ", "after": f"{begin}!", "limit": limit}
        return [rows.publication(row) for row in self._many(statements.CALLED, values)]

    def groups(self, facet: str, offset: int, limit: int) -> tuple[list[tuple[str, int]], int]:
        """See the port."""
        found = self._many(statements.GROUPS, {"facet": facet, "offset": offset, "limit": limit})
        total = self._one(statements.COUNT_GROUPS, {"facet": facet})
        return [(name, count) for name, count in found], total[0] if total else 0

    def works_of_files(self, account_id: str, type_: str, recognised_by: str) -> set[str]:
        """See the port."""
        values = {"account_id": account_id, "type": type_, "recognised_by": recognised_by}
        return {row[0] for row in self._many(statements.WORKS_OF_FILES, values)}

    def works_of_editions(self, account_id: str, type_: str) -> set[str]:
        """See the port."""
        return {row[0] for row in self._many(statements.WORKS_OF_EDITIONS, {"account_id": account_id, "type": type_})}

    def save_publication(self, publication: Publication, stamp: Stamp, reader: int) -> None:
        """See the port."""
        values = rows.publication_values(publication, stamp, reader)
        self._change(statements.SAVE_PUBLICATION, values)
        self._change(statements.SAVE_DESCRIPTION, values)
        self._change(statements.OLD_IDENTIFIERS, values)
        self._each(statements.SAVE_IDENTIFIER, rows.identifier_values(publication))
        self._change(statements.DROP_FACETS, values)
        self._each(statements.SAVE_FACET, rows.facet_values(publication))
        self._change(statements.UNSKIP, values)

    def mark_missing(self, gone: Iterable[tuple[str, str]], now: int) -> None:
        """See the port."""
        self._each(statements.MARK_MISSING, ({"id": id_, "path": path, "now": now} for id_, path in gone))

    def mark_present(self, publication_ids: Iterable[str]) -> None:
        """See the port."""
        self._each(statements.MARK_PRESENT, ({"id": id_} for id_ in publication_ids))

    def known_files(self, folder: str, after: tuple[str, str], limit: int) -> list[KnownFile]:
        """See the port."""
        values = {"folder": folder, "path": after[0], "id": after[1], "limit": limit}
        return [rows.known_file(row) for row in self._many(statements.KNOWN_FILES, values)]

    def skipped_files(self, folder: str, after: str, limit: int) -> list[Skipped]:
        """See the port."""
        values = {"folder": folder, "path": after, "limit": limit}
        return [rows.skipped(row) for row in self._many(statements.SKIPPED_FILES, values)]

    def skip(self, skipped: Skipped) -> None:
        """See the port."""
        self._change(statements.SKIP, rows.skipped_values(skipped))

    def unskip(self, folder: str, paths: Iterable[str]) -> None:
        """See the port."""
        self._each(statements.UNSKIP, ({"folder": folder, "path": path} for path in paths))

    def damaged_files(self, limit: int) -> list[tuple[str, str, str]]:
        """See the port."""
        return [(folder, path, note) for folder, path, note in self._many(statements.DAMAGED, {"limit": limit})]

    def library_folders(self) -> list[str]:
        """See the port."""
        return [row[0] for row in self._many(statements.FOLDERS, {})]

    def count_publications(self) -> int:
        """See the port."""
        row = self._one(statements.COUNT_PRESENT, {})
        return row[0] if row else 0

    def save_report(self, report: FolderReport) -> None:
        """See the port."""
        self._change(statements.SAVE_REPORT, {"folder": report.folder, "report": rows.json(report)})

    def reports(self) -> list[FolderReport]:
        """See the port."""
        return [rows.report(row) for row in self._many(statements.REPORTS, {})]
