"""Books that come through the pages: into the server's own folder, checked before they have a name there. Knows no forms.

What comes in one upload is kept at its end, or not at all if it breaks off. The folders that were given are never written.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import BadFile, Forbidden, InvalidRequest, NotFound, NotNow, ReaderDied, TooSlow
from placekeeper.domain.ports import Clock, Ledger, Store, Workers
from placekeeper.domain.publication import RECORDINGS, Publication
from placekeeper.formats import folder as disk
from placekeeper.services.askers import Recent
from placekeeper.services.library import Library
from placekeeper.services.own_folder import OwnFolder, Unfinished, safe_name

FILES: Final = 200
"""Of one upload."""
CHECK_BYTES: Final = 32 * 2**20
"""After so many bytes it is looked again how much room the disk has."""
REMEMBERED: Final = 200
"""Digests of what was uploaded lately, and may not be scanned yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `name`: as it is kept, or as it was said. `why`: "" where it is kept.

    `publication`: the id of the one that has the same bytes, where the library has it already.
    """

    name: str
    why: str = ""
    publication: str = ""


class Uploading:
    """The use cases. Admins only."""

    def __init__(self, store: Store, library: Library, workers: Workers, *, folder: OwnFolder, clock: Clock) -> None:
        """Nothing happens yet."""
        self._store, self._library, self._workers, self._clock = store, library, workers, clock
        self._folder = folder
        self._lately: Recent[str, str] = Recent(REMEMBERED)

    def check(self, principal: Principal) -> None:
        """Raise Forbidden unless this account may upload and remove; NotFound where it sees no library at all."""
        if not self._library.shows(principal):
            raise NotFound("there is no such page")
        if not self._library.may_change(principal):
            raise Forbidden("only an admin puts books into the library")

    async def begin(self, principal: Principal, octets: int) -> "Upload":
        """An upload of about so many bytes (0: not known). Raises as `check`, and Unavailable where there is no room."""
        self.check(principal)
        await asyncio.to_thread(self._folder.make)
        await asyncio.to_thread(self._folder.check_room, octets)
        return Upload(self, self._folder, principal)

    async def why_not(self, file: Unfinished) -> Outcome | None:
        """Why a file is not kept: it is no book, or the library has it. None where nothing speaks against it."""
        if not file.size:
            return Outcome(file.name, "it is empty")
        known = await self._store.read(lambda ledger: present(ledger, file.digest))
        if known is not None:
            return Outcome(file.name, "the library has this very file already", known.id)
        lately = self._lately.get(file.digest)
        if lately and (self._folder.path / lately).exists():
            return Outcome(file.name, f"the same file was uploaded just now, as {lately}")
        path = file.hidden.name
        try:
            stamp = await asyncio.to_thread(lambda: disk.Inside(str(self._folder.path), path).stamp)
            await self._workers.run(disk.read, str(self._folder.path), path, stamp)
        except (NotNow, ReaderDied, TooSlow):
            return None  # that says little of the file: the scan will tell
        except BadFile as error:
            return Outcome(file.name, " ".join(str(error).split()))
        return None

    async def keep(self, principal: Principal, files: list[Unfinished]) -> list[Outcome]:
        """Give the files their names, and have them scanned. Raises Unavailable, and Forbidden for who is no admin any more: an
        upload may take hours.
        """
        account = await self._store.read(lambda ledger: ledger.account(principal.account_id))
        if account is None or not account.admin:
            raise Forbidden("only an admin puts books into the library, and you are none any more: nothing was kept")
        kept = []
        for file in files:
            name = await asyncio.to_thread(self._folder.publish, file)
            self._lately.keep(file.digest, name)
            kept.append(Outcome(name))
        if kept:
            self._library.adopt()
            await self._library.request_scan()
        return kept

    async def remove(self, principal: Principal, publication: Publication) -> None:
        """Delete a file of the server's own folder; places in it are kept. Raises as `check`, NotFound, Unavailable."""
        self.check(principal)
        if not self.may_remove(principal, publication):
            raise Forbidden("this file is not in the server's own folder, and only those are removed here")
        try:
            await asyncio.to_thread(self._folder.remove, publication)
        except BadFile as error:
            raise NotFound(str(error)) from error
        gone, now = [(publication.id, publication.path)], self._clock()
        await self._store.write(lambda ledger: ledger.mark_missing(gone, now))
        await self._library.request_scan()

    def may_remove(self, principal: Principal, publication: Publication) -> bool:
        """Whether this account may delete the file: a folder of recordings is not one."""
        single = publication.described.media_type != RECORDINGS
        return single and self._library.may_change(principal) and self._library.is_own(publication)


class Upload:
    """One upload, file after file; to be used with `async with`: what was not kept by its end is gone."""

    def __init__(self, uploading: Uploading, folder: OwnFolder, principal: Principal) -> None:
        """No file has come yet."""
        self._uploading, self._folder, self._principal = uploading, folder, principal
        self._files: list[Unfinished] = []
        self._outcomes: list[Outcome] = []
        self._current: Unfinished | None = None
        self._unchecked = 0

    async def __aenter__(self) -> "Upload":
        """Itself."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Drop what is not kept."""
        for file in [*self._files, *([self._current] if self._current else [])]:
            file.drop()

    async def begin(self, said: str) -> None:
        """The next file begins. `said`: its name, as the browser has it; "" where nothing was chosen."""
        await self._end()
        if len(self._files) + len(self._outcomes) >= FILES:
            raise InvalidRequest(f"an upload has at most {FILES} files")
        name = safe_name(said)
        if name:
            self._current = await asyncio.to_thread(self._folder.begin, name)
        elif said:
            self._outcomes.append(Outcome(said, "files with this ending are not read"))

    async def write(self, piece: bytes) -> None:
        """Go on with it. Raises Unavailable where the disk has no more room."""
        if self._current is None:
            return
        self._unchecked += len(piece)
        if self._unchecked > CHECK_BYTES:
            self._unchecked = 0
            await asyncio.to_thread(self._folder.check_room, 0)
        await asyncio.to_thread(self._current.write, piece)

    async def finish(self) -> list[Outcome]:
        """All has come: what became of each file. Raises InvalidRequest where there was none."""
        await self._end()
        if not self._files and not self._outcomes:
            raise InvalidRequest("no file was chosen")
        return await self._uploading.keep(self._principal, self._files) + self._outcomes

    async def _end(self) -> None:
        """The current file is whole. One that comes twice is kept once."""
        file, self._current = self._current, None
        if file is None:
            return
        self._files.append(file)
        await asyncio.to_thread(file.finish)
        twin = next((each for each in self._files[:-1] if each.digest == file.digest), None)
        why = Outcome(file.name, f"the same file as {twin.name}") if twin else await self._uploading.why_not(file)
        if why is not None:
            self._files.remove(file)
            file.drop()
            self._outcomes.append(why)


def present(ledger: Ledger, digest: str) -> Publication | None:
    """A unit: the publication that has these bytes now."""
    found = (each for each in ledger.publications_with("sha256", digest) if each.missing_since is None)
    return next((each for each in found if ("sha256", digest) in each.described.identifiers), None)
