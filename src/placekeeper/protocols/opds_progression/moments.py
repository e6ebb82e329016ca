"""The times that documents carry: RFC 3339 with a zone, compared as instants, however they are spelled. Knows no document.

Fractions have as many digits as the client likes, and a leap second comes after the second before it and before the next one.
Source: https://www.rfc-editor.org/rfc/rfc3339#section-5.6
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

_DATE_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = 86_400
_LEAP: Final = 60
"""The second that only a leap second has."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
"""What calendars of programs bear. No clock of a device shows less or more."""
MAX_LENGTH: Final = 128
"""Characters. A fraction of a hundred digits is no time."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant. Moments compare as instants do. `milliseconds`: Unix time, rounded down, within the years 1 to 9999."""

    seconds: int
    after: bool
    fraction: str
    milliseconds: int = field(compare=False)


def moment(text: str) -> Moment | None:
    """The instant that a date-time says; None where it is none, or has no zone."""
    found = _DATE_TIME.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if not 1 <= month <= len(_DAYS) or not 1 <= day <= _length(year, month):
        return None
    sign, hours, minutes = found[8], int(found[9] or 0), int(found[10] or 0)
    offset = (hours * 60 + minutes) * (-60 if sign == "-" else 60)
    seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - offset
    leap = second == _LEAP
    if leap and seconds % _DAY:  # leap seconds come at the end of a day in UTC, and nowhere else
        return None
    fraction = (found[7] or "").rstrip("0")
    milliseconds = seconds * 1000 - 1 if leap else seconds * 1000 + int((fraction + "000")[:3])
    return Moment(seconds, not leap, fraction, min(max(milliseconds, _FIRST), _LAST))


def written(milliseconds: int) -> str:
    """A time of ours (Unix milliseconds) as documents carry it."""
    at = _EPOCH + timedelta(milliseconds=milliseconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS[month - 1] + (leap and month == 2)  # noqa: PLR2004 - February


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, for the years before it was made too (`datetime` knows no year 0)."""
    cycle = 400
    shifted = datetime(year % cycle + cycle, month, day, tzinfo=UTC)
    return shifted.toordinal() + (year - shifted.year) // cycle * 146_097 - _EPOCH.toordinal()
