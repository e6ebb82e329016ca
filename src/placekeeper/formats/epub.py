"""An EPUB as a publication. Opening reads directory, container and package; everything else is read when it is asked for.

Must not know notations. Source: https://www.w3.org/TR/epub-33/
"""

from collections import OrderedDict
from functools import cached_property
from itertools import islice
from pathlib import Path

from lxml import etree

from placekeeper.domain.errors import BadFile, LimitExceeded, NotNow
from placekeeper.domain.publication import Metadata
from placekeeper.formats.archive import Archive
from placekeeper.formats.container import find_encrypted, find_package, read_markup
from placekeeper.formats.decoding import decode
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.metadata import read_metadata
from placekeeper.formats.navigation import Navigation, read_nav, read_ncx
from placekeeper.formats.opf import ItemRef, ManifestItem, Package, read_package
from placekeeper.formats.resource import HTML_TYPES, EpubResource, has_text
from placekeeper.formats.titles import Titles
from placekeeper.positions.point import NoPlace, TooMuch
from placekeeper.positions.spine import Contents, Item, Spine

NCX = "application/x-dtbncx+xml"


def open_epub(path: Path | str, limits: Limits = LIMITS) -> "EpubPublication":
    """The EPUB at `path`. Raises `BadFile`, see its subclasses."""
    return read_epub(Archive(Path(path), limits))


def read_epub(archive: Archive, split: frozenset[int] | None = None) -> "EpubPublication":
    """The EPUB in an archive. `split`: what is known already, see `Spine`. Raises `BadFile`, see its subclasses."""
    package_path, root = find_package(archive)
    return EpubPublication(archive, read_package(root, package_path), find_encrypted(archive), split)


