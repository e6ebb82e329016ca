"""What files say about themselves, made fit for catalogs: dates, languages and numbers; texts are in `formats.plain`.

Must not know publications. Everything here comes from strangers: nothing raises, nothing takes more than linear time.
"""

import re
from datetime import UTC, date, datetime
from typing import Final

_DATE = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[T ].*)?", re.DOTALL)
_LANGUAGE = re.compile(
    r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)
"""A well-formed language tag: https://www.rfc-editor.org/rfc/rfc5646#section-2.1"""
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999: no date-time goes further."""


def day(written: str) -> str | None:
    """The date (`1851-10-18`) in what a file says, None where there is none. What is left out becomes the first."""
    match = _DATE.fullmatch(written.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)).isoformat()
    except ValueError:
        return None


def moment(milliseconds: int) -> str:
    """A time as RFC 3339, in UTC, whole seconds."""
    seconds = min(max(milliseconds // 1000, 0), _LAST_SECOND)
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def language(tag: str) -> str | None:
    """The tag if it is a well-formed one, `_` taken for `-`."""
    tag = tag.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def number(written: str) -> float | None:
    """A place in a series as a number: `2`, `2.5`; None where it is none."""
    try:
        value = float(written.strip().replace(",", "."))
    except ValueError:
        return None
    if not abs(value) < 1e9:  # noqa: PLR2004 - no series is so long; also not a number
        return None
    return int(value) if value == int(value) else value
