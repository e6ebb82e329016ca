"""Looking back over `/api`: works, their history, where devices are, why a document matches, and all of it as one file."""

from collections.abc import AsyncIterator

import msgspec

from placekeeper.domain.account import Principal
from placekeeper.domain.ports import Clock
from placekeeper.domain.reading import Reading
from placekeeper.protocols.api import answers, wire
from placekeeper.protocols.api.operations import Asked, Operation, next_of, page
from placekeeper.services.explaining import Explaining
from placekeeper.services.exporting import Exporting
from placekeeper.services.finishing import Finishing
from placekeeper.services.history import History
from placekeeper.services.quoting import Quoting

OF_WORK = {"work": "The id of a work."}


class Looking:
    """The operations that change nothing."""

    def __init__(
        self, history: History, finishing: Finishing, explaining: Explaining, quoting: Quoting, exporting: Exporting, clock: Clock
    ) -> None:
        """Nothing happens yet."""
        self._history, self._finishing, self._explaining, self._quoting = history, finishing, explaining, quoting
        self._exporting, self._clock = exporting, clock

    @property
    def operations(self) -> list[Operation]:
        """All of them."""
        work = "/works/{work}"
        return [
            Operation(
                method="GET", path="/works", name="listWorks", paged=True, answer=wire.Works, call=self.works,
                summary="The works that have a place, the one whose place changed last first.",
            ),
            Operation(
                method="GET", path=work, name="getWork", answer=wire.WorkInFullSaid, call=self.work, parameters=OF_WORK,
                summary="One work, with all that leads to it.",
            ),
            Operation(
                method="GET", path=f"{work}/readings", name="listReadings", paged=True, answer=wire.ReadingsSaid,
                call=self.readings, parameters=OF_WORK, summary="Every reading of a work, newest first.",
            ),
            Operation(
                method="GET", path=f"{work}/devices", name="listPlaces", paged=True, answer=wire.Places, call=self.places,
                parameters=OF_WORK, summary="Where each device is in a work.",
            ),
            Operation(
                method="GET", path=f"{work}/matches", name="explainMatches", answer=wire.Matches, call=self.matches,
                parameters=OF_WORK, summary="Why a work is, or is not, a book of the library.",
            ),
            Operation(
                method="GET", path=f"{work}/runs", name="listRuns", answer=wire.Runs, call=self.runs, parameters=OF_WORK,
                summary="How often a work was read.",
            ),
            Operation(
                method="GET", path="/devices", name="listDevices", paged=True, answer=wire.Devices, call=self.devices,
                summary="The account's devices, the one active last first.",
            ),
            Operation(
                method="GET", path="/export", name="exportAccount", answer=wire.Exported, call=self.export, streamed=True,
                summary="Everything that the account has here, as one file.",
            ),
        ]  # fmt: skip

    async def works(self, asked: Asked) -> wire.Works:
        """A page of works."""
        found = await self._history.works(asked.principal, before=asked.before, limit=asked.limit)
        passages = await self._passages(asked, [work.head for work in found])
        return wire.Works([answers.work(work, passages) for work in found], next_of([work.id for work in found], asked.limit))

    async def work(self, asked: Asked) -> wire.WorkInFullSaid:
        """One work."""
        found = await self._history.work(asked.principal, asked.work)
        return answers.work_in_full(found, await self._passages(asked, [found.work.head]))

    async def readings(self, asked: Asked) -> wire.ReadingsSaid:
        """A page of history."""
        found = await self._history.readings(asked.principal, asked.work, before=asked.before, limit=asked.limit)
        passages = await self._passages(asked, list(found))
        rows = [answers.reading(reading, passages) for reading in found]
        return wire.ReadingsSaid(rows, next_of([reading.id for reading in found], asked.limit))

    async def places(self, asked: Asked) -> wire.Places:
        """A page of devices with their places."""
        found = await self._history.places(asked.principal, asked.work)
        shown, following = page(found, asked, lambda place: place.device.id)
        passages = await self._passages(asked, [place.last for place in shown])
        return wire.Places([answers.place(place, passages) for place in shown], following)

    async def devices(self, asked: Asked) -> wire.Devices:
        """A page of devices."""
        shown, following = page(await self._history.devices(asked.principal), asked, lambda device: device.id)
        return wire.Devices([answers.device(device) for device in shown], following)

    async def matches(self, asked: Asked) -> wire.Matches:
        """What each identifier leads to."""
        return answers.matches(await self._explaining.work(asked.principal, asked.work))

    async def runs(self, asked: Asked) -> wire.Runs:
        """All runs."""
        return wire.Runs([answers.run(run) for run in await self._finishing.runs(asked.principal, asked.work)])

    def export(self, asked: Asked) -> AsyncIterator[bytes]:
        """The whole account."""
        return self.exported(asked.principal)

    async def exported(self, principal: Principal) -> AsyncIterator[bytes]:
        """An `Exported`, piece by piece: an account may have read for years."""
        devices = [answers.device(device) for device in await self._history.devices(principal)]
        head = wire.Exported("placekeeper-account-1", answers.time(self._clock()), principal.account_name, devices, [], [])
        yield msgspec.json.encode(head).removesuffix(b'],"annotations":[]}')
        between = b""
        async for work in self._exporting.works(principal):
            yield between + msgspec.json.encode(answers.exported_work(work.work, work.runs)).removesuffix(b"]}")
            between = b""
            async for readings in work.readings:
                yield between + b",".join(msgspec.json.encode(answers.reading(reading, {})) for reading in readings)
                between = b","
            yield b"]}"
            between = b","
        yield b'],"annotations":['
        between = b""
        async for annotations in self._exporting.annotations(principal):
            yield between + b",".join(msgspec.json.encode(answers.annotation(each)) for each in annotations)
            between = b","
        yield b"]}"

    async def _passages(self, asked: Asked, readings: list[Reading | None]) -> answers.Passages:
        return await self._quoting.passages(asked.principal, [reading for reading in readings if reading is not None])
