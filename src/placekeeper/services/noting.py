"""Bookmarks and notes of a work, as a person wants to see them: in the order of the book, each with what stands there.

Knows no protocol: what an app says beside the place is its own affair, but for a note's text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from placekeeper.domain.account import Principal
from placekeeper.domain.annotation import Annotation, Collection
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.positions.simplified.places import number_of
from placekeeper.services.idling import is_source
from placekeeper.services.matching import DOCUMENT
from placekeeper.services.overview import Shown
from placekeeper.services.quoting import Passage, Quoting

MOST: Final = 100
"""Bookmarks of one work that are shown, those changed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`progression`: as its app says it; None where it does not. `text`: what was written there, or ""."""

    annotation: Annotation
    progression: float | None
    text: str
    passage: Passage | None


class Noting:
    """The use case."""

    def __init__(self, store: Store, quoting: Quoting) -> None:
        """Nothing happens yet."""
        self._store, self._quoting = store, quoting

    async def notes(self, principal: Principal, shown: Shown) -> list[Note]:
        """All bookmarks and notes of a work, in the order of the book as far as it is known."""
        account_id, work_id = principal.account_id, shown.work.id
        files: dict[str, Publication] = {each.urn: each for each in shown.publications}

        def unit(ledger: Ledger) -> list[Annotation]:
            leading = ledger.identifiers(account_id, work_id)
            named = [each.value for each in leading if each.type == DOCUMENT and is_source(each.value)]
            sources = dict.fromkeys([*files, *named])
            kept = [ledger.annotations(account_id, Collection.BOOKMARKS, source=source, limit=MOST) for source in sources]
            return [annotation for each in kept for annotation in each][:MOST]

        found = await self._store.browse(unit)
        places = [
            (each.id, files[each.source], NotedPlace(Notation.SIMPLIFIED, each.content)) for each in found if each.source in files
        ]
        passages = await self._quoting.standing(principal, places)
        notes = [_note(each, passages.get(each.id)) for each in found]
        return sorted(notes, key=lambda note: (note.progression is None, note.progression or 0.0, note.annotation.id))


def _note(annotation: Annotation, passage: Passage | None) -> Note:
    said: Any = json.loads(annotation.content)
    said = said if isinstance(said, Mapping) else {}
    body = said.get("body")
    text = body.get("value") if isinstance(body, Mapping) else None
    return Note(
        annotation=annotation,
        progression=number_of(said),
        text=text if isinstance(text, str) else "",
        passage=passage,
    )
