"""Works joined, parted, linked and unlinked in any order: no reading is lost, and each document has a place of its own work."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from placekeeper.domain.account import Principal
from placekeeper.domain.errors import InvalidRequest, NotFound
from placekeeper.domain.ports import Ledger
from placekeeper.domain.work import Description, Identifier, Merge, State
from placekeeper.services.exporting import Exporting
from placekeeper.services.finishing import Finishing
from placekeeper.services.joining import Joining
from placekeeper.services.linking import MOST, Linking
from placekeeper.services.matching import ALIAS, DENIED, DOCUMENT, PUBLICATION, Named, Shelved, find_shelved, is_denied
from tests.services.stage import BEGAN, MINUTE, Stage
from tests.services.test_shelved import PARTIAL, publication, put, shelve

DOCUMENTS = ("a", "b", "c", "d")


class Reader:
    """Somebody who reads, and tidies up. `kept`: ids of all readings that were accepted, with their documents."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.me = stage, stage.reader()
        self.joining, self.linking = Joining(stage.store, clock=stage.clock), Linking(stage.store, clock=stage.clock)
        self.kept: dict[str, str] = {}

    def push(self, document: str, ratio: float, device: str = "Kobo", named: tuple[Named, ...] = ()) -> str:
        self.stage.clock.passes(60 * MINUTE)
        reading = self.stage.push(self.me, device, ratio, document=document, named=named).reading
        self.kept[reading.id] = document
        return reading.work_id

    def join(self, into: str, other: str) -> Merge:
        return self.stage.do(self.joining.join(self.me, into, other))

    def part(self, merge: Merge) -> None:
        self.stage.do(self.joining.part(self.me, merge.into_id, merge.id))

    def link(self, work: str, document: str) -> None:
        self.stage.do(self.linking.link_document(self.me, work, document))

    def unlink(self, work: str, type_: str, value: str) -> str | None:
        return self.stage.do(self.linking.unlink(self.me, work, type_, value))

    def restore(self, work: str, reading: str) -> None:
        restored = self.stage.do(self.stage.history.restore(self.me, work, reading))
        self.kept[restored.id] = restored.report.document

    def works(self) -> list[str]:
        return [work.id for work in self.stage.do(self.stage.history.works(self.me, before=None, limit=99))]

    def leading(self, work: str) -> list[Identifier]:
        return self.stage.read(lambda ledger: ledger.identifiers(self.me.account_id, work))

    def merges(self) -> list[Merge]:
        return self.stage.read(lambda ledger: ledger.merges(self.me.account_id))

    def places(self) -> dict[str, tuple[str, float] | None]:
        """By document, which work it leads to and its place."""
        found = {each: self.stage.do(self.stage.readings.head(self.me, each, ())) for each in DOCUMENTS}
        return {each: place and (place.head.work_id, place.head.report.progression) for each, place in found.items()}

    def exported(self) -> Counter[str]:
        """How often each reading is exported."""

        async def all_of_it() -> list[str]:
            works = Exporting(self.stage.store).works(self.me)
            return [reading.id async for work in works async for some in work.readings for reading in some]

        return Counter(self.stage.do(all_of_it()))

    def is_denied(self, document: str, edition: str) -> bool:
        return self.stage.read(lambda ledger: is_denied(ledger, self.me.account_id, document, edition))

    def step(self, chance: random.Random) -> None:
        """Do anything at all."""
        works, merges = self.works(), self.merges()
        what = chance.choice(["push", "push", "push", "join", "part", "at once", "link", "unlink", "restore"])
        if what == "push" or not works:
            self.push(chance.choice(DOCUMENTS), round(chance.random(), 3), chance.choice(["Kobo", "Phone"]))
        elif what in {"join", "at once"}:
            before = self.places()
            merge = self.join(*chance.choices(works, k=2))
            if what == "at once":
                self.part(merge)
                assert before == self.places()
        elif what == "part" and merges:
            self.part(chance.choice(merges))
        elif what == "link":
            self.link(chance.choice(works), chance.choice(DOCUMENTS))
        elif what == "unlink":
            work = chance.choice(works)
            self.unlink(work, DOCUMENT, chance.choice(self.leading(work)).value)
        elif what == "restore":
            work = chance.choice(works)
            readings = self.stage.do(self.stage.history.readings(self.me, work, before=None, limit=99))
            self.restore(work, chance.choice([each.id for each in readings if each.id in self.kept]))


@pytest.fixture
def reader(stage: Stage) -> Reader:
    return Reader(stage)


