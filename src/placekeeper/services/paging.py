"""Publications that have one position for each page (PDF, comics): which page a place says, and how a page is said.

Knows no protocol. Sources: RFC 8118 (`#page=`), https://github.com/readium/architecture/tree/master/models/locators
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.publication import Kind, Publication
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.href import encode
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.simplified import places as bookmark
from placekeeper.positions.simplified.locators import HrefProgression, Page, ReadiumLocator

PAGED: Final = frozenset({Kind.PDF, Kind.COMIC})
_PAGE = re.compile(r"(?:^|&)page=(\d{1,9})(?:&|$)")


def page_of(publication: Publication, positions: Positions, noted: NotedPlace) -> int | None:
    """The page (1-based) that a place says in words, not by a ratio; None where it says none that is there."""
    names = [item.href for item in positions.spine.items] if publication.described.kind is Kind.COMIC else []
    for page in _said(names, noted):
        if 1 <= page <= positions.total:
            return page
    return None


def locator_of(publication: Publication, locator: dict[str, Any], page: int) -> dict[str, Any]:
    """A locator as Readium's toolkits have it: a PDF is one resource, its pages are positions and fragments of it."""
    if publication.described.kind is not Kind.PDF:
        return locator
    name = encode(publication.path.rpartition("/")[2]) or "publication.pdf"
    locations = {"fragments": [f"page={page}"], **locator["locations"]}
    return locator | {"href": name, "type": "application/pdf", "locations": locations}


def reference_to(publication: Publication, positions: Positions, page: int) -> str:
    """A page as a reference of OPDS Progression."""
    if publication.described.kind is Kind.PDF:
        return f"#page={page}"
    return encode(positions.spine.items[positions.from_position(page).point.resource].href)


def _said(names: list[str], noted: NotedPlace) -> Iterator[int]:
    """Pages that are said, the first one first. `names`: of the images that are the pages."""
    if noted.notation is Notation.PAGE:
        yield int(noted.value) if noted.value.isdigit() and len(noted.value) < len("1000000000") else 0
        return
    if noted.notation is Notation.SIMPLIFIED:
        yield from _bookmarked(names, json.loads(noted.value))
        return
    if noted.notation not in {Notation.OPDS_PROGRESSION, Notation.READIUM_PROGRESSION, Notation.LOCATOR}:
        return
    said = json.loads(noted.value)
    if noted.notation is Notation.OPDS_PROGRESSION:
        for reference in [*_texts(said.get("references")), *_texts(said.get("fragments"))]:
            yield from _referred(names, reference)
        return
    locator = said.get("locator", said)
    locations = locator.get("locations") if isinstance(locator, dict) else None
    locations = locations if isinstance(locations, dict) else {}
    for fragment in _texts(locations.get("fragments")):
        yield from _referred(names, "#" + fragment)
    position = locations.get("position")
    if isinstance(position, int) and not isinstance(position, bool):
        yield position
    if isinstance(locator, dict) and isinstance(locator.get("href"), str):
        yield from _referred(names, locator["href"])


def _bookmarked(names: list[str], said: dict[str, Any]) -> Iterator[int]:
    try:
        locator = bookmark.locator_of(said)
    except NoPlace:
        return
    if isinstance(locator, Page):
        yield locator.number
    elif isinstance(locator, HrefProgression):
        yield from _referred(names, locator.href)
    elif isinstance(locator, ReadiumLocator):
        yield from _said(names, NotedPlace(Notation.LOCATOR, locator.document))


def _referred(names: list[str], reference: str) -> Iterator[int]:
    """The page of a reference: by its fragment, or by the name of a page's image."""
    path, mark, fragment = reference.partition("#")
    if found := _PAGE.search(fragment if mark else path):
        yield int(found[1])
    for name in (path, unquote(path)):
        if name in names:
            yield names.index(name) + 1


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
