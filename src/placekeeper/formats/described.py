"""All that the library keeps of a file, read in one go. A file is described, in part with notes, or refused with one clear line.

Must not know the library. docs/formats.md says what is read of each sort of file.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from placekeeper.domain.errors import BadFile, NotNow
from placekeeper.domain.publication import Described, Kind, Link
from placekeeper.formats.archive import Archive
from placekeeper.formats.audio import describe_folder, describe_sound
from placekeeper.formats.bounding import bounded
from placekeeper.formats.comic import CBZ, ZipFiles, describe_comic
from placekeeper.formats.comic_archives import describe_cb7, describe_cbr
from placekeeper.formats.epub import EpubPublication, read_epub
from placekeeper.formats.fb2_metadata import describe_fb2
from placekeeper.formats.fingerprint import declared, filename_md5, mistaken, of_bytes, of_resources, sha256, structure
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.manifest import describe_packaged, manifest_path
from placekeeper.formats.mobi import describe_mobi
from placekeeper.formats.pdf import describe_pdf
from placekeeper.formats.pictures import epub_cover
from placekeeper.formats.recognising import Sort, recognise
from placekeeper.positions.crengine.bodies import may_split
from placekeeper.positions.spine import Item

EPUB = "application/epub+zip"
READERS: dict[Sort, Callable[[Path, str, Limits], Described]] = {
    Sort.PDF: describe_pdf,
    Sort.CBR: describe_cbr,
    Sort.CB7: describe_cb7,
    Sort.SOUND: describe_sound,
    Sort.FB2: describe_fb2,
    Sort.MOBI: describe_mobi,
}
"""All but zip archives, which may hold anything."""
Identifiers = tuple[tuple[str, str], ...]


def describe(path: Path, name: str, limits: Limits = LIMITS) -> Described:
    """What the file at `path` is, which the library calls `name` (a base name). A folder of recordings is one audiobook.

    Raises `BadFile`, see its subclasses.
    """
    if path.is_dir():
        described = describe_folder(path, name, limits)
        tracks = [path / link.href for link in described.reading_order]
        return completed(described, name, limits, (("sha256", sha256(tracks)),))
    sort, archive = recognise(path, name, limits)
    described = READERS[sort](path, name, limits) if archive is None else describe_zip(sort, archive, name)
    return completed(described, name, limits, of_bytes(path), mistaken(path))


def completed(
    described: Described, name: str, limits: Limits, of_content: Identifiers, weak: Iterable[tuple[str, str]] = ()
) -> Described:
    """With a title, and all identifiers, strongest first; no longer than a catalog can show."""
    described = bounded(described, limits)
    metadata = described.metadata if described.metadata.title else replace(described.metadata, title=untitled(name))
    identifiers = (*of_content, *described.identifiers, *declared(metadata), ("filename-md5", filename_md5(name)), *weak)
    return replace(described, metadata=metadata, identifiers=identifiers)


def untitled(name: str) -> str:
    """What a file without a title is called: its name without the ending, spelled so that it can be written."""
    base = name.rpartition(".")[0] or name
    return " ".join(base.replace("_", " ").encode("utf-8", "replace").decode("utf-8").split())


def describe_zip(sort: Sort, archive: Archive, name: str) -> Described:
    """What is in a zip archive. Raises `BadFile`."""
    match sort:
        case Sort.EPUB:
            return describe_epub(read_epub(archive))
        case Sort.CBZ:
            return describe_comic(ZipFiles(archive), CBZ)
        case Sort.FB2:
            return describe_fb2(archive.path, name, archive.limits)
        case _:
            return describe_packaged(archive, manifest_path(archive))


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
        metadata=replace(publication.metadata, cover=epub_cover(publication)),
        reading_order=tuple(link(item, publication.spine.title(item.index)) for item in items),
        identifiers=tuple((kind, value) for kind, value in digests if value),
        notes=publication.notes,
        split=split_of(publication),
    )


def split_of(publication: EpubPublication) -> tuple[int, ...] | None:
    """The resources whose files have several bodies, as `positions.crengine` would find out. None where it would take long."""
    archive = publication.archive
    readable = [item for item in publication.spine.items if item.present and item.readable]
    paths = {item.index: path for item in readable if (path := archive.find(item.href))}
    distinct = set(paths.values())
    if sum(archive.entries[path].file_size for path in distinct) > archive.limits.searched_bytes:
        return None
    several = {path for path in distinct if _may_split(archive, path)}
    return tuple(index for index, path in paths.items() if path in several)


def _may_split(archive: Archive, path: str) -> bool:
    try:
        return may_split(archive.read(path).data)
    except NotNow:
        raise
    except BadFile:  # what can't be read makes one fragment, in which KOReader says so
        return False


def link(item: Item, title: str) -> Link:
    """An itemref; without href where it leads to nothing."""
    return Link(
        href=item.href if item.present else "",
        media_type=item.media_type,
        length=item.length,
        linear=item.linear,
        fixed=item.fixed,
        title=title,
    )
