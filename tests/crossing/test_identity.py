"""Which book is meant: in doubt none, never another one, and one place for all copies however they are called."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placekeeper.positions.point import Point
from tests.crossing.copies import paired
from tests.crossing.room import Room, opened
from tests.crossing.voices import Apps, Copy
from tests.files import copied, settled
from tests.formats import makers
from tests.kosync.client import KosyncClient, md5
from tests.opds_progression.client import PASSWORD, ProgressionClient, document, now
from tests.shared import shared

TWINS = ("md5-collision-a.epub", "md5-collision-b.epub")
TIME_MACHINE = "se_h-g-wells_the-time-machine"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("books")
    for name in TWINS:
        copied(shared("corpus", "damaged", name), folder)
    shared("corpus")
    (pair,) = paired(folder, (TIME_MACHINE,), ("split",))
    pdf = folder / pair.book.replace("book.epub", "book.pdf")
    pdf.write_bytes(makers.pdf(pages=40, title="The Time Machine"))
    settled(pdf)
    with opened(folder, tmp_path_factory.mktemp("data"), "--scan-interval", "0") as room:
        yield room


def copies(room: Room) -> tuple[Copy, Copy]:
    """The Time Machine, and a copy of it whose longest chapter is two."""
    book, copy = sorted(path for path in room.copies if path.startswith(TIME_MACHINE))
    return room.copies[book], room.copies[copy]


def kobo(room: Room, user: str, name: str = "Kobo") -> KosyncClient:
    return KosyncClient(room.base, user, md5(PASSWORD), device=name, device_id=name)


def pushed(room: Room, user: str, copy: Copy, point: Point, **more: Any) -> str:
    pointer = copy.translator.xpointer(point)[0].released()
    progression = copy.translator.scope.positions.total_progression(point)
    kobo(room, user).push(copy.digest, pointer, progression, **more)
    return pointer


def test_a_digest_of_two_books(room: Room) -> None:
    """Where two books have one digest, a reading of it is of neither: nobody is sent into the other book."""
    one, two = (room.copies[name] for name in TWINS)
    user = room.account()
    assert one.digest == two.digest
    pointer = pushed(room, user, two, Point(1, 0))
    thorium = ProgressionClient(room.base, user, one.id)

    assert None is thorium.get()
    thorium.put(document(0.8, now()), check=201)
    assert pointer == kobo(room, user).pull(one.digest)["progress"]
    assert None is ProgressionClient(room.base, user, two.id).get()


def test_a_list_from_another_copy(room: Room) -> None:
    """A pointer that was sent with a list of identifiers is of its own copy, too: in another one it is translated."""
    book, copy = copies(room)
    user, place = room.account(), Point(len(copy.translator.publication.spine.items) - 2, 300)
    pushed(room, user, copy, place, identifiers=[{"type": "content", "value": copy.digest}])
    told = kobo(room, user, "Other").pull(book.digest)["progress"]

    assert copy.translator.text(place, 0, 40) == book.translator.text(book.translator.read("xpointer", told).point, 0, 40)


def test_a_list_leads_to_the_library(room: Room) -> None:
    """Who names identifiers is in the same work as who does not: a second copy opens where the first one is."""
    book, copy = copies(room)
    user, place = room.account(), Point(5, 300)
    pushed(room, user, book, place)
    listed = kobo(room, user, "Other").pull(copy.digest, ids=f"content:{copy.digest}")
    assert listed["match"] == "content"
    assert book.translator.text(place, 0, 40) == copy.translator.text(
        copy.translator.read("xpointer", listed["progress"]).point, 0, 40
    )
    assert listed["progress"] == kobo(room, user, "Third").pull(copy.digest)["progress"]
    pushed(room, user, copy, Point(6, 300), identifiers=[{"type": "content", "value": copy.digest}])

    assert abs(ProgressionClient(room.base, user, book.id).get()["progression"] - 0.5) < 0.5
    assert "Kobo" == kobo(room, user).pull(book.digest)["device"]


def test_a_page_in_another_format(room: Room) -> None:
    """A page of the PDF of the same book is a place in the EPUB, by its number; said back, that is no news."""
    book, _copy = copies(room)
    user = room.account()
    apps = Apps(room.base, user, book)
    publications = apps.thorium.http.get("/opds/v2/publications").json()["publications"]
    pdf = next(each for each in publications if any("pdf" in link.get("type", "") for link in each["links"]))
    href = next(link["href"] for link in pdf["links"] if link["rel"] == "http://opds-spec.org/progression")
    reader = ProgressionClient(room.base, user, href.split("/publications/")[1].split("/")[0])
    reader.put(document(0.5, now(), references=["#page=21"]), check=201)
    told = kobo(room, user).pull(book.digest)
    assert (
        0.45 < book.translator.scope.positions.total_progression(book.translator.read("xpointer", told["progress"]).point) < 0.55
    )
    kobo(room, user).push(book.digest, told["progress"], told["percentage"])

    assert ["#page=21"] == reader.get()["references"]


def test_a_new_release_under_the_same_path(room: Room, tmp_path: Path) -> None:
    """A device with the text as it was before a new release gets no pointer into the new text."""
    folder = tmp_path / "books"
    folder.mkdir()
    shared("corpus")
    (pair,) = paired(folder, (TIME_MACHINE,), ("split",))
    path, other = folder / "machine.epub", folder / pair.made
    copied(folder / pair.book, path)
    shutil.copy(other, tmp_path / "new.epub")
    shutil.rmtree((folder / pair.book).parent)
    with opened(folder, tmp_path / "data", "--scan-interval", "0") as own:
        user, before = own.account(), next(iter(own.copies.values()))
        device = kobo(own, user)
        device.push(before.digest, "/body/DocFragment[3]/body/section/p[1]/text().0", 0.1)
        copied(tmp_path / "new.epub", path)
        own.wait_for_change(before)
        ProgressionClient(own.base, user, before.id).put(document(0.9, now(1)))

        assert "/body/DocFragment[3]/body/section/p[1]/text().0" == device.pull(before.digest)["progress"]
