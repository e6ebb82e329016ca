"""A place that goes from one notation to another and back is the same place."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.formats.epub import open_epub
from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.translate import Translator
from tests.epubs import make_epub, xhtml
from tests.positions.crossing import DIALECTS, crossings, engine, settled
from tests.positions.random_markup import BODIES, broken
from tests.shared import ROOT, shared

BOOKS = [path for folder in ("corpus", "corpus/synthetic") for path in sorted((ROOT / folder).glob("*.epub"))]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def book(folder: Path, body: str) -> Translator:
    path = folder / "book.epub"
    return Translator(open_epub(make_epub(path, {"a.xhtml": xhtml("<p>before</p>"), "b.xhtml": xhtml(body)})))


@pytest.mark.parametrize("path", BOOKS or [Path("none")], ids=lambda path: path.stem)
def test_places_of_real_books_come_back(path: Path) -> None:
    """Random places of every real book survive every pair of notations that keep a character, there and back."""
    shared("corpus")
    lost = [result for result in crossings(Translator(open_epub(path)), 6, seed=7) if result]

    assert [] == lost


@settings(derandomize=True, max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_places_of_random_documents_come_back(folder: Path, body: str) -> None:
    """The same in documents with tables, ruby, comments, CDATA, references, empty nodes and characters of every plane."""
    lost = [result for result in crossings(book(folder, body), 3, seed=len(body)) if result]

    assert [] == lost


@settings(derandomize=True, max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=broken())
def test_places_of_broken_documents_come_back_or_say_so(folder: Path, body: str) -> None:
    """Where files are ill-formed and engines disagree about them, a place comes back or is not called exact."""
    lost = [result for result in crossings(book(folder, body), 3, seed=len(body), well_formed=False) if result]

    assert [] == lost


@settings(derandomize=True, max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_every_pointer_that_is_written_resolves(folder: Path, body: str) -> None:
    """Whatever the place, a pointer that is written leads into the same resource when it is read again."""
    translator = book(folder, body)
    length = len(translator.publication.resource(1).document.text)
    chance = random.Random(len(body))
    for point in [Point(1, chance.randint(0, length)) for _ in range(4)]:
        for dialect in DIALECTS:
            try:
                value, _, _ = translator.write(point, *dialect)
            except NoPlace:
                continue

            assert 1 == translator.read(dialect[0], value, engine(dialect)).point.resource


def test_a_missing_file_has_a_place_for_koreader(folder: Path) -> None:
    """A place in a file that is not there is written as the fragment that KOReader makes up for it, and not called exact."""
    path = make_epub(folder / "book.epub", {"a.xhtml": xhtml("<p>x</p>")}, spine=["a.xhtml", '<itemref idref="gone"/>'])
    translator = Translator(open_epub(path))

    with pytest.raises(NoPlace):
        translator.write(Point(1, 0), Notation.XPOINTER)


def test_the_coarser_of_two_steps_is_told(folder: Path) -> None:
    """A translation is as precise as its coarsest step, and says why."""
    translator = book(folder, "<p>one two three</p>")
    there = translator.translate(NotedPlace(Notation.PROGRESSION, "0.75"), Notation.XPOINTER)

    assert Precision.PROGRESSION == there.precision
    assert "only the progression in the publication is known" == there.reason
    assert "/body/DocFragment[2]/body/p/text().6" == there.noted.value


def test_a_place_in_a_file_that_stands_twice(folder: Path) -> None:
    """An href means the first of two itemrefs with one file: a place in the second is written so, and not called exact."""
    path = make_epub(folder / "book.epub", {"a.xhtml": xhtml("<p>one two</p>")}, spine=["a.xhtml", "a.xhtml"])
    translator = Translator(open_epub(path))

    assert Point(1, 4) == settled(translator, Point(1, 4), (Notation.XPOINTER, ""))
    assert Precision.PROGRESSION == translator.write(Point(1, 4), Notation.HREF_PROGRESSION)[1]
