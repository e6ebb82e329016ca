"""The library as pages: browse, filter, sort and search its publications, and its authors, series, languages and subjects.

Who sees no library is told that there is no such page. `publications` has the page of a single one.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import NotFound
from placekeeper.domain.publication import Kind
from placekeeper.domain.shelf import GROUPS, SORTS, Query
from placekeeper.services.library import Library
from placekeeper.services.shelf import Shelf
from placekeeper.web import words
from placekeeper.web.door import Door, Visit
from placekeeper.web.languages import language

LISTED: Final = 24
"""Publications of one page: eight rows of three."""
GROUPED: Final = 60
"""Authors, series, languages or subjects of one page."""
LONGEST: Final = 500
"""Characters of what is asked for: no name that is listed has more."""
_DIGITS: Final = 6
FACETS: Final = {"author": "Authors", "series": "Series", "language": "Languages", "subject": "Subjects"}
"""What publications are grouped by, as pages say it."""
SORTED: Final = {"title": "By title", "author": "By author", "series": "By series", "added": "Newest first"}
"""What they are sorted by."""
NAMED: Final = words.KINDS | {Kind.PLAIN: "Kindle (MOBI, AZW3)"}
"""What kinds are called where there is one to be chosen."""
_CHOICES: Final = ("sort", "kind", *GROUPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of the list. Its addresses carry all of it on, but for what changes."""

    query: Query
    page: int = 1

    @property
    def filters(self) -> list[tuple[str, str, str]]:
        """(what, which, the address without it) of all filters in force."""
        query = self.query
        found = [("Kind", NAMED[Kind(query.kind)], "kind")] if query.kind else []
        for name, what in (("author", "Author"), ("series", "Series"), ("language", "Language"), ("subject", "Subject")):
            if value := getattr(query, name):
                found.append((what, language(value) if name == "language" else value, name))
        found += [("Words", query.text, "q")] if query.text else []
        return [(what, which, self.address(**{name: ""})) for what, which, name in found]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the page does not ask for, to be sent with it."""
        return [(name, value) for name in GROUPS if (value := getattr(self.query, name))]

    def address(self, **changes: str) -> str:
        """The list's address below the root, with these changes: on its first page, unless they say which."""
        said = {"q": self.query.text} | {name: getattr(self.query, name) for name in _CHOICES}
        said["sort"] = "" if self.query.sort == SORTS[0] else self.query.sort
        return address(**(said | changes))


def address(**wanted: str) -> str:
    """An address of the list, below the root; what is "" is left out."""
    query = urlencode({name: value for name, value in wanted.items() if value})
    return "library" + ("?" + query if query else "")


def number(said: str) -> int:
    """Which page is asked for; the first one where that is no number."""
    return max(1, int(said)) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else 1


class Shelves:
    """The pages."""

    def __init__(self, door: Door, library: Library, shelf: Shelf) -> None:
        """Nothing happens yet."""
        self._library, self._shelf = library, shelf
        self.routes: list[Route] = [
            door.page("/library", self._list),
            door.page("/library/by/{facet}", self._groups),
        ]

    async def _list(self, visit: Visit) -> Response:
        shown(visit)
        wish = self._wish(visit)
        listing = await self._library.listing(visit.principal, wish.query)
        pages = -(-listing.total // LISTED)
        if wish.page > max(pages, 1):
            return visit.to(wish.address(page=str(pages)) if pages else wish.address())
        return visit.show(
            "library.html",
            wish=wish,
            listing=listing,
            pages=pages,
            progress=await self._shelf.progress(visit.principal, listing.publications),
            facets=FACETS,
            sorts=SORTED,
            kinds=NAMED,
            there=bool(self._library.folders),
            may_upload=self._library.may_change(visit.principal),
            done="The file is gone. Places in it are kept." if visit.asked("did") == "removed" else "",
        )

    async def _groups(self, visit: Visit) -> Response:
        shown(visit)
        facet = visit.request.path_params["facet"]
        if facet not in FACETS:
            raise NotFound("there is no such page")
        page = number(visit.asked("page"))
        groups, total = await self._library.groups(visit.principal, facet, (page - 1) * GROUPED, GROUPED)
        named = [(language(name) if facet == "language" else name, address(**{facet: name}), n) for name, n in groups]
        return visit.show(
            "groups.html",
            facet=facet,
            facets=FACETS,
            groups=[(name, way if len(way) <= LONGEST else "", count) for name, way, count in named],
            page=page,
            pages=-(-total // GROUPED),
            total=total,
        )

    def _wish(self, visit: Visit) -> Wish:
        asked = {name: visit.asked(name)[:LONGEST] for name in ("q", *_CHOICES)}
        page = number(visit.asked("page"))
        query = Query(
            text=asked["q"][:200],
            sort=asked["sort"] if asked["sort"] in SORTS else SORTS[0],
            kind=asked["kind"] if asked["kind"] in set(Kind) else "",
            **{name: asked[name] for name in GROUPS},
            offset=(page - 1) * LISTED,
            limit=LISTED,
        )
        return Wish(query=query, page=page)


def shown(visit: Visit) -> None:
    """Raise NotFound where there is no library to see."""
    if not visit.library:
        raise NotFound("there is no such page")
