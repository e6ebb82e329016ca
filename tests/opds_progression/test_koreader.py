"""KOReader goes where apps of OPDS are: what it is answered, and what it says back."""

import json
from collections.abc import Callable
from struct import pack, unpack

import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.kosync.client import KosyncClient
from tests.opds_progression.client import BEGAN, THORIUM, ProgressionClient, at, document, now
from tests.opds_progression.conftest import Shelf
from tests.opds_progression.flatland import PLACE, digest, pushed
from tests.running import command


def test_a_place_of_thorium(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """Where Thorium is, KOReader goes: a pointer into its own document at that very place, with Thorium's name and time. A
    document that it never spoke of before, and a list of names, lead there too.
    """
    number = flatland.scope.positions.total_progression(PLACE)
    exact = flatland.references(PLACE)[-1:]
    thorium.put(document(number, at(0), references=exact), check=201)
    answer = kobo.pull(digest(shelf, "Flatland"))

    assert flatland.xpointer(PLACE)[0].released() == answer["progress"]
    assert (number, "Thorium", THORIUM["id"]) == (answer["percentage"], answer["device"], answer["device_id"])
    assert BEGAN.timestamp() == answer["timestamp"]
    pushed(kobo, shelf, flatland, Point(2, 100))
    thorium.put(document(number, now(1), references=exact))
    listed = kobo.pull("other", ids=f"content:other,partial:{digest(shelf, 'Flatland')}")
    assert (answer["progress"], "Thorium", "partial") == (listed["progress"], listed["device"], listed["match"])


def test_in_the_spelling_of_the_device(
    shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient
) -> None:
    """A KOReader that writes all numbers is answered with all numbers."""
    kobo.push(digest(shelf, "Flatland"), flatland.xpointer(Point(2, 100))[0].indexed(), 0.05)
    thorium.put(document(0.5, now(1)))

    assert (
        flatland.xpointer(flatland.read("progression", 0.5).point)[0].indexed()
        == kobo.pull(digest(shelf, "Flatland"))["progress"]
    )


def test_koreader_says_it_back(shelf: Shelf, flatland: Translator, thorium: ProgressionClient, kobo: KosyncClient) -> None:
    """KOReader, told Thorium's place, reports our pointer until a page is turned: no news, Thorium keeps its own document. The
    next page is the place.
    """
    said = document(0.5, at(0))
    thorium.put(said, check=201)
    told = kobo.pull(digest(shelf, "Flatland"))
    for _ in range(2):
        kobo.push(digest(shelf, "Flatland"), told["progress"], 0.47)

    assert json.dumps(said).encode() == thorium.stored()
    assert told == kobo.pull(digest(shelf, "Flatland"))
    on = Point(flatland.read("progression", 0.51).point.resource, flatland.read("progression", 0.51).point.offset)
    pointer = pushed(kobo, shelf, flatland, on, 0.48)
    assert (pointer, "Kobo") == ((answer := kobo.pull(digest(shelf, "Flatland")))["progress"], answer["device"])
    assert flatland.scope.positions.total_progression(on) == thorium.get()["progression"]


def test_said_back_after_a_restart(own_shelf: Callable[[], Shelf]) -> None:
    """What was told before a restart and comes back after it is no news either, from both sides."""
    shelf = own_shelf()
    flatland, thorium = Translator(open_publication(shelf.books["Flatland"])), shelf.reader("Flatland")
    kobo, said = thorium.kosync(), document(0.5, at(0))
    thorium.put(said, check=201)
    told = kobo.pull(digest(shelf, "Flatland"))
    shelf.running.kill()
    shelf = own_shelf()
    thorium = ProgressionClient(shelf.running.base, thorium.user, thorium.publication)
    kobo = thorium.kosync()
    kobo.push(digest(shelf, "Flatland"), told["progress"], 0.47)
    assert json.dumps(said).encode() == thorium.stored()
    pointer = pushed(kobo, shelf, flatland, PLACE, 0.6)
    told = thorium.get()
    shelf.running.kill()
    shelf = own_shelf()
    thorium = ProgressionClient(shelf.running.base, thorium.user, thorium.publication)
    thorium.put(document(told["progression"], now(1)))

    assert pointer == thorium.kosync().pull(digest(shelf, "Flatland"))["progress"]


def test_without_a_file(own_shelf: Callable[[], Shelf]) -> None:
    """Where the file is gone, KOReader is answered with a pointer that it has sent itself: one just before the place, with the
    device of the place. No text is taken for damaged because it can't be had.
    """
    shelf = own_shelf()
    flatland, thorium = Translator(open_publication(shelf.books["Flatland"])), shelf.reader("Flatland")
    kobo, name = thorium.kosync(), digest(shelf, "Flatland")
    near = pushed(kobo, shelf, flatland, PLACE, 0.395)
    last = pushed(kobo, shelf, flatland, Point(9, 10), 0.405)
    thorium.put(document(0.4, now(1)))
    shelf.books["Flatland"].rename(shelf.books["Flatland"].with_suffix(".away"))
    answer = kobo.pull(name)

    assert (near, 0.395, "Thorium") == (answer["progress"], answer["percentage"], answer["device"])
    assert last != near


@pytest.mark.parametrize("kept", ["%.3f", "%.4f", "%.6f", "single", "cut"])
def test_rounded_numbers_are_no_news(shelf: Shelf, kobo: KosyncClient, thorium: ProgressionClient, kept: str) -> None:
    """An app that says back what it was told with fewer digits moves nothing, also where each page is a position of its own, and
    also in an account where the latest report counts.
    """
    title = "Pride and Prejudice, by Jane Austen"
    for mode in ("rules", "latest"):
        reader = shelf.reader(title)
        command("user", "set", reader.user, f"arbiter={mode}", data=shelf.running.data)
        reader.kosync().push(digest(shelf, title), "150", 0.6)
        for turn in range(5):
            told = reader.get()["progression"]
            cut = {"single": unpack("f", pack("f", told))[0], "cut": int(told * 1e4) / 1e4}
            reader.put(document(cut.get(kept) or float(kept % told), now(turn)))

        assert "150" == reader.kosync().pull(digest(shelf, title))["progress"]
