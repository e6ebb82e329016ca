"""Flatland, as KOReader knows it."""

import hashlib

from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.kosync.client import KosyncClient
from tests.opds_progression.conftest import Shelf

PLACE = Point(8, 2_000)
"""A place in Flatland."""


def digest(shelf: Shelf, title: str, first: int = 0) -> str:
    """The document that KOReader asks for: samples of the file, as its own code takes them."""
    summed, content = hashlib.md5(), shelf.books[title].read_bytes()
    for start in [first, *(1024 << (2 * power) for power in range(11))]:
        summed.update(content[start : start + 1024])
    return summed.hexdigest()


def pushed(kobo: KosyncClient, shelf: Shelf, flatland: Translator, point: Point = PLACE, percentage: float = 0.3) -> str:
    """KOReader is at a point; its pointer."""
    pointer = flatland.xpointer(point)[0].released()
    kobo.push(digest(shelf, "Flatland"), pointer, percentage)
    return pointer