@pytest.mark.parametrize("seed", range(12))
def test_any_order(reader: Reader, seed: int) -> None:
    """Whatever is done, each reading is in the export once, and each document that was read has a place of its own work."""
    chance = random.Random(seed)
    for _ in range(40):
        try:
            reader.step(chance)
        except (InvalidRequest, NotFound):
            continue
        assert {1} >= {reader.exported()[each] for each in reader.kept}
        listed = set(reader.works())
        for document in {*reader.kept.values()}:
            place = reader.stage.do(reader.stage.readings.head(reader.me, document, ()))
            assert place is not None
            assert place.head.work_id in listed
            assert place.head.report.document in {each.value for each in reader.leading(place.head.work_id)}


def test_a_place_that_was_taken_back_stays_away(reader: Reader) -> None:
    """The place that came with a work which was parted again is not the place after a later parting, nor after an unlinking."""
    one, two, three = (reader.push(document, ratio) for document, ratio in (("a", 0.1), ("b", 0.5), ("c", 0.3)))
    reader.part(reader.join(one, two))
    reader.part(reader.join(one, three))

    assert (one, 0.1) == reader.places()["a"]
    reader.link(one, "d")
    reader.unlink(one, DOCUMENT, "d")
    assert (one, 0.1) == reader.places()["a"]


def test_the_place_of_what_is_joined_stays(reader: Reader) -> None:
    """Where the newest place goes with what is unlinked or parted, the place of a work that is joined still is the place."""
    two, one = reader.push("b", 0.5), reader.push("a", 0.1)
    reader.link(one, "c")
    reader.join(one, two)
    apart = reader.unlink(one, DOCUMENT, "a")

    assert {"a": (apart, 0.1), "b": (one, 0.5), "c": (one, 0.5), "d": None} == reader.places()
    three = reader.push("d", 0.9)
    reader.part(reader.join(one, three))
    assert (one, 0.5) == reader.places()["b"]


def test_further_names_go_along(reader: Reader) -> None:
    """Names that a document got while works were joined go with it when they are parted, as does what was read by them."""
    one, two = reader.push("a", 0.1), reader.push("b", 0.5)
    merge = reader.join(one, two)
    reader.push("further", 0.6, named=(Named("x", "b"), Named("y", "further")))
    reader.part(merge)

    assert {(DOCUMENT, "b"), (ALIAS, "further")} == {(each.type, each.value) for each in reader.leading(two)}
    assert (two, 0.6) == reader.places()["b"]
    reader.link(two, "c")
    assert (reader.unlink(two, DOCUMENT, "b"), 0.6) == reader.places()["b"]


def test_denials_outlast_what_does_not_concern_them(reader: Reader) -> None:
    """That a document is not of an edition stands while they lead to two works; parting them again makes it stand again."""
    shelve(reader.stage, publication())
    one = put(reader.stage, reader.me, 0.3).reading.work_id
    apart = reader.unlink(one, DOCUMENT, PARTIAL)
    assert apart is not None
    reader.join(one, reader.push("a", 0.1))
    assert reader.is_denied(PARTIAL, "e1")
    merge = reader.join(apart, reader.push("b", 0.2))
    reader.part(merge)

    found = reader.stage.read(lambda ledger: find_shelved(ledger, reader.me.account_id, Shelved("p1", "e1")))
    assert one == getattr(found, "work", found).id
    reader.part(reader.merges()[0])
    merge = reader.join(one, apart)
    assert not reader.is_denied(PARTIAL, "e1")
    reader.part(merge)
    assert reader.is_denied(PARTIAL, "e1")


def test_a_denial_is_of_one_document(reader: Reader) -> None:
    """Linking a document forgets what was denied of it, and nothing of one whose name begins alike."""
    shelve(reader.stage, publication())
    one = put(reader.stage, reader.me, 0.3).reading.work_id
    reader.link(one, "a b")
    reader.unlink(one, DOCUMENT, "a b")
    reader.link(one, "a")

    assert reader.is_denied("a b", "e1")
    assert {DENIED, DOCUMENT, PUBLICATION} == {each.type for each in reader.leading(one)}


def test_a_run_is_given_back(reader: Reader) -> None:
    """The work that another one was joined to is in the run that it was in, once they are parted."""
    one = reader.push("a", 0.1)
    two = reader.push("b", 0.99)
    reader.push("b", 0.01)
    merge = reader.join(one, two)
    reader.part(merge)

    me: Principal = reader.me
    assert [1, 2] == [reader.stage.do(reader.stage.history.work(me, work)).work.run for work in (one, two)]


