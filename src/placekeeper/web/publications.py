"""The page of one publication: what the file says, what belongs with it, how far one is in it; and taking it out.

What comes from books is text, never markup.
"""

from dataclasses import replace
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.publication import RECORDINGS, Publication
from placekeeper.formats.plain import plain
from placekeeper.services.library import Library
from placekeeper.services.overview import Overview
from placekeeper.services.shelf import Shelf
from placekeeper.services.uploading import Uploading
from placekeeper.web.door import Door, Visit

CHAPTERS: Final = 50
"""Of the contents that are shown."""
DESCRIBED: Final = 4_000
"""Characters of a description that are shown."""
LISTED: Final = 40
"""Subjects, identifiers, notes and files that are shown, of each."""


class Publications:
    """The page and its form."""

    def __init__(self, door: Door, library: Library, overview: Overview, shelf: Shelf, uploading: Uploading) -> None:
        """Nothing happens yet."""
        self._library, self._overview, self._shelf, self._uploading = library, overview, shelf, uploading
        self.routes: list[Route] = [
            door.page("/publications/{publication}", self._publication),
            door.form("/publications/{publication}/remove", self._remove),
        ]

    async def _publication(self, visit: Visit) -> Response:
        principal = visit.principal
        publication = await self._library.publication(principal, visit.publication)
        described = publication.described
        family = await self._library.edition(principal, publication.edition_id)
        chapters = [link.title for link in described.contents or described.reading_order if link.title]
        whole = plain(described.metadata.description)
        return visit.show(
            "publication.html",
            it=replace(publication, described=replace(described, notes=described.notes[:LISTED])),
            authors=list(dict.fromkeys(each.name for each in described.metadata.authors if each.name))[:LISTED],
            subjects=list(dict.fromkeys(filter(None, described.metadata.subjects)))[:LISTED],
            description=whole[:DESCRIBED].splitlines() + (["…"] if len(whole) > DESCRIBED else []),
            chapters=chapters[:CHAPTERS],
            more_chapters=len(chapters) - CHAPTERS,
            tracks=tracks(publication),
            others=[each for each in family if each.id != publication.id][:LISTED],
            identifiers=identifiers(publication),
            work=(await self._overview.read_in(principal, [publication])).get(publication.id, ""),
            progress=(await self._shelf.progress(principal, [publication])).get(publication.id),
            may_change=self._library.may_change(principal),
            may_remove=self._uploading.may_remove(principal, publication),
        )

    async def _remove(self, visit: Visit) -> Response:
        publication = await self._library.publication(visit.principal, visit.publication)
        self._uploading.check(visit.principal)
        if visit.form.get("sure") != "yes":
            raise InvalidRequest("tick that you are sure: the file is deleted for good")
        await self._uploading.remove(visit.principal, publication)
        return visit.to("library", did="removed")


def tracks(publication: Publication) -> list[str]:
    """The files of a folder of recordings, each to be downloaded alone; none of anything else."""
    links = publication.described.reading_order if publication.described.media_type == RECORDINGS else ()
    return [link.href for link in links]


def identifiers(publication: Publication) -> list[tuple[str, str]]:
    """What devices and other programs recognise it by: (type, value)."""
    described = publication.described
    own = [(each.scheme or "identifier", each.value) for each in described.metadata.identifiers]
    return list(dict.fromkeys([*described.identifiers, *own]))[:LISTED]
