"""Works, what leads to them, their readings and devices come back as they went in, in order, and never another account's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.work import Description, Identifier, Work
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import (
    LONG_DOCUMENT,
    NOW,
    RATIOS,
    TEXTS,
    a_device,
    a_read_work,
    a_reading,
    a_work,
    an_account,
    an_identifier,
)

ME, HER = "mina", "lucy"


def kept(opened: Opened, reading: Reading) -> Reading | None:
    """The reading, after it was stored."""
    opened.write(lambda ledger: ledger.add_reading(ME, reading))
    return opened.read(lambda ledger: ledger.reading(ME, reading.work_id, reading.id))


def paged(page: Callable[[Ledger, str | None], list[str]], opened: Opened) -> list[str]:
    """All ids that a list gives, page by page, until one is empty."""
    ids: list[str] = []
    while True:
        more = opened.browse(lambda ledger, before=ids[-1] if ids else None: page(ledger, before))
        if not more:
            return ids
        ids += more
        assert len(ids) < 1000, "the pages never end"


class ReadingClaims(Claims):
    @pytest.mark.parametrize("text", TEXTS)
    def test_reading_round_trip(self, opened: Opened, text: str) -> None:
        """Every text of a reading comes back as it was written."""
        reading = a_reading(
            "work",
            reason=text,
            device_id=text,
            device_name=text,
            device_foreign_id=text,
            protocol=text,
            document=text,
            place=NotedPlace(Notation.OPAQUE, text),
        )

        assert reading == kept(opened, reading)

    @pytest.mark.parametrize("ratio", RATIOS)
    def test_ratios_keep_their_bits(self, opened: Opened, ratio: float) -> None:
        """A progression is the very same number afterwards."""
        actual = kept(opened, a_reading("work", progression=ratio))

        assert actual is not None
        assert ratio.hex() == actual.report.progression.hex()

    def test_every_word_of_a_reading(self, opened: Opened) -> None:
        """Each outcome, effect and notation comes back as itself."""
        words = [{"outcome": outcome} for outcome in Outcome] + [{"effect": effect} for effect in Effect]
        places = [{"place": NotedPlace(notation, "1")} for notation in Notation]
        readings = [a_reading("work", **change) for change in words + places]

        assert readings == [kept(opened, reading) for reading in readings]

    def test_absent_parts_of_a_reading(self, opened: Opened) -> None:
        """What a device did not send is absent afterwards; 200 characters of a document and eight identifiers stay whole."""
        bare = a_reading("work", device_foreign_id=None, observed_at=None, identifiers=())
        identifiers = tuple((f"type-{number}", "v" * 128) for number in range(8))
        full = a_reading("work", document=LONG_DOCUMENT, identifiers=identifiers, observed_at=2**53, received_at=0)

        assert [bare, full] == [kept(opened, bare), kept(opened, full)]

    def test_work_round_trip(self, opened: Opened) -> None:
        """A work comes back with every field and with its head, and again after each has changed."""
        for text in TEXTS:
            work = a_work(ME, description=Description(title=text, authors=text, filename=text))
            head = a_reading(work.id, reason=text)
            bare = replace(work, description=Description(), head=head, run=2**40, first_received_at=None, restored_at=None)
            opened.write(lambda ledger, work=work: ledger.save_work(work))
            assert work == opened.read(lambda ledger, id_=work.id: ledger.work(ME, id_))

            opened.write(lambda ledger, head=head: ledger.add_reading(ME, head))
            opened.write(lambda ledger, work=bare: ledger.save_work(work))
            assert bare == opened.read(lambda ledger, id_=work.id: ledger.work(ME, id_))

    def test_device_round_trip(self, opened: Opened) -> None:
        """A device comes back by its key with every field; changing it changes its name, address and time."""
        for text in TEXTS:
            device = a_device(ME, key=f"id:{text}", kind=text, name=text, address=text)
            later = replace(device, name="Kindle", address=None, active_at=NOW + 99)

            for version in (device, later):
                opened.write(lambda ledger, version=version: ledger.save_device(version))
                assert version == opened.read(lambda ledger, key=device.key: ledger.device(ME, key))

            opened.write(lambda ledger, id_=device.id: ledger.device_active(ME, id_, name="Boox", address="::1", at=NOW + 100))
            expected = replace(device, name="Boox", address="::1", active_at=NOW + 100)
            assert expected == opened.read(lambda ledger, key=device.key: ledger.device(ME, key))
        assert len(TEXTS) == len(opened.read(lambda ledger: ledger.devices(ME)))

    def test_latest_of_a_protocol(self, opened: Opened) -> None:
        """The newest reading of a work that a protocol wrote: that became the place, or that had a certain outcome."""
        rows = [
            ("kosync", Outcome.FIRST, Effect.HEAD),
            ("kosync", Outcome.BEHIND, Effect.HELD),
            ("opds", Outcome.NEWER, Effect.HEAD),
        ]
        rows += [("opds", Outcome.ECHO, Effect.SIGHTING), ("kosync", Outcome.ECHO, Effect.SIGHTING)]
        made = [a_reading("work", protocol=protocol, outcome=outcome, effect=effect) for protocol, outcome, effect in rows]
        for reading in [*made, a_reading("other", protocol="kosync", effect=Effect.HEAD)]:
            opened.write(lambda ledger, reading=reading: ledger.add_reading(ME, reading))

        def latest(protocol: str, outcome: Outcome | None) -> Reading | None:
            return opened.read(lambda ledger: ledger.latest(ME, "work", protocol, outcome))

        assert [made[0], made[2]] == [latest("kosync", None), latest("opds", None)]
        assert [made[4], made[3]] == [latest("kosync", Outcome.ECHO), latest("opds", Outcome.ECHO)]
        assert None is latest("readium", None)
        assert None is opened.read(lambda ledger: ledger.latest(HER, "work", "kosync", None))

    def test_devices_by_activity(self, opened: Opened) -> None:
        """Devices are listed with the one active last first; those of one moment always in the same order."""
        times = (3, 9, 1, 9, 7)
        devices = [a_device(ME, active_at=NOW + time) for time in times]
        for device in [*devices, a_device(HER, active_at=NOW + 50)]:
            opened.write(lambda ledger, device=device: ledger.save_device(device))

        expected = [devices[number] for number in (1, 3, 4, 0, 2)]
        assert expected == opened.read(lambda ledger: ledger.devices(ME))

    def test_identifiers(self, opened: Opened) -> None:
        """An identifier leads to its work by type and value together; a work lists its own by type and value."""
        work, other = "work", "other work"
        values = [LONG_DOCUMENT, "Value", "value"]
        mine = [an_identifier(work, type=type_, value=value) for type_ in ("alias", "document") for value in values]
        others = [an_identifier(other, type="third", value=value) for value in values]
        for identifier in [*reversed(mine), *others]:
            opened.write(lambda ledger, i=identifier: ledger.register(ME, i, NOW))

        def found(identifier: Identifier) -> Identifier | None:
            return opened.read(lambda ledger: ledger.identifier(ME, identifier.type, identifier.value))

        assert mine + others == [found(identifier) for identifier in mine + others]
        listed = opened.read(lambda ledger: ledger.identifiers(ME, work))
        assert len(mine) == len(listed)
        assert set(mine) == set(listed)
        assert None is opened.read(lambda ledger: ledger.identifier(ME, "third", "no such value"))

    def test_register_never_repoints(self, opened: Opened) -> None:
        """An identifier that leads somewhere stays: not the work, not the document it leads to can change."""
        first = an_identifier("work", document="first")
        second = replace(first, work_id="other work", document="second")
        opened.write(lambda ledger: ledger.register(ME, first, NOW))
        opened.write(lambda ledger: ledger.register(ME, second, NOW + 1))

        assert first == opened.read(lambda ledger: ledger.identifier(ME, first.type, first.value))
        assert [] == opened.read(lambda ledger: ledger.identifiers(ME, "other work"))

    def test_where_an_identifier_leads(self, opened: Opened) -> None:
        """By type and value together, to the work with its head, the canonical document and the account's revision, or to
        as much of it as there is; for an account that is gone, to nothing at all.
        """

        def store(ledger: Ledger) -> tuple[Work, Work]:
            ledger.save_account(an_account(id=ME, credential_revision=7))
            read, unread = a_read_work(ledger, ME, LONG_DOCUMENT), a_work(ME)
            ledger.save_work(unread)
            ledger.register(ME, an_identifier(read.id, type="alias", value="other", document=LONG_DOCUMENT), NOW)
            ledger.register(ME, an_identifier(unread.id, type="document", value="unread", document="canonical"), NOW)
            a_read_work(ledger, HER, LONG_DOCUMENT)
            return read, unread

        read, unread = opened.write(store)
        found = (read, LONG_DOCUMENT)
        for type_, value, work_of, head in (
            ("kosync-document", LONG_DOCUMENT, found, read.head),
            ("alias", "other", found, read.head),
            ("alias", LONG_DOCUMENT, None, None),
            ("document", "unread", (unread, "canonical"), None),
            ("document", "unheard of", None, None),
        ):
            assert work_of == opened.read(lambda ledger, t=type_, v=value: ledger.work_of(ME, t, v))
            assert (7, work_of) == opened.read(lambda ledger, t=type_, v=value: ledger.desk(ME, t, v))
            assert (7, head) == opened.read(lambda ledger, t=type_, v=value: ledger.place(ME, t, v))
        assert None is opened.read(lambda ledger: ledger.desk(HER, "kosync-document", LONG_DOCUMENT))
        assert None is opened.read(lambda ledger: ledger.place(HER, "kosync-document", LONG_DOCUMENT))

    def test_moved_head(self, opened: Opened) -> None:
        """Moving the head changes the head, the run and the first time, and nothing else of a work."""
        work = opened.write(lambda ledger: a_read_work(ledger, ME, first_received_at=None))
        head = a_reading(work.id)
        said = replace(work, description=Description(), head=head, run=3, first_received_at=5, restored_at=None, created_at=0)
        opened.write(lambda ledger: ledger.add_reading(ME, head))
        opened.write(lambda ledger: ledger.move_head(said))

        expected = replace(work, head=head, run=3, first_received_at=5)
        assert expected == opened.read(lambda ledger: ledger.work(ME, work.id))

    def test_a_reading_is_of_its_work(self, opened: Opened) -> None:
        """A reading is found in its own work and account only."""
        reading = a_reading("work")
        assert reading == kept(opened, reading)

        assert None is opened.read(lambda ledger: ledger.reading(ME, "other work", reading.id))
        assert None is opened.read(lambda ledger: ledger.reading(HER, "work", reading.id))
        assert None is opened.read(lambda ledger: ledger.reading(ME, "work", "no such reading"))

    @pytest.mark.parametrize("limit", [1, 3, 10, 11, 100])
    def test_pages_of_readings(self, opened: Opened, limit: int) -> None:
        """A work's readings, page by page: all of them, newest first, none twice, none of another work."""
        readings = [a_reading("work") for _ in range(10)]

        def store(ledger: Ledger) -> None:
            for reading in [*readings[5:], *readings[:5]]:
                ledger.add_reading(ME, reading)
                ledger.add_reading(ME, a_reading("other work"))
                ledger.add_reading(HER, a_reading("work"))

        opened.write(store)

        def page(ledger: Ledger, before: str | None) -> list[str]:
            return [reading.id for reading in ledger.readings(ME, "work", before=before, limit=limit)]

        assert [reading.id for reading in reversed(readings)] == paged(page, opened)

    @pytest.mark.parametrize("limit", [1, 3, 10, 11, 100])
    def test_pages_of_works(self, opened: Opened, limit: int) -> None:
        """Works, page by page: all that have a head, the one changed last first, none twice, none of another account."""

        def store(ledger: Ledger) -> list[str]:
            works = [a_read_work(ledger, ME, f"document {number}") for number in range(10)]
            ledger.save_work(a_work(ME))
            a_read_work(ledger, HER)
            for work in (works[4], works[0]):
                head = a_reading(work.id)
                ledger.add_reading(ME, head)
                ledger.save_work(replace(work, head=head))
            return [works[number].id for number in (0, 4, 9, 8, 7, 6, 5, 3, 2, 1)]

        expected = opened.write(store)

        def page(ledger: Ledger, before: str | None) -> list[str]:
            return [work.id for work in ledger.works(ME, before=before, limit=limit)]

        assert expected == paged(page, opened)

    def test_pages_end_at_strangers(self, opened: Opened) -> None:
        """After a work that the account does not have, or that nobody read, comes nothing: a wrong cursor never starts anew."""
        opened.write(lambda ledger: a_read_work(ledger, ME))
        hers = opened.write(lambda ledger: a_read_work(ledger, HER))
        unread = a_work(ME)
        opened.write(lambda ledger: ledger.save_work(unread))

        for before in (hers.id, unread.id, "no such work"):
            assert [] == opened.read(lambda ledger, before=before: ledger.works(ME, before=before, limit=9))
