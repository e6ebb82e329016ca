"""Covers, made in workers on first use and kept beside the database. Must not know how images are read."""

from pathlib import Path

from placekeeper.domain.ports import Workers
from placekeeper.domain.publication import Publication

SIZES = ("cover", "thumbnail")


class Covers:
    """The covers of the library."""

    def __init__(self, workers: Workers, folder: Path | None) -> None:
        """`folder`: where they are kept; made at the first one. None: nowhere."""
        self._workers, self._folder = workers, folder

    async def cover(self, publication: Publication, size: str) -> tuple[bytes, str] | None:
        """The cover as image and media type; None where there is none."""
        del publication, size
        return None
