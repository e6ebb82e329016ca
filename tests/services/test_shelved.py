"""Readings of publications: which work they belong to, and that devices of two protocols are not mixed up."""

import time
from dataclasses import replace
from typing import Any

import pytest

from placekeeper.domain.account import Principal
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Described, Kind, Metadata, Publication
from placekeeper.domain.reading import Effect, Outcome
from placekeeper.domain.shelf import Stamp
from placekeeper.domain.work import Description, Identifier
from placekeeper.services.keeping import Kept, Order, Push
from placekeeper.services.matching import DOCUMENT, PUBLICATION, Named, Shelved
from tests.services.stage import BEGAN, HOME, MINUTE, Stage, pushed

HOUR = 60 * MINUTE
PARTIAL, NAME = "a" * 32, "b" * 32
TIMED = "opds-progression"


def publication(id_: str = "p1", edition: str = "e1", partial: str = PARTIAL, name: str = NAME) -> Publication:
    identifiers = (("sha256", id_), ("koreader-partial-md5", partial), ("filename-md5", name))
    return Publication(
        id=id_,
        edition_id=edition,
        folder="/books",
        path=f"{id_}.epub",
        size=1,
        modified_at=BEGAN,
        described=Described(
            kind=Kind.EPUB, media_type="application/epub+zip", metadata=Metadata(title=id_), identifiers=identifiers
        ),
        added_at=BEGAN,
        scanned_at=BEGAN,
    )


def shelve(stage: Stage, *publications: Publication) -> None:
    for number, each in enumerate(publications):
        stamp = Stamp(each.size, BEGAN + number, number)
        stage.write(lambda ledger, each=each, stamp=stamp: ledger.save_publication(each, stamp, 1))


@pytest.fixture
def mina(stage: Stage) -> Principal:
    shelve(stage, publication())
    return stage.reader()


def put(stage: Stage, principal: Principal, ratio: float, *, observed: int | None = None, **more: Any) -> Kept:
    """Thorium reports a place in a publication."""
    usual: dict[str, Any] = {
        "protocol": TIMED,
        "document": "p1",
        "named": (),
        "place": NotedPlace(Notation.OPDS_PROGRESSION, f"{ratio}"),
        "progression": ratio,
        "device_name": "Thorium",
        "device_foreign_id": "urn:x:1",
        "shelved": Shelved("p1", "e1"),
        "observed_at": stage.clock() if observed is None else observed,
        "order": lambda _stored: Order.UNKNOWN,
    }
    return stage.do(stage.readings.push(principal, Push(**usual | more), HOME))


def work_of(stage: Stage, principal: Principal, type_: str, value: str) -> str | None:
    found = stage.read(lambda ledger: ledger.work_of(principal.account_id, type_, value))
    return found[0].id if found else None


def test_all_that_leads_to_it(stage: Stage, mina: Principal) -> None:
    """The first reading of a publication begins a work, to which lead its edition and all documents that KOReader makes of it."""
    work = put(stage, mina, 0.3).reading.work_id

    assert {work} == {
        work_of(stage, mina, DOCUMENT, PARTIAL),
        work_of(stage, mina, DOCUMENT, NAME),
        work_of(stage, mina, PUBLICATION, "e1"),
    }
    assert work == stage.push(mina, "Kobo", 0.5, document=PARTIAL).reading.work_id
    assert work == stage.push(mina, "Kobo", 0.5, document=NAME).reading.work_id


def test_found_by_what_koreader_has_said(stage: Stage, mina: Principal) -> None:
    """A work that KOReader has begun is found by its document; the weaker ones are registered, a stronger one is not."""
    by_name = stage.push(mina, "Kobo", 0.5, document=NAME).reading.work_id

    assert by_name == put(stage, mina, 0.6).reading.work_id
    assert by_name == work_of(stage, mina, PUBLICATION, "e1")
    assert None is work_of(stage, mina, DOCUMENT, PARTIAL)
    by_content = stage.push(mina, "Kobo", 0.5, document=PARTIAL).reading.work_id
    assert by_content != by_name
    assert by_content == put(stage, mina, 0.7).reading.work_id
    assert by_name == work_of(stage, mina, DOCUMENT, NAME)


def test_found_by_earlier_bytes(stage: Stage, mina: Principal) -> None:
    """A file that was changed is still found by the document that KOReader made of its earlier bytes."""
    old = stage.push(mina, "Kobo", 0.5, document=PARTIAL).reading.work_id
    shelve(stage, publication(partial="c" * 32))

    assert old == put(stage, mina, 0.6).reading.work_id


