"""Rows to domain objects and back, for every engine. The column orders are those of `statements`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from placekeeper.domain.account import Account, ArbiterMode, Credential, Pairing, Scope
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.ask import Ask
from placekeeper.domain.device import Device
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Held, Last, Sight, Standing, Unanswered
from placekeeper.domain.work import Before, Description, Identifier, Merge, Run, Work
from placekeeper.storage.statements import WORK_WIDTH

Row = Sequence[Any]
Values = Mapping[str, object]

_NOTATIONS = {str(notation): notation for notation in Notation}
_OUTCOMES = {str(outcome): outcome for outcome in Outcome}
_PAIRS = msgspec.json.Decoder(tuple[tuple[str, str], ...])
_BEFORE = msgspec.json.Decoder(Before)
_EFFECTS = {str(effect): effect for effect in Effect}


def account(row: Row) -> Account:
    """From the columns of `account`."""
    id_, name, key_hash, revision, admin, library, arbiter, created_at, quota, full = row
    return Account(
        id=id_,
        name=name,
        key_hash=key_hash,
        credential_revision=revision,
        admin=bool(admin),
        library=bool(library),
        arbiter=ArbiterMode(arbiter),
        created_at=created_at,
        quota=quota,
        full=bool(full),
    )


def account_values(account: Account) -> Values:
    """For SAVE_ACCOUNT."""
    return {
        "id": account.id,
        "name": account.name,
        "key_hash": account.key_hash,
        "credential_revision": account.credential_revision,
        "admin": int(account.admin),
        "library": int(account.library),
        "arbiter": str(account.arbiter),
        "created_at": account.created_at,
        "quota": account.quota,
        "full": int(account.full),
    }


def credential(row: Row) -> Credential:
    """From the columns of `credential`."""
    account_id, id_, name, digest, scopes, created_at, revoked_at = row
    return Credential(
        account_id=account_id,
        id=id_,
        name=name,
        digest=digest,
        scopes=frozenset(Scope(scope) for scope in scopes.split()),
        created_at=created_at,
        revoked_at=revoked_at,
    )


def credential_values(credential: Credential) -> Values:
    """For SAVE_CREDENTIAL."""
    return {
        "account_id": credential.account_id,
        "id": credential.id,
        "name": credential.name,
        "digest": credential.digest,
        "scopes": " ".join(sorted(credential.scopes)),
        "created_at": credential.created_at,
        "revoked_at": credential.revoked_at,
    }


def pairing(row: Row) -> Pairing:
    """From the columns of `pairing`."""
    account_id, digest, device_name, expires_at, tries_left = row
    return Pairing(account_id=account_id, digest=digest, device_name=device_name, expires_at=expires_at, tries_left=tries_left)


def pairing_values(pairing: Pairing) -> Values:
    """For SAVE_PAIRING."""
    return {
        "account_id": pairing.account_id,
        "digest": pairing.digest,
        "device_name": pairing.device_name,
        "expires_at": pairing.expires_at,
        "tries_left": pairing.tries_left,
    }


def identifier(row: Row) -> Identifier:
    """From the columns of `identifier`."""
    type_, value, work_id, document = row
    return Identifier(type=type_, value=value, work_id=work_id, document=document)


def reading(row: Row) -> Reading:
    """From the columns of a reading."""
    return Reading(
        id=row[0],
        work_id=row[1],
        report=Report(
            device_id=row[2],
            device_name=row[3],
            device_foreign_id=row[4],
            protocol=row[5],
            document=row[6],
            place=NotedPlace(_NOTATIONS[row[7]], row[8]),
            progression=row[9],
            observed_at=row[10],
            received_at=row[11],
            identifiers=_pairs(row[12]) if row[12] else (),
        ),
        outcome=_OUTCOMES[row[13]],
        effect=_EFFECTS[row[14]],
        reason=row[15],
    )


def reading_values(account_id: str, reading: Reading) -> Values:
    """For ADD_READING."""
    report = reading.report
    return {
        "account_id": account_id,
        "id": reading.id,
        "work_id": reading.work_id,
        "device_id": report.device_id,
        "device_name": report.device_name,
        "device_foreign_id": report.device_foreign_id,
        "protocol": report.protocol,
        "document": report.document,
        "notation": report.place.notation.value,
        "value": report.place.value,
        "progression": report.progression,
        "observed_at": report.observed_at,
        "received_at": report.received_at,
        "identifiers": " ".join(f"{type_}:{value}" for type_, value in report.identifiers) or None,
        "outcome": reading.outcome.value,
        "effect": reading.effect.value,
        "reason": reading.reason,
    }


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Identifiers of a reading, as they were joined: neither types nor values can hold a space, nor types a colon."""
    return tuple((type_, value) for type_, _, value in (item.partition(":") for item in text.split(" ")))


def work(row: Row) -> Work:
    """From the columns of a work and its head."""
    account_id, id_, title, authors, filename, run, first_received_at, restored_at, created_at = row[:WORK_WIDTH]
    return Work(
        account_id=account_id,
        id=id_,
        description=Description(title=title, authors=authors, filename=filename),
        head=reading(row[WORK_WIDTH:]) if row[WORK_WIDTH] is not None else None,
        run=run,
        first_received_at=first_received_at,
        restored_at=restored_at,
        created_at=created_at,
    )


