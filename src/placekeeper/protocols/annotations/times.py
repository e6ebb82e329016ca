"""The times of bookmarks: RFC 3339, and zones without a colon, which Android's app reads too. Knows no bookmark.

Source: https://www.rfc-editor.org/rfc/rfc3339#section-5.6
"""

import re
from datetime import datetime, timedelta
from typing import Final

MAX_LENGTH: Final = 64
"""Characters. No clock counts to thirty digits of a second."""
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:)(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):?([0-5]\d))", re.ASCII
)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the zone is subtracted by hand, so that the first and last days can't overflow
_LEAP: Final = "60"
_DAYS: Final = range(-62_135_596_800_000, 253_402_300_800_000)
"""The instants of the years 1 to 9999 in UTC: who writes a time again has no others."""


def unix(text: str) -> int | None:
    """The instant as Unix milliseconds, rounded down; None for what is no time, or has no zone, or is in no year of ours."""
    found = _TIME.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if not found:
        return None
    day, minute, second, fraction, sign, hours, minutes = found.groups()
    leap = second == _LEAP  # counts as the last millisecond before it
    try:
        local = datetime.fromisoformat(f"{day}T{minute}{'59' if leap else second}")
    except ValueError:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    at = (local - _EPOCH - offset) // timedelta(milliseconds=1) + (999 if leap else int(((fraction or "") + "000")[:3]))
    return at if at in _DAYS else None
