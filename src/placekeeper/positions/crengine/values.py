"""The values of the few properties that matter, as crengine's reader takes them; anything else is as if it were not there.

Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (LVCssDeclaration::parse)
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from placekeeper.positions.crengine.elements import Display, WhiteSpace, words

_WORD = re.compile(r"(?:[ \t\r\n]|/\*.*?\*/)*(-?[A-Za-z][A-Za-z0-9_-]*)", re.DOTALL)
_GLOBAL: Final = ("inherit", "initial", "unset")

DISPLAYS: Final[Mapping[str, Display]] = {
    "ruby": Display.RUBY,
    "run-in": Display.RUN_IN,
    "inline": Display.INLINE,
    "block": Display.BLOCK,
    "list-item": Display.LIST_ITEM,
    "inline-block": Display.INLINE_BLOCK,
    "inline-table": Display.INLINE_TABLE,
    "table": Display.TABLE,
    "table-row-group": Display.TABLE_ROW_GROUP,
    "table-header-group": Display.TABLE_HEADER_GROUP,
    "table-footer-group": Display.TABLE_FOOTER_GROUP,
    "table-row": Display.TABLE_ROW,
    "table-column-group": Display.TABLE_COLUMN_GROUP,
    "table-column": Display.TABLE_COLUMN,
    "table-cell": Display.TABLE_CELL,
    "table-caption": Display.TABLE_CAPTION,
    "none": Display.NONE,
    "inherit": Display.INHERIT,
    "initial": Display.INLINE,
    "unset": Display.INLINE,
}
WHITE_SPACES: Final[Mapping[str, WhiteSpace]] = {
    "normal": WhiteSpace.NORMAL,
    "nowrap": WhiteSpace.NOWRAP,
    "pre-line": WhiteSpace.PRE_LINE,
    "pre": WhiteSpace.PRE,
    "pre-wrap": WhiteSpace.PRE_WRAP,
    "break-spaces": WhiteSpace.BREAK_SPACES,
    "inherit": WhiteSpace.INHERIT,
    "initial": WhiteSpace.NORMAL,
    "unset": WhiteSpace.INHERIT,
}
_FLOATS: Final = {"none", "left", "right", "inline-start", "inline-end", *_GLOBAL}
_NO_CONTENT: Final = {"none", "normal", *_GLOBAL}


def word(value: str) -> str:
    """The first word of a value, in lower case; empty where it begins otherwise."""
    found = _WORD.match(value)
    return found[1].lower() if found else ""


def _among(known: Mapping[str, object]) -> Callable[[str], str | None]:
    return lambda value: name if (name := word(value)) in known else None


def _float(value: str) -> str | None:
    name = word(value)
    return ("none" if name in {"none", *_GLOBAL} else name) if name in _FLOATS else None


def _content(value: str) -> str | None:
    """`some` where a pseudo-element gets content, even an empty text, `none` where it does not."""
    name = word(value)
    if name in _NO_CONTENT:
        return "none"
    return "some" if value and value[0] not in ";}" else None


VALUES: Final[Mapping[str, Callable[[str], str | None]]] = {
    "display": _among(DISPLAYS),
    "white-space": _among(WHITE_SPACES),
    "float": _float,
    "content": _content,
}
"""By property: the value as it counts, None where crengine skips the declaration."""

_SIDES: Final = ("left", "right", "top", "bottom")
PROPERTIES: Final = {
    *words(
        "display white-space text-align text-align-last -epub-text-align-last text-decoration -epub-text-decoration text-"
        " transform hyphens -webkit-hyphens adobe-hyphenate adobe-text-layout hyphenate -epub-hyphens color vertical-align font-"
        " family font-size font-style font-weight font-feature-settings font-optical-sizing font-variant font-variant-ligatures"
        " font-variant-caps -webkit-font-variant-ligatures font-variant-position font-variant-numeric font-variant-east-asian"
        " font-variant-alternates text-indent initial-letter -webkit-initial-letter line-height letter-spacing width height min-"
        " width min-height max-width max-height margin padding page-break-before page-break-after page-break-inside break-before"
        " break-after break-inside list-style list-style-type list-style-position list-style-image border border-style border-"
        " width border-color background background-color background-image background-repeat background-position background-size"
        " -webkit-background-size border-collapse border-spacing orphans widows float clear direction visibility line-break"
        " -epub-line-break -webkit-line-break word-break box-sizing caption-side ruby-position content"
    ),
    *(f"{name}-{side}" for name in ("margin", "padding", "border") for side in _SIDES),
    *(f"border-{side}-{what}" for side in _SIDES for what in ("style", "width", "color")),
}
"""What `@supports` is true of."""
