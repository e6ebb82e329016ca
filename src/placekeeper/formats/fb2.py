"""A FictionBook (.fb2, or .fb2.zip) as a publication of one resource. Must not know notations.

Its text is all character data of the file but that of `binary` elements, which is pictures.
Source: http://www.gribuser.ru/xml/fictionbook/index.html.en
"""

import re
import zipfile
from functools import cached_property
from pathlib import Path

from placekeeper.domain.errors import BadFile, LimitExceeded, NotNow
from placekeeper.formats.archive import Archive
from placekeeper.formats.decoding import decode
from placekeeper.formats.holding import Openable
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.markup import local, parsed, without_doctype
from placekeeper.positions import xhtml
from placekeeper.positions.crengine.markup import read_book
from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Item, Spine

FICTION_BOOK = "application/x-fictionbook+xml"
BINARY = re.compile(r"(<binary\b[^<>]*>)[^<]++")


def open_fb2(path: Path | str, limits: Limits = LIMITS) -> "Fb2Publication":
    """The FictionBook at `path`. Raises `BadFile`, see its subclasses."""
    return read_fb2(Path(path), Path(path).name, limits)


def read_fb2(path: Openable, name: str, limits: Limits = LIMITS) -> "Fb2Publication":
    """As `open_fb2`, for a file that is called `name`."""
    name, data = read_source(path, name, limits)
    source = BINARY.sub(r"\1", decode(data))
    if "<FictionBook" not in source:
        raise BadFile(f"{name!r} is no FictionBook: it has no such element")
    item = Item(index=0, step=2, href=name, media_type=FICTION_BOOK, length=len(data))
    return Fb2Publication(Fb2Resource(item, source))


def read_source(path: Openable, name: str, limits: Limits) -> tuple[str, bytes]:
    """Name and bytes of the FictionBook itself, in a file that is called `name`. Raises `BadFile`."""
    try:
        with path.open("rb") as file:
            zipped = zipfile.is_zipfile(file)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    name, data = _zipped(path, limits) if zipped else (name, _read(path, limits))
    if len(data) > limits.document_bytes:
        raise LimitExceeded(f"document_bytes: {name!r} has {len(data)} bytes, more than {limits.document_bytes}")
    return name, data


def _read(path: Openable, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.document_bytes + 1)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error


def _zipped(path: Openable, limits: Limits) -> tuple[str, bytes]:
    """Name and bytes of the first FictionBook in an archive."""
    archive = Archive(path, limits)
    for name in archive.entries:
        if name.lower().endswith(".fb2"):
            return name, archive.read(name).data
    raise BadFile("there is no .fb2 file in the archive")


class Fb2Resource:
    """See `positions.spine.Resource`."""

    def __init__(self, item: Item, source: str) -> None:
        """`source`: the decoded text of the file, without binaries."""
        self.item = item
        self.source = source
        self.reparsed: Document | None = None

    @cached_property
    def parsed_as(self) -> str:
        """`xhtml` where the source is well-formed, else `html`, although it is neither."""
        root = parsed(self.source)
        return "xhtml" if root is not None and local(root) == "FictionBook" else "html"

    @cached_property
    def document(self) -> Document:
        """The document; where the source is not well-formed, as KOReader reads it, since browsers show no FictionBooks."""
        return xhtml.document(without_doctype(self.source)) if self.parsed_as == "xhtml" else read_book(self.source)


class Fb2Publication:
    """A `positions.spine.Publication`; for one thread at a time."""

    def __init__(self, resource: Fb2Resource) -> None:
        """See `open_fb2`."""
        self._resource = resource
        self.spine = Spine(items=(resource.item,))
        self.notes: tuple[str, ...] = ()

    def file(self, href: str) -> bytes | None:  # noqa: ARG002 - the protocol's word
        """None: there are no other files."""
        return None

    def resource(self, index: int) -> Fb2Resource:
        """The only resource. Raises `NoPlace` for any other index."""
        if index:
            raise NoPlace(f"there is no resource {index}: a FictionBook is one text")
        return self._resource
