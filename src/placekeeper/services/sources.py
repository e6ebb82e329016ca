"""Publications opened to find places in them: a few are kept, for a place asks for its neighbours soon after.

Must not know notations.
"""

import asyncio
from collections import OrderedDict
from dataclasses import replace

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Kind, Publication
from placekeeper.formats import folder as disk
from placekeeper.formats.limits import LIMITS
from placekeeper.positions.spine import Publication as Source

KEPT = 8
"""Opened publications: each keeps its directory, and the text that was asked for last."""
SERVED_BYTES = 8 << 20
"""Of one content document in which places are looked up while somebody waits: three times the longest novel in one file. More
takes seconds and hundreds of megabytes; then numbers have to do.
"""
NANOSECONDS = 1_000_000
"""In a millisecond."""
Version = tuple[int, int, int]
WITH_TEXT = frozenset({Kind.EPUB, Kind.FICTIONBOOK})


class Sources:
    """Opened publications, by id and by what tells that the file has changed."""

    def __init__(self) -> None:
        """None is open yet."""
        self._kept: OrderedDict[tuple[str, str, str, Version], Source] = OrderedDict()

    async def source(self, publication: Publication) -> Source | None:
        """The publication's file, opened; None where it has no text, or can't be read now. For one thread at a time."""
        if publication.described.kind not in WITH_TEXT:
            return None
        key = (publication.id, publication.folder, publication.path, version_of(publication))
        source = self._kept.get(key)
        if source is None:
            source = await asyncio.to_thread(opened, publication)
        if source is not None:
            self._kept[key] = source
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return source


def version_of(publication: Publication) -> Version:
    """What changes with the bytes of a publication's file. The scan sees also a file of the same size and time by its inode."""
    return publication.size, publication.modified_at, publication.scanned_at


def opened(publication: Publication) -> Source | None:
    """In a thread: open the file, if it is the one that was scanned."""
    from placekeeper.formats.opening import open_publication  # whoever has no library need not load what reads it

    try:
        file = disk.Inside(publication.folder, publication.path)
        if file.stamp.size != publication.size:
            return None
        limits = replace(LIMITS, document_bytes=SERVED_BYTES) if publication.described.kind is Kind.EPUB else LIMITS
        return open_publication(file, limits, known_split(publication, file))
    except BadFile:
        return None


def known_split(publication: Publication, file: disk.Inside) -> frozenset[int] | None:
    """What the scan found, where the file has the same time since."""
    split = publication.described.split
    same = disk.dated(publication.folder, publication.path, file.stamp).mtime_ns // NANOSECONDS == publication.modified_at
    return frozenset(split) if split is not None and same else None
