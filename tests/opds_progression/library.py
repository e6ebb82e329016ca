"""The library of these tests: small books with known text, and a few real ones."""

import random
from pathlib import Path

from tests.epubs import METADATA, make_epub, xhtml
from tests.files import copied, settled
from tests.shared import shared

REAL = {
    "Flatland": "se_edwin-a-abbott_flatland.epub",
    "Pride and Prejudice, by Jane Austen": "pg_1342.pdf",
    "Science Comics 001 (first 8 pages)": "science_comics_001_first8.cbz",
    "Flatland (test tones)": "flatland_tones.audiobook",
}
WORDS = (
    "river",
    "stone",
    "garden",
    "letter",
    "window",
    "evening",
    "harbour",
    "silence",
    "lantern",
    "orchard",
    "winter",
    "mirror",
)


def prose(seed: int, paragraphs: int) -> str:
    """Paragraphs of words in no order, so that compression leaves several positions of them; each begins with its number."""
    chance = random.Random(seed)
    lines = (" ".join([f"Number {seed}.{n}", *chance.choices(WORDS, k=60)]) for n in range(paragraphs))
    return "".join(f'<p id="p{n}">{line}.</p>' for n, line in enumerate(lines))


def small_book(path: Path, title: str = "A book", *, seed: int = 0, **more: str) -> Path:
    """Four chapters of different length; one has a blank and more in its name. The seed makes another text and identifier."""
    chapters = {"one.xhtml": 3, "two.xhtml": 40, "three [é].xhtml": 25, "four.xhtml": 1}
    files = {
        name: xhtml(f"<h1>Chapter {number}</h1>{prose(10 * seed + number, length)}")
        for number, (name, length) in enumerate(chapters.items())
    }
    metadata = METADATA.replace("A book", title).replace("0000-4000", f"{seed:04}-4000")
    return settled(make_epub(path, files, metadata=metadata, **more))


def fill(folder: Path) -> dict[str, Path]:
    """Fill a folder; the files by title."""
    folder.mkdir(exist_ok=True)
    seeds = {"A book": 0, "A book, retagged": 0, "Another book": 1}
    books = {title: small_book(folder / f"{title}.epub", title, seed=seed) for title, seed in seeds.items()}
    for title, name in REAL.items():
        books[title] = copied(shared("corpus", name), folder / name)
    return books
