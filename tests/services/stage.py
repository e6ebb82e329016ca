"""The services on a database of their own, with a clock that a test sets."""

from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Unit
from placekeeper.domain.reading import Outcome, Reading
from placekeeper.formats.work import Pool
from placekeeper.services import secrets
from placekeeper.services.access import AccessTokens
from placekeeper.services.account_units import account_named, add_account, add_credential, new_account, principal_of
from placekeeper.services.accounts import AccountLimits, Accounts, Registration
from placekeeper.services.history import History
from placekeeper.services.keeping import Kept, Push
from placekeeper.services.library import Library
from placekeeper.services.matching import Named
from placekeeper.services.placing import Placing
from placekeeper.services.pointing import Pointing
from placekeeper.services.readings import Readings
from placekeeper.services.throttle import Throttle
from placekeeper.services.translators import Translators
from placekeeper.services.wording import Wording
from placekeeper.storage.sqlite import SqliteStore
from tests.storage.engine import Opened

T = TypeVar("T")
BEGAN = 1_763_000_000_000
MINUTE = 60_000
HOME = "192.0.2.7"


class Clock:
    """Unix milliseconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> int:
        return self.now

    def passes(self, milliseconds: int) -> None:
        self.now += milliseconds


class Heard:
    """An observer that remembers how credentials were recognised."""

    def __init__(self) -> None:
        self.how: list[str] = []

    def decided(self, protocol: str, outcome: Outcome) -> None: ...

    def committed(self, units: int, seconds: float) -> None: ...

    def recognised(self, how: str) -> None:
        self.how.append(how)


def pushed(
    device: str, ratio: float, *, value: str | None = None, document: str = "document", named: tuple[Any, ...] = ()
) -> Push:
    """What a device that speaks KOSync reports."""
    return Push(
        protocol="kosync",
        document=document,
        named=named,
        place=NotedPlace(Notation.XPOINTER, value or f"/body/p[{ratio}]"),
        progression=ratio,
        device_name=device,
        device_foreign_id=f"id of {device}",
    )


class Stage:
    """All services over one store. What takes time is run to its end, one thing after the other unless a test gathers."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.heard = Clock(), Heard()
        self.opened = Opened(SqliteStore(folder, now_ms=BEGAN))
        self.store = self.opened.store
        self.accounts = self.new_accounts()
        self.readings = self.new_readings()
        self.history = History(self.store, clock=self.clock)
        self.pointing = self.new_pointing()

    def new_accounts(self, registration: Registration = Registration.OPEN, *, remembered: int = 1000) -> Accounts:
        """The accounts' service as after a start: it remembers nothing."""
        return Accounts(
            self.store,
            clock=self.clock,
            observer=self.heard,
            registration=registration,
            throttle=Throttle(self.clock),
            access=AccessTokens(b"s" * 32),
            limits=AccountLimits(remembered=remembered),
        )

    def new_readings(self) -> Readings:
        """The readings' service as after a start: it remembers nothing."""
        return Readings(self.store, clock=self.clock, observer=self.heard)

    def new_pointing(self) -> Pointing:
        """What answers KOReader, as after a start, over a library without folders."""
        library = Library(self.store, Pool(1), clock=self.clock)
        translators = Translators(library)
        placing = Placing(library, translators)
        return Pointing(self.store, self.readings, placing, Wording(placing, translators))

    def answer(
        self, principal: Principal, document: str, named: tuple[Named, ...] = (), protocol: str = "kosync"
    ) -> Reading | None:
        """What an app of a protocol is answered."""
        place = self.do(self.pointing.place(principal, document, named, HOME, protocol))
        return place.head if place is not None else None

    def do(self, action: Coroutine[Any, Any, T]) -> T:
        return self.opened.play(lambda _store: action)

    def write(self, unit: Unit[T]) -> T:
        return self.opened.write(unit)

    def read(self, unit: Unit[T]) -> T:
        return self.opened.read(unit)

    def reader(self, name: str = "mina") -> Principal:
        """A new account, as whoever has shown its own key. The key itself fits nothing: argon2 takes long."""
        account = new_account(name, "no hash", self.clock())
        self.write(lambda ledger: add_account(ledger, account))
        return principal_of(account, None)

    def device_of(self, principal: Principal, name: str) -> Principal:
        """The account again, as a device with a credential of its own."""
        digest, scopes = secrets.digest_of(f"key of {name}"), frozenset({Scope.SYNC})

        def unit(ledger: Any) -> Principal:
            account = account_named(ledger, principal.account_name)
            return principal_of(account, add_credential(ledger, account, name, digest, scopes, self.clock()))

        return self.write(unit)

    def push(self, principal: Principal, device: str, ratio: float, **more: Any) -> Kept:
        return self.do(self.pushing(principal, device, ratio, **more))

    async def pushing(
        self,
        principal: Principal,
        device: str,
        ratio: float,
        *,
        value: str | None = None,
        address: str = HOME,
        document: str = "document",
        named: tuple[Any, ...] = (),
    ) -> Kept:
        """A device reports a place; its value is made of the ratio unless it is given."""
        return await self.readings.push(principal, pushed(device, ratio, value=value, document=document, named=named), address)

    def point(self, principal: Principal, device: str, ratio: float, **more: Any) -> Kept:
        """As `push`, through what answers KOReader."""
        return self.do(self.pointing.push(principal, replace(pushed(device, ratio, **more), measures=True), HOME))

    def fetch(self, principal: Principal, *, address: str = HOME, document: str = "document") -> str | None:
        """Fetch the place, as a device that opens the book; the id of the reading that was answered."""
        place = self.do(self.readings.place(principal, document, (), address))
        return place.head.id if place else None

    def close(self) -> None:
        self.accounts.close()
        self.opened.close()
