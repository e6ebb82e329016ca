"""Steering over `/api`: take a place back, join works and part them, link what belongs to one, say how a book stands."""

from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.work import State
from placekeeper.protocols.api import answers, wire
from placekeeper.protocols.api.looking import OF_WORK
from placekeeper.protocols.api.operations import Asked, Operation
from placekeeper.services.finishing import AGAIN, Finishing
from placekeeper.services.history import History
from placekeeper.services.joining import Joining
from placekeeper.services.library import Library
from placekeeper.services.linking import Linking
from placekeeper.services.quoting import Quoting


class Steering:
    """The operations on a work."""

    def __init__(
        self, history: History, joining: Joining, linking: Linking, finishing: Finishing, library: Library, quoting: Quoting
    ) -> None:
        """Nothing happens yet."""
        self._history, self._joining, self._linking, self._finishing = history, joining, linking, finishing
        self._library, self._quoting = library, quoting

    @property
    def operations(self) -> list[Operation]:
        """All of them."""
        work = "/works/{work}"
        return [
            Operation(
                method="POST", path=f"{work}/restore", name="restore", body=wire.Choice, answer=wire.ReadingSaid, status=201,
                call=self.restore, parameters=OF_WORK, summary="Take a reading's place back: it is the place from now on.",
            ),
            Operation(
                method="POST", path=f"{work}/merge", name="merge", body=wire.Other, answer=wire.MergeSaid, status=201,
                call=self.merge, parameters=OF_WORK, summary="Join another work to this one: both are the same book.",
            ),
            Operation(
                method="POST", path=f"{work}/split", name="split", body=wire.Joined, answer=wire.MergeSaid, call=self.split,
                parameters=OF_WORK, summary="Undo a merge.",
            ),
            Operation(
                method="POST", path=f"{work}/link", name="link", body=wire.Link, answer=wire.WorkInFullSaid, call=self.link,
                parameters=OF_WORK, summary="Let a publication of the library, or a document, lead to this work.",
            ),
            Operation(
                method="POST", path=f"{work}/unlink", name="unlink", body=wire.Unlink, answer=wire.Unlinked, call=self.unlink,
                parameters=OF_WORK, summary="Let an identifier lead away from this work, to one of its own.",
            ),
            Operation(
                method="POST", path=f"{work}/state", name="setState", body=wire.Mark, answer=wire.Runs, call=self.mark,
                parameters=OF_WORK, summary="Say that a work is finished, given up, being read, or begun again.",
            ),
        ]  # fmt: skip

    async def restore(self, asked: Asked) -> wire.ReadingSaid:
        """The new reading."""
        found = await self._history.restore(asked.principal, asked.work, asked.body.reading)
        return answers.reading(found, await self._quoting.passages(asked.principal, [found]))

    async def merge(self, asked: Asked) -> wire.MergeSaid:
        """The merge."""
        return answers.merge(await self._joining.join(asked.principal, asked.work, asked.body.work))

    async def split(self, asked: Asked) -> wire.MergeSaid:
        """The merge, undone."""
        return answers.merge(await self._joining.part(asked.principal, asked.work, asked.body.merge))

    async def link(self, asked: Asked) -> wire.WorkInFullSaid:
        """The work."""
        body, principal = asked.body, asked.principal
        if (body.publication is None) == (body.document is None):
            raise InvalidRequest("publication or document: one of them")
        if body.publication is not None:
            publication = await self._library.publication(principal, body.publication)
            await self._linking.link_publication(principal, asked.work, publication)
        else:
            await self._linking.link_document(principal, asked.work, body.document)
        found = await self._history.work(principal, asked.work)
        heads = [found.work.head] if found.work.head else []
        return answers.work_in_full(found, await self._quoting.passages(principal, heads))

    async def unlink(self, asked: Asked) -> wire.Unlinked:
        """The work that it leads to now."""
        return wire.Unlinked(await self._linking.unlink(asked.principal, asked.work, asked.body.type, asked.body.value))

    async def mark(self, asked: Asked) -> wire.Runs:
        """All runs."""
        said: str = asked.body.state
        runs = await self._finishing.mark(asked.principal, asked.work, None if said == AGAIN else State(said))
        return wire.Runs([answers.run(run) for run in runs])