def test_two_books_with_one_digest(stage: Stage, mina: Principal) -> None:
    """Another book whose file gives the same digest has a work of its own, for its edition says that it is another one; the
    digest leads to neither.
    """
    shelve(stage, publication("p2", "e2", name="d" * 32))
    first = put(stage, mina, 0.3).reading.work_id
    second = put(stage, mina, 0.1, document="p2", shelved=Shelved("p2", "e2")).reading.work_id

    assert first != second
    assert first == put(stage, mina, 0.4).reading.work_id
    assert None is work_of(stage, mina, DOCUMENT, PARTIAL)
    assert second == put(stage, mina, 0.2, document="p2", shelved=Shelved("p2", "e2")).reading.work_id


def test_an_edition_by_another_id(stage: Stage, mina: Principal) -> None:
    """Where an edition has got another id, and the old one is nobody's any more, the place is not lost."""
    first = put(stage, mina, 0.3).reading.work_id
    shelve(stage, publication(edition="e9"))

    assert first == put(stage, mina, 0.4, shelved=Shelved("p1", "e9")).reading.work_id


def test_a_name_is_not_moved(stage: Stage, mina: Principal) -> None:
    """What leads to another work already stays with that, whatever is read of the publication."""
    work = put(stage, mina, 0.3).reading.work_id
    taken = Identifier(type=PUBLICATION, value="e7", work_id=work, document="x")
    stage.write(lambda ledger: ledger.register(mina.account_id, taken, BEGAN))
    shelve(stage, publication("p7", "e7", partial="7" * 32, name="8" * 32))

    assert work == put(stage, mina, 0.4, document="p7", shelved=Shelved("p7", "e7")).reading.work_id
    assert work == work_of(stage, mina, DOCUMENT, "7" * 32)


def test_a_fetch_is_not_koreaders(stage: Stage, mina: Principal) -> None:
    """What Thorium fetches and reports from KOReader's address says nothing about KOReader: its old place is kept aside."""
    stage.push(mina, "Kobo", 0.3, document=PARTIAL)
    stage.clock.passes(HOUR)
    stage.push(mina, "Kindle", 0.38, document=PARTIAL, address="198.51.100.9")
    stage.clock.passes(HOUR)
    stored = stage.do(stage.readings.shelved(mina, Shelved("p1", "e1"), HOME, TIMED))
    held = stage.push(mina, "Kobo", 0.1, document=PARTIAL)

    assert stored is not None
    assert Outcome.BEHIND is held.reading.outcome


def test_a_report_is_not_koreaders(stage: Stage, mina: Principal) -> None:
    """Thorium reports from KOReader's address: who fetches there over KOSync is still KOReader, which may then go back."""
    stage.push(mina, "Kobo", 0.3, document=PARTIAL)
    put(stage, mina, 0.31)
    stage.clock.passes(HOUR)
    stage.push(mina, "Kindle", 0.38, document=PARTIAL, address="198.51.100.9")
    stage.clock.passes(HOUR)
    put(stage, mina, 0.2, document="p8", shelved=Shelved("p8", "e8"))
    stage.clock.passes(MINUTE)
    stage.fetch(mina, document=PARTIAL)

    assert Outcome.INFORMED is stage.push(mina, "Kobo", 0.1, document=PARTIAL).reading.outcome


def test_one_credential_for_two_apps(stage: Stage, mina: Principal) -> None:
    """KOReader and Thorium with the same credential are two devices."""
    home = stage.device_of(mina, "home")
    kobo = stage.push(home, "Kobo", 0.3, document=PARTIAL).reading.report.device_id
    thorium = put(stage, home, 0.4).reading.report.device_id

    assert kobo != thorium
    assert thorium == put(stage, mina, 0.5).reading.report.device_id


def test_koreader_is_answered_with_its_own_place(stage: Stage, mina: Principal) -> None:
    """Where no file says what another protocol's place is in KOReader's words, and nothing near it was ever said by a device, the
    one that asks is answered with its own last place, held or not: it stays where it is.
    """
    kept = stage.push(mina, "Kobo", 0.3, document=PARTIAL)
    for minute in range(3):
        stage.clock.passes(MINUTE)
        put(stage, mina, 0.4 + minute / 10)
    assert kept.reading == stage.answer(mina, PARTIAL)
    held = stage.push(mina, "Kindle", 0.01, document=PARTIAL)

    assert held.reading.outcome is not Outcome.SAME_DEVICE
    assert held.reading == stage.answer(mina, PARTIAL)
    assert held.reading == stage.answer(mina, "x", (Named("a", "x"), Named("b", PARTIAL)))
    assert None is stage.answer(mina, PARTIAL, protocol="another")


