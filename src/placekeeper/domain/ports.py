"""What the services need from outside, as protocols: storage engines and telemetry implement them.

A *unit* is a function that takes a ledger and does one thing on it, whole or not at all. Units are pure database work: they
hold no clock, no network and no awaiting, for an engine may run one again when another node changed the same rows.
"""

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from placekeeper.domain.account import Account, Credential, Pairing
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.device import Device
from placekeeper.domain.library_ports import LibraryLedger
from placekeeper.domain.reading import Outcome, Reading
from placekeeper.domain.server_ports import ServerLedger
from placekeeper.domain.standing import Sight, Standing, Unanswered
from placekeeper.domain.work import Identifier, Merge, Run, State, Work

P = ParamSpec("P")
T = TypeVar("T")


class AccountLedger(Protocol):
    """Accounts and their credentials, within one transaction."""

    def account(self, account_id: str) -> Account | None:
        """The account of that id."""

    def account_named(self, name: str) -> Account | None:
        """The account of exactly that name."""

    def accounts(self) -> list[Account]:
        """All accounts, by name."""

    def has_admin(self) -> bool:
        """Whether any account is an admin's."""

    def credential_revision(self, account_id: str) -> int | None:
        """The account's current credential revision; None when the account is gone."""

    def save_account(self, account: Account) -> None:
        """Add or change an account. Raises NameTaken when another account has the name."""

    def erase_account(self, account_id: str, now: int) -> None:
        """Remove an account and all its credentials at once. Its readings are unreachable from then on, see `purge`."""

    def purge(self, limit: int) -> int:
        """Delete up to `limit` rows that erased accounts left behind; how many went."""

    def credentials(self, account_id: str) -> list[Credential]:
        """The account's credentials, revoked ones too, oldest first."""

    def credential_of(self, account_id: str, digest: str) -> Credential | None:
        """The account's credential with that digest, unless revoked."""

    def credential_holder(self, digest: str) -> str | None:
        """The id of the account that a bearer token's digest belongs to."""

    def save_credential(self, credential: Credential) -> None:
        """Add or change a credential."""

    def pairing(self, account_id: str) -> Pairing | None:
        """The account's open pairing."""

    def save_pairing(self, pairing: Pairing) -> None:
        """Open or change the account's pairing; an earlier one is replaced."""

    def drop_pairing(self, account_id: str) -> None:
        """Close the account's pairing."""


