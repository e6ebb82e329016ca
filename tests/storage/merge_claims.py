"""Works that are joined: what leads to them, their readings as one history, and the way back."""

from dataclasses import replace

from placekeeper.domain.ports import Ledger
from placekeeper.domain.reading import Effect
from placekeeper.domain.work import Before, Description, Run, State, Work
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, a_merge, a_reading, a_work, an_identifier

ME = "mina"


class MergeClaims(Claims):
    def test_merge_round_trip(self, opened: Opened) -> None:
        """A merge comes back with every part, present or absent; undone, it is history and is listed no more."""
        before = Before(description=Description(title="Emma"), first_received_at=NOW, restored_at=None)
        one, two = a_merge(ME, before=before), a_merge(ME, before_id=None, head_id="head", identifiers=())
        for merge in (one, two):
            opened.write(lambda ledger, merge=merge: ledger.save_merge(merge))

        assert [one, two] == opened.read(lambda ledger: ledger.merges(ME))
        opened.write(lambda ledger: ledger.save_merge(replace(one, undone_at=NOW)))
        assert [two] == opened.read(lambda ledger: ledger.merges(ME))
        assert [] == opened.read(lambda ledger: ledger.merges("lucy"))

    def test_one_history(self, opened: Opened) -> None:
        """The readings of a work are those of all that is joined to it, also by way of a third, newest first and in pages."""
        works = [a_work(ME) for _ in range(3)]
        readings = []
        for number in range(9):
            reading = a_reading(works[number % 3].id, progression=number / 10)
            opened.write(lambda ledger, reading=reading: ledger.add_reading(ME, reading))
            readings.insert(0, reading)
        for into, from_ in ((0, 1), (1, 2)):
            merge = a_merge(ME, into_id=works[into].id, from_id=works[from_].id)
            opened.write(lambda ledger, merge=merge: ledger.save_merge(merge))
        whole, third = works[0].id, readings[2]

        assert readings == opened.read(lambda ledger: ledger.readings(ME, whole, before=None, limit=99))
        assert readings[3:5] == opened.read(lambda ledger: ledger.readings(ME, whole, before=third.id, limit=2))
        assert readings[0] == opened.read(lambda ledger: ledger.reading(ME, whole, readings[0].id))
        of = ("kosync", readings[0].report.document)
        assert readings[0] == opened.read(lambda ledger: ledger.newest_of(ME, whole, of))
        assert readings[4] == opened.read(lambda ledger: ledger.nearest(ME, whole, of, 0.3, 0.45))
        assert readings[0::3] == opened.read(lambda ledger: ledger.readings(ME, works[2].id, before=None, limit=99))
        assert readings[2::3] == opened.read(lambda ledger: ledger.own_readings(ME, whole, None, 99))
        assert readings[5:6] == opened.read(lambda ledger: ledger.own_readings(ME, whole, readings[2].id, 1))

    def test_what_is_joined_is_not_listed(self, opened: Opened) -> None:
        """A work that is joined to another leaves the list, and is back once they are parted."""
        works = []
        for _ in range(2):
            work = a_work(ME)
            head = a_reading(work.id)
            works.append(replace(work, head=head))
            opened.write(lambda ledger, head=head: ledger.add_reading(ME, head))
            opened.write(lambda ledger: ledger.save_work(works[-1]))
        merge = a_merge(ME, into_id=works[0].id, from_id=works[1].id)
        opened.write(lambda ledger: ledger.save_merge(merge))

        assert works[:1] == opened.read(lambda ledger: ledger.works(ME, before=None, limit=9))
        opened.write(lambda ledger: ledger.save_merge(replace(merge, undone_at=NOW)))
        assert works[::-1] == opened.read(lambda ledger: ledger.works(ME, before=None, limit=9))

    def test_repointed(self, opened: Opened) -> None:
        """Only the identifiers that are named, and still lead there, lead to the other work."""
        names = [an_identifier(work, value=value) for work, value in (("one", "a"), ("one", "b"), ("two", "c"))]
        for each in names:
            opened.write(lambda ledger, each=each: ledger.register(ME, each, NOW))
        pairs = [(each.type, each.value) for each in (names[0], names[2])]
        opened.write(lambda ledger: ledger.repoint(ME, pairs, "one", "three"))
        found = [opened.read(lambda ledger, each=each: ledger.identifier(ME, each.type, each.value)) for each in names]

        assert ["three", "one", "two"] == [each.work_id for each in found if each is not None]

    def test_moved_readings(self, opened: Opened) -> None:
        """Readings of named documents after an id move; of a work's newest, what came with a merge that is undone is none."""
        kept = [a_reading("one", document=document) for document in ("a", "b", "a", "b")]
        held = a_reading("one", document="b", effect=Effect.HELD)
        for reading in (*kept, held):
            opened.write(lambda ledger, reading=reading: ledger.add_reading(ME, reading))
        opened.write(lambda ledger: ledger.move_readings(ME, "one", "two", kept[1].id, ["b", "c"]))

        assert [kept[2], kept[1], kept[0]] == opened.read(lambda ledger: ledger.readings(ME, "one", before=None, limit=9))
        assert kept[2] == opened.read(lambda ledger: ledger.newest_own(ME, "one", head=True))
        assert kept[3].id == getattr(opened.read(lambda ledger: ledger.newest_own(ME, "two", head=True)), "id", None)
        assert held.id == getattr(opened.read(lambda ledger: ledger.newest_own(ME, "two", head=False)), "id", None)
        assert None is opened.read(lambda ledger: ledger.newest_own(ME, "three", head=False))
        merge = replace(a_merge(ME, into_id="one", from_id="two"), head_id=kept[2].id)
        opened.write(lambda ledger: ledger.save_merge(merge))
        assert kept[2] == opened.read(lambda ledger: ledger.newest_own(ME, "one", head=True))
        opened.write(lambda ledger: ledger.save_merge(replace(merge, undone_at=9)))
        assert kept[1] == opened.read(lambda ledger: ledger.newest_own(ME, "one", head=True))


