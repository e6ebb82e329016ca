"""How much accounts may keep: counted aside now and then, so that no reading waits for it, and noted with the account.

An account that is full is told so with its next request; a few readings more than it may have can come before. Knows no protocol.
"""

import asyncio
from collections import Counter
from typing import Final

from placekeeper.domain.account import Account
from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Clock, Ledger, Store
from placekeeper.services.account_units import revised
from placekeeper.services.askers import Recent

SECONDS: Final = 20.0
"""How long after a reading its account is looked at: many readings are one look."""
PAUSE: Final = 300_000
"""Milliseconds between two looks at an account that can't be near to full: counting a million rows takes some 50 ms."""
NEAR: Final = 0.9
"""From this share of its quota on, an account is looked at each time."""
ANY: Final = 2**62
REMEMBERED: Final = 100_000


class Quotas:
    """The use case. `most`: how many readings and annotations an account may keep unless it is said otherwise; 0: any number."""

    def __init__(self, store: Store, *, clock: Clock, most: int) -> None:
        """Nobody has written yet."""
        self._store, self._clock, self.most = store, clock, most
        self._wrote: Counter[str] = Counter()
        self._looked: Recent[str, tuple[int, int]] = Recent(REMEMBERED)
        self._due: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None

    def wrote(self, account_id: str) -> None:
        """An account has written something: look at it soon."""
        self._wrote[account_id] += 1
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(SECONDS, self._begin)

    async def look(self) -> None:
        """Look at those that have written, but for who was looked at a moment ago and had room for more than came since."""
        for account_id, count in tuple(self._wrote.items()):
            at, left = self._looked.get(account_id) or (0, 0)
            if count < left and at + PAUSE > self._clock():
                continue
            del self._wrote[account_id]
            try:
                await self.check(account_id)
            except StorageUnavailable:
                self._wrote[account_id] += count

    async def check(self, account_id: str) -> None:
        """Note whether an account is full."""
        account, kept = await self._store.browse(lambda ledger: (ledger.account(account_id), ledger.kept(account_id)))
        if account is None:
            return
        most = self.of(account)
        if not most or kept < NEAR * most:
            self._looked.keep(account_id, (self._clock(), int(NEAR * most) - kept if most else ANY))
        else:
            self._looked.take(account_id)
        if account.full != is_full(most, kept):
            await self._store.write(lambda ledger: self._note(ledger, account_id, kept))

    def changed(self, account_id: str) -> None:
        """An account may keep another number from now on: what is known of its room is void."""
        self._looked.take(account_id)

    def of(self, account: Account) -> int:
        """How many an account may keep; 0: any number."""
        return self.most if account.quota is None else account.quota

    def _note(self, ledger: Ledger, account_id: str, kept: int) -> None:
        account = ledger.account(account_id)
        if account is not None:
            ledger.save_account(revised(account, full=is_full(self.of(account), kept)))

    def _begin(self) -> None:
        self._due = None
        self._looking = asyncio.ensure_future(self.look())


def is_full(most: int, kept: int) -> bool:
    """Whether so many are all."""
    return bool(most) and kept >= most
