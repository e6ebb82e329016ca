"""What files say about themselves becomes fit for catalogs, whatever they say."""

import re
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placekeeper.formats.plain import legal, plain
from placekeeper.protocols.opds.texts import day, language, moment, number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("no markup: 1 < 2 & 3", "no markup: 1 < 2 & 3"),
        ("<p>One.</p>\n<p>Two&nbsp;three.</p>", "One.\nTwo three."),
        ("<div>a<br/>b</div><script>alert('x')</script>", "a\nb"),
        ("<style>p{}</style>kept", "kept"),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        ("<p>open <i>and never closed", "open and never closed"),
        ("tab\x00bed\x0b", "tabbed"),
        ('<a href="x>y" title=\'it"s\'>A &amp; B</a>', "A & B"),
        ("<p class='open>a</p>b", "a\nb"),
        ("if x <y then z", "if x <y then z"),
        ("a<!-- hidden <b>x</b> -->b<![CDATA[c]]>d<?pi?>", "abd"),
        ("<HEAD><title>t</title></HEAD><P>One<BR>Two", "One\nTwo"),
        ("<scripts>shown</scripts>", "shown"),
        ("a<!-- never closed", "a"),
        ("w<b>" * 6_000, "w" * 5_000),
        ("<em>w " * 6_000, ("w " * 3_333).strip()),
        ("", ""),
    ],
)
def test_descriptions_become_text(written: str, expected: str) -> None:
    """Markup goes, its words stay, blocks become lines, scripts go whole."""
    assert expected == plain(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1851", "1851-01-01"),
        ("1851-10", "1851-10-01"),
        ("1851-10-18", "1851-10-18"),
        ("1851-10-18T00:00:00+00:00", "1851-10-18"),
        ("2001-02-30", None),
        ("18 October 1851", None),
        ("0000", None),
        ("", None),
    ],
)
def test_dates(written: str, expected: str | None) -> None:
    """A date is read as far as it goes; what is none is left out."""
    assert expected == day(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("en", "en"), ("en_GB", "en-GB"), ("zh-Hant-TW", "zh-Hant-TW"), ("", None), ("en GB", None), ("e", None), ("x" * 9, None)],
)
def test_languages(written: str, expected: str | None) -> None:
    """A well-formed tag is kept, anything else is left out."""
    assert expected == language(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("4", 4), ("2.5", 2.5), ("2,5", 2.5), ("IV", None), ("nan", None), ("inf", None), ("1e30", None), ("", None)],
)
def test_places_in_a_series(written: str, expected: float | None) -> None:
    """A number is one, whole where it is whole; a word is none."""
    assert expected == number(written)


@given(st.text(alphabet=st.characters(), max_size=200))
@example("<" * 200)
@example("&" * 200)
@example("<![CDATA[" * 20)
@example("<a b " * 4_000)
@example("<a b='" * 4_000)
@settings(derandomize=True, deadline=None)
def test_any_text(text: str) -> None:
    """Nothing raises, and what comes out is text that XML can hold, a date, or a tag."""
    assert plain(text) == legal(plain(text))
    assert day(text) is None or date.fromisoformat(day(text) or "")
    assert language(text) is None or re.fullmatch(r"[A-Za-z0-9-]+", language(text) or "")
    assert number(text) is None or isinstance(number(text), int | float)


@given(st.integers())
@settings(derandomize=True)
def test_any_time(milliseconds: int) -> None:
    """Any time is a date-time with a zone, the nearest there is."""
    assert datetime.fromisoformat(moment(milliseconds)).tzinfo is not None
