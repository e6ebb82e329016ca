"""`placekeeper locate`: a real process, real EPUBs, what it prints and how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from placekeeper.locate import MAX_LINE
from tests.epubs import make_epub, xhtml

PLACE = "/body/DocFragment[2]/body/p[2]/text().4"
DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    words = '<h1 id="one">One</h1><p>First words.</p><p>The second paragraph is longer, and has a 😀 in it.</p>'
    chapter = f'{words}<p><img src="x.png" alt=""/></p>'
    return make_epub(tmp_path / "book.epub", {"a.xhtml": xhtml("<p>before</p>"), "b.xhtml": xhtml(chapter)})


def run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "placekeeper", "locate", *words], input=given, capture_output=True)


def rows(book: Path, *questions: Any) -> list[dict[str, Any]]:
    lines = [question if isinstance(question, bytes) else json.dumps(question).encode() for question in questions]
    done = run(str(book), "--batch", given=b"\n".join(lines))

    assert (0, b"") == (done.returncode, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_place_for_people(book: Path) -> None:
    """A person sees the text at the place, how exact it is, and the place in every notation."""
    done = run(str(book), PLACE)
    lines = dict(line.split(":", 1) for line in done.stdout.decode().splitlines())

    assert 0 == done.returncode
    assert "...OneFirst words.The |second paragraph is longer, and has a 😀 in it...." == lines["text"].strip()
    assert "exact" == lines["precision"].strip()
    assert PLACE == lines["XPointer"].strip()
    assert "epubcfi(/6/4!/4/6/1:4)" == lines["EPUB CFI"].strip()


def test_a_place_for_programs(book: Path) -> None:
    """A program gets one line of JSON with the keys that the documents name."""
    done = run(str(book), PLACE, "--json")
    row = json.loads(done.stdout)
    page = (DOCS / "locate.md").read_text("utf-8")

    assert 1 == len(done.stdout.splitlines())
    assert [] == [key for key in row if f"| `{key}` |" not in page]
    assert ("exact", 1, "OEBPS/b.xhtml", 19, "second paragraph") == (
        row["precision"],
        row["resource"],
        row["href"],
        row["offset"],
        row["text"][:16],
    )
    assert "/body[1]/DocFragment[2]/body[1]/p[2]/text()[1].4" == row["xpointer_indexed"]


@pytest.mark.parametrize(
    ("place", "precision"),
    [
        ("epubcfi(/6/4!/4/6/1:4)", "exact"),
        ('{"href": "OEBPS/b.xhtml", "progression": 0.3}', "progression"),
        ('{"href": "OEBPS/b.xhtml", "type": "text/html", "text": {"highlight": "second paragraph"}}', "exact"),
        ("second paragraph", "exact"),
        ("OEBPS/b.xhtml#one", "element"),
        ("OEBPS/b.xhtml", "resource"),
        ("OEBPS/b.xhtml#:~:text=second,longer", "exact"),
        ("0.5", "progression"),
        ("2", "progression"),
    ],
)
def test_the_notation_is_guessed(book: Path, place: str, precision: str) -> None:
    """A place is understood without its notation being named."""
    done = run(str(book), place, "--json")

    assert 0 == done.returncode, done.stderr
    assert (1, precision) == (json.loads(done.stdout)["resource"], json.loads(done.stdout)["precision"])


def test_one_answer_for_each_line(book: Path) -> None:
    """Every line of a batch has one answer, in order, errors included, and the exit status is 0."""
    questions = [
        {"id": 1, "notation": "xpointer", "value": PLACE},
        {"id": "two", "notation": "cfi", "value": "epubcfi(/6/4!/4/6/1:4)"},
        b"",
        b"not json",
        b"[1, 2]",
        b'{"id": 3}',
        {"id": 4, "notation": "nonsense", "value": "x"},
        {"id": 5, "notation": "xpointer", "value": 7},
        {"id": 6, "notation": "xpointer", "value": "/body/DocFragment[9]"},
        {"id": 7, "notation": "cfi", "value": "x" * 100_000},
        {"id": 8, "notation": "progression", "value": 2},
        {"id": [9], "notation": "text", "value": {"exact": "second paragraph"}},
        b"\xff\xfe",
        b'{"id": 10, "notation": "progression", "value": ' + b"1" * (MAX_LINE + 5) + b"}",
        b"[" * 100_000,
        {"id": 11, "notation": "page", "value": 1},
        b'{"id": 1e999, "notation": "page", "value": 1}',
        b'{"id": NaN, "notation": "page", "value": 1}',
    ]
    answers = rows(book, *questions)

    assert [1, "two", None, None, None, 3, 4, 5, 6, 7, 8, [9], None, None, None, 11, None, None] == [row["id"] for row in answers]
    assert [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 17] == [at for at, row in enumerate(answers) if "error" in row]
    assert [] == [row for row in answers if "error" in row and not row["error"]]
    assert answers[0] | {"id": 0} == answers[1] | {"id": 0}


def test_a_place_in_another_copy(book: Path) -> None:
    """A place is shown in another copy of the book, where its chapters are cut otherwise."""
    chapter = (
        "<p>before</p><h1>One</h1><p>First <b>words</b>.</p><div><p>The second paragraph is longer, and has a 😀 in it.</p></div>"
    )
    copy = make_epub(book.parent / "copy.epub", {"all.xhtml": xhtml(chapter)})
    row = json.loads(run(str(book), PLACE, "--in", str(copy), "--json").stdout)

    assert ("exact", 0, "second paragraph") == (row["precision"], row["resource"], row["text"][:16])
    assert "/body/DocFragment/body/div/p/text().4" == row["xpointer"]


def test_a_quotation_that_stands_twice_is_not_exact(book: Path) -> None:
    """A quotation that stands in two resources, or a word that stands often, is never told as exact; a single one is."""
    path = make_epub(
        book.parent / "c.epub", {"a.xhtml": xhtml("<p>Alice was. Alice is.</p>"), "b.xhtml": xhtml("<p>ALICE'S end.</p>")}
    )
    answers = rows(path, *({"notation": "text", "value": value} for value in ("Alice", "Alice is", "Alice was. Alise is")))

    assert ["resource", "exact", "element"] == [row["precision"] for row in answers]


def test_damage_is_told(book: Path) -> None:
    """What is wrong with a file is told beside the place, and why a place in it is not exact."""
    files = {"a.xhtml": xhtml("<p>x</p>"), "b.xhtml": xhtml("<p>y</p>")}
    path = make_epub(book.parent / "d.epub", files, spine=["a.xhtml", "b.xhtml", '<itemref idref="gone"/>'])
    done = run(str(path), "0.9").stdout.decode()

    assert "note:" in done


def test_images_have_a_place(book: Path) -> None:
    """A place at an image comes back in every notation that can point to an element."""
    [row] = rows(book, {"id": 1, "notation": "xpointer", "value": "/body/DocFragment[2]/body/p[3]/img.0"})

    assert "/body/DocFragment[2]/body/p[3]/img.0" == row["xpointer"]
    assert "epubcfi(/6/4!/4/8/2)" == row["cfi"]
    assert "img" in row["css_selector"]


def test_cfis_of_epubjs_are_read_with_its_eyes(book: Path) -> None:
    """A line may say that an app on epub.js wrote its CFI."""
    [row] = rows(book, {"id": 1, "notation": "cfi", "engine": "epub.js", "value": "epubcfi(/6/4!/4/6/1:4)"})

    assert ("exact", 19) == (row["precision"], row["offset"])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["missing.epub", PLACE], 1, "'missing.epub': No such file"),
        (["", PLACE], 1, "can't be the name of a file"),
        (["x" * 300, PLACE], 1, "File name too long"),
        (["{folder}", PLACE], 1, "this is not a file"),
        (["{text}", PLACE], 1, "text.epub: "),
        (["{book}", PLACE, "--in", ""], 1, "can't be the name of a file"),
        (["{book}", PLACE, "--engine", "epubjs"], 1, "the engine 'epubjs' is not known here: epub.js"),
        (["{book}", "/body/DocFragment[77]"], 1, "beyond the publication's 2 fragments"),
        (["{book}", "no such words anywhere"], 1, "not in the publication"),
        (["{book}"], 2, "needs either a PLACE or --batch"),
        (["{book}", PLACE, "--batch"], 2, "needs either a PLACE or --batch"),
    ],
)
def test_errors_are_one_clear_line(book: Path, words: list[str], status: int, said: str) -> None:
    """What can't be done is said in one line on standard error, with the exit status that the documents name."""
    text = book.parent / "text.epub"
    text.write_text("no book")
    done = run(*(word.format(folder=book.parent, text=text, book=book) for word in words))

    assert (status, b"") == (done.returncode, done.stdout)
    assert said in done.stderr.decode()
    assert 1 == len(done.stderr.splitlines())
