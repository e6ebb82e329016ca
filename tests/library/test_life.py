"""Whatever happens to the files of a library: after each scan, the lists are what is on disk, and identities live on."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.files import settled
from tests.library.room import Room, book

STEPS = 25


@dataclass
class Life:
    """A folder as somebody uses it. `uids`: by path, which book is there; `ids`: by book, the ids that it has had."""

    room: Room
    chance: random.Random
    age: int = 10_000_000

    def __post_init__(self) -> None:
        self.uids: dict[str, str] = {}
        self.away: dict[str, Path] = {}
        self.number = 0

    def older(self) -> int:
        """Every write has a time of its own."""
        self.age -= 100
        return self.age

    def a_path(self) -> str:
        self.number += 1
        folder = self.chance.choice(["", "a/", "a/b/", "\N{LATIN SMALL LETTER E WITH ACUTE}/"])
        return f"{folder}{self.number}.epub"

    def step(self) -> str:
        """Do something; what it was."""
        doings = [self.add, self.add, self.copy, self.retag, self.move, self.touch, self.delete, self.unplug]
        doing = self.chance.choice(doings if self.uids else [self.add])
        doing()
        return doing.__name__

    def add(self) -> None:
        path = self.a_path()
        self.uids[path] = f"book {self.number}"
        book(self.room.books / path, f"Title {self.number}", uid=self.uids[path], age=self.older())

    def copy(self) -> None:
        source, path = self.chance.choice(sorted(self.uids)), self.a_path()
        (self.room.books / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.room.books / source, self.room.books / path)
        self.uids[path] = self.uids[source]

    def retag(self) -> None:
        path = self.chance.choice(sorted(self.uids))
        book(self.room.books / path, f"Tagged {self.number} {self.age}", uid=self.uids[path], age=self.older())

    def move(self) -> None:
        source, path = self.chance.choice(sorted(self.uids)), self.a_path()
        (self.room.books / path).parent.mkdir(parents=True, exist_ok=True)
        (self.room.books / source).rename(self.room.books / path)
        self.uids[path] = self.uids.pop(source)

    def touch(self) -> None:
        settled(self.room.books / self.chance.choice(sorted(self.uids)), self.older())

    def delete(self) -> None:
        path = self.chance.choice(sorted(self.uids))
        if len(self.uids) > 1:
            (self.room.books / path).unlink()
            del self.uids[path]

    def unplug(self) -> None:
        """The disk is away during one scan."""
        before = self.room.found()
        self.room.books.rename(self.room.books.parent / "away")
        assert 0 == self.room.scan().missing
        assert before == self.room.found()
        (self.room.books.parent / "away").rename(self.room.books)


@pytest.mark.parametrize("seed", range(6))
def test_any_life(room: Room, seed: int) -> None:
    """After any steps, a scan finds each file once; a file that nothing but its place or tags changed of keeps its id; editions
    hold what belongs together and nothing else; and a second scan has nothing to do.
    """
    life = Life(room, random.Random(seed))
    ids: dict[str, str] = {}
    for _ in range(STEPS):
        before = dict(life.uids)
        doing = life.step()
        report = room.scan()
        found = room.found(limit=1000)

        assert set(life.uids) == set(found), doing
        assert len(found) == len({publication.id for publication in found.values()})
        for path in before.keys() & life.uids.keys():
            assert ids[path] == found[path].id, doing
        if doing == "move":
            assert (1, 0, 0) == (report.moved, report.added, report.missing)
        editions: dict[str, set[str]] = {}
        for path, publication in found.items():
            editions.setdefault(life.uids[path], set()).add(publication.edition_id)
        assert [1] * len(editions) == [len(edition) for edition in editions.values()], doing
        assert len(editions) == len({edition for some in editions.values() for edition in some})
        ids = {path: publication.id for path, publication in found.items()}
        again = room.scan()
        assert (0, 0, 0, 0) == (again.added, again.changed, again.moved, again.missing), doing
