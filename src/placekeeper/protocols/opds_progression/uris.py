"""Whether a text is a URI, or a reference to one, by the letter of the grammar. Knows no document.

One reference that is not makes Thorium drop the whole document, so nothing else is taken in or sent out.
Source: https://www.rfc-editor.org/rfc/rfc3986#appendix-A
"""

import re
from typing import Final
from urllib.parse import quote

_PCHAR: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_SEGMENTS: Final = rf"(?:/{_PCHAR}*)*"
_NO_SCHEME: Final = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{{2}})+{_SEGMENTS}"
_USER: Final = r"(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@)?"
_HOST: Final = r"(?:\[[0-9A-Fa-f:.vV\-_~!$&'()*+,;=]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)"
_AUTHORITY: Final = rf"//{_USER}{_HOST}(?::[0-9]*)?{_SEGMENTS}"
_ABSOLUTE: Final = rf"/(?:{_PCHAR}+{_SEGMENTS})?"
_TAIL: Final = rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
_ROOTLESS: Final = rf"{_PCHAR}+{_SEGMENTS}"
_URI: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{_AUTHORITY}|{_ABSOLUTE}|{_ROOTLESS})?{_TAIL}")
_RELATIVE: Final = re.compile(rf"(?:{_AUTHORITY}|{_ABSOLUTE}|{_NO_SCHEME})?{_TAIL}")
FRAGMENT: Final = "/?:@!$&'()*+,;=-._~"
"""What may stand in a fragment as it is, besides letters and figures."""


def is_uri(text: str) -> bool:
    """Whether it is a URI with a scheme and something behind it."""
    return bool(_URI.fullmatch(text)) and not text.endswith(":")


def is_reference(text: str) -> bool:
    """Whether it is a URI reference: a URI, or a relative one, such as `chapter1.html#par36` or `#page=6`."""
    return bool(_RELATIVE.fullmatch(text)) or bool(_URI.fullmatch(text))


def fragment(text: str) -> str:
    """A text as a fragment can hold it: percent-encoded where it must be (blanks, `[ ] ^`, what is not ASCII)."""
    return quote(text, safe=FRAGMENT, errors="replace")
