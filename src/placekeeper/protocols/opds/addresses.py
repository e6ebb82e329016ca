"""Where things of the catalog are: addresses below a dialect's root, and the absolute URLs that are made of them.

Must not know what stands there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from placekeeper.domain.errors import InvalidRequest
from placekeeper.services.authentication_document import PATH as AUTHENTICATION

V2: Final = "/opds/v2"
V1: Final = "/opds/v1.2"
PARAMETERS: Final = ("query", "author", "series", "language", "subject", "kind", "sort", "page")
"""All that an address can say, in its order."""
_HOST = re.compile(r"(?:[A-Za-z0-9_.~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""A host with an optional port as RFC 3986 has them, less what no server is called by."""


@dataclass(frozen=True, slots=True)
class Address:
    """A feed of the catalog: its path below the dialect's root (`/authors`, "" for the root itself) and its query, in order."""

    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def having(self, **changes: str | None) -> "Address":
        """The same with some parameters changed; None takes one away. Whatever came first, the same feed has one address."""
        values = dict(self.query) | changes
        return Address(self.path, tuple((name, value) for name in PARAMETERS if (value := values.get(name)) is not None))

    def __str__(self) -> str:
        """Path and query, percent-encoded."""
        return self.path + ("?" + urlencode(self.query, quote_via=quote, safe="") if self.query else "")


@dataclass(frozen=True, slots=True)
class Site:
    """The server as one client reaches it. `base`: `https://host` without a slash at the end; `root`: the dialect's."""

    base: str
    root: str

    def feed(self, address: Address) -> str:
        """URL of a feed in this dialect."""
        return f"{self.base}{self.root}{address}"

    def entry(self, publication_id: str) -> str:
        """URL of a publication's own document in this dialect."""
        return f"{self.base}{self.root}/publications/{quote(publication_id, safe='')}"

    def resource(self, publication_id: str, *parts: str) -> str:
        """URL of what belongs to a publication (`progression`, `cover`, `files` and a name): the same in both dialects."""
        return "/".join([f"{self.base}{V2}/publications", *(quote(part, safe="") for part in (publication_id, *parts))])

    @property
    def authentication(self) -> str:
        """URL of the authentication document."""
        return self.base + AUTHENTICATION

    @property
    def search(self) -> str:
        """Template of a search, after RFC 6570 in OPDS 2.0 and after OpenSearch in 1.2."""
        return f"{self.base}{self.root}/search" + ("{?query}" if self.root == V2 else "?query={searchTerms}")


def base_of(scheme: str, headers: Mapping[str, str], public_url: str | None) -> str:
    """How the client reaches this server: as the settings say, else as it asked. Raises InvalidRequest for an impossible host."""
    if public_url:
        return public_url.rstrip("/")
    host = headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise InvalidRequest("the Host header names no host")
    return f"{scheme}://{host}"
