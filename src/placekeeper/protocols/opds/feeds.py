"""A feed of the catalog, before it is written in a dialect: what both dialects say, once.

Must not know JSON, Atom or HTTP.
"""

from dataclasses import dataclass
from typing import Final

from placekeeper.domain.publication import Publication
from placekeeper.protocols.opds.addresses import Address
from placekeeper.services.shelf import Progress

PAGE: Final = 50
"""Publications on one page of a feed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A publication as one account sees it. `progress`: None when it has no place in it."""

    publication: Publication
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to another feed. `count`: how many publications (or names) stand there, None where nobody counted.

    `navigation`: the other feed leads on to feeds, not to publications. `active`: a facet that is applied already.
    """

    title: str
    address: Address
    count: int | None = None
    summary: str = ""
    rel: str = "subsection"
    navigation: bool = False
    active: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Ways to the same listing, otherwise ordered or narrowed."""

    title: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The first publications of another feed, shown on this one."""

    way: Way
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """`page`: from 1. `total`: rows on all pages."""

    page: int
    total: int
    size: int = PAGE

    @property
    def last(self) -> int:
        """The last page; 1 where there is nothing."""
        return max(1, -(-self.total // self.size))

    def ways(self, address: Address) -> list[tuple[str, Address]]:
        """(relation, address) of the other pages, as far as there are some."""
        pages = {"first": 1, "previous": min(self.page - 1, self.last), "next": self.page + 1, "last": self.last}
        pages = {rel: page for rel, page in pages.items() if 1 <= page <= self.last}
        return [(rel, address.having(page=str(page) if page > 1 else None)) for rel, page in pages.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`address`: its own, with the page. `updated`: Unix milliseconds. `paging`: None where there are no pages.

    Acquisition feeds list publications and have `entries` (none, where nothing fits); navigation feeds have `ways`.
    """

    title: str
    address: Address
    updated: int
    entries: tuple[Entry, ...] = ()
    ways: tuple[Way, ...] = ()
    groups: tuple[Group, ...] = ()
    facets: tuple[Facet, ...] = ()
    paging: Paging | None = None
    navigation: bool = False