def work_values(work: Work) -> Values:
    """For SAVE_WORK."""
    return {
        "account_id": work.account_id,
        "id": work.id,
        "title": work.description.title,
        "authors": work.description.authors,
        "filename": work.description.filename,
        "head_id": work.head.id if work.head else None,
        "run": work.run,
        "first_received_at": work.first_received_at,
        "restored_at": work.restored_at,
        "created_at": work.created_at,
    }


def device(row: Row) -> Device:
    """From the columns of `device`."""
    account_id, id_, key, kind, name, address, created_at, active_at = row
    return Device(
        account_id=account_id,
        id=id_,
        key=key,
        kind=kind,
        name=name,
        address=address,
        created_at=created_at,
        active_at=active_at,
    )


def device_values(device: Device) -> Values:
    """For SAVE_DEVICE."""
    return {
        "account_id": device.account_id,
        "id": device.id,
        "key": device.key,
        "kind": device.kind,
        "name": device.name,
        "address": device.address,
        "created_at": device.created_at,
        "active_at": device.active_at,
    }


def standing(row: Row, unanswered: tuple[Unanswered, ...]) -> Standing:
    """From the columns of a standing."""
    _device_id, last_id, notation, value, progression, at, seen_id, seen_progression, seen_at, held_progression, held_at, _n = row
    last = None
    if last_id is not None:
        place = NotedPlace(_NOTATIONS[notation], value)
        last = Last(reading_id=last_id, place=place, progression=progression, received_at=at)
    return Standing(
        last=last,
        seen=Sight(reading_id=seen_id, progression=seen_progression, at=seen_at) if seen_id is not None else None,
        held=Held(progression=held_progression, received_at=held_at) if held_at is not None else None,
        unanswered=unanswered,
    )


def standing_values(account_id: str, work_id: str, device_id: str, standing: Standing) -> Values:
    """For SAVE_STANDING."""
    last, seen, held = standing.last, standing.seen, standing.held
    return {
        "account_id": account_id,
        "work_id": work_id,
        "device_id": device_id,
        "last_id": last.reading_id if last else None,
        "last_notation": last.place.notation.value if last else None,
        "last_value": last.place.value if last else None,
        "last_progression": last.progression if last else None,
        "last_at": last.received_at if last else None,
        "seen_id": seen.reading_id if seen else None,
        "seen_progression": seen.progression if seen else None,
        "seen_at": seen.at if seen else None,
        "held_progression": held.progression if held else None,
        "held_at": held.received_at if held else None,
    }


def merge(row: Row) -> Merge:
    """From MERGES."""
    account_id, id_, into_id, from_id, merged_at, before_id, head_id, identifiers, undone_at, before = row
    return Merge(
        account_id=account_id,
        id=id_,
        into_id=into_id,
        from_id=from_id,
        merged_at=merged_at,
        before_id=before_id,
        head_id=head_id,
        identifiers=_PAIRS.decode(identifiers),
        undone_at=undone_at,
        before=_BEFORE.decode(before) if before is not None else None,
    )


def merge_values(merge: Merge) -> Values:
    """For SAVE_MERGE."""
    return {
        "account_id": merge.account_id,
        "id": merge.id,
        "into_id": merge.into_id,
        "from_id": merge.from_id,
        "merged_at": merge.merged_at,
        "before_id": merge.before_id,
        "head_id": merge.head_id,
        "identifiers": msgspec.json.encode(merge.identifiers).decode(),
        "undone_at": merge.undone_at,
        "before": msgspec.json.encode(merge.before).decode() if merge.before is not None else None,
    }


def run(row: Row) -> Run:
    """From RUNS."""
    number, started_at, finished_at, abandoned_at = row
    return Run(number=number, started_at=started_at, finished_at=finished_at, abandoned_at=abandoned_at)


def annotation(row: Row) -> Annotation:
    """From ANNOTATION and those like it."""
    account_id, id_, collection, source, motivation, same, content, said_at, created_at, changed_at, change, deleted_at = row
    return Annotation(
        account_id=account_id,
        id=id_,
        collection=Collection(collection),
        source=source,
        motivation=motivation,
        same=same,
        content=content,
        said_at=said_at,
        created_at=created_at,
        changed_at=changed_at,
        change=change,
        deleted_at=deleted_at,
    )


def annotation_values(annotation: Annotation) -> Values:
    """For SAVE_ANNOTATION."""
    return {
        "account_id": annotation.account_id,
        "id": annotation.id,
        "collection": annotation.collection.value,
        "source": annotation.source,
        "motivation": annotation.motivation,
        "same": annotation.same,
        "content": annotation.content,
        "said_at": annotation.said_at,
        "created_at": annotation.created_at,
        "changed_at": annotation.changed_at,
        "change": annotation.change,
        "deleted_at": annotation.deleted_at,
    }


def ask(row: Row) -> Ask:
    """From the columns of `ask`."""
    account_id, asker, protocol, document, told, at, answer, progression, work_id = row
    return Ask(
        account_id=account_id,
        asker=asker,
        protocol=protocol,
        document=document,
        told=bool(told),
        at=at,
        answer=answer,
        progression=progression,
        work_id=work_id,
    )


def ask_values(ask: Ask) -> Values:
    """For SAVE_ASK."""
    return {
        "account_id": ask.account_id,
        "asker": ask.asker,
        "protocol": ask.protocol,
        "document": ask.document,
        "told": int(ask.told),
        "at": ask.at,
        "answer": ask.answer,
        "progression": ask.progression,
        "work_id": ask.work_id,
    }
