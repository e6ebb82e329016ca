"""Style sheets that would take minutes or gigabytes: they are read as far as any real book needs."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.crengine import css
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.point import NoPlace, Point
from tests.epubs import make_epub, xhtml

LINK = '<link href="s.css" rel="stylesheet"/>'
PAGE = xhtml("<p> <b>hello</b></p>", LINK)
CLASSES = "".join(f".c{number}{{display:block}}\n" for number in range(200_000))


def rules_of(sheets: Mapping[str, str]) -> css.Sheet:
    """All rules of `s.css`, where sheets are given by their bare addresses."""
    sheet = css.Sheet()

    def load(address: str) -> tuple[str, css.Load] | None:
        return (sheets[address], load) if address in sheets else None

    css.read('@import "s.css";', sheet, load)
    return sheet


@pytest.mark.parametrize(
    "text",
    [
        '@import "s.css";' * 300 + CLASSES,
        "p{display:none}" + "a," * 1_900_000,
        '@import "s.css";' * 250 + "p{display:none}" + "a," * 200_000,
        "display p:is(" + "a," * 1_900_000 + "b){display:none}",
        "p{display:none}" + "@x{p:not(a,a){b:c}}" * 200_000,
    ],
    ids=["itself", "commas", "both", "lists", "blocks"],
)
def test_hostile_sheets(tmp_path: Path, text: str) -> None:
    """Millions of rules, selectors or imports are read for two seconds at most."""
    make_epub(tmp_path / "book.epub", {"a.xhtml": PAGE, "s.css": text}, ["a.xhtml"])
    pointers = Pointers(open_publication(tmp_path / "book.epub"))
    began = time.process_time()

    assert "/body/DocFragment/body" == pointers.write(Point(0, 1)).released()[:22]
    assert time.process_time() - began < 2


def test_sheets_that_import_each_other(tmp_path: Path) -> None:
    """A sheet that is being read is not read again within itself; its own rules count as if there were no circle."""
    sheets = {"s.css": '@import "t.css"; p{display:inline}', "t.css": '@import "s.css"; p{display:block} b{display:block}'}
    make_epub(tmp_path / "book.epub", {"a.xhtml": PAGE, **sheets}, ["a.xhtml"])
    pointers = Pointers(open_publication(tmp_path / "book.epub"))

    assert "/body/DocFragment/body/p/text().0" == pointers.write(Point(0, 0)).released()


def test_characters_of_all_sheets_count() -> None:
    """The sheets of one fragment together are read up to a number of characters, the imported ones first."""
    names = [f"{number}.css" for number in range(9)]
    sheets = {name: "/**/" * 200_000 + f".c{name[0]}{{display:block}}" for name in names}
    sheet = rules_of({"s.css": "".join(f'@import "{name}";' for name in names)} | sheets)

    assert ["c0", "c1", "c2", "c3"] == [rule.selector.compounds[0].classes[0] for rule in sheet.rules]


def test_of_the_same_import_the_last_one_counts() -> None:
    """A sheet that is imported twice by one is read once, at its last place."""
    sheets = {
        "s.css": '@import "a.css"; @import "b.css"; @import "a.css";',
        "a.css": "a{display:block}",
        "b.css": "b{float:left}",
    }

    assert ["b", "a"] == [rule.selector.compounds[0].name for rule in rules_of(sheets).rules]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [("</body><body>a" * 5000, "bodies"), ("b <?a?>" * 350_000, "elements")],
    ids=["bodies", "instructions"],
)
def test_absurd_files_are_refused_once(tmp_path: Path, body: str, refusal: str) -> None:
    """A file of too many bodies or elements has no pointers; that is found out once."""
    make_epub(tmp_path / "book.epub", {"a.xhtml": xhtml(body)})
    pointers = Pointers(open_publication(tmp_path / "book.epub"))
    with pytest.raises(NoPlace, match=refusal):
        pointers.write(Point(0, 1))
    began = time.process_time()
    with pytest.raises(NoPlace, match=refusal):
        pointers.write(Point(0, 2))

    assert time.process_time() - began < 0.1
