"""A publication in the words of both dialects: title, people, dates, links. What a file says is made fit here, once.

Must not know JSON or Atom.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from placekeeper.domain.publication import RECORDINGS, Contributor, Identification, Kind, Link, Publication
from placekeeper.formats.plain import legal
from placekeeper.protocols.opds.texts import language

OPEN_ACCESS: Final = "http://opds-spec.org/acquisition/open-access"
PROGRESSION: Final = "http://opds-spec.org/progression"
PROGRESSION_TYPE: Final = "application/opds-progression+json"
CANTOOK: Final = "http://www.cantook.com/api/progression"
CANTOOK_TYPE: Final = "application/vnd.readium.progression+json"
PREDECESSOR: Final = "readium"
"""Where the predecessor's service is, below the other's: some of its clients name no media type."""
IMAGE: Final = "http://opds-spec.org/image"
THUMBNAIL: Final = "http://opds-spec.org/image/thumbnail"
FACET: Final = "http://opds-spec.org/facet"

AUDIOBOOK: Final = "application/audiobook+json"
MANIFEST: Final = "manifest.json"

ROLES: Final = {
    "trl": "translator",
    "edt": "editor",
    "ill": "illustrator",
    "art": "artist",
    "nrt": "narrator",
    "clr": "colorist",
}
"""MARC relator codes that Readium's metadata has a property of its own for."""
_NAMESPACES: Final = frozenset({"isbn", "uuid"})
_URI: Final = re.compile(
    r"(?:urn:[A-Za-z0-9][A-Za-z0-9-]{1,31}:|https?://[A-Za-z0-9.-]+(?::[0-9]+)?/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+"
)
"""URNs and web addresses: what else calls itself an identifier is one to nobody but its maker."""
_ONE_LINE: Final = str.maketrans("\t\n\r", "   ")
_PAGED: Final = frozenset({Kind.PDF, Kind.COMIC})


def title(publication: Publication) -> str:
    """Its title; where it has none, the file's name without the ending."""
    written = legal(publication.described.metadata.title).strip()
    return written or filename(publication).rpartition(".")[0] or filename(publication)


def filename(publication: Publication) -> str:
    """The file's own name, as far as it is text in one line."""
    return legal(publication.path.rpartition("/")[2]).translate(_ONE_LINE) or "file"


def named(people: tuple[Contributor, ...]) -> Iterator[Contributor]:
    """Those who have a name."""
    return (person for person in people if legal(person.name).strip())


def is_recordings(publication: Publication) -> bool:
    """Whether it is a folder of recordings: then a manifest leads to them, for there is no one file."""
    return publication.described.media_type == RECORDINGS


def identifiers(publication: Publication) -> list[str]:
    """The publication's own identifiers, as URNs or URLs: of an ISBN and a UUID it is clear how; others if they are URIs."""
    metadata = publication.described.metadata
    every = [*(_uri(one) for one in metadata.identifiers), _declared(metadata.identifier)]
    return list(dict.fromkeys(uri for uri in every if uri))


def languages(publication: Publication) -> list[str]:
    """Its languages, as well-formed tags."""
    return list(dict.fromkeys(tag for tag in map(language, publication.described.metadata.languages) if tag))


def subjects(publication: Publication) -> list[str]:
    """Its subjects, each once."""
    return list(dict.fromkeys(word for word in (legal(s).strip() for s in publication.described.metadata.subjects) if word))


def pages(publication: Publication) -> int | None:
    """How many pages it has, where the format has pages."""
    described = publication.described
    return len(described.reading_order) or None if described.kind in _PAGED else None


def duration(publication: Publication) -> float | None:
    """Seconds of sound."""
    links: tuple[Link, ...] = publication.described.reading_order
    return round(sum(link.duration for link in links), 3) or None


def has_cover(publication: Publication) -> bool:
    """Whether a cover can be expected: whether it can be read shows when somebody asks for it."""
    described = publication.described
    return bool(described.metadata.cover) or described.kind in _PAGED


def updated(publication: Publication) -> int:
    """When it last changed in the library, Unix milliseconds."""
    return max(publication.modified_at, publication.added_at)


def _uri(one: Identification) -> str | None:
    value = legal(one.value).strip()
    return _declared(f"urn:{one.scheme}:{value}" if one.scheme in _NAMESPACES else value)


def _declared(value: str) -> str | None:
    """An identifier as a URI, if it is one once its letters are percent-encoded."""
    uri = quote(legal(value).strip(), safe="%:/?#@!$&'()*+,;=-._~")
    return uri if _URI.fullmatch(uri) else None
