"""All that the library keeps of a file, read in one go. A file is described, in part with notes, or refused with one clear line.

Must not know the library. docs/formats.md says what is read of each sort of file.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Described, Kind, Link
from placekeeper.formats.archive import Archive
from placekeeper.formats.epub import EpubPublication, read_epub
from placekeeper.formats.fingerprint import declared, filename_md5, of_bytes, of_resources, structure
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.recognising import Sort, by_content, by_entries, by_name, head_of, is_zip
from placekeeper.positions.spine import Item

EPUB = "application/epub+zip"
UNKNOWN = "not a kind of file that is read here"
Reader = Callable[[Path, str, Limits], Described]
Identifiers = tuple[tuple[str, str], ...]


def describe(path: Path, name: str, limits: Limits = LIMITS) -> Described:
    """What the file at `path` is, which the library calls `name` (a base name). Raises `BadFile`, see its subclasses."""
    head = head_of(path)
    described = (
        describe_zip(path, limits) if is_zip(head) else reader(by_content(head) or by_name(name, head))(path, name, limits)
    )
    return identified(described, path, name)


def identified(described: Described, path: Path, name: str) -> Described:
    """With the identifiers of the bytes, of the metadata and of the name, strongest first."""
    identifiers = (*of_bytes(path), *described.identifiers, *declared(described.metadata), ("filename-md5", filename_md5(name)))
    return replace(described, identifiers=identifiers)


def describe_zip(path: Path, limits: Limits) -> Described:
    """A zip archive, by what is in it."""
    archive = Archive(path, limits)
    sort = by_entries(archive.entries)
    if sort is Sort.EPUB:
        return describe_epub(read_epub(archive))
    raise BadFile(UNKNOWN)


def reader(sort: Sort | None) -> Reader:
    """What reads files of a sort. Raises `BadFile`."""
    raise BadFile(UNKNOWN if sort is None else f"{sort} files are not read yet")


def describe_epub(publication: EpubPublication) -> Described:
    """An EPUB: its reading order has a link for each itemref."""
    items, entries = publication.spine.items, publication.archive.entries
    found = [entries[path] for item in items if item.present and (path := publication.archive.find(item.href))]
    digests = (
        ("structure", structure(publication.package)),
        ("resources", of_resources((entry.CRC, entry.file_size) for entry in found)),
    )
    return Described(
        kind=Kind.EPUB,
        media_type=EPUB,
        metadata=publication.metadata,
        reading_order=tuple(map(link, items)),
        identifiers=tuple((kind, value) for kind, value in digests if value),
        notes=publication.notes,
    )


def link(item: Item) -> Link:
    """An itemref; without href where it leads to nothing."""
    return Link(
        href=item.href if item.present else "",
        media_type=item.media_type,
        length=item.length,
        linear=item.linear,
        fixed=item.fixed,
        title=item.title,
    )