class RunClaims(Claims):
    def test_runs(self, opened: Opened) -> None:
        """What happened first to a run is kept, in whatever order it is told; saved, a run is what it is said to be."""

        def unit(ledger: Ledger) -> None:
            ledger.finish_run(ME, "work", 2, 30)
            ledger.begin_run(ME, "work", 2, 20)
            ledger.begin_run(ME, "work", 1, 10)
            ledger.begin_run(ME, "work", 1, 11)
            ledger.finish_run(ME, "work", 2, 31)

        opened.write(unit)
        first, second = Run(number=1, started_at=10), Run(number=2, started_at=20, finished_at=30)
        assert [first, second] == opened.read(lambda ledger: ledger.runs(ME, "work"))
        given_up = Run(number=2, abandoned_at=40)
        opened.write(lambda ledger: ledger.save_run(ME, "work", given_up))
        assert [first, given_up] == opened.read(lambda ledger: ledger.runs(ME, "work"))
        assert [] == opened.read(lambda ledger: ledger.runs(ME, "another"))

    def test_what_leads_nowhere_any_more(self, opened: Opened) -> None:
        """An identifier that is taken away leads nowhere, and can be given again; those of others stay."""
        mine, other = an_identifier(a_work(ME).id), an_identifier(a_work(ME).id)
        for account in (ME, "lucy"):
            opened.write(lambda ledger, account=account: ledger.register(account, mine, NOW))
        opened.write(lambda ledger: ledger.unregister(ME, replace(mine, work_id=other.work_id)))
        assert mine == opened.read(lambda ledger: ledger.identifier(ME, mine.type, mine.value))
        opened.write(lambda ledger: ledger.unregister(ME, mine))

        assert opened.read(lambda ledger: ledger.identifier(ME, mine.type, mine.value)) is None
        assert mine == opened.read(lambda ledger: ledger.identifier("lucy", mine.type, mine.value))
        again = replace(mine, work_id=other.work_id)
        opened.write(lambda ledger: ledger.register(ME, again, NOW))
        assert again == opened.read(lambda ledger: ledger.identifier(ME, mine.type, mine.value))

    def test_works_by_state(self, opened: Opened) -> None:
        """Works are listed by how their latest run stands, else by how far the place is. In pages, newest first."""
        reading, ended, marked, aside, again = (read_work(opened, progression=ratio) for ratio in (0.5, 0.98, 0.1, 0.2, 0.3))

        def unit(ledger: Ledger) -> None:
            ledger.save_run(ME, marked.id, Run(number=1, finished_at=NOW))
            ledger.save_run(ME, aside.id, Run(number=1, abandoned_at=NOW))
            ledger.save_run(ME, again.id, Run(number=1, finished_at=NOW))
            ledger.save_run(ME, again.id, Run(number=2, started_at=NOW))

        opened.write(unit)
        assert [again.id, reading.id] == liked(opened, state=State.READING)
        assert [reading.id] == liked(opened, state=State.READING, before=again.id)
        assert [again.id] == liked(opened, state=State.READING, limit=1)
        assert [marked.id, ended.id] == liked(opened, state=State.FINISHED)
        assert [aside.id] == liked(opened, state=State.ABANDONED)
        assert [] == liked(opened, state=State.READING, before="no work")

    def test_works_by_words(self, opened: Opened) -> None:
        """Works are found by all words of title, authors and file name, whatever the capitals; no sign means anything else."""
        one = read_work(opened, description=Description(title="R.U.R. 100%", authors="Karel Čapek"))
        two = read_work(opened, description=Description(title="Emma", authors="Jane Austen", filename="emma_v2.epub"))
        read_work(opened, description=Description())

        expected = {
            ("čapek",): [one.id],
            ("Čapek", "r.u.r"): [one.id],
            ("0%",): [one.id],
            ("_",): [two.id],
            ("EMMA", "jan"): [two.id],
        }
        assert expected == {words: liked(opened, words=words) for words in expected}
        assert [] == liked(opened, words=("emma", "čapek"))
        assert [] == liked(opened, words=("!",))


def read_work(opened: Opened, *, description: Description | None = None, progression: float = 0.4) -> Work:
    """A work with a place."""
    work = a_work(ME)
    head = a_reading(work.id, progression=progression)
    work = replace(work, head=head, description=description or work.description)
    opened.write(lambda ledger: ledger.add_reading(ME, head))
    opened.write(lambda ledger: ledger.save_work(work))
    return work


def liked(
    opened: Opened, *, words: tuple[str, ...] = (), state: State | None = None, before: str | None = None, limit: int = 9
) -> list[str]:
    """Ids of the works that fit."""

    def unit(ledger: Ledger) -> list[str]:
        return [each.id for each in ledger.works_like(ME, words=words, state=state, ended=0.98, before=before, limit=limit)]

    return opened.read(unit)