def test_koreader_is_answered_with_what_was_taught(stage: Stage, mina: Principal) -> None:
    """Where a device was at nearly the place of another protocol, its pointer and number say it, with the place's device and
    time; reported back, that is no news, also after a restart. A pointer that is further away, or after the place, is none.
    """
    for ratio in (0.30, 0.485, 0.51):
        stage.push(mina, "Kobo", ratio, document=PARTIAL)
    stage.clock.passes(HOUR)
    head = put(stage, mina, 0.5).reading
    answer = stage.answer(mina, PARTIAL)
    assert answer is not None
    said = answer.report

    assert ("/body/p[0.485]", 0.485, "Thorium", head.time) == (said.place.value, said.progression, said.device_name, answer.time)
    stage.pointing = stage.new_pointing()
    assert Outcome.ECHO is stage.point(mina, "Kindle", said.progression, value=said.place.value, document=PARTIAL).reading.outcome
    stage.clock.passes(MINUTE)
    put(stage, mina, 0.45)
    answer = stage.answer(mina, PARTIAL)
    assert answer is not None
    assert 0.485 == answer.report.progression  # the asker's own: nothing lies just before 0.45


def test_the_answer_to_koreader_stays_quick(stage: Stage, mina: Principal) -> None:
    """After hundreds of another protocol's readings, KOReader's place is still found in well under a millisecond each."""
    stage.push(mina, "Kobo", 0.3, document=PARTIAL)
    for number in range(600):
        stage.clock.passes(MINUTE)
        put(stage, mina, 0.4 + number / 2000)

    async def ask() -> float:
        began = time.perf_counter()
        for _ in range(50):
            await stage.pointing.place(mina, PARTIAL, (), HOME, "kosync")
        return (time.perf_counter() - began) / 50

    assert stage.do(ask()) < 0.005


def test_a_place_taken_back_is_nobodys_words(stage: Stage, mina: Principal) -> None:
    """What the person took back is no protocol's own document: it has a time and a device of its own."""
    first = put(stage, mina, 0.3).reading
    stage.clock.passes(MINUTE)
    put(stage, mina, 0.5)
    stage.do(stage.history.restore(mina, first.work_id, first.id))
    stored = stage.do(stage.readings.shelved(mina, Shelved("p1", "e1"), HOME, TIMED))

    assert stored is not None
    assert (Outcome.CHOSEN, None) == (stored.head.outcome, stored.own)
    assert replace(first.report.place) == stored.head.report.place


def test_an_older_place_said_back(stage: Stage, mina: Principal) -> None:
    """Who was answered with an older place, for want of words for the place, and says that back, has read nothing. Who reads on
    and turns back to it has.
    """
    stage.push(mina, "Kobo", 0.55, document=PARTIAL)
    stage.clock.passes(HOUR)
    head = put(stage, mina, 0.9).reading
    said = stage.answer(mina, PARTIAL)
    assert said is not None
    back = {"value": said.report.place.value, "document": PARTIAL}
    stage.clock.passes(MINUTE)
    assert Outcome.REPEAT is stage.point(mina, "Phone", 0.55, **back).reading.outcome
    assert head.id == stage.read(lambda ledger: ledger.work(mina.account_id, head.work_id)).head.id
    stage.clock.passes(HOUR)
    on = stage.point(mina, "Phone", 0.91, document=PARTIAL).reading
    stage.clock.passes(MINUTE)
    again = stage.point(mina, "Phone", 0.55, **back).reading

    assert (on.effect, again.effect) == (Effect.HEAD, Effect.HEAD)


def test_a_name_that_is_contradicted(stage: Stage, mina: Principal) -> None:
    """A file's name leads to no work of a book that its device calls otherwise; without a title it does."""
    told = replace(pushed("Kobo", 0.3, document=NAME), description=Description(title="Candide"))
    other = stage.do(stage.readings.push(mina, told, HOME)).reading.work_id
    assert other != put(stage, mina, 0.5).reading.work_id
    lucy = stage.reader("lucy")
    named = stage.push(lucy, "Kobo", 0.3, document=NAME).reading.work_id
    assert named == put(stage, lucy, 0.5).reading.work_id
