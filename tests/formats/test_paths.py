"""References inside an archive lead where they do in browsers, and never outside."""

import string
from posixpath import normpath
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.paths import inside, place, resolved

SEGMENTS = st.lists(st.sampled_from(["", ".", "..", "a", "b c", "%2e%2e", "%2F", "\u00e9", "...", "x" * 50]), max_size=8)


@pytest.mark.parametrize(
    ("base", "reference", "path"),
    [
        ("OEBPS/content.opf", "text/a.xhtml", "OEBPS/text/a.xhtml"),
        ("content.opf", "a.xhtml", "a.xhtml"),
        ("OEBPS/content.opf", "../a.xhtml", "a.xhtml"),
        ("OEBPS/content.opf", "../../../a.xhtml", "a.xhtml"),
        ("OEBPS/content.opf", "/a.xhtml", "a.xhtml"),
        ("OEBPS/nav.xhtml", "#top", "OEBPS/nav.xhtml"),
        ("OEBPS/content.opf", "a%20b.xhtml?x=1#y", "OEBPS/a b.xhtml"),
        ("OEBPS/content.opf", " a.xhtml ", "OEBPS/a.xhtml"),
        ("50%25/content.opf", "a.xhtml", "50%25/a.xhtml"),
        ("OEBPS/content.opf", "%ff.xhtml", "OEBPS/\ufffd.xhtml"),
        ("OEBPS/content.opf", "http://example.org/a", ""),
        ("OEBPS/content.opf", "//example.org/a", ""),
        ("OEBPS/content.opf", "data:text/html,a", ""),
    ],
)
def test_references_are_resolved(base: str, reference: str, path: str) -> None:
    """A reference is resolved against the file it stands in, decoded, and stays below the root."""
    assert path == resolved(base, reference)


def test_places_keep_their_fragment() -> None:
    """A place is a path with the decoded fragment of its reference."""
    assert "t/a.xhtml#\u00e9" == place("t/nav.xhtml", "a.xhtml#%C3%A9")
    assert "t/nav.xhtml#x" == place("t/nav.xhtml", "#x")
    assert "" == place("t/nav.xhtml", "mailto:a@b#c")


@settings(derandomize=True, max_examples=1000)
@given(st.text("./ab", max_size=12))
def test_paths_are_normal(path: str) -> None:
    """Dots and empty segments mean what they mean in a file system whose root is the archive."""
    expected = normpath(f"/./{path}").removeprefix("/")

    assert expected == inside(path)


@settings(derandomize=True, max_examples=300)
@given(base=SEGMENTS, reference=st.one_of(SEGMENTS.map("/".join), st.text(max_size=30)))
def test_nothing_leads_outside(base: list[str], reference: str) -> None:
    """Whatever a reference says, its path has no empty segment, no dot segment and no slash at its start."""
    path = resolved("/".join(base), reference)

    assert path in ("/".join(base), inside(path))


@settings(derandomize=True, max_examples=200)
@given(
    name=st.text(string.printable + "\u00e9\u6f22", min_size=1, max_size=20).filter(
        lambda name: "/" not in name and name.strip(".")
    )
)
def test_encoding_a_name_leads_back_to_it(name: str) -> None:
    """A percent-encoded name resolves to the name itself."""
    assert f"t/{name}" == resolved("t/content.opf", quote(name, safe=""))
