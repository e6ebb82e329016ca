"""What files say about themselves, made fit for catalogs: descriptions without markup, dates, languages and text for XML.

Must not know publications. Everything here comes from strangers: nothing raises, nothing takes more than linear time.
"""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Final

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_DATE = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[T ].*)?", re.DOTALL)
_LANGUAGE = re.compile(
    r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)
"""A well-formed language tag: https://www.rfc-editor.org/rfc/rfc5646#section-2.1"""
_BLOCKS: Final = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"})
_TAG: Final = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <(?P<silent>script|style|head|title)(?=[\s/>])[^<>]*>.*?(?:</(?P=silent)[^<>]*>?|\Z)
    | </?(?P<name>[a-z][a-z0-9-]*)(?:"[^"<]*"|'[^'<]*'|[^<>"'])*+>
    | </?(?P<odd>[a-z][a-z0-9-]*)[^<>]*>
    | <[/!?][^<>]*>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""A tag, or what is not shown. Each part of it ends at the next `<` or takes all there is, so a search for all takes linear time;
`html.parser` takes its square for tags that do not end. `odd`: a quotation mark in it is never closed.
"""
_CUT_TAG: Final = re.compile(r"<[^<>]*\Z")
LONGEST: Final = 20_000
"""Characters of a description that are kept: a screen shows a few hundred."""
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999: no date-time goes further."""


def legal(text: str) -> str:
    """The text without what XML can't hold (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", text)


def plain(description: str) -> str:
    """A description as plain text: markup becomes line ends or nothing, so no app can be made to run anything by it."""
    cut = len(description) > LONGEST
    description = legal(description[:LONGEST])
    if not _MARKUP.search(description):
        return description.strip()
    if cut:
        description = _CUT_TAG.sub("", description)
    parts, at = [], 0
    for tag in _TAG.finditer(description):
        parts.append(_words(description[at : tag.start()]))
        parts.append("\n" if (tag["name"] or tag["odd"] or "").lower() in _BLOCKS else "")
        at = tag.end()
    parts.append(_words(description[at:]))
    return _LINES.sub("\n", _BLANKS.sub(" ", legal("".join(parts)))).strip()


def _words(source: str) -> str:
    """What stands between tags, as it is read."""
    return unescape(source).replace("\n", " ")


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
