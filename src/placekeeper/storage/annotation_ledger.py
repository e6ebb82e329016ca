"""The ledger of annotations, and of what accounts prefer, over SQL, for every engine. Knows no connection."""

from collections.abc import Iterable

from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.storage import rows, statements
from placekeeper.storage.merge_ledger import SqlMergeLedger


class SqlAnnotationLedger(SqlMergeLedger):
    """Implements `domain.ports.AnnotationLedger`; see `ledger.SqlLedger`."""

    def annotation(self, account_id: str, annotation_id: str) -> Annotation | None:
        """See the port."""
        row = self._one(statements.ANNOTATION, {"account_id": account_id, "id": annotation_id})
        return rows.annotation(row) if row else None

    def annotation_same(self, account_id: str, collection: Collection, same: str) -> Annotation | None:
        """See the port."""
        row = self._one(statements.ANNOTATION_SAME, {"account_id": account_id, "collection": collection.value, "same": same})
        return rows.annotation(row) if row else None

    def annotations(
        self, account_id: str, collection: Collection, *, source: str | None = None, before: str | None = None, limit: int
    ) -> list[Annotation]:
        """See the port."""
        values = {"account_id": account_id, "collection": collection.value, "source": source, "before": before, "limit": limit}
        return [rows.annotation(row) for row in self._many(statements.ANNOTATIONS, values)]

    def annotation_changes(self, account_id: str, collection: Collection, after: str, limit: int) -> list[Annotation]:
        """See the port."""
        values = {"account_id": account_id, "collection": collection.value, "after": after, "limit": limit}
        return [rows.annotation(row) for row in self._many(statements.ANNOTATION_CHANGES, values)]

    def annotation_page(
        self, account_id: str, collection: Collection, *, source: str | None, after: str, offset: int, limit: int
    ) -> list[Annotation]:
        """See the port."""
        values = {"account_id": account_id, "collection": collection.value, "after": after, "offset": offset, "limit": limit}
        if source is None:
            return [rows.annotation(row) for row in self._many(statements.ANNOTATION_PAGE, values)]
        return [rows.annotation(row) for row in self._many(statements.ANNOTATION_PAGE_OF, values | {"source": source})]

    def count_annotations(
        self, account_id: str, collection: Collection, *, source: str | None = None, upto: str | None = None
    ) -> int:
        """See the port."""
        values: dict[str, str | None] = {"account_id": account_id}
        if source is not None:
            row = self._one(statements.COUNT_ANNOTATIONS_OF, values | {"source": source, "upto": upto})
        elif upto is not None:
            row = self._one(statements.COUNT_ANNOTATIONS_UP_TO, values | {"collection": collection.value, "upto": upto})
        else:
            row = self._one(statements.COUNT_ANNOTATIONS, values | {"collection": collection.value})
        return int(row[0]) if row else 0

    def last_annotation_change(self, account_id: str, collection: Collection) -> str:
        """See the port."""
        row = self._one(statements.LAST_ANNOTATION_CHANGE, {"account_id": account_id, "collection": collection.value})
        return str(row[0]) if row and row[0] is not None else ""

    def save_annotation_sources(self, account_id: str, annotation_id: str, sources: Iterable[str]) -> None:
        """See the port."""
        values = {"account_id": account_id, "annotation_id": annotation_id}
        self._change(statements.ERASE_ANNOTATION_SOURCES, values)
        for source in sources:
            self._change(statements.SAVE_ANNOTATION_SOURCE, values | {"source": source})

    def save_annotation(self, annotation: Annotation) -> None:
        """See the port."""
        self._change(statements.SAVE_ANNOTATION, rows.annotation_values(annotation))

    def preference(self, account_id: str, name: str) -> str | None:
        """See the port."""
        row = self._one(statements.PREFERENCE, {"account_id": account_id, "name": name})
        return str(row[0]) if row else None

    def save_preference(self, account_id: str, name: str, value: str) -> None:
        """See the port."""
        self._change(statements.SAVE_PREFERENCE, {"account_id": account_id, "name": name, "value": value})
