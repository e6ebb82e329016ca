"""What is measured: Placekeeper itself, on its real storage, and the two policies that other servers have."""

from dataclasses import replace

from placekeeper.domain.arbiter import Measured
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect, Outcome, Reading
from placekeeper.domain.standing import Sight
from placekeeper.services.keeping import Push, Unmeasured
from placekeeper.services.readings import Readings
from sim.direct import DirectStore, Silence, at_once, open_account
from sim.model import DEVICES, SECOND, Answer, Clock, Place

PROTOCOL = "kosync"
TIMED = "opds-progression"
"""A protocol whose reports say when the place was read."""


class LatestWins:
    """What arrives last is the place: the reference server."""

    def __init__(self, clock: Clock) -> None:
        """Empty."""
        self._clock = clock
        self._heads: dict[int, Answer] = {}

    def push(self, device: int, book: int, place: Place) -> None:
        """See `sim.model.Server`."""
        if self._wins(device, place, self._heads.get(book)):
            self._heads[book] = Answer(device, place.value, place.progression, self._clock() // SECOND)

    def pull(self, _device: int, book: int) -> Answer | None:
        """See `sim.model.Server`."""
        return self._heads.get(book)

    def cause(self, _book: int, _newest: str) -> str:
        """See `sim.model.Server`."""
        return "the policy"

    def _wins(self, _device: int, _place: Place, _head: Answer | None) -> bool:
        return True


class FurthestWins(LatestWins):
    """The furthest place wins. Only who wrote it may go back: else nothing could ever be read twice."""

    def _wins(self, device: int, place: Place, head: Answer | None) -> bool:
        return head is None or place.progression >= head.progression or device == head.device


class LastWriterReadings(Readings):
    """As first designed: whoever wrote last from an address is the one that fetches from it."""

    def _claimed(self, *_request: object) -> Sight | None:
        return None


class Placekeeper:
    """The real services, arbiter and ledger. `shared`: all devices behind one address, with one password."""

    def __init__(self, ledger: Ledger, clock: Clock, *, shared: bool, claims: bool = True, timed: int = 0) -> None:
        """With an account of its own. `claims`: who pushes next may turn out to be who had fetched. `timed`: so many of the
        devices, the last ones, are apps whose reports say when the place was read.
        """
        self._shared, self._timed = shared, timed
        self._principal = open_account(ledger, clock())
        service = Readings if claims else LastWriterReadings
        self._readings = service(DirectStore(ledger), clock=clock, observer=Silence())
        self._judged: dict[tuple[int, str], Reading] = {}

    def push(self, device: int, book: int, place: Place) -> None:
        """See `sim.model.Server`."""
        timed = device >= DEVICES - self._timed
        push = Push(
            protocol=TIMED if timed else PROTOCOL,
            document=f"book {book}",
            named=(),
            place=NotedPlace(Notation.OPDS_PROGRESSION if timed else Notation.XPOINTER, place.value),
            progression=place.progression,
            device_name="Thorium" if timed else "KOReader",
            device_foreign_id=str(device),
            observed_at=place.read_at if timed else None,
            measures=True,
        )
        reading = self._kept(push, self._address(device))
        if reading.effect is not Effect.SIGHTING:
            self._judged[book, place.value] = reading

    def pull(self, device: int, book: int) -> Answer | None:
        """See `sim.model.Server`."""
        place = at_once(self._readings.place(self._principal, f"book {book}", (), self._address(device)))
        if place is None:
            return None
        report = place.head.report
        writer = int(report.device_foreign_id or 0)
        return Answer(writer, report.place.value, report.progression, report.received_at // SECOND)

    def _kept(self, push: Push, address: str) -> Reading:
        """A place in other words is measured: here all words are the same, and so are all numbers."""
        try:
            return at_once(self._readings.push(self._principal, push, address)).reading
        except Unmeasured as unmeasured:
            there = unmeasured.head.report
            measured = Measured(
                head_id=unmeasured.head.id,
                here=push.progression,
                there=there.progression,
                slack=0.0,
                same=push.place.value == there.place.value,
            )
            return at_once(self._readings.push(self._principal, replace(push, measured=measured), address)).reading

    def cause(self, book: int, newest: str) -> str:
        """Either the newest place was kept aside by some rule, or one that was read earlier took its place by some rule."""
        reading = self._judged.get((book, newest))
        if reading is None:
            return "never judged"
        if reading.effect is Effect.HELD:
            return f"the newest was held as `{reading.outcome}`"
        return f"an older one became the place as `{self._head_outcome(book)}`"

    def _head_outcome(self, book: int) -> Outcome:
        heads = [reading for (of, _value), reading in self._judged.items() if of == book and reading.effect is Effect.HEAD]
        return max(heads, key=lambda reading: reading.report.received_at).outcome

    def _address(self, device: int) -> str:
        return "192.0.2.1" if self._shared else f"192.0.2.{10 + device}"
