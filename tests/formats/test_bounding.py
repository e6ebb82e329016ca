"""What a publication tells of itself is kept as far as a catalog can show it."""

from pathlib import Path

import pytest

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.described import describe
from placekeeper.formats.languages import shortest
from tests.epubs import make_epub, xhtml


def test_more_than_a_catalog_can_show(tmp_path: Path) -> None:
    """Thousands of subjects and authors are cut, with a note, as are endless titles; an identifier is whole or not there."""
    many = "".join(f"<dc:subject>s{n}</dc:subject><dc:creator>p{n}</dc:creator>" for n in range(5_000))
    said = f"<dc:title>{'long ' * 10_000}</dc:title><dc:description>{'d' * 90_000}</dc:description>"
    ids = f"<dc:identifier>urn:x:{'9' * 5_000}</dc:identifier><dc:identifier>9780000000002</dc:identifier>"
    found = describe(make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml("")}, metadata=said + ids + many), "a.epub")

    assert [f"s{n}" for n in range(200)] == list(found.metadata.subjects)
    assert [f"p{n}" for n in range(200)] == [one.name for one in found.metadata.authors]
    assert (1_000, 50_000) == (len(found.metadata.title), len(found.metadata.description))
    assert ["9780000000002"] == [value for name, value in found.identifiers if name in {"urn", "isbn"}]
    assert max(len(value) for _, value in found.identifiers) < 1_000
    assert "names: of its subjects, only the first 200 are kept" in found.notes


def test_a_reading_order_without_end(tmp_path: Path) -> None:
    """What would be too much to keep is refused, with the limit's name."""
    path = make_epub(tmp_path / "a.epub", {"a.xhtml": xhtml("")}, ['<itemref idref="f0"/>'] * 70_000)
    with pytest.raises(LimitExceeded, match="reading_order: the reading order has 70000 resources, more than 65535"):
        describe(path, "a.epub")


@pytest.mark.parametrize(
    ("said", "kept"),
    [("eng", "en"), ("ger", "de"), ("deu-AT", "de-AT"), ("en-GB", "en-GB"), ("grc", "grc"), ("English", "English"), ("", "")],
)
def test_languages_are_short(said: str, kept: str) -> None:
    """A language has the shortest tag that there is for it, however the book or Calibre calls it."""
    assert kept == shortest(said)