def test_a_joined_work_takes_nothing_back(reader: Reader) -> None:
    """The place of a work that is joined to another one can't be set there, where no device would get it."""
    one, two = reader.push("a", 0.1), reader.push("b", 0.5)
    reader.join(one, two)
    with pytest.raises(InvalidRequest):
        reader.restore(two, next(iter(reader.kept)))

    assert (one, 0.5) == reader.places()["b"]


def test_a_name_is_given_back(reader: Reader) -> None:
    """Title, time of restoring and devices that a work took over with another one are gone once they are parted."""
    one = reader.push("a", 0.1)
    two = reader.push("b", 0.5, device="Phone")
    reader.restore(two, list(reader.kept)[-1])
    named = reader.stage.do(reader.stage.history.work(reader.me, two)).work
    named = replace(named, description=Description(title="Emma"))
    reader.stage.do(reader.stage.store.write(lambda ledger: ledger.save_work(named)))

    def looks() -> object:
        work = reader.stage.do(reader.stage.history.work(reader.me, one)).work
        places = reader.stage.do(reader.stage.history.places(reader.me, one))
        return work.description, work.restored_at, work.run, work.head, [(each.device.name, each.last) for each in places]

    before = looks()
    reader.part(reader.join(one, two))

    assert before == looks()


def test_a_joined_work_is_not_marked(reader: Reader) -> None:
    """A work that is joined to another one is not finished by itself."""
    one, two = reader.push("a", 0.1), reader.push("b", 0.5)
    reader.join(one, two)
    finishing = Finishing(reader.stage.store, clock=reader.stage.clock)
    with pytest.raises(InvalidRequest):
        reader.stage.do(finishing.mark(reader.me, two, State.FINISHED))


def test_linked_back(reader: Reader) -> None:
    """A book that was unlinked from a work in which it was never read leads there again when it is linked."""
    shelved = publication()
    shelve(reader.stage, shelved)
    one = reader.push("a", 0.1)
    reader.stage.do(reader.linking.link_publication(reader.me, one, shelved))
    apart = reader.unlink(one, PUBLICATION, shelved.edition_id)
    assert apart != one
    reader.stage.do(reader.linking.link_publication(reader.me, one, shelved))

    assert PUBLICATION in {each.type for each in reader.leading(one)}


def test_joins_that_are_undone_in_their_order(reader: Reader) -> None:
    """Of two works that are joined to a third, either may be parted first; neither's place or run stays behind."""
    one, two = reader.push("a", 0.1), reader.push("b", 0.99)
    reader.push("b", 0.01)
    three = reader.push("c", 0.3)
    first = reader.join(one, two)
    second = reader.join(one, three)
    reader.part(reader.join(one, reader.push("d", 0.4)))
    run = reader.stage.do(reader.stage.history.work(reader.me, one)).work.run
    reader.part(first)
    reader.part(second)

    assert 2 == run
    assert (one, 0.1) == reader.places()["a"]
    assert 1 == reader.stage.do(reader.stage.history.work(reader.me, one)).work.run


def test_a_book_that_is_read_elsewhere(reader: Reader) -> None:
    """A document that the library knows as a book of another work is not linked: that work would lose its place to this one."""
    shelve(reader.stage, publication())
    one, two = reader.push("a", 0.1), reader.push("b", 0.2)
    reader.stage.do(reader.linking.link_publication(reader.me, one, publication()))
    with pytest.raises(InvalidRequest):
        reader.link(two, PARTIAL)
    reader.unlink(one, DOCUMENT, PARTIAL)
    reader.link(two, PARTIAL)

    assert one == put(reader.stage, reader.me, 0.3).reading.work_id
    assert two == reader.push(PARTIAL, 0.4)


def test_so_many_names_and_no_more(reader: Reader) -> None:
    """A work has so many names at most that each who links still is quick; what is refused changes nothing."""
    work = reader.push("a", 0.5)

    def fill(ledger: Ledger) -> None:
        for number in range(MOST - 2):
            name = f"name {number}"
            ledger.register(reader.me.account_id, Identifier(type=DOCUMENT, value=name, work_id=work, document=name), BEGAN)

    reader.stage.write(fill)
    reader.stage.do(reader.linking.link_document(reader.me, work, "the last"))
    with pytest.raises(InvalidRequest):
        reader.stage.do(reader.linking.link_document(reader.me, work, "one more"))

    assert None is reader.stage.read(lambda ledger: ledger.identifier(reader.me.account_id, DOCUMENT, "one more"))
