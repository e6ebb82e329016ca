"""Where each sort of file has its cover. The bytes come out as they are in the file. Must not know pictures.

Sources: https://www.w3.org/TR/epub-33/#sec-cover-image, and those of each sort's reader
"""

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from placekeeper.formats import audio, mobi, pdf
from placekeeper.formats.archive import Archive
from placekeeper.formats.comic import Files, ZipFiles, pages_of
from placekeeper.formats.comic_archives import RarFiles, SevenZipFiles
from placekeeper.formats.decoding import decode
from placekeeper.formats.epub import EpubPublication, read_epub
from placekeeper.formats.fb2 import read_source
from placekeeper.formats.fb2_metadata import described_part, said
from placekeeper.formats.holding import Openable, held_plainly, open_plainly
from placekeeper.formats.limits import Limits
from placekeeper.formats.manifest import describe_packaged, manifest_path
from placekeeper.formats.notes import Notes
from placekeeper.formats.ordering import natural
from placekeeper.formats.paths import resolved
from placekeeper.formats.recognising import IMAGES, Sort, ending, recognise

SVG = ".svg"
IMAGE_IN_PAGE = re.compile(
    r"""<(?:\w+:)?(?:img|image)\b[^<>]*?\s(?:src|(?:xlink:)?href)\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE
)
FRONTS = ("cover", "folder", "front")
"""What people call the picture beside recordings."""


def picture_of(path: Path, name: str, limits: Limits) -> bytes | None:
    """The bytes of the cover; None where there is none. Raises `BadFile`."""
    if path.is_dir():
        return of_folder(path, limits)
    sort, archive = recognise(path, name, limits)
    if archive is not None:
        return of_archive(sort, archive)
    find = FINDERS.get(sort)
    return None if find is None else find(path, name, limits)


def of_archive(sort: Sort, archive: Archive) -> bytes | None:
    """The cover of something in a zip archive."""
    match sort:
        case Sort.EPUB:
            return of_epub(read_epub(archive))
        case Sort.CBZ:
            return of_comic(ZipFiles(archive))
        case Sort.FB2:
            return of_fb2(archive.path, archive.limits)
        case Sort.LPF | Sort.READIUM_AUDIOBOOK:
            found = describe_packaged(archive, manifest_path(archive)).metadata.cover
            return archive.read(found).data if found else None
    return None


def of_epub(publication: EpubPublication) -> bytes | None:
    """What the package names; of a drawing, the picture in it."""
    path = epub_cover(publication)
    data = publication.file(path) if path else None
    if data and ending(path) == SVG:
        return of_page(publication, path, decode(data))
    return data


def epub_cover(publication: EpubPublication) -> str:
    """The path of the picture that the package names; where it names none, of one that is called a cover; "" without any."""
    if publication.metadata.cover:
        return publication.metadata.cover
    images = [item for item in publication.package.manifest.values() if item.media_type.startswith("image/")]
    named = [item.href for item in images if "cover" in (item.id + item.href.rpartition("/")[2]).lower()]
    return next((href for href in named if publication.archive.find(href)), "")


def of_page(publication: EpubPublication, path: str, source: str) -> bytes | None:
    """The first picture in a page or drawing."""
    match = IMAGE_IN_PAGE.search(source)
    if match is None:
        return None
    if match[1].startswith("data:"):
        return of_data_url(match[1])
    return publication.file(resolved(path, match[1].replace("&amp;", "&")))


def of_data_url(url: str) -> bytes | None:
    """The bytes that a `data:` URL holds."""
    head, _, body = url.partition(",")
    try:
        return base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return None


def of_comic(files: Files) -> bytes | None:
    """The first page."""
    pages = pages_of(files.sizes)
    return files.bytes_of(pages[0]) if pages else None


def of_fb2(path: Openable, limits: Limits) -> bytes | None:
    """The binary that the description names."""
    _, data = read_source(path, path.name, limits)
    source = decode(data)
    root = described_part(source)
    wanted = said(root).cover if root is not None else ""
    match = re.search(rf"""<binary\b[^<>]*\sid\s*=\s*["']{re.escape(wanted)}["'][^<>]*>([^<]*+)""", source) if wanted else None
    try:
        return base64.b64decode(match[1]) if match else None
    except (binascii.Error, ValueError):
        return None


def of_folder(path: Path, limits: Limits) -> bytes | None:
    """A picture beside the recordings, by its name; else what is in the first recording."""
    found = [child for child in path.iterdir() if ending(child.name) in IMAGES and child.is_file() and not child.is_symlink()]
    named = [child for child in found if child.name.lower().startswith(FRONTS)]
    chosen = sorted(named or found, key=lambda child: natural(child.name))
    if chosen:
        with open_plainly(chosen[0]) as file:
            return file.read(limits.picture_bytes + 1)
    tracks = audio.tracks(path, Notes(), limits)
    if not tracks:
        return None
    with held_plainly(path / tracks[0]) as there:
        return audio.picture(there, tracks[0])


FINDERS: dict[Sort, Callable[[Path, str, Limits], bytes | None]] = {
    Sort.CBR: lambda path, _, limits: of_comic(RarFiles(path, limits)),
    Sort.CB7: lambda path, _, limits: of_comic(SevenZipFiles(path, limits)),
    Sort.FB2: lambda path, _, limits: of_fb2(path, limits),
    Sort.PDF: lambda path, _, __: pdf.front_picture(path),
    Sort.SOUND: lambda path, name, _: audio.picture(path, name),
    Sort.MOBI: lambda path, _, limits: mobi.picture(path, limits),
}
"""All but zip archives."""
