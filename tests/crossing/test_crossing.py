"""A place that one protocol says is read by every other one in the same sentence, in every real book; the figures for many more
places are those of `tests.crossing.truth`, in docs/measured.md.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crossing.copies import FEW, carried, paired
from tests.crossing.room import Room, opened
from tests.crossing.truth import measured
from tests.crossing.voices import WAYS, Copy
from tests.files import copied
from tests.kosync.client import KosyncClient, md5
from tests.opds_progression.client import PASSWORD
from tests.opds_progression.conftest import add_account
from tests.positions.copies import KINDS
from tests.running import RunningServer
from tests.shared import ROOT, shared

BOOKS = sorted(path.name for path in ROOT.glob("corpus/*.epub"))
PLACES = 2


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A library of all the books."""
    folder = tmp_path_factory.mktemp("books")
    for path in shared("corpus").glob("*.epub"):
        copied(path, folder)
    with opened(folder, tmp_path_factory.mktemp("data"), "--scan-interval", "0") as room:
        yield room


def test_there_are_books() -> None:
    """There are real books to try."""
    assert shared("corpus").is_dir()
    assert len(BOOKS) > 15


@pytest.mark.parametrize("name", BOOKS)
def test_every_way_to_every_app(room: Room, name: str) -> None:
    """Random places, said in nine ways, are asked for by KOReader, Thorium, a predecessor and Palace: all are in the same
    sentence, Thorium's number in the same position, and KOReader's pointer is one of a node that crengine itself has there.
    """
    results = list(measured(room, room.copies[name], PLACES, seed=len(name)))

    assert len(results) > PLACES * len(WAYS)
    assert [] == [result for result in results if not result[2]]


def test_every_kind_of_copy(tmp_path: Path) -> None:
    """A place in one copy is the same sentence in another, for every app: split, merged, edited, misread and more."""
    shared("corpus")
    folder = tmp_path / "books"
    folder.mkdir()
    pairs = paired(folder, FEW[:1], tuple(KINDS))
    with opened(folder, tmp_path / "data", "--scan-interval", "0") as room:
        results = [(pair.kind, *result) for pair in pairs for result in carried(room, pair, PLACES)]

    assert len(results) > len(KINDS) * len(WAYS) * PLACES
    assert len(results) * 0.01 >= len([result for result in results if not result[3]])


def said_and_heard(base: str, user: str, copies: list[Copy]) -> list[object]:
    """What KOReader is answered on two devices that have two copies, and push and pull by turns."""
    heard: list[object] = []
    for number, copy in enumerate(copies * 2):
        kobo = KosyncClient(base, user, md5(PASSWORD), device=f"Kobo {number % 2}", device_id=str(number % 2))
        pointer = copy.translator.xpointer(
            next(iter(copy.translator.scope.positions.from_position(2 + number).point for _ in "x"))
        )
        heard.append(kobo.push(copy.digest, pointer[0].released(), 0.1 * number + 0.1))
        name = md5(copy.path.name)
        heard += [kobo.pull(each.digest) for each in copies]
        heard += [kobo.pull(name), kobo.pull(copy.digest, ids=f"content:{copy.digest},filename:{name}")]
    for answer in heard:
        assert isinstance(answer, dict)
        answer.pop("timestamp", None)
    return heard


def test_without_library(room: Room, tmp_path: Path) -> None:
    """An account that may not see the library is answered as on a server that has none, whatever lies there."""
    copies = [room.copies["pg_golden-harpoon.epub"], room.copies["pg_golden-harpoon_retagged-1.epub"]]
    alone = RunningServer(tmp_path / "alone")
    theirs = said_and_heard(alone.base, add_account(tmp_path / "alone"), copies)
    assert 0 == alone.stop()

    assert theirs == said_and_heard(room.base, add_account(room.data, library=False), copies)
    assert theirs != said_and_heard(room.base, add_account(room.data), copies)
