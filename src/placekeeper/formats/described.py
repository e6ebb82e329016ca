"""All that the library keeps of a file, read in one go. A file is described, in part with notes, or refused with one clear line.

Must not know the library. docs/formats.md says what is read of each sort of file.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Described, Kind, Link
from placekeeper.formats.archive import Archive
from placekeeper.formats.audio import describe_folder, describe_sound
from placekeeper.formats.comic import CBZ, ZipFiles, describe_comic
from placekeeper.formats.comic_archives import describe_cb7, describe_cbr
from placekeeper.formats.epub import EpubPublication, read_epub
from placekeeper.formats.fb2_metadata import describe_fb2
from placekeeper.formats.fingerprint import declared, filename_md5, of_bytes, of_resources, sha256, structure
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.manifest import describe_packaged
from placekeeper.formats.mobi import describe_mobi
from placekeeper.formats.pdf import describe_pdf
from placekeeper.formats.recognising import ENDINGS, Sort, by_content, by_entries, by_name, ending, head_of, is_zip
from placekeeper.positions.spine import Item

EPUB = "application/epub+zip"
UNKNOWN = "not a kind of file that is read here"
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
        described = describe_folder(path, limits)
        tracks = [path / link.href for link in described.reading_order]
        return completed(described, name, (("sha256", sha256(tracks)),))
    head = head_of(path)
    sort = by_content(head)
    if sort is None and is_zip(head):
        described = describe_zip(path, name, limits)
    elif (sort := sort or by_name(name, head)) in READERS:
        described = READERS[sort](path, name, limits)
    elif sort in {Sort.EPUB, Sort.CBZ, Sort.LPF, Sort.READIUM_AUDIOBOOK}:  # cut off, perhaps: the archive will say so
        described = describe_zip(path, name, limits)
    else:
        raise BadFile(UNKNOWN)
    return completed(described, name, of_bytes(path))


def completed(described: Described, name: str, of_content: Identifiers) -> Described:
    """With a title, and all identifiers, strongest first."""
    metadata = described.metadata if described.metadata.title else replace(described.metadata, title=untitled(name))
    identifiers = (*of_content, *described.identifiers, *declared(metadata), ("filename-md5", filename_md5(name)))
    return replace(described, metadata=metadata, identifiers=identifiers)


def untitled(name: str) -> str:
    """What a file without a title is called: its name without the ending, spelled so that it can be written."""
    base = name.rpartition(".")[0] or name
    return " ".join(base.replace("_", " ").encode("utf-8", "replace").decode("utf-8").split())


def describe_zip(path: Path, name: str, limits: Limits) -> Described:
    """A zip archive, by what is in it."""
    archive = Archive(path, limits)
    match by_entries(archive.entries):
        case Sort.EPUB:
            return describe_epub(read_epub(archive))
        case Sort.CBZ:
            return describe_comic(ZipFiles(archive), CBZ)
        case Sort.FB2:
            return describe_fb2(path, name, limits)
        case Sort.LPF:
            return describe_packaged(archive, archive.find("publication.json") or "")
        case Sort.READIUM_AUDIOBOOK:
            return describe_packaged(archive, archive.find("manifest.json") or "")
    if ENDINGS.get(ending(name)) is Sort.EPUB:
        return describe_epub(read_epub(archive))
    raise BadFile(UNKNOWN)


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