class EpubPublication:
    """A `positions.spine.Publication`; for one thread at a time. `encrypted`: paths of entries that need a key."""

    def __init__(
        self, archive: Archive, package: Package, encrypted: frozenset[str], split: frozenset[int] | None = None
    ) -> None:
        """See `read_epub`."""
        self.archive = archive
        self.package = package
        self.encrypted = encrypted
        self._split = split
        self._kept: OrderedDict[int, EpubResource] = OrderedDict()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the file, as far as it has been read: one clear line each."""
        _ = self.contents, self.spine
        return self.archive.notes.lines

    @cached_property
    def metadata(self) -> Metadata:
        """What the package says about the book."""
        return read_metadata(self.package)

    @cached_property
    def navigation(self) -> Navigation:
        """Table of contents and printed pages: EPUB 3's, and the NCX's for what that lacks."""
        items = self.package.manifest.values()
        nav = [read_nav(root, path) for item in items if "nav" in item.properties for path, root in self._markup(item)]
        first = nav[0] if nav else Navigation()
        if first.toc and first.pages:
            return first
        declared = self.package.manifest.get(self.package.toc)
        wanted = declared or next((item for item in items if item.media_type == NCX), None)
        ncx = [read_ncx(root, path) for path, root in self._markup(wanted)] if wanted else []
        second = ncx[0] if ncx else Navigation()
        return Navigation(first.toc or second.toc, first.pages or second.pages)

    def _markup(self, item: ManifestItem) -> list[tuple[str, etree._Element]]:
        """Path and root of a file that is no content document, if it can be had."""
        path = self.archive.find(item.href)
        if path is None or path in self.encrypted:
            return []
        try:
            root = read_markup(self.archive, path)
        except NotNow:
            raise
        except BadFile as error:
            self.archive.notes.add(str(error))
            return []
        return [] if root is None else [(item.href, root)]

    @cached_property
    def titles(self) -> Titles:
        """What the table of contents calls places."""
        hrefs = (itemref.item.href if itemref.item else "" for itemref in self.package.itemrefs)
        return Titles(self.navigation.toc, hrefs)

    @cached_property
    def contents(self) -> Contents:
        """What the table of contents tells of the reading order."""
        titles = tuple(map(self.titles.of_resource, range(len(self.package.itemrefs))))
        return Contents(titles=titles, pages=self.navigation.pages)

    @cached_property
    def spine(self) -> Spine:
        """Its reading order."""
        if not self.package.itemrefs:
            self.archive.notes.add("the package has no reading order: its spine is empty or missing")
        items = tuple(self._item(index, itemref) for index, itemref in enumerate(self.package.itemrefs))
        return Spine(items=items, step=self.package.step, contents=lambda: self.contents, split=self._split)

    def _item(self, index: int, itemref: ItemRef) -> Item:
        """An item of the spine. What is wrong with it becomes a note."""
        step, linear, item = itemref.step, itemref.linear, itemref.item
        if item is None:
            self.archive.notes.add(f"spine item {index} leads to nothing in the manifest")
            return Item(
                index=index, step=step, itemref_id=itemref.id, declared=False, media_type="", linear=linear, present=False
            )
        path = self.archive.find(item.href) if item.href else None
        if path is None:
            self.archive.notes.add(f"spine item {index} is missing: there is no {item.href!r} in the archive")
        elif path in self.encrypted:
            self.archive.notes.add("the text is encrypted (DRM)")
        return Item(
            index=index,
            step=step,
            itemref_id=itemref.id,
            item_id=item.id,
            href=item.href,
            media_type=item.media_type,
            linear=linear,
            present=path is not None,
            readable=path not in self.encrypted,
            fixed=itemref.fixed,
            length=self.archive.entries[path].compress_size if path else 0,
        )

    def title_at(self, index: int, offset: int = 0) -> str:
        """What the table of contents calls a place: resource, and code points in its text. Raises `NoPlace`."""
        if not self.titles.fragments(index):
            return self.titles.of_resource(index)
        return self.titles.at(index, offset, self.resource(index).document)

    def file(self, href: str) -> bytes | None:
        """The bytes of an entry, by its path from the root; None where it can't be had."""
        path = self.archive.find(href)
        try:
            return None if path is None or path in self.encrypted else self._read(path)
        except NotNow:
            raise
        except BadFile as error:
            self.archive.notes.add(str(error))
            return None

    def _read(self, path: str) -> bytes:
        unpacked = self.archive.read(path)
        if unpacked.damage:
            self.archive.notes.add(unpacked.damage)
        return unpacked.data

    def resource(self, index: int) -> EpubResource:
        """The resource of an itemref, by index. Raises `NoPlace` where it has no text, saying why."""
        kept = self._kept
        if index in kept:
            kept.move_to_end(index)
            return kept[index]
        resource = kept[index] = EpubResource(item := self._readable(index), self._source(item))
        characters = sum(len(other.source) for other in kept.values())
        for oldest in list(islice(kept, len(kept) - 1)):
            if characters <= self.archive.limits.kept_characters:
                break
            characters -= len(kept.pop(oldest).source)
        return resource

    def _readable(self, index: int) -> Item:
        """The item of the spine, if there is a chance of text. Raises `NoPlace`."""
        items = self.spine.items
        if not 0 <= index < len(items):
            raise NoPlace(f"there is no resource {index}: the spine has {len(items)} items")
        item = items[index]
        if not item.declared:
            raise NoPlace(f"resource {index} leads to nothing in the manifest: no text")
        if not item.present:
            raise NoPlace(f"resource {index} ({item.href!r}) is not in the archive: no text")
        if not item.readable:
            raise NoPlace(f"resource {index} ({item.href!r}) is encrypted (DRM): no text")
        if not has_text(item):
            raise NoPlace(f"resource {index} ({item.href!r}) is of type {item.media_type!r}: no text")
        return item

    def _source(self, item: Item) -> str:
        """The decoded text of an item. Raises `NoPlace`."""
        try:
            data = self._read(self.archive.find(item.href) or "")
            if len(data) > (most := self.archive.limits.document_bytes):
                raise LimitExceeded(f"document_bytes: {item.href!r} has {len(data)} bytes, more than {most}")
        except NotNow:
            raise
        except BadFile as error:
            self.archive.notes.add(str(error))
            kind = TooMuch if isinstance(error, LimitExceeded) else NoPlace
            raise kind(f"resource {item.index} has no text that can be read: {error}") from error
        return decode(data, html=item.media_type in HTML_TYPES)
