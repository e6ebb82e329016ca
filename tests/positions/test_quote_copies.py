"""A place is carried to other copies of a book: the same sentence, and nothing exact that is another one.

Counts over whole books: `python -m tests.positions.quote_truth`.
"""

import contextlib
import random
import time
from pathlib import Path

import pytest

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes.carry import carry
from placekeeper.positions.quotes.quote import Quote
from placekeeper.positions.quotes.seek import anywhere, seek
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


def sentences(count: int, seed: int) -> list[str]:
    """Paragraphs that have nothing in common."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(2, 8))) for _ in range(900)]
    return [prose(chance, words, 2) for _ in range(count)]


def two(tmp_path: Path, one: list[list[str]], other: list[list[str]]) -> tuple[EpubPublication, EpubPublication]:
    """Two books of chapters of paragraphs."""
    made = []
    for name, chapters in (("one", one), ("other", other)):
        bodies = ("".join(f"<p>{paragraph}</p>" for paragraph in chapter) for chapter in chapters)
        files = {f"c{number}.xhtml": xhtml(body) for number, body in enumerate(bodies)}
        made.append(open_epub(make_epub(tmp_path / f"{name}.epub", files)))
    return made[0], made[1]


@pytest.mark.parametrize("label", ["Item {}.", "Verse {} of the song!", "\u7b2c{}\u7ae0\u3002"])
def test_a_litany_is_told_apart_by_its_numbers(label: str, tmp_path: Path) -> None:
    """Where one of many like sentences is missing, the place in it is not exact in its neighbour; those after it are."""
    litany = [f"{label.format(n)} The quick brown fox jumps over the lazy dog and runs away home again." for n in range(200)]
    source, target = two(tmp_path, [litany], [[*litany[:57], *litany[58:]]])
    within = len(label.format(57)) + 12
    missing, later = (carry(Point(0, len("".join(litany[:n])) + within), source, target) for n in (57, 150))

    assert Precision.EXACT is not missing.precision
    assert (Precision.EXACT, len("".join(litany[:57] + litany[58:150])) + within) == (later.precision, later.point.offset)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alpha beta gamma went to the house.", "Nobody ever came near to the house."),
        ("John killed Mary.", "Mary killed John."),
        ("In the year 1912 he went home to his mother.", "In the year 1921 he went home to his mother."),
    ],
)
def test_another_sentence_is_never_exact(one: str, other: str, tmp_path: Path) -> None:
    """Between the same paragraphs, a sentence with other words, another order or another number is not the same one."""
    around = sentences(20, 1)
    source, target = two(tmp_path, [[*around[:10], one, *around[10:]]], [[*around[:10], other, *around[10:]]])
    start = len("".join(around[:10]))
    found = {carry(Point(0, start + offset), source, target).precision for offset in range(len(one) - 1)}

    assert {Precision.ELEMENT} == found


def test_one_other_word_does_not_make_another_sentence(tmp_path: Path) -> None:
    """A long sentence with a word more is the same one."""
    around, one = sentences(20, 1), "He did love her, and that was the end of it all."
    source, target = two(
        tmp_path, [[*around[:10], one, *around[10:]]], [[*around[:10], one.replace("did", "did not"), *around[10:]]]
    )
    start = len("".join(around[:10]))

    assert Place(Point(0, start + 24)) == carry(Point(0, start + 20), source, target)


def test_rivals_in_several_resources_are_a_progression(tmp_path: Path) -> None:
    """Where the same chapter stands twice and the copy has it once, not even the resource is known."""
    a, b, c, again = (sentences(40, seed) for seed in range(4))
    source, target = two(tmp_path, [a, again, b, again, c], [a, b, again, c])

    assert Precision.PROGRESSION is carry(Point(1, 2_000), source, target).precision


def test_books_that_share_their_licence_share_nothing_else(tmp_path: Path) -> None:
    """A place that is not next to what two books have in common has no element in the other one."""
    one, other, licence = (sentences(30, seed) for seed in range(4, 7))
    source, target = two(tmp_path, [one + licence], [other + licence])
    end = len("".join(one))

    assert Precision.EXACT is carry(Point(0, end + 300), source, target).precision
    for distance in (100, 300, 600, 900):
        assert carry(Point(0, end - distance), source, target).precision in {Precision.RESOURCE, Precision.PROGRESSION}


def test_short_quotations_are_cheap(tmp_path: Path) -> None:
    """Two letters in a long book are looked for in less than a second, whatever is asked to stand around them."""
    words = " ".join(sentences(400, 8))
    book = open_epub(make_epub(tmp_path / "a.epub", {f"c{n}.xhtml": xhtml(f"<p>{words}</p>") for n in range(40)}))
    for exact, prefix, suffix in (("the", "of ", " a"), ("e", "xq ", " qx"), ("ab", "q", "q")):
        started = time.process_time()
        with contextlib.suppress(NoPlace):
            assert Precision.EXACT is not anywhere(exact, prefix, suffix, book, range(40)).precision
        assert time.process_time() - started < 1


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
