"""Rows of the library to domain objects and back, for every engine. The column orders are those of `library_statements`."""

from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

import msgspec

from placekeeper.domain.publication import Described, Link, Publication
from placekeeper.domain.shelf import FolderReport, KnownFile, Query, Relative, Skipped, Stamp
from placekeeper.domain.sorting import author_sort, folded, groups_of, series_sort, title_sort, words_of
from placekeeper.storage.library_statements import WORDS
from placekeeper.storage.rows import Row, Values

NANOSECONDS = 1_000_000
"""In a millisecond."""
_DESCRIBED = msgspec.json.Decoder(Described)
_LINK = tuple(field.name for field in fields(Link))
"""Each link of a reading order is kept as a list of these, for its names would take more room than what it says."""
_FIELDS = attrgetter(*_LINK)
_EXTENT = msgspec.json.Decoder(list[list[list[Any]]])
_REPORT = msgspec.json.Decoder(FolderReport)


def publication(row: Row) -> Publication:
    """From the columns of a publication. Without reading order and contents where the statement left them out."""
    id_, edition_id, folder, path, size, mtime_ns, added_at, scanned_at, missing_since, described, extent = row
    whole = _DESCRIBED.decode(described)
    if extent is not None:
        reading_order, contents = _EXTENT.decode(extent)
        whole = replace(whole, reading_order=links(reading_order), contents=links(contents))
    return Publication(
        id=id_,
        edition_id=edition_id,
        folder=folder,
        path=path,
        size=size,
        modified_at=mtime_ns // NANOSECONDS,
        described=whole,
        added_at=added_at,
        scanned_at=scanned_at,
        missing_since=missing_since,
    )


def publication_values(publication: Publication, stamp: Stamp, reader: int) -> Values:
    """For SAVE_PUBLICATION and SAVE_DESCRIPTION."""
    described = publication.described
    return {
        "id": publication.id,
        "edition_id": publication.edition_id,
        "folder": publication.folder,
        "path": publication.path,
        **stamp_values(stamp),
        "kind": described.kind.value,
        "title_sort": title_sort(described.metadata, publication.path),
        "author_sort": author_sort(described.metadata),
        "series_sort": series_sort(described.metadata),
        "search": words_of(described.metadata, publication.path),
        "note": described.notes[0] if described.notes else "",
        "reader": reader,
        "added_at": publication.added_at,
        "scanned_at": publication.scanned_at,
        "described": json(replace(described, reading_order=(), contents=())),
        "extent": json([rows_of(described.reading_order), rows_of(described.contents)]),
    }


def rows_of(links: tuple[Link, ...]) -> list[tuple[object, ...]]:
    """Links as they are kept."""
    return list(map(_FIELDS, links))


def links(rows: list[list[Any]]) -> tuple[Link, ...]:
    """From what was kept, perhaps by a release whose links said less."""
    return tuple(Link(**dict(zip(_LINK, row, strict=False))) for row in rows)


def stamp_values(stamp: Stamp) -> dict[str, object]:
    """For all statements that keep one."""
    return {"size": stamp.size, "mtime_ns": stamp.mtime_ns, "inode": stamp.inode, "mounted": int(stamp.mounted)}


def identifier_values(publication: Publication) -> list[Values]:
    """For SAVE_IDENTIFIER."""
    return [{"type": type_, "value": value, "id": publication.id} for type_, value in publication.described.identifiers]


def facet_values(publication: Publication) -> list[Values]:
    """For SAVE_FACET."""
    groups = groups_of(publication.described.metadata)
    return [{"facet": facet, "name": name, "sort": sort, "id": publication.id} for facet, name, sort in groups]


def query_values(query: Query) -> Values:
    """For LISTINGS and COUNT."""
    patterns = [pattern(word) for word in folded(query.text).split()[:WORDS]]
    patterns += ["%"] * (WORDS - len(patterns))
    return {
        "author": query.author,
        "series": query.series,
        "language": query.language,
        "subject": query.subject,
        "kind": query.kind,
        "limit": query.limit,
        "offset": query.offset,
        **{f"word{number}": text for number, text in enumerate(patterns)},
    }


def pattern(word: str) -> str:
    """What finds a word: where it begins one; anywhere where its script may not part words by spaces."""
    escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"% {escaped}%" if word.isascii() else f"%{escaped}%"


def known_file(row: Row) -> KnownFile:
    """From KNOWN_FILES."""
    path, size, mtime_ns, inode, mounted, id_, missing, reader = row
    return KnownFile(path, Stamp(size, mtime_ns, inode, bool(mounted)), id_, bool(missing), reader)


def relative(row: Row) -> Relative:
    """From RELATIVES and PUBLICATIONS_BESIDE."""
    id_, edition_id, folder, path, kind, missing = row
    return Relative(id_, edition_id, folder, path, kind, bool(missing))


def skipped(row: Row) -> Skipped:
    """From SKIPPED_FILES."""
    folder, path, size, mtime_ns, inode, mounted, why, at, reader = row
    return Skipped(folder=folder, path=path, stamp=Stamp(size, mtime_ns, inode, bool(mounted)), why=why, at=at, reader=reader)


def skipped_values(skipped: Skipped) -> Values:
    """For SKIP."""
    own = {"folder": skipped.folder, "path": skipped.path, "why": skipped.why, "at": skipped.at, "reader": skipped.reader}
    return own | stamp_values(skipped.stamp)


def report(row: Row) -> FolderReport:
    """From REPORTS."""
    return _REPORT.decode(row[0])


def json(value: object) -> str:
    """As text."""
    return msgspec.json.encode(value).decode()
