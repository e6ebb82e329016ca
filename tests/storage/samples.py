"""Domain objects to store: each with every field set to something of its own, each field to be changed by its name."""

import itertools
from dataclasses import replace
from typing import Any

from placekeeper.domain.account import OWN_SCOPES, Account, ArbiterMode, Credential, Pairing
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.ask import Answer, Ask
from placekeeper.domain.device import Device
from placekeeper.domain.ids import new_id
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Sight, Standing, last_of
from placekeeper.domain.work import Description, Identifier, Merge, Work

NOW = 1_763_000_000_000
TEXTS = (
    "",
    " ",
    "plain",
    "Żółć \N{LATIN SMALL LETTER A WITH DIAERESIS} a\N{COMBINING DIAERESIS}",
    "\N{MATHEMATICAL FRAKTUR CAPITAL A}\N{GRINNING FACE}\N{RIGHT-TO-LEFT OVERRIDE}",
    'it\'s; -- "quoted" %s :name ? \\ \n\t\r',
    "x" * 4096,
)
"""What a text column must give back as it came."""
RATIOS = (0.0, 1.0, 0.1 + 0.2, 1 / 3, 0.9999999999999999, 5e-324, 2.2250738585072014e-308)
"""What a ratio must come back as, to the last bit."""
LONG_DOCUMENT = "d" * 199 + "\N{GRINNING FACE}"

_ticks = itertools.count(NOW)


def an_id() -> str:
    """An id that is greater than all before it."""
    return new_id(next(_ticks))


def an_account(**changes: Any) -> Account:
    id_ = an_id()
    account = Account(
        id=id_,
        name=f"reader-{id_}",
        key_hash="$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
        credential_revision=1,
        admin=False,
        library=True,
        arbiter=ArbiterMode.RULES,
        created_at=NOW,
    )
    return replace(account, **changes)


def a_credential(account_id: str, **changes: Any) -> Credential:
    id_ = an_id()
    credential = Credential(account_id=account_id, id=id_, name="Kobo", digest=f"digest-{id_}", scopes=OWN_SCOPES, created_at=NOW)
    return replace(credential, **changes)


def a_pairing(account_id: str, **changes: Any) -> Pairing:
    pairing = Pairing(account_id=account_id, digest="code", device_name="Kobo", expires_at=NOW + 600_000, tries_left=5)
    return replace(pairing, **changes)


def a_work(account_id: str, **changes: Any) -> Work:
    work = Work(
        account_id=account_id,
        id=an_id(),
        description=Description(title="Dracula", authors="Bram Stoker", filename="dracula.epub"),
        head=None,
        run=1,
        first_received_at=NOW,
        restored_at=NOW + 1,
        created_at=NOW + 2,
    )
    return replace(work, **changes)


def a_merge(account_id: str, **changes: Any) -> Merge:
    merge = Merge(
        account_id=account_id,
        id=an_id(),
        into_id="work",
        from_id="other",
        merged_at=NOW,
        before_id="reading",
        head_id=None,
        identifiers=(("kosync-document", "same"), ("publication", "e1")),
    )
    return replace(merge, **changes)


def a_device(account_id: str, **changes: Any) -> Device:
    id_ = an_id()
    device = Device(
        account_id=account_id,
        id=id_,
        key=f"id:{id_}",
        kind="kosync",
        name="Kobo",
        address="192.0.2.7",
        created_at=NOW,
        active_at=NOW + 5,
    )
    return replace(device, **changes)


def a_report(**changes: Any) -> Report:
    report = Report(
        device_id="device",
        device_name="Kobo",
        device_foreign_id="K1",
        protocol="kosync",
        document="0b229176d4e8db7f6d2b5a4952368d7a",
        place=NotedPlace(Notation.XPOINTER, "/body/DocFragment[11]/body/div/p[7]/text().123"),
        progression=0.4213,
        observed_at=NOW - 10,
        received_at=NOW,
        identifiers=(("content", "C1"), ("structure", "S:1")),
    )
    return replace(report, **changes)


def a_reading(work_id: str, **changes: Any) -> Reading:
    """A reading; names of a report's fields change the report."""
    own = {name: changes.pop(name) for name in ("id", "outcome", "effect", "reason") if name in changes}
    reading = Reading(
        id=an_id(),
        work_id=work_id,
        report=a_report(**changes),
        outcome=Outcome.FIRST,
        effect=Effect.HEAD,
        reason="the first reading of this work",
    )
    return replace(reading, **own)


def an_identifier(work_id: str, **changes: Any) -> Identifier:
    identifier = Identifier(type="kosync-document", value=f"document-{an_id()}", work_id=work_id, document="document")
    return replace(identifier, **changes)


def a_read_work(ledger: Ledger, account_id: str, document: str = "document", **changes: Any) -> Work:
    """A work with a head, a document that leads to it, and a device that stands there."""
    work = a_work(account_id, **changes)
    head = a_reading(work.id, document=document)
    work = replace(work, head=head)
    ledger.add_reading(account_id, head)
    ledger.save_work(work)
    ledger.register(account_id, an_identifier(work.id, value=document, document=document), NOW)
    sight = Sight(reading_id=head.id, progression=head.report.progression, at=NOW)
    ledger.save_standing(account_id, work.id, head.report.device_id, Standing(last=last_of(head), seen=sight))
    return work


def an_annotation(account_id: str, **changes: Any) -> Annotation:
    id_ = an_id()
    annotation = Annotation(
        account_id=account_id,
        id=id_,
        collection=Collection.BOOKMARKS,
        source="urn:isbn:9780000000002",
        motivation="bookmarking",
        same=f"same as {id_}",
        content='{"selector": "{}"}',
        said_at=NOW - 7,
        created_at=NOW,
        changed_at=NOW + 3,
        change=an_id(),
    )
    return replace(annotation, **changes)


def an_ask(account_id: str, **changes: Any) -> Ask:
    ask = Ask(
        account_id=account_id,
        asker="192.0.2.7",
        protocol="kosync",
        document="document",
        told=False,
        at=NOW,
        answer=Answer.PLACE,
        progression=0.5,
        work_id="work",
    )
    return replace(ask, **changes)
