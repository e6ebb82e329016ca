"""What a person decides about the own account, and how much is in it. Knows no protocol."""

from dataclasses import dataclass

from placekeeper.domain.account import Account, ArbiterMode, Principal, Usage
from placekeeper.domain.ports import Ledger, Store
from placekeeper.services.account_units import guard, revised
from placekeeper.services.quotas import Quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An account, and how full it is. `most`: how many readings and annotations it may keep, 0: any number."""

    account: Account
    usage: Usage
    most: int


class Owning:
    """The use cases."""

    def __init__(self, store: Store, quotas: Quotas) -> None:
        """Nothing happens yet."""
        self._store, self._quotas = store, quotas

    async def account(self, principal: Principal) -> Owned:
        """The account, and what is in it. Raises Outdated."""

        def unit(ledger: Ledger) -> tuple[Account, Usage]:
            return guard(ledger, principal), ledger.usage(principal.account_id)

        account, usage = await self._store.browse(unit)
        return Owned(account=account, usage=usage, most=self._quotas.of(account))

    async def judge(self, principal: Principal, mode: ArbiterMode) -> None:
        """Let places be judged so from now on. Raises Outdated."""

        def unit(ledger: Ledger) -> None:
            account = guard(ledger, principal)
            if account.arbiter is not mode:
                ledger.save_account(revised(account, arbiter=mode))

        await self._store.write(unit)
