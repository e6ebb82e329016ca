"""What happens to files, folders and processes while a scan is under way: nothing is lost by it, nothing is taken for another."""

import os
import shutil
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from placekeeper.domain.shelf import FolderReport, ScanProgress
from tests.epubs import make_zip
from tests.files import HOUR, settled
from tests.formats import makers
from tests.library.room import Room, book
from tests.shared import shared

STAYS = "what was known in it stays as it was"


def disturbed(room: Room, state: str, disturb: Callable[[], None], after: int = 1) -> FolderReport:
    """A scan, with something that happens once, when it has told of this state so many times."""
    told = 0

    def hear(progress: ScanProgress) -> None:
        nonlocal told
        told += progress.state == state
        if told == after and progress.state == state:
            disturb()

    return room.play(room.library.scan(hear))[0]


def shelf(room: Room, count: int = 20) -> dict[str, str]:
    """Books; their ids by title, once they are scanned."""
    for number in range(1, count + 1):
        book(room.books / f"{number:02}.epub", f"Book {number}")
    room.scan()
    return ids(room)


def ids(room: Room) -> dict[str, str]:
    return {publication.described.metadata.title: publication.id for publication in room.found().values()}


def end_workers(room: Room, sent: int) -> None:
    """Send a signal to all that are there, as somebody from outside does."""
    for process in [worker._process.pid for worker in tuple(room._workers._workers)]:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(process, sent)


@pytest.mark.parametrize("state", ["looking", "reading"])
def test_folder_goes_away_meanwhile(room: Room, state: str) -> None:
    """A folder that goes while it is scanned loses nothing: that is reported, and all stays listed."""
    before, away = shelf(room), room.books.with_name("away")
    for number in range(1, 21):
        settled(room.books / f"{number:02}.epub", 2 * HOUR)
    report = disturbed(room, state, lambda: room.books.rename(away))

    assert 0 == report.missing
    assert any(problem.endswith(STAYS) for problem in report.problems)
    assert before == ids(room)
    away.rename(room.books)
    assert 0 == room.scan().missing
    assert before == ids(room)


def test_another_folder_in_its_place(room: Room) -> None:
    """Another folder that takes the place of the library's while that is scanned makes nothing count as gone."""
    before, away = shelf(room), room.books.with_name("away")
    settled(room.books / "01.epub", 2 * HOUR)

    def swap() -> None:
        room.books.rename(away)
        book(room.books / "stray.epub", "Stray")

    report = disturbed(room, "reading", swap)

    assert 0 == report.missing
    assert before.items() <= ids(room).items()


def test_file_that_goes_for_good(room: Room) -> None:
    """One file that goes while others are read is gone."""
    shelf(room)
    for number in (1, 2):
        settled(room.books / f"{number:02}.epub", 2 * HOUR)
    report = disturbed(room, "reading", (room.books / "07.epub").unlink)
    missing = report.missing + room.scan().missing

    assert 1 == missing
    assert 19 == len(ids(room))


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_worker_is_ended(room: Room, sent: int) -> None:
    """A process that is ended from outside while it reads costs no book: not a new one, nor one that was listed."""
    for number in range(6):
        shutil.copy(shared("corpus", "se_adam-smith_the-wealth-of-nations.epub"), room.books / f"{number}.epub")
        settled(room.books / f"{number}.epub")

    for age in (2, 3):
        disturbed(room, "reading", lambda: threading.Timer(0.02, end_workers, (room, sent)).start(), after=2)
        assert {} == room.skipped()
        assert 6 == len(room.found())
        for number in range(6):
            settled(room.books / f"{number}.epub", age * HOUR)


def test_worker_is_ended_again_and_again(room: Room) -> None:
    """What every process dies over is skipped with the reason, the book that was there stays listed; each scan tries anew."""
    before = shelf(room, 2)
    settled(room.books / "01.epub", 2 * HOUR)
    ended = threading.Event()

    def kill() -> None:
        while not ended.wait(0.001):
            end_workers(room, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    disturbed(room, "reading", killer.start)
    ended.set()
    killer.join()
    assert before == ids(room)
    room.scan()
    assert {} == room.skipped()
    assert before == ids(room)


def test_names_are_passed_on(room: Room) -> None:
    """Books that are numbered anew, each under the name that another one had, stay who they are; so do two that swap names."""
    before = shelf(room)
    for number in range(20, 0, -1):
        (room.books / f"{number:02}.epub").rename(room.books / f"{number + 1:02}.epub")
    report = room.scan()
    assert (20, 0, 0) == (report.moved, report.added, report.missing)
    assert before == ids(room)
    (room.books / "02.epub").rename(room.books / "x")
    (room.books / "03.epub").rename(room.books / "02.epub")
    (room.books / "x").rename(room.books / "03.epub")
    room.scan()

    assert before == ids(room)


def test_volumes_of_one_title(room: Room) -> None:
    """The second volume, moved to where the first one was, is still the second one, although both have the same title."""
    book(room.books / "1.epub", "Volume", uid="one", text="first")
    book(room.books / "2.epub", "Volume", uid="two", text="second")
    room.scan()
    second = room.found()["2.epub"].id
    (room.books / "2.epub").rename(room.books / "1.epub")
    room.scan()

    assert second == room.found()["1.epub"].id


def test_renamed_between_two_looks(room: Room) -> None:
    """A file that is renamed into a directory which is looked at later is one file, and stays who it was."""
    for number in range(200):
        (room.books / f"{number:03}").mkdir()
    order = [entry.name for entry in os.scandir(room.books)]
    path = book(room.books / order[0] / "a.epub", "Emma")
    room.scan()
    before = ids(room)
    disturbed(room, "looking", lambda: path.rename(room.books / order[-1] / "a.epub"), after=4)

    assert before == ids(room)
    room.scan()
    assert before == ids(room)
    assert [f"{order[-1]}/a.epub"] == list(room.found())


def comic(path: Path, colour: str) -> None:
    make_zip(path, {"1.jpg": makers.picture(colour=colour)})
    settled(path)


def test_no_cover_of_another(room: Room) -> None:
    """A cover asked for while another file stands there, or while the folder is away, is none, and that is not remembered; once
    the file is back, it has its own.
    """
    comic(room.books / "a.cbz", "red")
    comic(room.books / "b.cbz", "blue")
    settled(room.books / "b.cbz", 2 * HOUR)
    room.scan()
    publication, away = room.found()["a.cbz"], room.books.with_name("away")
    (room.books / "a.cbz").rename(room.books / "c")
    (room.books / "b.cbz").rename(room.books / "a.cbz")
    assert None is room.play(room.library.cover(publication, "cover"))
    (room.books / "a.cbz").rename(room.books / "b.cbz")
    (room.books / "c").rename(room.books / "a.cbz")
    room.books.rename(away)
    assert None is room.play(room.library.cover(publication, "cover"))
    away.rename(room.books)
    red = room.play(room.library.cover(publication, "cover"))

    assert red is not None
    assert red != room.play(room.library.cover(room.found()["b.cbz"], "cover"))
