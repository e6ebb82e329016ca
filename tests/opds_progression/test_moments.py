"""Times as RFC 3339 writes them: read, refused, and compared as instants."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placekeeper.protocols.opds_progression.moments import moment, written

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zones are drawn
FRACTIONS = st.text("0123456789", max_size=30)


def spelled(time: datetime, fraction: str = "") -> str:
    """A time to the second in its own zone, with a fraction of any length."""
    text = time.replace(microsecond=0).isoformat()
    return text[:19] + (f".{fraction}" if fraction else "") + text[19:]


@given(TIMES, FRACTIONS)
def test_instants(time: datetime, fraction: str) -> None:
    """A time in any zone is read as the instant that it is, to the millisecond."""
    read = moment(spelled(time, fraction))

    assert read is not None
    whole = (time.replace(microsecond=0) - EPOCH) // timedelta(seconds=1)
    assert whole * 1000 + int((fraction + "000")[:3]) == read.milliseconds


@given(TIMES, FRACTIONS, ZONES, FRACTIONS)
def test_order(time: datetime, fraction: str, zone: timezone, other: str) -> None:
    """Of two times in the same second, the fraction decides, whatever their zones; zeros at its end mean nothing."""
    first, second = moment(spelled(time, fraction)), moment(spelled(time.astimezone(zone), other + "000"))

    assert first is not None
    assert second is not None
    width = max(len(fraction), len(other))
    assert (fraction.ljust(width, "0") < other.ljust(width, "0")) == (first < second)
    assert (fraction.ljust(width, "0") == other.ljust(width, "0")) == (first == second)


@given(TIMES, TIMES)
def test_order_of_days(first: datetime, second: datetime) -> None:
    """Times compare as instants do."""
    read = moment(spelled(first)), moment(spelled(second))

    assert read[0] is not None
    assert read[1] is not None
    assert (first.replace(microsecond=0) < second.replace(microsecond=0)) == (read[0] < read[1])


@given(st.integers(-(10**13), 10**13))
def test_written_times_are_read(milliseconds: int) -> None:
    """What the server writes is read as the same time."""
    read = moment(written(milliseconds))

    assert read is not None
    assert milliseconds == read.milliseconds


@given(st.one_of(st.text(max_size=40), st.text("0123456789-:.TZtz+ ", max_size=40)))
def test_never_fails(text: str) -> None:
    """Any text is read or refused."""
    read = moment(text)

    assert read is None or "1" <= str(read.milliseconds).lstrip("-")[:1] or read.milliseconds == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00Z",
        "2026-03-01 12:00:00Z",
        "2026-3-1T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2025-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:61Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T23:59:60+01:00",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00+0100",
        "2026-03-01T12:00:00+24:00",
        "2026-03-01T12:00:00Z\n",
        " 2026-03-01T12:00:00Z",
        "٢٠٢٦-03-01T12:00:00Z",
        f"2026-03-01T12:00:00.{'1' * 200}Z",
    ],
)
def test_refused(text: str) -> None:
    """No zone, no such day, a leap second where none can be, and other spellings are refused."""
    assert None is moment(text)


@pytest.mark.parametrize(
    "text", ["2000-02-29T12:00:00z", "2026-03-01t12:00:00-00:00", "0000-02-29T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_taken(text: str) -> None:
    """Small letters, an unknown zone and the first and last years are times."""
    assert moment(text) is not None


def test_leap_seconds() -> None:
    """A leap second lies between the second before it and the next day, in any zone, its fraction within it."""
    texts = ["2016-12-31T23:59:59.999999Z", "2016-12-31T15:59:60-08:00", "2017-01-01T00:59:60.5+01:00", "2017-01-01T00:00:00Z"]
    read = [moment(text) for text in texts]

    assert None not in read
    assert read == sorted(filter(None, read))
    assert 4 == len(set(read))
