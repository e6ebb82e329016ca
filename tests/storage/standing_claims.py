"""Standings, sights and unanswered places come back as they went in; and nothing of one account is ever seen by another."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from placekeeper.domain.account import Usage
from placekeeper.domain.annotation import Collection
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.standing import NOWHERE, Held, Last, Sight, Standing, Unanswered, last_of
from placekeeper.domain.work import Run
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import (
    NOW,
    RATIOS,
    TEXTS,
    a_credential,
    a_device,
    a_merge,
    a_pairing,
    a_reading,
    a_work,
    an_account,
    an_annotation,
    an_ask,
    an_identifier,
)

ME, HER = "mina", "lucy"

LOOKS: dict[str, Callable[[Ledger, str], Any]] = {
    "account": lambda ledger, account: ledger.account(account),
    "credential_revision": lambda ledger, account: ledger.credential_revision(account),
    "credentials": lambda ledger, account: ledger.credentials(account),
    "credential_of": lambda ledger, account: ledger.credential_of(account, f"digest of {account}"),
    "pairing": lambda ledger, account: ledger.pairing(account),
    "identifier": lambda ledger, account: ledger.identifier(account, "kosync-document", "same"),
    "identifiers": lambda ledger, account: ledger.identifiers(account, "work"),
    "work": lambda ledger, account: ledger.work(account, "work"),
    "works": lambda ledger, account: ledger.works(account, before=None, limit=9),
    "annotation": lambda ledger, account: ledger.annotation(account, "annotation"),
    "annotation_same": lambda ledger, account: ledger.annotation_same(account, Collection.BOOKMARKS, "same"),
    "annotations": lambda ledger, account: ledger.annotations(account, Collection.BOOKMARKS, limit=9),
    "annotation_changes": lambda ledger, account: ledger.annotation_changes(account, Collection.BOOKMARKS, "", 9),
    "count_annotations": lambda ledger, account: ledger.count_annotations(account, Collection.BOOKMARKS),
    "annotation_page": lambda ledger, account: ledger.annotation_page(
        account, Collection.BOOKMARKS, source="urn:source", after="", offset=0, limit=9
    ),
    "last_annotation_change": lambda ledger, account: ledger.last_annotation_change(account, Collection.BOOKMARKS),
    "preference": lambda ledger, account: ledger.preference(account, "name"),
    "work_of": lambda ledger, account: ledger.work_of(account, "kosync-document", "same"),
    "desk": lambda ledger, account: ledger.desk(account, "kosync-document", "same"),
    "place": lambda ledger, account: ledger.place(account, "kosync-document", "same"),
    "reading": lambda ledger, account: ledger.reading(account, "work", "reading"),
    "readings": lambda ledger, account: ledger.readings(account, "work", before=None, limit=9),
    "device": lambda ledger, account: ledger.device(account, "key"),
    "devices": lambda ledger, account: ledger.devices(account),
    "runs": lambda ledger, account: ledger.runs(account, "work"),
    "merges": lambda ledger, account: ledger.merges(account),
    "standing": lambda ledger, account: ledger.standing(account, "work", "device"),
    "standings": lambda ledger, account: ledger.standings(account, "work"),
    "asks": lambda ledger, account: ledger.asks(account, 9),
    "usage": lambda ledger, account: ledger.usage(account),
    "kept": lambda ledger, account: ledger.kept(account),
}
"""Every look-up within an account."""


def for_people(ledger: Ledger, account_id: str, number: int) -> dict[str, Any]:
    """What is there for people to look at."""
    ask = an_ask(account_id, asker="192.0.2.1", progression=number / 10)
    ledger.save_ask(ask)
    usage = Usage(works=1, readings=1, annotations=1, devices=1, active_at=NOW + number)
    return {"asks": [ask], "usage": usage, "kept": usage.kept}


def furnish(ledger: Ledger, account_id: str, number: int) -> dict[str, Any]:
    """An account with one of everything, whose ids are the same in every account; what each look-up should find."""
    account = an_account(id=account_id, name=account_id, credential_revision=number)
    credential = a_credential(account_id, id="credential", digest=f"digest of {account_id}", name=str(number))
    pairing = a_pairing(account_id, tries_left=number)
    head = a_reading("work", id="reading", progression=number / 10)
    work = a_work(account_id, id="work", head=head, run=number)
    identifier = an_identifier("work", value="same", document=str(number))
    device = a_device(account_id, id="device", key="key", active_at=NOW + number)
    standing = Standing(last=last_of(head), seen=Sight(reading_id="reading", progression=number / 10, at=NOW + number))
    mark = Unanswered(value="same", received_at=NOW + number)
    merge = a_merge(account_id, id="merge", into_id="work", from_id="other", head_id=str(number))
    ledger.save_account(account)
    ledger.save_credential(credential)
    ledger.save_pairing(pairing)
    ledger.add_reading(account_id, head)
    ledger.save_work(work)
    ledger.register(account_id, identifier, NOW)
    ledger.save_device(device)
    ledger.save_standing(account_id, "work", "device", standing)
    ledger.mark_unanswered(account_id, "work", "device", mark)
    ledger.save_merge(merge)
    ledger.save_run(account_id, "work", Run(number=number, started_at=NOW))
    annotation = an_annotation(account_id, id="annotation", same="same", change=f"{number}")
    ledger.save_annotation(annotation)
    ledger.save_annotation_sources(account_id, annotation.id, ["urn:source"])
    ledger.save_preference(account_id, "name", str(number))
    return for_people(ledger, account_id, number) | {
        "annotation": annotation,
        "annotation_same": annotation,
        "annotations": [annotation],
        "annotation_changes": [annotation],
        "count_annotations": 1,
        "annotation_page": [annotation],
        "last_annotation_change": f"{number}",
        "preference": str(number),
        "runs": [Run(number=number, started_at=NOW)],
        "merges": [merge],
        "account": account,
        "credential_revision": number,
        "credentials": [credential],
        "credential_of": credential,
        "pairing": pairing,
        "identifier": identifier,
        "identifiers": [identifier],
        "work": work,
        "works": [work],
        "work_of": (work, str(number)),
        "desk": (number, (work, str(number))),
        "place": (number, head),
        "reading": head,
        "readings": [head],
        "device": device,
        "devices": [device],
        "standing": replace(standing, unanswered=(mark,)),
        "standings": [("device", standing)],
    }


def seen(opened: Opened, account_id: str) -> dict[str, Any]:
    """What each look-up finds."""
    return opened.browse(lambda ledger: {name: look(ledger, account_id) for name, look in LOOKS.items()})


class StandingClaims(Claims):
    def test_accounts_do_not_cross(self, opened: Opened) -> None:
        """With the same ids, documents and keys in two accounts, each sees its own, and a change shows in one only."""
        mine = opened.write(lambda ledger: furnish(ledger, ME, 1))
        hers = opened.write(lambda ledger: furnish(ledger, HER, 2))
        assert mine == seen(opened, ME)
        assert hers == seen(opened, HER)

        def change(ledger: Ledger) -> None:
            ledger.save_credential(replace(mine["credential_of"], revoked_at=NOW))
            ledger.drop_pairing(ME)
            ledger.move_head(replace(mine["work"], head=None, run=9))
            ledger.save_work(replace(mine["work"], head=None))
            ledger.device_active(ME, "device", name="other", address="other", at=NOW + 9)
            ledger.save_device(replace(mine["device"], name="other"))
            ledger.save_sight(ME, "work", "device", Sight(reading_id="other", progression=0.9, at=NOW))
            ledger.clear_unanswered(ME, "work", "device", "same")
            ledger.repoint(ME, [("kosync-document", "same")], "work", "other")
            ledger.move_readings(ME, "work", "other", "", ["0b229176d4e8db7f6d2b5a4952368d7a"])
            ledger.save_merge(replace(mine["merges"][0], undone_at=NOW))
            ledger.save_ask(an_ask(ME, asker="192.0.2.1", progression=1.0))
            ledger.trim_asks(ME, 1)
            ledger.begin_run(ME, "work", 2, NOW)
            ledger.finish_run(ME, "work", 2, NOW)

        opened.write(change)
        assert hers == seen(opened, HER)
        assert ME not in str(seen(opened, HER))

    def test_standing_round_trip(self, opened: Opened) -> None:
        """A standing comes back with every part, present or absent, and each save replaces all of it."""
        places = [NotedPlace(notation, text) for notation in Notation for text in TEXTS]
        lasts = [Last(reading_id="reading", place=place, progression=1 / 3, received_at=NOW) for place in places]
        last = lasts[0]
        sights = [Sight(reading_id="head", progression=ratio, at=NOW) for ratio in RATIOS]
        standings = [
            *[Standing(last=last) for last in lasts],
            *[Standing(last=replace(last, progression=ratio)) for ratio in RATIOS],
            *[Standing(last=last, seen=sight) for sight in sights],
            *[Standing(held=Held(progression=ratio, received_at=0)) for ratio in RATIOS],
            Standing(last=last, seen=sights[0], held=Held(progression=0.5, received_at=NOW)),
            NOWHERE,
        ]
        for standing in standings:
            opened.write(lambda ledger, standing=standing: ledger.save_standing(ME, "work", "device", standing))
            assert standing == opened.read(lambda ledger: ledger.standing(ME, "work", "device"))

    def test_nowhere(self, opened: Opened) -> None:
        """A device that never was there stands nowhere, and is not listed."""
        assert NOWHERE == opened.read(lambda ledger: ledger.standing(ME, "work", "device"))
        assert [] == opened.read(lambda ledger: ledger.standings(ME, "work"))

    def test_standings_of_a_work(self, opened: Opened) -> None:
        """All devices that know a work are listed, each with where it stands, those of other works are not."""
        last = last_of(a_reading("work"))
        standings = [Standing(last=last, held=Held(progression=0.1, received_at=number)) for number in range(5)]
        expected = [(f"device {number}", standing) for number, standing in enumerate(standings)]

        def store(ledger: Ledger) -> None:
            for device_id, standing in reversed(expected):
                ledger.save_standing(ME, "work", device_id, standing)
                ledger.save_standing(ME, "other work", device_id, NOWHERE)

        opened.write(store)
        assert expected == sorted(opened.read(lambda ledger: ledger.standings(ME, "work")))

    def test_sight(self, opened: Opened) -> None:
        """A sight changes what a device has seen and nothing else, also where it never was before."""
        standing = Standing(
            last=last_of(a_reading("work")),
            seen=Sight(reading_id="old", progression=0.1, at=1),
            held=Held(progression=0.2, received_at=2),
            unanswered=(Unanswered(value="place", received_at=3),),
        )
        sight = Sight(reading_id="new", progression=1 / 3, at=NOW)

        def store(ledger: Ledger) -> None:
            ledger.save_standing(ME, "work", "device", standing)
            ledger.mark_unanswered(ME, "work", "device", standing.unanswered[0])
            ledger.save_sight(ME, "work", "device", sight)
            ledger.save_sight(ME, "work", "stranger", sight)

        opened.write(store)
        assert replace(standing, seen=sight) == opened.read(lambda ledger: ledger.standing(ME, "work", "device"))
        assert Standing(seen=sight) == opened.read(lambda ledger: ledger.standing(ME, "work", "stranger"))

    def test_unanswered(self, opened: Opened) -> None:
        """Places without an answer are kept oldest first, one per value with its latest time, until each is cleared."""
        opened.write(lambda ledger: ledger.save_standing(ME, "work", "device", NOWHERE))
        marks = [Unanswered(value=text, received_at=NOW + number) for number, text in enumerate(TEXTS)]
        again = Unanswered(value=TEXTS[0], received_at=NOW + 99)

        def store(ledger: Ledger) -> None:
            for mark in [*reversed(marks), again]:
                ledger.mark_unanswered(ME, "work", "device", mark)

        opened.write(store)
        left = [*marks[1:], again]
        assert tuple(left) == opened.read(lambda ledger: ledger.standing(ME, "work", "device")).unanswered
        for mark in list(left):
            opened.write(lambda ledger, value=mark.value: ledger.clear_unanswered(ME, "work", "device", value))
            left.remove(mark)
            assert tuple(left) == opened.read(lambda ledger: ledger.standing(ME, "work", "device")).unanswered

    def test_saving_a_standing_keeps_what_is_unanswered(self, opened: Opened) -> None:
        """What is unanswered has calls of its own: saving a standing neither adds to it nor takes away."""
        mark = Unanswered(value="place", received_at=NOW)

        def store(ledger: Ledger) -> None:
            ledger.save_standing(ME, "work", "device", Standing(unanswered=(Unanswered(value="other", received_at=1),)))
            ledger.mark_unanswered(ME, "work", "device", mark)
            ledger.save_standing(ME, "work", "device", NOWHERE)

        opened.write(store)
        assert (mark,) == opened.read(lambda ledger: ledger.standing(ME, "work", "device")).unanswered
