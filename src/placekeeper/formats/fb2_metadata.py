"""What a FictionBook says about itself. Must not know its text.

Source: http://www.gribuser.ru/xml/fictionbook/index.html.en
"""

from collections.abc import Iterator

from lxml import etree

from placekeeper.domain.publication import Contributor, Described, Identification, Kind, Link, Metadata, Series
from placekeeper.formats.fb2 import FICTION_BOOK, read_fb2
from placekeeper.formats.fingerprint import md5
from placekeeper.formats.holding import Openable
from placekeeper.formats.limits import Limits
from placekeeper.formats.markup import local, salvaged, text_of

END = "</description>"
NAMES = ("first-name", "middle-name", "last-name")
XLINK = "{http://www.w3.org/1999/xlink}href"


def describe_fb2(path: Openable, name: str, limits: Limits) -> Described:
    """A FictionBook: one resource. Raises `BadFile`."""
    resource = read_fb2(path, name, limits).resource(0)
    source, item = resource.source, resource.item
    _, end, after = source.partition(END)
    root = described_part(source)
    notes = () if end else ("it has no description",)
    return Described(
        kind=Kind.FICTIONBOOK,
        media_type=FICTION_BOOK,
        metadata=Metadata() if root is None else said(root),
        reading_order=(Link(href=item.href, media_type=item.media_type, length=item.length),),
        identifiers=(("structure", md5((after or source).encode("utf-8", "surrogatepass"))),),
        notes=notes,
    )


def described_part(source: str) -> etree._Element | None:
    """The description, without the text that follows it."""
    before, end, _ = source.partition(END)
    return salvaged(before + end + "</FictionBook>") if end else salvaged(source)


def said(root: etree._Element) -> Metadata:
    """What the description says about the book."""
    title = section(root, "title-info")
    publish, document = section(root, "publish-info"), section(root, "document-info")
    identifier = value(document, "id")
    isbn = value(publish, "isbn")
    return Metadata(
        title=value(title, "book-title"),
        authors=tuple(people(title, "author", "aut")),
        contributors=tuple(people(title, "translator", "trl")),
        series=tuple(
            Series(entry.get("name", "").strip(), entry.get("number", "").strip())
            for entry in children(title, "sequence")
            if entry.get("name", "").strip()
        ),
        languages=tuple(filter(None, [value(title, "lang")])),
        identifier=identifier,
        identifiers=(
            *([Identification("", identifier)] if identifier else []),
            *([Identification("isbn", isbn)] if isbn else []),
        ),
        description=value(title, "annotation"),
        published=value(publish, "year") or value(title, "date"),
        publisher=value(publish, "publisher"),
        subjects=tuple(filter(None, map(text_of, children(title, "genre")))),
        cover=cover(title),
    )


def section(root: etree._Element, name: str) -> etree._Element | None:
    """The first element of that name, anywhere."""
    return next(root.iter(f"{{*}}{name}"), None)


def children(parent: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The children of that name."""
    return (child for child in (parent if parent is not None else ()) if local(child) == name)


def value(parent: etree._Element | None, name: str) -> str:
    """The text of the first child of that name."""
    return text_of(next(children(parent, name), None))


def people(parent: etree._Element | None, name: str, role: str) -> Iterator[Contributor]:
    """Authors or translators."""
    for person in children(parent, name):
        full = " ".join(filter(None, (value(person, part) for part in NAMES))) or value(person, "nickname")
        last, rest = value(person, "last-name"), " ".join(filter(None, (value(person, part) for part in NAMES[:2])))
        if full:
            yield Contributor(full, role, f"{last}, {rest}" if last and rest else "")


def cover(title: etree._Element | None) -> str:
    """The id of the binary that is the cover."""
    for page in children(title, "coverpage"):
        for image in page.iter("{*}image"):
            return (image.get(XLINK) or image.get("href") or "").removeprefix("#")
    return ""
