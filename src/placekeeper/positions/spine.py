"""What the notations need to know of a publication as a whole: its reading order with sizes. No text, no files.

Every itemref counts here, as in EPUB CFI and KOReader; Readium's reading order is a part of it.
Source: https://www.w3.org/TR/epub-33/#sec-spine-elem
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from placekeeper.positions.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One itemref of the spine, and what its manifest item says.

    `index`: 0-based over all itemrefs. `step`: its EPUB CFI step, twice its 1-based place among the spine's element children.
    `itemref_id`: the id of the itemref, not its idref. `declared`: the idref leads to a manifest item with id and href; if not,
    the rest is empty. `href`: the path in the archive, percent-decoded, from its root. `present`: the archive has that entry.
    `length`: the entry's compressed size in bytes (its size, where it is stored). `readable`: not encrypted.
    `fixed`: pre-paginated. `media_type`: as in the manifest.
    """

    index: int
    step: int
    itemref_id: str = ""
    item_id: str = ""
    declared: bool = True
    href: str = ""
    media_type: str = "application/xhtml+xml"
    linear: bool = True
    present: bool = True
    readable: bool = True
    fixed: bool = False
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the table of contents tells. `titles`: of the resources, by index, "" where they have none.

    `pages`: labels of printed pages and where they begin: (`"iv"`, `"text/ch1.xhtml#p-iv"`), hrefs as `Item.href`, in order.
    """

    titles: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """The reading order with every itemref. `step`: EPUB CFI step of the spine element below package (6 in most files).

    `contents`: gives the table of contents, which is read when it is asked for: most places need none of it.
    """

    items: tuple[Item, ...]
    step: int = 6
    contents: Callable[[], Contents] = field(default=Contents, compare=False)
    split: frozenset[int] | None = None
    """The itemrefs whose files have several tags `body`; None where nobody has looked at the files yet."""

    @property
    def page_list(self) -> tuple[tuple[str, str], ...]:
        """The printed pages."""
        return self.contents().pages

    def title(self, index: int) -> str:
        """What a resource is called, "" where it is not."""
        titles = self.contents().titles
        return titles[index] if index < len(titles) else ""


class Resource(Protocol):
    """The text of one content document. What it costs to make is paid at the first use of each attribute, once."""

    item: Item

    @property
    def document(self) -> Document:
        """As browsers show it: XML where the file is well-formed, else as HTML. The text of this is what offsets count."""

    @property
    def parsed_as(self) -> str:
        """`xhtml` or `html`: which of the two `document` is; `none` without text (DRM, images, missing files)."""

    @property
    def reparsed(self) -> Document | None:
        """As apps built on epub.js show it: parsed, serialized, and parsed again as HTML. None where that fails."""

    @property
    def source(self) -> str:
        """The decoded text of the file, line ends as they are."""


class Publication(Protocol):
    """A publication whose resources can be asked for."""

    @property
    def spine(self) -> Spine:
        """Its reading order."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with it, as far as it has been read: one clear line each."""

    def file(self, href: str) -> bytes | None:
        """The bytes of an entry of the archive (a style sheet), by its path from the root; None where it can't be had."""

    def resource(self, index: int) -> Resource:
        """The resource of an itemref, by index. Raises `NoPlace` where it has no text, saying why."""
