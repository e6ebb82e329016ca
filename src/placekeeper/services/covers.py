"""Covers, drawn in workers on first use and kept beside the database. Must not know how pictures are read."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from placekeeper.domain.errors import BadFile, NotNow, ReaderDied
from placekeeper.domain.ports import Workers
from placekeeper.domain.publication import Publication
from placekeeper.formats import folder as disk

PIXELS: Mapping[str, int] = MappingProxyType({"cover": 1_600, "thumbnail": 400})
"""The longer side: of a cover that fills a tablet's screen, and of one among many."""
JPEG = "image/jpeg"
FAILED = 1_000
"""Covers that could not be drawn, remembered until the server stops so that they are not tried again and again."""


class Covers:
    """The covers of the library, one folder of files: they can be deleted at any time."""

    def __init__(self, workers: Workers, folder: Path | None) -> None:
        """`folder`: where they are kept; made at the first one. None: nowhere."""
        self._workers, self._folder = workers, folder
        self._drawing: dict[str, asyncio.Future[dict[str, bytes]]] = {}
        self._failed: set[str] = set()

    async def cover(self, publication: Publication, size: str) -> tuple[bytes, str] | None:
        """The cover as picture and media type; None where there is none, or none that can be drawn."""
        if size not in PIXELS:
            return None
        key = f"{publication.id}.{publication.size:x}-{publication.modified_at:x}"
        image = await asyncio.to_thread(self._kept, key, size)
        if image is None and key not in self._failed:
            drawing = self._drawing.get(key)
            if drawing is None:
                drawing = self._drawing[key] = asyncio.ensure_future(self._draw(key, publication))
                drawing.add_done_callback(lambda _done: self._drawing.pop(key))
            image = (await asyncio.shield(drawing)).get(size)
        return (image, JPEG) if image else None

    async def _draw(self, key: str, publication: Publication) -> dict[str, bytes]:
        """All sizes at once: a list asks for one, the page of the publication for the other. Empty bytes: there is none."""
        sizes = tuple(PIXELS.values())
        try:
            stamp = (publication.size, publication.modified_at)
            drawn = await self._workers.run(disk.covers, publication.folder, publication.path, sizes, stamp)
        except (NotNow, ReaderDied):
            return {}  # it says nothing of the cover
        except BadFile:
            if len(self._failed) >= FAILED:
                self._failed.clear()
            self._failed.add(key)
            return {}
        images = dict(zip(PIXELS, drawn or [b""] * len(sizes), strict=True))
        await asyncio.to_thread(self._keep, key, images)
        return images

    def _place(self, key: str, size: str) -> Path | None:
        """Where a cover is kept: in one of 256 directories, so that none grows large."""
        return self._folder / key.partition(".")[0][-2:] / f"{key}.{size}.jpg" if self._folder else None

    def _kept(self, key: str, size: str) -> bytes | None:
        place = self._place(key, size)
        try:
            return place.read_bytes() if place else None
        except OSError:
            return None

    def _keep(self, key: str, images: Mapping[str, bytes]) -> None:
        """Whole or not at all; without those of earlier bytes. A full disk does no harm."""
        with suppress(OSError):
            for size, image in images.items():
                place = self._place(key, size)
                if place is None:
                    return
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                for old in place.parent.glob(f"{key.partition('.')[0]}.*.{size}.jpg"):
                    old.unlink(missing_ok=True)
                descriptor, temporary = tempfile.mkstemp(dir=place.parent)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(image)
                Path(temporary).replace(place)
