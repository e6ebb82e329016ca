"""What Calibre says of a book in the `metadata.opf` beside its files. It is newer than what stands in them, and often more.

Must not know where the bytes come from. Source: https://manual.calibre-ebook.com/db_api.html, and the files that it writes
"""

from dataclasses import replace

from placekeeper.domain.publication import Described, Metadata
from placekeeper.formats.bounding import bounded_metadata
from placekeeper.formats.decoding import decode
from placekeeper.formats.fingerprint import declared
from placekeeper.formats.limits import LIMITS
from placekeeper.formats.markup import parsed, salvaged
from placekeeper.formats.metadata import read_metadata
from placekeeper.formats.opf import read_package

METADATA = "metadata.opf"
SAID = (
    *("title", "sort_title", "authors", "contributors", "series", "languages"),
    *("description", "published", "publisher", "subjects"),
)
"""What Calibre lets people edit. The identifier stays the file's own."""


def read_opf(data: bytes) -> Metadata | None:
    """What a `metadata.opf` says; None where it says nothing that can be read."""
    source = decode(data)
    root = parsed(source)
    if root is None:
        root = salvaged(source)
    return None if root is None else read_metadata(read_package(root, METADATA))


def enriched(described: Described, said: Metadata) -> Described:
    """With what Calibre says in place of what the file says, and recognised by its identifiers too."""
    known = described.metadata
    changes = {name: value for name in SAID if (value := getattr(said, name))}
    more = tuple(one for one in said.identifiers if one not in known.identifiers)
    metadata = bounded_metadata(replace(known, **changes, identifiers=(*known.identifiers, *more)), LIMITS)
    pairs = dict.fromkeys([*described.identifiers, *declared(replace(metadata, identifier=""))])
    return replace(described, metadata=metadata, identifiers=tuple(pairs))
