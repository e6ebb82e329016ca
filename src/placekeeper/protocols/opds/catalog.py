"""The catalog: which feeds there are, and what stands in them. Asks the library and the shelf; knows no dialect and no HTTP."""

import time
from collections.abc import Iterable
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.publication import Kind, Publication
from placekeeper.domain.shelf import GROUPS, Query
from placekeeper.protocols.opds.addresses import Address
from placekeeper.protocols.opds.asked import Asked
from placekeeper.protocols.opds.described import updated
from placekeeper.protocols.opds.feeds import PAGE, Entry, Facet, Feed, Group, Paging, Way
from placekeeper.protocols.opds.names import KINDS, SORTS, language_name
from placekeeper.services.library import Library
from placekeeper.services.shelf import Shelf

TITLE: Final = "Placekeeper"
SHOWN: Final = 10
"""Publications of a group on the first page."""
LANGUAGES: Final = 20
"""Languages among the facets; all stand in their own feed."""
KINDS_SECONDS: Final = 60
"""How old the count of each kind may be."""
PATHS: Final = {"author": "/authors", "series": "/series", "language": "/languages", "subject": "/subjects"}
_TITLES: Final = {"author": "Authors", "series": "Series", "language": "Languages", "subject": "Subjects"}
_ALL: Final = Address("/publications")
_RECENT: Final = _ALL.having(sort="added")
READING: Final = Address("/reading")
FINISHED: Final = Address("/finished")
LOANS: Final = Address("/loans")
_READ: Final = {False: (READING, "Continue reading"), True: (FINISHED, "Finished")}


