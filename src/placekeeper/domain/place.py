"""A noted place: where someone is in a book, in the words of the app that said it.

The value is kept as it came, byte for byte; what it means is worked out elsewhere and never written back.
"""

import enum
from dataclasses import dataclass


class Notation(enum.StrEnum):
    """The language that a place is written in."""

    XPOINTER = "xpointer"
    CFI = "cfi"
    LOCATOR = "locator"
    HREF_PROGRESSION = "href-progression"
    PROGRESSION = "progression"
    PAGE = "page"
    TEXT = "text"
    REFERENCE = "reference"
    OPDS_PROGRESSION = "opds-progression"
    READIUM_PROGRESSION = "readium-progression"
    SIMPLIFIED = "simplified-bookmark"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class NotedPlace:
    """Notation and verbatim value, for instance `xpointer` and `/body/DocFragment[11]/body/div/p[7]/text().123`."""

    notation: Notation
    value: str
