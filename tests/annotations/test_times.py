"""The times of bookmarks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.protocols.annotations.times import unix

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zones are drawn


@given(TIMES, st.text("0123456789", max_size=20), st.booleans())
def test_instants(time: datetime, fraction: str, colon: bool) -> None:  # noqa: FBT001 - drawn
    """A time in any zone, with or without a colon in it, is the instant that it says, to the millisecond."""
    text = time.replace(microsecond=0).isoformat()
    zone = text[19:] if colon else text[19:].replace(":", "")
    whole = (time.replace(microsecond=0) - EPOCH) // timedelta(milliseconds=1)

    assert whole + int((fraction + "000")[:3]) == unix(text[:19] + (f".{fraction}" if fraction else "") + zone)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (1_720_624_991_000, "2024-07-10T15:23:11Z"),
        (1_720_624_991_000, "2024-07-10t15:23:11z"),
        (1_720_624_991_000, "2024-07-10T17:23:11+0200"),
        (1_720_624_991_500, "2024-07-10T15:23:11.5+00:00"),
        (1_483_228_799_999, "2016-12-31T23:59:60Z"),
        (-62_135_596_800_000, "0001-01-01T23:59:00+23:59"),
        (253_402_300_799_999, "9999-12-31T00:00:60-23:59"),
    ],
)
def test_taken(expected: int, text: str) -> None:
    """The times that apps send are read; a leap second is the last millisecond before it."""
    assert expected == unix(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-07-10",
        "2024-07-10T15:23:11",
        "2024-07-10 15:23:11Z",
        "2024-13-10T15:23:11Z",
        "2023-02-29T15:23:11Z",
        "2024-07-10T24:00:00Z",
        "2024-07-10T15:60:00Z",
        "2024-07-10T15:23:61Z",
        "2024-07-10T15:23:11+24:00",
        "2024-07-10T15:23:11.Z",
        "0000-07-10T15:23:11Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:60-23:59",
        "2024-07-10T15:23:11Z\n",
        "2024-07-10T15:23:11+0",
        f"2024-07-10T15:23:11.{'1' * 64}Z",
    ],
)
def test_refused(text: str) -> None:
    """What is no time, or has no zone, or is before the year 1 or after 9999 by UTC, is refused."""
    assert None is unix(text)


@given(st.text(max_size=30) | st.text("0123456789-:.TZ+", max_size=30))
def test_never_fails(text: str) -> None:
    """Any text is a time or none."""
    assert isinstance(unix(text), int | None)
