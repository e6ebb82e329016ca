"""Conditions and ranges, as RFC 9110 has them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.protocols.opds.conditions import State, Verdict, judge

STATE = State('"abc"', 1_700_000_000, 1000)
DATE = STATE.last_modified
BEFORE, AFTER = "Tue, 14 Nov 2023 22:13:19 GMT", "Tue, 14 Nov 2023 22:13:21 GMT"
WHOLE = Verdict(200, 0, 1000)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-0", Verdict(206, 0, 1)),
        ("bytes=0-", Verdict(206, 0, 1000)),
        ("bytes=10-19", Verdict(206, 10, 20)),
        ("bytes=990-5000", Verdict(206, 990, 1000)),
        ("bytes=-10", Verdict(206, 990, 1000)),
        ("bytes=-5000", Verdict(206, 0, 1000)),
        ("Bytes=0-9", Verdict(206, 0, 10)),
        ("bytes=1000-", Verdict(416)),
        ("bytes=-0", Verdict(416)),
        ("bytes=9-1", WHOLE),
        ("bytes=0-1,5-6", WHOLE),
        ("pages=1-2", WHOLE),
        ("bytes=", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=0-" + "9" * 40, WHOLE),
    ],
)
def test_ranges(asked: str, expected: Verdict) -> None:
    """One range is a part, one out of reach is 416, several or none that can be read are the whole."""
    assert expected == judge("GET", {"range": asked}, STATE)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if-none-match": '"abc"'}, 304),
        ({"if-none-match": 'W/"abc"'}, 304),
        ({"if-none-match": '"x", "abc"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, 200),
        ({"if-modified-since": DATE}, 304),
        ({"if-modified-since": BEFORE}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-match": '"abc"'}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": 'W/"abc"'}, 412),
        ({"if-match": '"x"'}, 412),
        ({"if-unmodified-since": DATE}, 200),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"range": "bytes=0-9", "if-range": '"abc"'}, 206),
        ({"range": "bytes=0-9", "if-range": 'W/"abc"'}, 200),
        ({"range": "bytes=0-9", "if-range": '"x"'}, 200),
        ({"range": "bytes=0-9", "if-range": DATE}, 206),
        ({"range": "bytes=0-9", "if-range": AFTER}, 200),
        ({"range": "bytes=0-9", "if-range": "nonsense"}, 200),
        ({"range": "bytes=2000-", "if-none-match": '"abc"'}, 304),
    ],
)
def test_conditions(headers: dict[str, str], status: int) -> None:
    """Each condition counts as the specification says, in its order."""
    assert status == judge("GET", headers, STATE).status


def test_an_empty_file() -> None:
    """Nothing is whole, and no part of it can be had."""
    empty = State('"e"', 0, 0)

    assert Verdict(200, 0, 0) == judge("GET", {}, empty)
    assert 416 == judge("GET", {"range": "bytes=0-"}, empty).status


def test_head_has_no_ranges() -> None:
    """A range counts for GET alone."""
    assert WHOLE == judge("HEAD", {"range": "bytes=0-9"}, STATE)


@given(st.text(alphabet="bytes=-0123456789, *", max_size=30), st.integers(min_value=0, max_value=2000))
@settings(derandomize=True, deadline=None)
def test_any_range(asked: str, size: int) -> None:
    """Whatever is asked for, what is answered lies within the file."""
    verdict = judge("GET", {"range": asked}, State('"a"', 0, size))

    assert verdict.status in {200, 206, 416}
    assert 0 <= verdict.start <= verdict.stop <= size


@given(st.dictionaries(st.sampled_from(["if-match", "if-none-match", "if-range", "if-modified-since"]), st.text(max_size=30)))
@settings(derandomize=True, deadline=None)
def test_any_condition(headers: dict[str, str]) -> None:
    """No header raises."""
    assert judge("GET", headers, STATE).status in {200, 304, 412}
