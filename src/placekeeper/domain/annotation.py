"""An annotation: something said about a place in a book. A bookmark is one with the motivation `bookmarking`.

Source: https://www.w3.org/TR/annotation-model/
"""

import enum
from dataclasses import dataclass


class Collection(enum.StrEnum):
    """Which apps see it: those that know bookmarks only, or those that know annotations of every kind."""

    BOOKMARKS = "bookmarks"
    ANNOTATIONS = "annotations"
    HIDDEN = "hidden"
    """No annotation: the place that an app has deleted from its list, see `services.idling`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """`source`: what it is about, as its app names that. `same`: what two are the same by, in a collection. `content`: JSON, as
    its protocol serves it. `said_at`: the app's own time. `change` grows with each change of any annotation of the account.
    Deleted ones stay as tombstones. Times: Unix milliseconds.
    """

    account_id: str
    id: str
    collection: Collection
    source: str
    motivation: str
    same: str
    content: str
    said_at: int | None
    created_at: int
    changed_at: int
    change: str
    deleted_at: int | None = None
