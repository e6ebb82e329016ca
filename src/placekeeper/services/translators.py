"""The one thread in which places are translated, and what it has found: who asks is never kept waiting for a large file.

What it opens is not for several threads. Knows no notation and no protocol.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar

from placekeeper.domain.errors import NotNow
from placekeeper.domain.publication import Publication
from placekeeper.positions.readium.positions import Positions
from placekeeper.positions.spine import Publication as Source
from placekeeper.positions.translate import Translator, prepare
from placekeeper.services.askers import Recent
from placekeeper.services.sources import version_of

T = TypeVar("T")

SECONDS: Final = 1.0
"""Who asks for a place waits so long at most; what is found later is remembered for the next time."""
WAITING: Final = 32
"""Questions that may wait for the thread. More are answered without it."""
TRANSLATORS: Final = 8
REMEMBERED: Final = 4_096


class Shelves(Protocol):
    """What is needed of the library."""

    async def positions(self, publication: Publication) -> Positions:
        """Readium's positions of a publication."""

    async def source(self, publication: Publication) -> Source | None:
        """The file opened to find places in it; None where it can't be."""


class Translators:
    """Asks translators of publications, one question after the other."""

    def __init__(self, library: Shelves, *, seconds: float = SECONDS) -> None:
        """Nothing is opened yet."""
        self._library, self._seconds = library, seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="places")
        self._known: Recent[Hashable, Any] = Recent(REMEMBERED)
        self._pending: dict[Hashable, asyncio.Future[Any]] = {}
        self._translators: Recent[int, Translator] = Recent(TRANSLATORS)

    def prepare(self) -> None:
        """Load what opens files and what all places need, so that the first question need not wait for that."""
        self._thread.submit(import_module, "placekeeper.formats.opening")
        self._thread.submit(prepare)

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def ask(self, key: Hashable, publications: Sequence[Publication], question: Callable[..., T]) -> T | None:
        """What `question` says of the publications' translators; None where that leads nowhere, or a file can't be read now.

        `key`: what the question is, for an answer is remembered with the files that it came from. Raises TimeoutError where it
        takes too long; then it is known the next time.
        """
        whole = (key, *((each.id, version_of(each)) for each in publications))
        known: tuple[T | None] | None = self._known.get(whole)
        if known is not None:
            return known[0]
        pending = self._pending.get(whole)
        if pending is None:
            if len(self._pending) >= WAITING:
                return None
            pending = asyncio.ensure_future(self._look(whole, publications, question))
            self._pending[whole] = pending
            pending.add_done_callback(lambda _done: self._pending.pop(whole))
        return await asyncio.wait_for(asyncio.shield(pending), self._seconds)

    async def _look(self, key: Hashable, publications: Sequence[Publication], question: Callable[..., T]) -> T | None:
        answer: T | None = None
        try:
            sources = [await self._library.source(publication) for publication in publications]
            opened = [source for source in sources if source is not None]
            if len(opened) < len(publications):
                return None  # not remembered: a disk may come back
            answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._asked, opened, question)
        except NotNow:
            return None  # nor is this
        except Exception:  # noqa: BLE001, S110 - whatever is wrong with a file, its reader has a place, if only as a number
            pass
        self._known.keep(key, (answer,))
        return answer

    def _asked(self, sources: list[Source], question: Callable[..., T]) -> T:
        """In the thread."""
        return question(*map(self._translator, sources))

    def _translator(self, source: Source) -> Translator:
        translator = self._translators.get(id(source))
        if translator is None or translator.publication is not source:
            translator = Translator(source)
        self._translators.keep(id(source), translator)
        return translator
