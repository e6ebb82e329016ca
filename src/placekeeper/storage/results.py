"""What became of the units of a batch, and how those who wait for them are told. For every engine."""

import asyncio
import sqlite3
from typing import Any

from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Unit

Job = tuple[Unit[Any], "asyncio.Future[Any]"]
"""A unit, and who waits for it."""
Result = tuple["asyncio.Future[Any]", Any, BaseException | None]
"""Who waited, what the unit returned, what it raised."""


def nothing(_ledger: object) -> None:
    """The unit of a batch that is there for its notes."""


def told(error: BaseException) -> BaseException:
    """What a caller is told: the database's own errors in the words of the domain. No future takes a StopIteration."""
    if isinstance(error, StopIteration):
        return RuntimeError("a unit raised StopIteration")
    return StorageUnavailable(str(error)) if isinstance(error, sqlite3.Error) else error


def deliver(results: list[Result]) -> None:
    """Answer those who wait. One that stopped waiting is passed over."""
    for future, value, error in results:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def unheard(loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Any]":
    """Who waits for a unit that nobody waits for."""
    future: asyncio.Future[Any] = loop.create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future
