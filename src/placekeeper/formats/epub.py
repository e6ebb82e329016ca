"""An EPUB as a publication: opened quickly (directory, container, package), everything else read when it is asked for.

Must not know notations. Source: https://www.w3.org/TR/epub-33/
"""

from functools import cached_property
from pathlib import Path

from placekeeper.domain.errors import BadFile, NotAnEpub
from placekeeper.formats import html
from placekeeper.formats.archive import LIMITS, Archive, Limits
from placekeeper.formats.decoding import decode
from placekeeper.formats.markup import parsed, read
from placekeeper.formats.opf import ItemRef, Package, read_package
from placekeeper.formats.resource import EpubResource
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Item, Spine

CONTAINER = "META-INF/container.xml"


class EpubPublication:
    """See `open_epub`."""

    def __init__(self, archive: Archive, package: Package, notes: list[str]) -> None:
        self.archive = archive
        self.package = package
        self._notes = notes
        self._built: dict[int, EpubResource] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the file, as far as anybody has looked, one clear line each."""
        return tuple(dict.fromkeys([*self.archive.notes, *self._notes]))

    @cached_property
    def spine(self) -> Spine:
        """Its reading order."""
        return Spine(
            items=tuple(map(self._item, range(len(self.package.itemrefs)), self.package.itemrefs)), step=self.package.step
        )

    def _item(self, index: int, itemref: ItemRef) -> Item:
        item = itemref.item
        if item is None:
            return Item(
                index=index,
                step=itemref.step,
                itemref_id=itemref.id,
                declared=False,
                media_type="",
                linear=itemref.linear,
                present=False,
            )
        entry = self.archive.find(item.href)
        return Item(
            index=index,
            step=itemref.step,
            itemref_id=itemref.id,
            item_id=item.id,
            href=item.href,
            media_type=item.media_type,
            linear=itemref.linear,
            present=entry is not None,
            fixed=itemref.fixed,
            length=entry.compress_size if entry else 0,
        )

    def file(self, href: str) -> bytes | None:
        """The bytes of an entry, by its path from the root; None where it can't be had."""
        entry = self.archive.find(href)
        if entry is None:
            return None
        try:
            unpacked = self.archive.read(entry)
        except (BadFile, OSError) as error:
            self._notes.append(str(error))
            return None
        if unpacked.damage:
            self._notes.append(unpacked.damage)
        return unpacked.data

    def resource(self, index: int) -> EpubResource:
        """The resource of an itemref, by index. Raises `NoPlace` where it has no text, saying why."""
        if index not in self._built:
            if not 0 <= index < len(self.spine.items):
                raise NoPlace(f"there is no resource {index}: the spine has {len(self.spine.items)} items")
            item = self.spine.items[index]
            if not item.present:
                raise NoPlace(f"resource {index} is not in the archive")
            data = self.file(item.href)
            if data is None:
                raise NoPlace(f"resource {index} can't be read")
            self._built[index] = EpubResource(item, decode(data))
        return self._built[index]


def open_epub(path: Path | str, limits: Limits = LIMITS) -> EpubPublication:
    """The EPUB at `path`. Raises `BadFile` (see its subclasses) and `OSError`."""
    archive = Archive(Path(path), limits)
    notes: list[str] = []
    entry = archive.find(CONTAINER)
    root = parsed(decode(archive.read(entry).data)) if entry else None
    paths = [] if root is None else [element.get("full-path", "") for element in root.iter("{*}rootfile")]
    if not paths:
        paths = [name for name in archive.entries if name.lower().endswith(".opf")]
        notes.append("META-INF/container.xml is missing")
    opf = archive.find(paths[0]) if paths else None
    if opf is None:
        raise NotAnEpub("no package document")
    package_root, note = read(decode(archive.read(opf).data), opf.filename)
    if package_root is None:
        raise NotAnEpub(note)
    if note:
        notes.append(note)
    return EpubPublication(archive, read_package(package_root, opf.filename), notes)


__all__ = ["EpubPublication", "html", "open_epub"]
