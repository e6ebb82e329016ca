"""A PDF: how many pages it has, and what it says about itself. Must not know places.

Sources: ISO 32000-2, https://developer.adobe.com/xmp/docs/
"""

import logging
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from placekeeper.domain.errors import BadFile, LimitExceeded, NotNow
from placekeeper.domain.publication import Contributor, Described, Identification, Kind, Link, Metadata
from placekeeper.formats.decoding import decode
from placekeeper.formats.limits import Limits
from placekeeper.formats.markup import parsed, salvaged, text_of
from placekeeper.formats.notes import Notes

PDF = "application/pdf"
MISSING = "PDF files need the extra `pdf`: pip install placekeeper[pdf]"
DEEPEST = 12
"""Levels of a page tree that are gone down."""
MOST_PICTURES = 100
PASSWORD = "the PDF is encrypted with a password"  # noqa: S105 - a sentence


def describe_pdf(path: Path, name: str, limits: Limits) -> Described:  # noqa: ARG001 - all readers are asked alike
    """Its reading order has a link for each page. Raises `BadFile`."""
    notes = Notes()
    try:
        with path.open("rb") as file:
            reader = opened(file, notes)
            pages = 0 if reader is None else count(reader, notes, limits)
            metadata = Metadata() if reader is None else said(reader, notes, limits)
    except (BadFile, MemoryError):
        raise
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    except Exception as error:
        raise BadFile(f"no PDF that can be read: {one_line(error)}") from error
    order = tuple(Link(href=f"#page={number}", media_type=PDF, fixed=True) for number in range(1, pages + 1))
    return Described(kind=Kind.PDF, media_type=PDF, metadata=metadata, reading_order=order, notes=notes.lines)


def opened(file: BinaryIO, notes: Notes) -> Any:
    """What reads the file; None, and a note, where it needs a password."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError
    except ImportError as error:
        raise BadFile(MISSING) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(file, strict=False)
    try:
        locked = reader.is_encrypted and not reader.decrypt("")
    except (DependencyError, NotImplementedError):
        locked = True  # by a cipher that is not at hand
    if locked:
        notes.add(PASSWORD)
        return None
    return reader


def count(reader: Any, notes: Notes, limits: Limits) -> int:
    """How many pages there are. Raises `LimitExceeded`."""
    pages = declared_count(reader.trailer["/Root"]["/Pages"])
    if pages < 0:
        pages = len(reader.pages)
    if pages > limits.pages:
        raise LimitExceeded(f"pages: the PDF has {pages} pages, more than {limits.pages}")
    if not pages:
        notes.add("the PDF has no pages")
    return pages


def declared_count(node: Any, depth: int = 0) -> int:
    """How many pages a node of the page tree says it has; -1 where that can't be right.

    Pages themselves are not looked at: that takes ten times as long.
    """
    kids, declared = node.get("/Kids"), node.get("/Count")
    kids = None if kids is None else kids.get_object()
    if not isinstance(kids, list) or not isinstance(declared, int) or depth > DEEPEST:
        return -1
    if len(kids) == declared:
        return declared
    counts = [declared_count(kid.get_object(), depth + 1) if declared > len(kids) else -1 for kid in kids]
    return declared if sum(counts) == declared and min(counts, default=0) >= 0 else -1


def said(reader: Any, notes: Notes, limits: Limits) -> Metadata:
    """What the PDF says about itself: in XMP, and in the older way."""
    try:
        info = {str(key): plain(value) for key, value in (reader.metadata or {}).items()}
    except Exception as error:  # noqa: BLE001 - pypdf raises anything over damaged objects
        notes.add(f"what the PDF says about itself can't be read: {one_line(error)}")
        info = {}
    xmp = packet(reader, notes, limits)
    authors = listed(xmp, "creator") or [name.strip() for name in info.get("/Author", "").split(";")]
    return Metadata(
        title=first(xmp, "title") or info.get("/Title", ""),
        authors=tuple(Contributor(name, "aut") for name in authors if name),
        languages=tuple(dict.fromkeys(filter(None, [*listed(xmp, "language"), language(reader)]))),
        identifiers=tuple(Identification("", value) for value in listed(xmp, "identifier")),
        description=first(xmp, "description") or info.get("/Subject", ""),
        publisher=first(xmp, "publisher"),
        published=first(xmp, "date"),
        subjects=tuple(listed(xmp, "subject")),
    )


def packet(reader: Any, notes: Notes, limits: Limits) -> etree._Element | None:
    """The XMP of the document, parsed as all foreign XML is; pypdf's own parser expands entities."""
    try:
        stream = reader.trailer["/Root"].get("/Metadata")
        data = b"" if stream is None else stream.get_object().get_data()
    except Exception as error:  # noqa: BLE001 - as above
        notes.add(f"the XMP can't be read: {one_line(error)}")
        return None
    if not data or len(data) > limits.markup_bytes:
        return None
    source = decode(data.strip(b"\0 \r\n\t"))
    root = parsed(source)
    return salvaged(source) if root is None else root


def listed(xmp: etree._Element | None, name: str) -> list[str]:
    """All values of a property of Dublin Core, in order."""
    if xmp is None:
        return []
    found = [
        text_of(item) for element in xmp.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}") for item in element.iter("{*}li")
    ]
    return [value for value in found if value]


def first(xmp: etree._Element | None, name: str) -> str:
    """The first value of a property."""
    return next(iter(listed(xmp, name)), "")


def language(reader: Any) -> str:
    """The language of the document; "" where it does not say."""
    try:
        return plain(reader.trailer["/Root"].get("/Lang", ""))
    except Exception:  # noqa: BLE001 - as above
        return ""


def plain(value: Any) -> str:
    """The text of a string object: white space collapsed, nothing that can't be written."""
    text = value.get_object() if hasattr(value, "get_object") else value
    if not isinstance(text, str):
        return ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:10_000]).split())


def one_line(error: Exception) -> str:
    """What an error of a library says, short."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def front_picture(path: Path) -> bytes | None:
    """The largest photograph on the first page, as it is in the file; None where there is none. Raises `BadFile`."""
    try:
        with path.open("rb") as file:
            reader = opened(file, Notes())
            if reader is None or not reader.pages:
                return None
            found = photographs(reader.pages[0])
            return bytes(max(found, key=len)) if found else None
    except (BadFile, MemoryError):
        raise
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    except Exception as error:
        raise BadFile(f"no PDF that can be read: {one_line(error)}") from error


def photographs(page: Any) -> list[bytes]:
    """The JPEGs of a page. Other pictures are not looked at: what they unpack to is no picture file."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    found = []
    for reference in list((objects.get_object() if objects is not None else {}).values())[:MOST_PICTURES]:
        picture = reference.get_object()
        if picture.get("/Subtype") == "/Image" and picture.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            found.append(picture.get_data())
    return found
