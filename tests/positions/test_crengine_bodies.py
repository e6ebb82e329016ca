"""Which fragment is of which file, where a file has several bodies."""

from pathlib import Path

import pytest

from placekeeper.formats.opening import open_publication
from placekeeper.positions.point import Point
from placekeeper.positions.translate import Translator
from tests.epubs import make_epub, xhtml

FILES = {"a.xhtml": xhtml("one"), "b.xhtml": xhtml("<p>two</p></body><body><p>three</p>"), "c.xhtml": xhtml("four")}


def pointers(folder: Path, split: frozenset[int] | None) -> list[str]:
    """The pointers to the starts of all files, the last file first."""
    translator = Translator(open_publication(make_epub(folder / "book.epub", FILES), split=split))
    return [translator.xpointer(Point(index, 0))[0].released() for index in (2, 1, 0)]


@pytest.mark.parametrize("split", [None, frozenset({1})], ids=["read", "known"])
def test_fragments_are_counted(tmp_path: Path, split: frozenset[int] | None) -> None:
    """A second body in a file is a fragment of its own, whether that is known already or the file is read for it."""
    expected = [f"/body/DocFragment[{number}" for number in (4, 2, 1)]

    assert expected == [pointer.partition("]")[0] for pointer in pointers(tmp_path, split)]


def test_what_is_known_is_not_read_again(tmp_path: Path) -> None:
    """Where it is known that no file has a second body, none is looked into for it."""
    assert pointers(tmp_path, frozenset())[0].startswith("/body/DocFragment[3]/body")