class ReadingLedger(Protocol):
    """Works, what leads to them, their readings and the devices, within one transaction. Always of one account."""

    def identifier(self, account_id: str, type_: str, value: str) -> Identifier | None:
        """What that identifier leads to."""

    def identifiers(self, account_id: str, work_id: str) -> list[Identifier]:
        """All that leads to a work."""

    def register(self, account_id: str, identifier: Identifier, now: int) -> None:
        """Let an identifier lead to a work. One that leads somewhere already is left as it is."""

    def work(self, account_id: str, work_id: str) -> Work | None:
        """A work with its head."""

    def work_of(self, account_id: str, type_: str, value: str) -> tuple[Work, str] | None:
        """The work that an identifier leads to, with its head, and the canonical document."""

    def works(self, account_id: str, *, before: str | None, limit: int) -> list[Work]:
        """Works with a head that are joined to no other, the one changed last first; `before`: the last that the caller has."""

    def save_work(self, work: Work) -> None:
        """Add or change a work."""

    def desk(self, account_id: str, type_: str, value: str) -> tuple[int, tuple[Work, str] | None] | None:
        """The account's credential revision, and what `work_of` says, in one look-up. None when the account is gone."""

    def revisions(self, account_id: str, work_id: str) -> tuple[int, int] | None:
        """The credential revision of the account and the revision of the work, which says whether anything of it or of
        where devices stand with it has changed since. None when one of them is gone.
        """

    def touch(self, account_id: str, work_id: str) -> None:
        """Raise a work's revision. All that changes a work or a standing does so by itself, but for `save_standing`."""

    def move_head(self, work: Work) -> None:
        """Change a work's head, its run and its first time, and nothing else: the way of most readings."""

    def place(self, account_id: str, type_: str, value: str) -> tuple[int, Reading | None] | None:
        """The account's credential revision, and the head of the work that an identifier leads to, in one look-up.

        None when the account is gone.
        """

    def add_reading(self, account_id: str, reading: Reading) -> None:
        """Keep a reading, for good."""

    def reading(self, account_id: str, work_id: str, reading_id: str) -> Reading | None:
        """One reading of a work."""

    def readings(self, account_id: str, work_id: str, *, before: str | None, limit: int) -> list[Reading]:
        """Readings of a work, and of those joined to it, newest first; `before` is the id of the last one that the caller has."""

    def latest(self, account_id: str, work_id: str, protocol: str, outcome: Outcome | None) -> Reading | None:
        """The newest reading of a work that a protocol wrote and that had this outcome; None: that became the place."""

    def nearest(self, account_id: str, work_id: str, of: tuple[str, str], low: float, high: float) -> Reading | None:
        """Of a work's readings in a (protocol, document), the one with the greatest progression within bounds, newest first.

        Only the latest two thousand of the work are looked at, and only places that KOReader can go to.
        """

    def newest_of(self, account_id: str, work_id: str, of: tuple[str, str]) -> Reading | None:
        """The newest reading of a work in a (protocol, document)."""

    def read_last_in(self, account_id: str, work_id: str, of: tuple[str, str]) -> Reading | None:
        """Of a work's readings in a (protocol, document), the one that was read last, whenever it arrived."""

    def device(self, account_id: str, key: str) -> Device | None:
        """The device of that key."""

    def device_at(self, account_id: str, address: str) -> Device | None:
        """The device that wrote last from an address."""

    def devices(self, account_id: str) -> list[Device]:
        """The account's devices, the one active last first."""

    def device_active(self, account_id: str, device_id: str, *, name: str, address: str, at: int) -> None:
        """A known device has written: what it calls itself now, from where, when."""

    def save_device(self, device: Device) -> None:
        """Add or change a device."""

    def standing(self, account_id: str, work_id: str, device_id: str) -> Standing:
        """Where a device stands with a work; NOWHERE when it never was there."""

    def standings(self, account_id: str, work_id: str) -> list[tuple[str, Standing]]:
        """(device id, standing) of all devices that know a work."""

    def save_standing(self, account_id: str, work_id: str, device_id: str, standing: Standing) -> None:
        """Add or change where a device stands (without `unanswered`, which has calls of its own).

        The caller moves the head, saves the work or touches it in the same unit.
        """

    def save_sight(self, account_id: str, work_id: str, device_id: str, sight: Sight) -> None:
        """A device fetched this head. Nothing else of its standing changes."""

    def mark_unanswered(self, account_id: str, work_id: str, device_id: str, unanswered: Unanswered) -> None:
        """Remember that a place was accepted too late for its client to hear of it. Marks past their time go."""

    def clear_unanswered(self, account_id: str, work_id: str, device_id: str, value: str) -> None:
        """The place has come again, as expected."""


class MergeLedger(Protocol):
    """Works that were joined by hand, within one transaction. Always of one account."""

    def merges(self, account_id: str) -> list[Merge]:
        """All that are not undone, oldest first."""

    def save_merge(self, merge: Merge) -> None:
        """Add one, or note that it is undone."""

    def repoint(self, account_id: str, identifiers: Iterable[tuple[str, str]], from_id: str, into_id: str) -> None:
        """Let (type, value) identifiers lead to another work, those that still lead to `from_id`."""

    def newest_own(self, account_id: str, work_id: str, *, head: bool) -> Reading | None:
        """The newest reading of this very work; `head`: that became its head. What a merge brought that is undone is left out."""

    def own_readings(self, account_id: str, work_id: str, before: str | None, limit: int) -> list[Reading]:
        """Readings of this very work, newest first, without those of what is joined to it; `before`: an id, for the next page."""

    def unregister(self, account_id: str, identifier: Identifier) -> None:
        """It does not lead to its work any more, nor anywhere."""

    def move_readings(self, account_id: str, from_id: str, into_id: str, after: str, documents: Iterable[str]) -> None:
        """Readings of these documents that were kept after that id belong to the other work."""


