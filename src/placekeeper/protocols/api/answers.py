"""From what the services say to what goes over the wire. Knows no request."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from placekeeper.domain.account import Credential, Scope
from placekeeper.domain.annotation import Annotation
from placekeeper.domain.device import Device
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Reading
from placekeeper.domain.shelf import FolderReport, ScanProgress, ScanReport
from placekeeper.domain.work import Identifier, Merge, Run, Work
from placekeeper.protocols.api import wire
from placekeeper.services.explaining import Explanation
from placekeeper.services.history import DevicePlace, WorkInFull
from placekeeper.services.quoting import Passage

Passages = Mapping[str, Passage]
"""What stands at the places of readings, by their ids."""


def time(milliseconds: int) -> str:
    """UTC, ISO 8601."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def maybe(milliseconds: int | None) -> str | None:
    """As `time`; None where it is not known."""
    return None if milliseconds is None else time(milliseconds)


def reading(said: Reading, passages: Passages) -> wire.ReadingSaid:
    """One reading."""
    report = said.report
    return wire.ReadingSaid(
        id=said.id,
        work=said.work_id,
        document=report.document,
        protocol=report.protocol,
        notation=report.place.notation.value,
        value=report.place.value,
        progression=report.progression,
        device=wire.Writer(report.device_id, report.device_name, report.device_foreign_id),
        observed=maybe(report.observed_at),
        received=time(report.received_at),
        outcome=said.outcome.value,
        effect=said.effect.value,
        reason=said.reason,
        passage=_passage(passages.get(said.id)),
    )


def _passage(found: Passage | None) -> wire.PassageFound | None:
    if found is None:
        return None
    return wire.PassageFound(found.sentence, found.chapter or None, found.precision.value)


def work(found: Work, passages: Passages) -> wire.WorkSaid:
    """One work."""
    described = found.description
    return wire.WorkSaid(
        id=found.id,
        title=described.title,
        authors=described.authors,
        filename=described.filename,
        run=found.run,
        created=time(found.created_at),
        restored=maybe(found.restored_at),
        place=reading(found.head, passages) if found.head else None,
    )


def work_in_full(found: WorkInFull, passages: Passages) -> wire.WorkInFullSaid:
    """One work, with all that leads to it."""
    return wire.WorkInFullSaid(
        **_fields(work(found.work, passages)),
        identifiers=[identifier(each) for each in found.identifiers],
        merged=[merge(each) for each in found.merges if each.into_id == found.work.id],
        merged_into=next((each.into_id for each in found.merges if each.from_id == found.work.id), None),
    )


def exported_work(found: WorkInFull, runs: Iterable[Run]) -> wire.ExportedWork:
    """One work, to which its history is to be added."""
    return wire.ExportedWork(**_fields(work_in_full(found, {})), runs=[run(each) for each in runs], readings=[])


def device(found: Device) -> wire.DeviceSaid:
    """One device."""
    return wire.DeviceSaid(found.id, found.name, found.kind, time(found.created_at), time(found.active_at))


def place(found: DevicePlace, passages: Passages) -> wire.DevicePlaceSaid:
    """Where one device is in a work."""
    seen = found.standing.seen
    return wire.DevicePlaceSaid(
        device=device(found.device),
        place=reading(found.last, passages) if found.last else None,
        seen=wire.Seen(seen.reading_id, time(seen.at)) if seen else None,
    )


def run(found: Run) -> wire.RunSaid:
    """One time that a work is read."""
    return wire.RunSaid(
        found.number, found.state.value, maybe(found.started_at), maybe(found.finished_at), maybe(found.abandoned_at)
    )


def identifier(found: Identifier) -> wire.IdentifierSaid:
    """What leads to a work."""
    type_: Any = found.type
    return wire.IdentifierSaid(type_, found.value, found.document)


def merge(found: Merge) -> wire.MergeSaid:
    """Two works that were joined."""
    return wire.MergeSaid(found.id, found.into_id, found.from_id, time(found.merged_at), maybe(found.undone_at))


def publication(found: Publication) -> wire.PublicationSaid:
    """A file of the library."""
    title = found.described.metadata.title
    return wire.PublicationSaid(found.id, found.edition_id, title, found.path, maybe(found.missing_since))


def matches(found: Explanation) -> wire.Matches:
    """Why a work is, or is not, a book of the library."""
    rows = [
        wire.MatchSaid(
            type=match.identifier.type,
            value=match.identifier.value,
            by=match.by or None,
            why=match.why,
            publications=[publication(each) for each in match.publications],
        )
        for match in found.matches
    ]
    return wire.Matches(rows, [publication(each) for each in found.candidates], list(found.works))


def annotation(found: Annotation) -> wire.AnnotationSaid:
    """A bookmark or an annotation that is not deleted."""
    collection: Any = found.collection.value
    return wire.AnnotationSaid(
        id=found.id,
        collection=collection,
        source=found.source,
        motivation=found.motivation,
        content=msgspec.Raw(found.content.encode()),
        said=maybe(found.said_at),
        created=time(found.created_at),
        changed=time(found.changed_at),
    )


def token(found: Credential) -> wire.TokenSaid:
    """A token, without its secret."""
    scopes: list[wire.TokenScope] = [scope.value for scope in Scope if scope in found.scopes]
    return wire.TokenSaid(found.id, found.name, scopes, time(found.created_at), maybe(found.revoked_at))


def progress(found: ScanProgress) -> wire.Progress:
    """How far a scan is."""
    return wire.Progress(**asdict(found))


def library(report: ScanReport, going: ScanProgress) -> wire.LibrarySaid:
    """What the last scans found."""
    return wire.LibrarySaid(
        progress=progress(going),
        publications=report.publications,
        folders=[_folder(each) for each in report.folders],
        skipped=[wire.SkippedFile(each.folder, each.path, each.why, time(each.at)) for each in report.skipped],
        damaged=[wire.DamagedFile(*each) for each in report.damaged],
    )


def _folder(found: FolderReport) -> wire.Folder:
    counts = asdict(found)
    began, ended = counts.pop("began_at"), counts.pop("ended_at")
    counts["problems"] = list(found.problems)
    return wire.Folder(**counts, began=time(began), ended=time(ended), seconds=(ended - began) / 1000)


def _fields(said: wire.Answer) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.__struct_fields__}
