"""A place is carried to other copies of a book: the same sentence, and nothing exact that is another one.

Counts over whole books: `python -m tests.positions.quote_truth`.
"""

import random
import time
from pathlib import Path

import pytest

from placekeeper.formats.epub import open_epub
from placekeeper.positions.point import NoPlace, Point, Precision
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.quotes.quote import Quote
from placekeeper.positions.quotes.seek import seek
from tests.epubs import make_epub, xhtml
from tests.positions.copies import KINDS, derive
from tests.positions.quote_truth import PAIRS, compare, measure, some_points
from tests.shared import shared

BOOKS = ("pg_alice", "idpf_kusamakura-preview", "idpf_regime-anticancer-arabic", "se_oscar-wilde_the-importance-of-being-earnest")


def prose(chance: random.Random, words: list[str], sentences: int) -> str:
    return " ".join(" ".join(chance.choices(words, k=chance.randint(2, 16))).capitalize() + "." for _ in range(sentences))


def made(path: Path, seed: int) -> Path:
    """A small book with a refrain, a dialogue, a table, chapters that begin alike, and a chapter that stands twice."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwy", k=chance.randint(2, 9))) for _ in range(900)]
    refrain, head = prose(chance, words, 6), prose(chance, words, 8)
    files = {}
    for number in range(7):
        blocks = [f"<p>{prose(chance, words, 5)}</p>" for _ in range(8)]
        blocks[3:3] = [f"<p>{refrain}</p>", "<p>\u201cNo,\u201d he said.</p>" * 3]
        blocks[9:9] = [f"<p>{refrain}</p>", "<table>" + "<tr><td>0</td><td>1</td></tr>" * 30 + "</table>"]
        body = f"<h2>Chapter {number}</h2>\n<p>{head}</p>\n" + "\n".join(blocks)
        files[f"c{number}.xhtml"] = files["c4.xhtml"] if number == 5 else xhtml(body)
    return make_epub(path, files)


@pytest.mark.parametrize("kind", KINDS)
def test_small_book(kind: str, tmp_path: Path) -> None:
    """In a book full of repetitions no place is told as exact that is another one; without edits nearly all land well."""
    path = made(tmp_path / "book.epub", 1)
    derived = derive(path, kind, tmp_path)
    source = open_epub(path)
    score = measure(source, open_epub(derived.path), derived.truth, some_points(source, 60))

    assert [] == [line for line in score.shown if "EXACT" in line]
    assert 0 == score.exact_wrong + score.lost_exact
    assert (
        score.places * (0.9 if kind in {"edited", "misread", "shortened", "all-at-once", "without-first"} else 0.99) <= score.same
    )


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_derived_copies(book: str, kind: str, tmp_path: Path) -> None:
    """Of random places of real books 99 in 100 land in the same sentence of a copy, and none is exact that does not."""
    path = shared("corpus", f"{book}.epub")
    derived = derive(path, kind, tmp_path)
    source = open_epub(path)
    score = measure(source, open_epub(derived.path), derived.truth, some_points(source, 60))

    assert 0 == score.exact_wrong + score.lost_exact, score.shown
    assert score.places * 0.99 <= score.same, score.shown


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_real_copies(one: str, two: str) -> None:
    """Two builds of one book, and a book before and after its metadata were edited: the same sentence, exactly."""
    for name in (one, two):
        shared("corpus", f"{name}.epub")
    score = compare(one, two, 120)

    assert (score.places, 0) == (score.same, score.exact_wrong), score.shown
    assert score.places * 0.99 <= score.exact


def test_stored_quotes(tmp_path: Path) -> None:
    """Thirty-two code points on both sides find a place in a copy, and what stands twice is not told as exact."""
    path = made(tmp_path / "book.epub", 2)
    derived = derive(path, "quotes", tmp_path)
    source, target = open_epub(path), open_epub(derived.path)
    exact = 0
    for point in some_points(source, 60):
        place = seek(Quote.at(source.resource(point.resource).document.text, point.offset), target, 0.5)
        wanted = derived.truth(point)
        assert wanted is not None
        if place.precision is Precision.EXACT:
            exact += 1
            assert (wanted.resource, True) == (place.point.resource, abs(wanted.offset - place.point.offset) < 3)

    assert exact >= 25


def test_pictures_keep_their_resource(tmp_path: Path) -> None:
    """A resource without text is found by its neighbours, as a resource."""
    text = prose(random.Random(4), ["alpha", "beta", "gamma", "delta", "epsilon"], 400)
    picture = xhtml('<img src="a.png" alt=""/>')
    one = make_epub(tmp_path / "one.epub", {"a.xhtml": xhtml(text[:9000]), "i.xhtml": picture, "b.xhtml": xhtml(text[9000:])})
    two = make_epub(
        tmp_path / "two.epub",
        {"0.xhtml": xhtml("New."), "1.xhtml": xhtml(text[:9000]), "2.xhtml": picture, "3.xhtml": xhtml(text[9000:])},
    )
    place = carry(Point(1, 0), open_epub(one), open_epub(two))

    assert (Point(2, 0), Precision.RESOURCE) == (place.point, place.precision)


def test_what_has_no_text_is_no_place(tmp_path: Path) -> None:
    """A copy without text, and a resource that is not there, are refused in words."""
    book = open_epub(made(tmp_path / "book.epub", 3))
    empty = open_epub(make_epub(tmp_path / "empty.epub", {"a.xhtml": xhtml("")}))
    for point, target in ((Point(2, 50), empty), (Point(99, 0), book), (Point(-1, 0), book)):
        with pytest.raises(NoPlace, match=r"resource|no text"):
            carry(point, book, target)
    with pytest.raises(NoPlace, match="not in this publication"):
        seek(Quote("what is not", " written here at all"), book)


@pytest.mark.parametrize("offset", [-5, 0, 10**9])
def test_odd_offsets_have_an_answer(offset: int, tmp_path: Path) -> None:
    """Offsets outside of a resource are its ends; another book altogether has a place by progression."""
    book, other = open_epub(made(tmp_path / "a.epub", 5)), open_epub(made(tmp_path / "b.epub", 6))
    same, foreign = carry(Point(3, offset), book, book), carry(Point(3, offset), book, other)

    assert 3 == same.point.resource
    assert Precision.EXACT is not foreign.precision
    assert foreign.reason != ""


def test_carrying_is_quick(tmp_path: Path) -> None:
    """A place of a book that was looked at before is carried in 20 ms."""
    path = made(tmp_path / "book.epub", 7)
    source, target = open_epub(path), open_epub(derive(path, "all-at-once", tmp_path).path)
    times = []
    for point in [*some_points(source, 10)] * 2:
        started = time.process_time()
        carry(point, source, target)
        times.append(time.process_time() - started)

    assert sorted(times)[len(times) // 2] < 0.02
