"""Which resource an href means, in all the spellings that apps use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.href import Hrefs, encode
from placekeeper.positions.spine import Item, Spine

NAMES = (
    "OPS/text/ch1.xhtml",
    "OPS/text/ch 2.xhtml",
    "OPS/表紙.xhtml",
    "OPS/a%20b.xhtml",
    "OPS/one/same.html",
    "OPS/two/same.html",
)
NAMES += ("OPS/text/ch1.xhtml", "c.html", "OPS/Caf\u00e9.html")


def hrefs(*names: str) -> Hrefs:
    return Hrefs(Spine(items=tuple(Item(index=i, step=2 * i + 2, href=name, item_id=f"i{i}") for i, name in enumerate(names))))


BOOK = hrefs(*NAMES)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("OPS/text/ch1.xhtml", [0, 6]), ("/OPS/text/ch1.xhtml", [0, 6]), ("OPS/text/ch1.xhtml#p3", [0, 6]),
        ("OPS/text/ch%202.xhtml", [1]), ("OPS/text/ch 2.xhtml", [1]), ("OPS/%E8%A1%A8%E7%B4%99.xhtml", [2]),
        ("OPS/表紙.xhtml", [2]), ("OPS/a%20b.xhtml", [3]), ("OPS/a%2520b.xhtml", [3]), ("c.html", [7]), ("/c.html", [7]),
    ],
)  # fmt: skip
def test_exact(href: str, expected: list[int]) -> None:
    """An href is the path in the archive, with or without a slash in front, percent-encoded or not."""
    assert (expected, "") == BOOK.find(href)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("text/ch1.xhtml", [0, 6]), ("ch1.xhtml", [0, 6]), ("./text/ch%202.xhtml", [1]),
        ("https://host/pub/xyz/OPS/text/ch1.xhtml?v=1", [0, 6]),
        ("../OPS/text/ch1.xhtml", [0, 6]), ("TEXT/CH1.XHTML", [0, 6]), ("OPS/Cafe\u0301.html", [8]), ("EPUB/one/same.html", [4]),
        ("表紙.xhtml", [2]), ("OPS//text/ch1.xhtml", [0, 6]),
    ],
)  # fmt: skip
def test_by_its_end(href: str, expected: list[int]) -> None:
    """Where nothing is exactly that, the longest end that only one file has is taken, and said."""
    found, assumed = BOOK.find(href)

    assert expected == found
    assert NAMES[expected[0]] in assumed


@pytest.mark.parametrize(
    "href", ["", "/", "#a", "same.html", "x/same.html", "d.html", "OPS/text", "x" * 10_000, "a/" * 3000 + "zz", "..", "%"]
)
def test_nothing_or_several(href: str) -> None:
    """What is no resource, or could be several, is refused."""
    with pytest.raises(NoPlace):
        BOOK.find(href)


def test_by_manifest_item() -> None:
    """Old locators name the manifest item instead."""
    assert 4 == BOOK.item("i4")
    for wrong in ("i99", ""):
        with pytest.raises(NoPlace):
            BOOK.item(wrong)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30))
def test_written_hrefs_lead_back(name: str) -> None:
    """Every name that a file may have is written as a URI of ASCII characters which leads back to it."""
    written = encode(name)

    assert written.isascii()
    assert not set(written) & set(' "<>[]\\^`{|}#?')
    if name.strip("/"):
        assert ([0], "") == hrefs(name).find(written)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text("OPStextch12./%#?:é ", max_size=30)))
def test_anything_is_found_or_refused(href: str) -> None:
    """Any text at all means resources or is refused."""
    try:
        found, _ = BOOK.find(href)
    except NoPlace:
        return

    assert found
