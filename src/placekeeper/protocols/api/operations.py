"""What can be asked of `/api`: each operation with its path, what it takes and what it gives. The routes and the OpenAPI document
are made of the same list. Knows no service.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest
from placekeeper.protocols.api.wire import Answer

PAGE: Final = 50
PAGES_LIMIT: Final = 200
"""The most rows that one answer holds: enough for a screen, little enough to be quick."""
LIMIT_DIGITS: Final = 9
"""More figures are no number of rows, whatever zeros they begin with."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and for what. `body`: decoded, of the operation's type. `before`, `limit`: which rows, where there are pages."""

    principal: Principal
    path: Mapping[str, str]
    body: Any = None
    before: str | None = None
    limit: int = PAGE

    @property
    def work(self) -> str:
        """The id of the work in the path."""
        return self.path["work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`call` answers. `body`, `answer`: their types. `paged`: takes `before` and `limit`. `library`: for who sees the library."""

    method: str
    path: str
    name: str
    summary: str
    call: Callable[[Asked], Awaitable[Answer]] | Callable[[Asked], AsyncIterator[bytes]]
    answer: type[Answer]
    body: type[Answer] | None = None
    status: int = 200
    paged: bool = False
    library: bool = False
    streamed: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path in braces, and what they are."""


def page_of(query: Mapping[str, str]) -> tuple[str | None, int]:
    """`before` and `limit`. Raises InvalidRequest."""
    text = query.get("limit", str(PAGE))
    if not text.isascii() or not text.isdigit() or len(text) > LIMIT_DIGITS or not 1 <= int(text) <= PAGES_LIMIT:
        raise InvalidRequest(f"limit is a whole number from 1 to {PAGES_LIMIT}")
    return query.get("before"), int(text)


def next_of(ids: list[str], limit: int) -> str | None:
    """What to give as `before` for the page that follows; None when this was the last."""
    return ids[-1] if len(ids) == limit else None


def page(rows: list[T], asked: Asked, id_of: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The asked page of a list that is known as a whole, and what comes next.

    Raises InvalidRequest where `before` is not in it.
    """
    start = 0
    if asked.before is not None:
        ids = [id_of(row) for row in rows]
        if asked.before not in ids:
            raise InvalidRequest("before is the id of none of these")
        start = ids.index(asked.before) + 1
    shown = rows[start : start + asked.limit]
    return shown, next_of([id_of(row) for row in shown], asked.limit)
