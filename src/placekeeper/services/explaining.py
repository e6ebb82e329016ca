"""Why a document is, or is not, a book of the library: what each identifier of a work leads to, and what it might be.

For the person. Nothing here changes anything, and an account that may not see the library learns of no file. Knows no protocol.
"""

from dataclasses import dataclass
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import NotFound
from placekeeper.domain.ports import Ledger, Store
from placekeeper.domain.publication import Publication
from placekeeper.domain.sorting import folded
from placekeeper.domain.work import Identifier, Work
from placekeeper.services.identity import FIRM, recognised
from placekeeper.services.library import Library
from placekeeper.services.matching import AS_DOCUMENT, DENIED, DOCUMENT, PUBLICATION

NOBODY: Final = ""
"""The account whose denials count where none do."""
CANDIDATES: Final = 10
"""Publications that a work might be: more are no help."""
LOOKED_AT: Final = 200
"""Publications whose title begins with a work's: what follows may be more of a title, or an author."""
HOW = {
    "koreader-partial-md5": "KOReader's digest of the content",
    "koreader-partial-md5-mistaken": "a digest of the content that some apps get wrong",
    "filename-md5": "the digest of the file's name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One identifier of a work. `by`: the digest that found the publications; "" where none did. `why`: in words."""

    identifier: Identifier
    by: str
    publications: tuple[Publication, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a work's identifiers lead to. `candidates`: where they lead to none, publications that are called the same. `works`:
    ids of other works that copies of the same edition lead to, to be joined perhaps.
    """

    matches: tuple[Match, ...]
    candidates: tuple[Publication, ...]
    works: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfound:
    """Of a document that somebody has asked for: the work that it leads to, if any, and what the library says of it."""

    work: Work | None
    match: Match


class Explaining:
    """The use case."""

    def __init__(self, store: Store, library: Library) -> None:
        """Nothing happens yet."""
        self._store, self._library = store, library

    async def work(self, principal: Principal, work_id: str) -> Explanation:
        """All that can be said of one work. Raises NotFound."""
        sees = self._library.sees(principal) and bool(self._library.folders)

        def unit(ledger: Ledger) -> tuple[str, tuple[Match, ...], tuple[str, ...]]:
            work = ledger.work(principal.account_id, work_id)
            if work is None:
                raise NotFound("there is no such work")
            identifiers = ledger.identifiers(principal.account_id, work_id)
            matches = tuple(_match(ledger, principal.account_id, each, identifiers, sees=sees) for each in identifiers)
            return work.description.title or "", matches, _others(ledger, principal.account_id, work_id, matches)

        title, matches, works = await self._store.browse(unit)
        title = folded(title)
        if not title or not sees or any(match.publications for match in matches):
            return Explanation(matches=matches, candidates=(), works=works)
        called = await self._store.browse(lambda ledger: ledger.called(title, LOOKED_AT))
        alike = [each for each in called if folded(each.described.metadata.title) == title]
        return Explanation(matches=matches, candidates=tuple(alike[:CANDIDATES]), works=works)

    async def document(self, principal: Principal, document: str) -> Unfound:
        """What can be said of a document that somebody asked for, whether the account has it or not."""
        sees = self._library.sees(principal) and bool(self._library.folders)
        asked = Identifier(type=DOCUMENT, value=document, work_id="", document=document)

        def unit(ledger: Ledger) -> Unfound:
            found = ledger.work_of(principal.account_id, DOCUMENT, document)
            match = _match(ledger, principal.account_id, asked, [], sees=sees)
            return Unfound(work=found[0] if found is not None else None, match=match)

        return await self._store.browse(unit)


def _others(ledger: Ledger, account_id: str, work_id: str, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Other works that copies of this one's editions lead to."""
    editions = {each.edition_id for match in matches for each in match.publications}
    if len(editions) != 1:
        return ()
    copies = [each for edition in editions for each in ledger.edition(edition)]
    digests = {value for each in copies for type_, value, _now in ledger.publication_identifiers(each.id) if type_ in AS_DOCUMENT}
    found = (ledger.identifier(account_id, DOCUMENT, value) for value in sorted(digests))
    return tuple(sorted({each.work_id for each in found if each is not None} - {work_id}))


def _match(ledger: Ledger, account_id: str, identifier: Identifier, others: list[Identifier], *, sees: bool) -> Match:
    if not sees:
        return Match(identifier=identifier, by="", publications=(), why="this account does not see the library")
    if identifier.type == PUBLICATION:
        found = ledger.edition(identifier.value)
        why = (
            "the edition of the library that this work is read in"
            if found
            else "an edition that the library has not got any more"
        )
        return Match(identifier=identifier, by=PUBLICATION, publications=tuple(found), why=why)
    if identifier.type == DENIED:
        return Match(identifier=identifier, by="", publications=(), why="you have said that this document is not of that edition")
    if identifier.type != DOCUMENT:
        return Match(identifier=identifier, by="", publications=(), why="a name that apps give beside the document")
    by, found = recognised(ledger, account_id, identifier.value)
    leading = {each.value for each in others if each.type == PUBLICATION}
    denied = not found and bool(recognised(ledger, NOBODY, identifier.value)[1])
    return Match(identifier=identifier, by=by, publications=tuple(found), why=_why(by, found, leading, denied=denied))


def _why(by: str, found: list[Publication], leading: set[str], *, denied: bool) -> str:
    """In words. `denied`: there would be more, but for what the person has said."""
    if not found and denied:
        return "a file of the library has this digest, but you have said that it is another book"
    if not found:
        return "no file of the library has this digest, nor had it before"
    editions = {each.edition_id for each in found}
    how = HOW[by]
    if len(editions) > 1:
        taken = editions & leading
        doubt = f"{how} is shared by {len(editions)} books of the library"
        return f"{doubt}; taken for the one that this work is read in" if len(taken) == 1 else f"{doubt}: none is taken"
    if all(each.missing_since is not None for each in found):
        return f"found by {how}, but the file is not there any more: places can't be translated"
    weak = "" if by in FIRM else "; another file of that name would match as well"
    return f"found by {how}{weak}"
