"""How the server is, and a copy of all that it keeps: for the admin who looks after it. Knows no protocol.

A copy is written into the data folder, for there is room, and has no name there while it is sent. What a crash leaves of one that
was being written goes with the next start.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, PlacekeeperError, Unavailable
from placekeeper.domain.ports import Clock, Store
from placekeeper.domain.upkeep import Footprint, Health
from placekeeper.services.account_units import guard
from placekeeper.services.administering import admitted
from placekeeper.services.own_folder import spare

READY_SECONDS: Final = 5.0
"""How long a write may take on a server that is well."""
PAUSE: Final = 1.0
"""Seconds for which it is known."""
PROBE: Final = "probe"
"""The choice that a write is tried with: nobody reads it."""
PIECE: Final = 262_144
"""Bytes of a copy that are sent at one go."""
COPIES: Final = "backup-*.part*"
"""Copies, and the journals that SQLite has beside them while they are written."""


class Probe:
    """Whether the database takes writes, found out by one: an empty transaction would end well on a full disk too.

    Asked again within a second, what was found counts still: strangers may ask.
    """

    def __init__(self, store: Store) -> None:
        """Nothing is known yet."""
        self._store, self._took, self._until = store, 0.0, 0.0

    async def milliseconds(self) -> float:
        """How long it took until it was on the disk. Raises StorageUnavailable, TimeoutError."""
        began = time.perf_counter()
        if began < self._until:
            return self._took
        async with asyncio.timeout(READY_SECONDS):
            await self._store.write(lambda ledger: ledger.save_choice(PROBE, str(time.time_ns())))
        self._took, self._until = (time.perf_counter() - began) * 1000, began + PAUSE
        return self._took


class Copy:
    """A copy that is open, and has no name in the folder any more: the system takes it away once it is let go of."""

    def __init__(self, file: BinaryIO, gone: Callable[[], None]) -> None:
        """`gone`: called when it is let go of."""
        self._file, self._gone = file, gone
        self.size = file.seek(0, os.SEEK_END)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes."""
        self._file.seek(0)
        while piece := await asyncio.to_thread(self._file.read, PIECE):
            yield piece

    def let_go(self) -> None:
        """Nobody reads it any more."""
        self._file.close()
        self._gone()


class Upkeep:
    """The use cases."""

    def __init__(self, store: Store, probe: Probe, data: Path, footprint: Callable[[Path], Footprint], *, clock: Clock) -> None:
        """`footprint`: measures the data folder."""
        self._store, self._probe, self._data, self._footprint = store, probe, data, footprint
        self._since, self._copying = clock(), False
        for left in data.glob(COPIES):
            left.unlink(missing_ok=True)

    async def health(self, principal: Principal) -> Health:
        """How the server is. Raises Forbidden."""
        admitted(principal)
        accounts, publications = await self._store.browse(lambda ledger: (ledger.count_accounts(), ledger.count_publications()))
        commit, why = None, ""
        try:
            commit = await self._probe.milliseconds()
        except (PlacekeeperError, TimeoutError) as error:
            why = str(error) or "the database is busy"
        return Health(
            since=self._since,
            accounts=accounts,
            publications=publications,
            footprint=await asyncio.to_thread(self._footprint, self._data),
            commit=commit,
            why=why,
        )

    async def backup(self, principal: Principal) -> Copy:
        """A copy of the database as it is now; the caller lets go of it. Raises Forbidden, Outdated, StorageUnavailable.

        Raises Unavailable where the disk has no room, InvalidRequest while another one is being sent: a copy takes as much of
        the disk as the database does.
        """
        admitted(principal)
        await self._store.read(lambda ledger: guard(ledger, principal))
        if self._copying:
            raise InvalidRequest("a backup is being sent already: try again when it is done")
        self._copying = True
        try:
            return await self._copied()
        except BaseException:
            self._gone()
            raise

    async def _copied(self) -> Copy:
        """Only where there is room, and some is left: who syncs meanwhile must not find the disk full."""
        foot = await asyncio.to_thread(self._footprint, self._data)
        if foot.database > foot.free - spare(foot.total):
            raise Unavailable("the disk has no room for a copy of the database: use `placekeeper backup` with another one")
        path = self._data / f"backup-{secrets.token_hex(8)}.part"
        try:
            await self._store.copy(path)
            return Copy(await asyncio.to_thread(path.open, "rb"), self._gone)
        finally:
            for left in self._data.glob(f"{path.name}*"):
                left.unlink(missing_ok=True)

    def _gone(self) -> None:
        self._copying = False
