"""Where annotations are, for all who tell apps of it. Must not know what stands there.

The address of a book's own list is `URI/` and what the catalogs call the book, percent-encoded.
Source: https://www.w3.org/TR/annotation-protocol/#discovery-of-annotation-containers
"""

from typing import Final
from urllib.parse import quote

PATH: Final = "/annotations/"
RELATION: Final = "http://www.w3.org/ns/oa#annotationService"
MEDIA_TYPE: Final = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
BY_URI: Final = "URI"


def address_of(source: str) -> str:
    """The path of a source's own list."""
    return f"{PATH}{BY_URI}/{quote(source, safe=':')}"
