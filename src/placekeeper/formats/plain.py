"""Texts that files say about themselves, made fit to be shown: descriptions without markup, text without what XML can't hold.

Must not know publications. Everything here comes from strangers: nothing raises, nothing takes more than linear time.
"""

import re
from html import unescape
from typing import Final

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
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