class RunLedger(Protocol):
    """How often a work was read, within one transaction. Always of one account."""

    def runs(self, account_id: str, work_id: str) -> list[Run]:
        """All that are known, the first one first."""

    def begin_run(self, account_id: str, work_id: str, number: int, at: int) -> None:
        """It is begun, unless that is known already."""

    def finish_run(self, account_id: str, work_id: str, number: int, at: int) -> None:
        """It is read to the end, unless that is known already."""

    def save_run(self, account_id: str, work_id: str, run: Run) -> None:
        """Add one, or change all of it."""

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
        """As `works`: those whose description has all the words, and whose latest run stands so.

        `ended`: from which progression on a work counts as finished whose runs are not known. In words beyond ASCII, capitals may
        count.
        """


class AnnotationLedger(Protocol):
    """Bookmarks and annotations, and what an account prefers, within one transaction. Always of one account."""

    def annotation(self, account_id: str, annotation_id: str) -> Annotation | None:
        """One annotation, deleted or not."""

    def annotation_same(self, account_id: str, collection: Collection, same: str) -> Annotation | None:
        """The annotation that is the same, deleted or not."""

    def annotations(
        self, account_id: str, collection: Collection, *, source: str | None = None, before: str | None = None, limit: int
    ) -> list[Annotation]:
        """Those that are not deleted, the one changed last first. `before`: the `change` of the last that the caller has."""

    def annotation_changes(self, account_id: str, collection: Collection, after: str, limit: int) -> list[Annotation]:
        """Those that have changed since that `change` ("": all), deleted ones too, in the order of their changes."""

    def annotation_page(
        self, account_id: str, collection: Collection, *, source: str | None, after: str, offset: int, limit: int
    ) -> list[Annotation]:
        """Those that are not deleted, by id, which is the order in which they were made. `after`: an id, or ""; `source`: only
        those that name it, see `save_annotation_sources`.
        """

    def count_annotations(
        self, account_id: str, collection: Collection, *, source: str | None = None, upto: str | None = None
    ) -> int:
        """How many there are that are not deleted; `upto`: with ids up to this one; `source`: as in `annotation_page`."""

    def last_annotation_change(self, account_id: str, collection: Collection) -> str:
        """The greatest `change` of the collection, deleted ones included; "" where it is empty."""

    def save_annotation_sources(self, account_id: str, annotation_id: str, sources: Iterable[str]) -> None:
        """What an annotation is about, in place of what it was about before. None for one that is deleted."""

    def save_annotation(self, annotation: Annotation) -> None:
        """Add or change an annotation; its collection stays."""

    def preference(self, account_id: str, name: str) -> str | None:
        """What the account has chosen; None where it has not."""

    def save_preference(self, account_id: str, name: str, value: str) -> None:
        """Choose."""


class Ledger(AccountLedger, ReadingLedger, MergeLedger, RunLedger, AnnotationLedger, LibraryLedger, ServerLedger, Protocol):
    """All of it."""


Unit = Callable[[Ledger], T]


class Store(Protocol):
    """A storage engine. A unit that raises leaves nothing behind. Raises StorageUnavailable when the database can't."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a look-up of a few rows by key, at once."""

    async def browse(self, unit: Unit[T]) -> T:
        """Run a longer look-up (lists) without holding anything else up."""

    async def write(self, unit: Unit[T]) -> T:
        """Run a change; returns after it is safely on disk."""

    async def write_aside(self, unit: Unit[T]) -> T:
        """As `write`, for a change that takes long: no look-up waits for it. It may run in another thread."""

    async def copy(self, to: Path) -> None:
        """Write all that is there now into a new file, from which the database can be had again."""

    def note(self, key: Hashable, unit: Unit[None]) -> None:
        """Run a change of small worth with the next write, at latest some seconds later. Its loss must do no harm.

        A newer note of the same key replaces one that still waits.
        """


class Workers(Protocol):
    """Processes in which foreign files are read."""

    @property
    def size(self) -> int:
        """How many work at one time."""

    async def run(self, task: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a function of `placekeeper.formats` returns for these arguments. Raises `BadFile`, see its subclasses."""

    def close(self) -> None:
        """End them all."""


class Observer(Protocol):
    """What telemetry is told."""

    def decided(self, protocol: str, outcome: Outcome) -> None:
        """The arbiter judged a reading."""

    def committed(self, units: int, seconds: float) -> None:
        """A batch of that many units went to disk."""

    def recognised(self, how: str) -> None:
        """A credential was verified: `cache`, `token`, `argon2`, or `refused`, or `throttled`."""


Clock = Callable[[], int]
"""Unix time in milliseconds."""
