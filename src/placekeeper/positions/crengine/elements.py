"""What crengine takes for granted about elements by their name, before any style sheet.

Source: https://github.com/koreader/crengine/blob/master/crengine/include/fb2def.h
"""

import enum
from typing import Final


class Display(enum.IntEnum):
    """Computed `display`, in crengine's order: comparisons are meant."""

    INHERIT = 0
    RUBY = 1
    RUN_IN = 2
    INLINE = 3
    BLOCK = 4
    LIST_ITEM = 6
    INLINE_BLOCK = 7
    INLINE_TABLE = 8
    TABLE = 9
    TABLE_ROW_GROUP = 10
    TABLE_HEADER_GROUP = 11
    TABLE_FOOTER_GROUP = 12
    TABLE_ROW = 13
    TABLE_COLUMN_GROUP = 14
    TABLE_COLUMN = 15
    TABLE_CELL = 16
    TABLE_CAPTION = 17
    NONE = 18


class WhiteSpace(enum.IntEnum):
    """Computed `white-space`, in crengine's order: from `PRE_LINE` on, nothing is collapsed."""

    INHERIT = 0
    NORMAL = 1
    NOWRAP = 2
    PRE_LINE = 3
    PRE = 4
    PRE_WRAP = 5
    BREAK_SPACES = 6


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_BLOCK: Final = words(
    "body hr form pre blockquote div h1 h2 h3 h4 h5 h6 p output section ol ul dl dt dd title address article aside canvas"
    " fieldset figcaption figure footer header hgroup legend main nav noscript video center dir menu multicol noframes"
    " search listing textarea plaintext xmp details dialog summary frame frameset iframe noembed template select button"
    " marquee optgroup datalist map autoBoxing tabularBox floatBox city date email history id isbn keywords lang nickname"
    " publisher sequence subtitle v version year book-name book-title custom-info home-page program-used src-lang src-ocr"
    " src-url text-author"
)
_NONE: Final = words("style script base basefont bgsound meta link binary description genre stylesheet")
_TABLES: Final = {
    "li": Display.LIST_ITEM,
    "table": Display.TABLE,
    "caption": Display.TABLE_CAPTION,
    "colgroup": Display.TABLE_COLUMN_GROUP,
    "col": Display.TABLE_COLUMN,
    "thead": Display.TABLE_HEADER_GROUP,
    "tbody": Display.TABLE_ROW_GROUP,
    "tfoot": Display.TABLE_FOOTER_GROUP,
    "tr": Display.TABLE_ROW,
    "th": Display.TABLE_CELL,
    "td": Display.TABLE_CELL,
    "ruby": Display.RUBY,
}
_STRUCTURE: Final = words(  # block, and without text of their own
    "DocFragment ?xml ?xml-stylesheet html head applet area track input keygen param audio source FictionBook annotation author"
    " coverpage epigraph part poem stanza document-info empty-line publish-info src-title-info title-info"
)
OBJECTS: Final = words("svg object embed img image")
_NO_TEXT: Final = (
    _STRUCTURE | OBJECTS | words("base basefont bgsound meta link table colgroup col thead tbody tfoot tr description")
)
_PRE: Final = words("style pre listing textarea plaintext xmp")
_SVG_TEXT: Final = words("style text tspan textPath title desc metadata")
_MATH_TEXT: Final = words("mi mn mo ms mtext mspace mglyph msqrt annotation")
_MATH: Final = words(
    "math mglyph mi mn mo mtext mspace ms mrow mstyle merror mphantom mpadded menclose mfenced mfrac msqrt mroot munder"
    " mover munderover msub msup msubsup mmultiscripts mprescripts none mtable mtr mlabeledtr mtd maligngroup malignmark"
    " mstack mlongdiv msgroup msrow mscarries mscarry msline maction semantics annotation-xml"
)

OUTSIDE_MATH: Final = {
    **dict.fromkeys(words("mo mrow mfenced mpadded menclose merror"), Display.INLINE_BLOCK),
    **dict.fromkeys(
        words("mfrac msub msup msubsup mmultiscripts munder mover munderover msqrt mroot mtable mstack mlongdiv"),
        Display.INLINE_TABLE,
    ),
    "mtr": Display.TABLE_ROW,
    "mlabeledtr": Display.TABLE_ROW,
    "mtd": Display.TABLE_CELL,
    "msline": Display.BLOCK,
    "mscarry": Display.NONE,
    "annotation-xml": Display.NONE,
}
"""The `display` that crengine's own sheet for mathematics gives, after all other sheets, where there is no `math` around."""


def default_display(name: str) -> Display:
    """The `display` that an element has without any style sheet; inline where the name is unknown."""
    if name in _BLOCK or name in _STRUCTURE:
        return Display.BLOCK
    if name in _NONE:
        return Display.NONE
    return _TABLES.get(name, Display.INLINE)


def default_white_space(name: str) -> WhiteSpace:
    """The `white-space` that an element has without any style sheet."""
    return WhiteSpace.PRE if name in _PRE else WhiteSpace.INHERIT


def allows_text(name: str, *, in_svg: bool, in_math: bool) -> bool:
    """Whether text directly in the element is kept; `in_svg` and `in_math` are true for the svg and math elements too."""
    if in_svg:
        return name in _SVG_TEXT
    if in_math and (name in _MATH or name == "annotation"):
        return name in _MATH_TEXT
    return name not in _NO_TEXT
