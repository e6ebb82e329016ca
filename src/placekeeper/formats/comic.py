"""Comics: the images of an archive in their natural order, and what ComicInfo.xml or ACBF says of them. Must not know places.

Sources: https://anansi-project.github.io/docs/comicinfo/documentation, https://acbf.fandom.com/wiki/ACBF_Specifications
"""

from collections.abc import Iterable
from typing import Protocol

from lxml import etree

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Contributor, Described, Identification, Kind, Link, Metadata, Series
from placekeeper.formats.archive import ENCRYPTED, Archive
from placekeeper.formats.decoding import decode
from placekeeper.formats.fingerprint import of_resources
from placekeeper.formats.limits import Limits
from placekeeper.formats.markup import local, parsed, salvaged, text_of
from placekeeper.formats.notes import Notes
from placekeeper.formats.ordering import natural
from placekeeper.formats.recognising import IMAGES, ending

PASSWORD = "the pages are encrypted with a password"  # noqa: S105 - a sentence
CBZ = "application/vnd.comicbook+zip"
ROLES = {"Writer": "aut", "Penciller": "art", "Inker": "art", "Colorist": "clr", "Letterer": "ltr", "CoverArtist": "cov",
         "Editor": "edt", "Translator": "trl"}  # fmt: skip
"""ComicInfo's words for what people did, as MARC relator codes."""


class Files(Protocol):
    """What is asked of an archive. `sizes`: path to packed size; `digests`: path to CRC-32 and size."""

    notes: Notes
    limits: Limits

    @property
    def sizes(self) -> dict[str, int]:
        """Path to the size in the archive, in bytes."""

    @property
    def digests(self) -> dict[str, tuple[int, int]]:
        """Path to CRC-32 and unpacked size."""

    def bytes_of(self, path: str) -> bytes:
        """The bytes of an entry. Raises `BadFile`."""


class ZipFiles:
    """A zip archive, see `Files`."""

    def __init__(self, archive: Archive) -> None:
        """Nothing is read."""
        self._archive = archive
        self.notes, self.limits = archive.notes, archive.limits
        if any(entry.flag_bits & ENCRYPTED for entry in archive.entries.values()):
            self.notes.add(PASSWORD)
        self.sizes = {path: entry.compress_size for path, entry in archive.entries.items()}
        self.digests = {path: (entry.CRC, entry.file_size) for path, entry in archive.entries.items()}

    def bytes_of(self, path: str) -> bytes:
        """The bytes of an entry. Raises `BadFile`."""
        return self._archive.read(path).data


def describe_comic(files: Files, media_type: str) -> Described:
    """A comic; its reading order has a link for each image. Raises `BadFile`."""
    pages = pages_of(files.sizes)
    if not pages:
        raise BadFile("a comic without images")
    digest = of_resources(files.digests[path] for path in pages if path in files.digests)
    return Described(
        kind=Kind.COMIC,
        media_type=media_type,
        metadata=said(files),
        reading_order=tuple(
            Link(href=path, media_type=IMAGES[ending(path)], length=files.sizes[path], fixed=True) for path in pages
        ),
        identifiers=(("structure", digest),) if digest else (),
        notes=files.notes.lines,
    )


def pages_of(paths: Iterable[str]) -> list[str]:
    """The images, in order; without the shadows that a Mac puts beside files."""
    wanted = (path for path in paths if ending(path) in IMAGES and not path.startswith("__MACOSX/"))
    return sorted((path for path in wanted if not path.rpartition("/")[2].startswith(".")), key=natural)


def said(files: Files) -> Metadata:
    """What the comic says about itself; nothing where it says nothing, or where that can't be read."""
    for path in files.sizes:
        base = path.rpartition("/")[2].lower()
        if base == "comicinfo.xml" or base.endswith(".acbf"):
            root = markup(files, path)
            if root is not None:
                return acbf(root) if base.endswith(".acbf") else comic_info(root)
    return Metadata()


def markup(files: Files, path: str) -> etree._Element | None:
    """The root of a file with metadata; None, and a note, where it can't be had."""
    try:
        data = files.bytes_of(path)
    except BadFile as error:
        files.notes.add(str(error))
        return None
    if len(data) > files.limits.markup_bytes:
        files.notes.add(f"markup_bytes: {path!r} has {len(data)} bytes, more than {files.limits.markup_bytes}")
        return None
    source = decode(data)
    root = parsed(source)
    if root is None:
        files.notes.add(f"{path!r} is not well-formed")
        root = salvaged(source)
    return root


def comic_info(root: etree._Element) -> Metadata:
    """ComicRack's description of an issue."""
    values = {local(child): text_of(child) for child in root}
    people = [Contributor(name, role) for key, role in ROLES.items() for name in split(values.get(key, ""))]
    date = "-".join(values[key].zfill(2) for key in ("Year", "Month", "Day") if values.get(key, "").isdecimal())
    name, number = values.get("Series", ""), values.get("Number", "")
    identifier = values.get("GTIN", "")
    return Metadata(
        title=values.get("Title", "") or " ".join(filter(None, [name, number])),
        authors=tuple(dict.fromkeys(person for person in people if person.role in {"aut", "art"})),
        contributors=tuple(dict.fromkeys(person for person in people if person.role not in {"aut", "art"})),
        series=(Series(name, number),) if name else (),
        languages=tuple(filter(None, [values.get("LanguageISO", "")])),
        identifiers=(Identification("", identifier),) if identifier else (),
        description=values.get("Summary", ""),
        published=date if values.get("Year", "").isdecimal() else "",
        publisher=values.get("Publisher", ""),
        subjects=tuple(split(values.get("Genre", ""))),
        direction="rtl" if values.get("Manga", "") == "YesAndRightToLeft" else "",
    )


def acbf(root: etree._Element) -> Metadata:
    """The advanced comic book format's description."""
    info = next(root.iter("{*}book-info"), root)
    sequence = next(info.iter("{*}sequence"), None)
    names = [acbf_name(author) for author in info.iter("{*}author")]
    return Metadata(
        title=text_of(next(info.iter("{*}book-title"), None)),
        authors=tuple(Contributor(name, "aut") for name in names if name),
        series=(Series(sequence.get("title") or "", text_of(sequence)),)
        if sequence is not None and sequence.get("title")
        else (),
        languages=tuple(dict.fromkeys(filter(None, (layer.get("lang", "") for layer in info.iter("{*}text-layer"))))),
        description=text_of(next(info.iter("{*}annotation"), None)),
    )


def acbf_name(author: etree._Element) -> str:
    """First, middle and last name; else the nickname."""
    parts = {local(child): text_of(child) for child in author}
    full = " ".join(filter(None, (parts.get(f"{part}-name", "") for part in ("first", "middle", "last"))))
    return full or parts.get("nickname", "")


def split(names: str) -> list[str]:
    """Names with commas between them."""
    return [name for piece in names.split(",") if (name := piece.strip())]
