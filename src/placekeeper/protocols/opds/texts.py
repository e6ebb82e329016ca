"""What files say about themselves, made fit for catalogs: descriptions without markup, dates, languages and text for XML.

Must not know publications. Everything here comes from strangers: nothing raises, nothing takes more than linear time.
"""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
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
_SILENT: Final = frozenset({"script", "style", "head", "title"})
LONGEST: Final = 20_000
"""Characters of a description that are kept: a screen shows a few hundred."""
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999: no date-time goes further."""


class _Text(HTMLParser):
    """Gathers the words of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the name is the library's
        """A tag begins."""
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Words between tags."""
        if not self._silent:
            self.parts.append(data.replace("\n", " "))


def legal(text: str) -> str:
    """The text without what XML can't hold (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", text)


def plain(description: str) -> str:
    """A description as plain text: markup becomes line ends or nothing, so no app can be made to run anything by it."""
    description = legal(description[:LONGEST])
    if not _MARKUP.search(description):
        return description.strip()
    parser = _Text()
    parser.feed(description)
    parser.close()
    return _LINES.sub("\n", _BLANKS.sub(" ", legal("".join(parser.parts)))).strip()


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
