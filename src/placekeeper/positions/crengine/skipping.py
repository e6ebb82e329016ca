"""How crengine goes over what it does not understand in a style sheet: quotes and one level of brackets count, comments do not.

Must not know rules. Every expression here is linear: none of them ever goes back.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (skip_spaces, skip_to_next)
"""

import re
from typing import Final

SPACE: Final = re.compile(r"(?:[ \t\r\n]++|/(?=\*).*?(?:\*/|(?=.\Z)))*+", re.DOTALL)
"""White space and comments. An open comment leaves the sheet's last character, which may be the `}` that a rule lacks."""

SHORT_SPACE: Final = r"(?:[ \t\r\n]++|/(?=\*)(?:[^*]|\*(?!/)){0,2000}+\*/)*+"
"""The same where it can come to nothing, with a bound for comments so that it can't come to nothing over and over."""

_QUOTED = r""""(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z)"""
_BRACKETS: Final = {"(": r"\)", "[": r"\]", "{": r"\}"}


def _over(stops: str) -> re.Pattern[str]:
    pairs = "".join(
        rf"|\{opening}(?:[^{closing}\\\"']++|\\.|{_QUOTED})*+(?:{closing}|\\?\Z)"
        for opening, closing in _BRACKETS.items()
        if opening not in stops
    )
    return re.compile(rf"(?:[^{re.escape(stops)}\\\"'(\[{{]++|\\.|{_QUOTED}{pairs}|\\\Z)*+", re.DOTALL)


_OVER: Final = {stops: _over(stops) for stops in (";}", ";{", ";", ",)")}


def ahead(css: str, at: int, stops: str) -> int:
    """Where the first of `stops` stands that is not quoted, escaped or in brackets; the end of the sheet where there is none.

    `stops` is one of those in `_OVER`.
    """
    found = _OVER[stops].match(css, at)
    return found.end() if found else at