class Catalog:
    """The catalog as one account sees it."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        """Nothing happens yet."""
        self._library, self._shelf = library, shelf
        self._kinds: tuple[float, list[tuple[Kind, int]]] = (0.0, [])

    async def root(self, principal: Principal) -> Feed:
        """The first page: what is being read, what is new, and the ways to everything."""
        reading, count = await self._shelf.read(principal, finished=False, offset=0, limit=SHOWN)
        recent = await self._library.listing(principal, Query(sort="added", limit=SHOWN))
        new = Way(title="Recently added", address=_RECENT, count=recent.total, rel="http://opds-spec.org/sort/new")
        groups = (
            Group(Way(title="Continue reading", address=READING, count=count), tuple(Entry(*row) for row in reading)),
            Group(new, await self._entries(principal, recent.publications)),
        )
        shown = tuple(group for group in groups if group.entries)
        everything = Way(title="All publications", address=_ALL, count=recent.total, summary="By title")
        grouped = (Way(title=_TITLES[by], address=Address(PATHS[by]), navigation=True) for by in GROUPS)
        finished = Way(title="Finished", address=FINISHED, summary="What you have read to the end")
        newest = max(map(_changed, (entry for group in shown for entry in group.entries)), default=0)
        return Feed(
            title=TITLE,
            address=Address(),
            updated=newest,
            groups=shown,
            ways=(everything, *grouped, finished),
            navigation=True,
        )

    async def listing(self, principal: Principal, asked: Asked) -> Feed:
        """Publications, all or those that fit, page by page."""
        found = await self._library.listing(principal, asked.query)
        entries = await self._entries(principal, found.publications)
        return Feed(
            title=_title(asked),
            address=asked.address,
            updated=max(map(_changed, entries), default=0),
            entries=entries,
            facets=await self._facets(principal, asked),
            paging=Paging(asked.page, found.total),
        )

    async def groups(self, principal: Principal, by: str, page: int) -> Feed:
        """All authors, series, languages or subjects, each with a way to its publications."""
        names, total = await self._library.groups(principal, by, (page - 1) * PAGE, PAGE)
        newest = await self._library.listing(principal, Query(sort="added", limit=1))
        ways = (
            Way(title=language_name(name) if by == "language" else name, address=_ALL.having(**{by: name}), count=count)
            for name, count in names
        )
        address = Address(PATHS[by])
        return Feed(
            title=_TITLES[by],
            address=address.having(page=str(page)) if page > 1 else address,
            updated=max(map(updated, newest.publications), default=0),
            ways=tuple(ways),
            paging=Paging(page, total),
            navigation=True,
        )

    async def read(self, principal: Principal, *, finished: bool, page: int) -> Feed:
        """What the account is in the middle of, or has finished; what was read last comes first."""
        rows, total = await self._shelf.read(principal, finished=finished, offset=(page - 1) * PAGE, limit=PAGE)
        address, title = _READ[finished]
        entries = tuple(Entry(*row) for row in rows)
        return Feed(
            title=title,
            address=address.having(page=str(page)) if page > 1 else address,
            updated=max(map(_changed, entries), default=0),
            entries=entries,
            paging=Paging(page, total),
        )

    async def loans(self, principal: Principal) -> Feed:
        """What the account has, all on one page: apps delete what they do not find there."""
        entries = tuple(Entry(*row) for row in await self._shelf.loans(principal))
        return Feed(title="My books", address=LOANS, updated=max(map(_changed, entries), default=0), entries=entries)

    async def entry(self, principal: Principal, publication_id: str) -> Entry:
        """One publication. Raises NotFound."""
        publication = await self._library.publication(principal, publication_id)
        return (await self._entries(principal, [publication]))[0]

    async def _entries(self, principal: Principal, publications: Iterable[Publication]) -> tuple[Entry, ...]:
        shown = list(publications)
        progress = await self._shelf.progress(principal, shown)
        return tuple(Entry(publication, progress.get(publication.id)) for publication in shown)

    async def _facets(self, principal: Principal, asked: Asked) -> tuple[Facet, ...]:
        """Other orders, kinds and languages of the same listing. Counts are the whole library's: only there they are told."""
        here = asked.address.having(page=None)
        languages, _ = await self._library.groups(principal, "language", 0, LANGUAGES)
        kinds = await self._count_kinds(principal)
        names = {kind.value: KINDS[kind] for kind, _ in kinds}
        tagged = {tag: language_name(tag) for tag, _ in languages}
        counts: dict[str, dict[str, int]] = {"kind": {kind.value: count for kind, count in kinds}, "language": dict(languages)}
        orders = (Way(title=SORTS[sort], address=here.having(sort=sort), active=asked.query.sort == sort) for sort in SORTS)
        facets = [Facet("Order", tuple(orders))]
        for name, title, words in (("kind", "Kind", names), ("language", "Language", tagged)):
            chosen = getattr(asked.query, name)
            if len(words) > 1 or chosen:
                told = {} if asked.narrowed else counts[name]
                facets.append(Facet(title, tuple(_narrowing(here, name, words, chosen, told))))
        return tuple(facets)

    async def _count_kinds(self, principal: Principal) -> list[tuple[Kind, int]]:
        """The kinds that there are, and how many of each; remembered for a minute."""
        at, kinds = self._kinds
        now = time.monotonic()
        if not kinds or now - at > KINDS_SECONDS:
            listings = [(kind, await self._library.listing(principal, Query(kind=kind.value, limit=1))) for kind in KINDS]
            kinds = [(kind, found.total) for kind, found in listings if found.total]
            self._kinds = (now, kinds)
        return kinds


def _narrowing(here: Address, name: str, words: dict[str, str], chosen: str, counts: dict[str, int]) -> Iterable[Way]:
    """The values of a facet, and the way out of it."""
    yield Way(title="All", address=here.having(**{name: None}), active=not chosen)
    for value, title in words.items():
        yield Way(title=title, address=here.having(**{name: value}), active=value == chosen, count=counts.get(value))


def _title(asked: Asked) -> str:
    """What a listing is called."""
    query = asked.query
    words = [query.author, query.series, query.subject]
    words += [language_name(query.language)] if query.language else []
    words += [KINDS[Kind(query.kind)]] if query.kind else []
    words = [f"Search: {query.text}"] * bool(query.text) + [word for word in words if word]
    return ", ".join(words) or ("Recently added" if query.sort == "added" else "All publications")


def _changed(entry: Entry) -> int:
    return max(updated(entry.publication), entry.progress.at if entry.progress else 0)
