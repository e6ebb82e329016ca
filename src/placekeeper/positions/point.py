"""The pivot between all notations: a point in the text of one resource, and how sure one may be of it.

Must not know any notation. Vocabulary: https://github.com/readium/architecture/tree/master/models/locators
"""

import enum
from dataclasses import dataclass


class Precision(enum.StrEnum):
    """How exactly a place was carried over: each step down the ladder is coarser, none is wrong."""

    EXACT = "exact"
    ELEMENT = "element"
    RESOURCE = "resource"
    PROGRESSION = "progression"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a publication.

    `resource`: 0-based over all itemrefs. `offset`: code points of the resource's text (see `document`). `element`: the number of
    the element that is meant where the place is an element rather than a character (an image, an empty paragraph), else None.
    """

    resource: int
    offset: int
    element: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point that was found, with its precision and, where that is not exact, the reason in plain words."""

    point: Point
    precision: Precision = Precision.EXACT
    reason: str = ""


class NoPlace(Exception):
    """A value that can't be read in its notation, or that leads nowhere in this publication; the message says which and why."""


class TooMuch(NoPlace):
    """There is a text, but it is more than is read here: nobody may conclude what other engines show of it."""
