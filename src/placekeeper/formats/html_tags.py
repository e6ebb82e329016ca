"""The tags of a text as an HTML parser would take them apart, and which open elements each of them surely closes.

Where the standard depends on what can't be known without parsing, a tag is `doubtful`: it may open an element, it closes none.
Sources: https://html.spec.whatwg.org/multipage/parsing.html#tokenization, .../parsing.html#parsing-main-inbody
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

SPACE = r"\ \t\n\f\r"
VALUE = rf"""(?:[{SPACE}]*+=[{SPACE}]*+(?:"[^"]*+"|'[^']*+'|[^{SPACE}>"'][^{SPACE}>]*+))?+"""
ATTRIBUTE = re.compile(rf"([^{SPACE}/>][^{SPACE}/>=]*+){VALUE}")
ATTRIBUTES = rf"(?:[{SPACE}/]*+[^{SPACE}/>][^{SPACE}/>=]*+{VALUE}){{0,1000}}+"
CLOSER = rf"[{SPACE}/]*+>?"
TAG = re.compile(
    rf"""<(?:
        !--(?:-?>|.*?(?:--!?>|\Z))
      | (!\[CDATA\[.*?(?:]]>|\Z))
      | (?:[!?]|/(?![A-Za-z]))[^>]*+>?
      | (script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[{SPACE}/>])({ATTRIBUTES}){CLOSER}(.*?)(?=</\2[{SPACE}/>]|\Z)
      | (/?)([A-Za-z][^{SPACE}/>]*+)({ATTRIBUTES}){CLOSER}
    )((?:[^<]++|<(?![A-Za-z/!?]))*+)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE | re.ASCII,
)
WITHOUT_CDATA = re.compile(TAG.pattern.replace(r"(!\[CDATA\[.*?(?:]]>|\Z))", r"(!\[CDATA\[(?!))"), TAG.flags)
PLAIN = re.compile(rf"<([A-Za-z][^{SPACE}/>]*+)({ATTRIBUTES})", re.ASCII)
CONTEXTS = re.compile(rf"<(?:svg|math|select)(?=[{SPACE}/>])", re.IGNORECASE | re.ASCII)
FOREIGN = re.compile(rf"<(?:svg|math)(?=[{SPACE}/>])", re.IGNORECASE | re.ASCII)

FORMATTING = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
"""Elements that are copied into what follows as long as they have no end tag."""
LINKS = frozenset({"a", "nobr"})
"""Elements that are copied too, but one at a time."""
TABLE_PARTS = frozenset({"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"})
RUBY_PARTS = frozenset({"rb", "rp", "rt", "rtc"})
LIGHT = LINKS | RUBY_PARTS | {"option", "optgroup"}
"""Elements through which every end tag reaches."""
THROUGH = {
    "p": LIGHT | {"li", "dd", "dt"},
    "li": LIGHT | {"p"},
    "dd": LIGHT | {"p"},
    "dt": LIGHT | {"p"},
    "button": LIGHT | {"p", "li", "dd", "dt"},
}
"""Names whose start tag closes an element of that name, and through which elements it reaches."""
OTHER = {"dd": "dt", "dt": "dd"}
"""Names whose start tag closes an element of another name just as well."""
ALL_LIGHT = LIGHT | {"p", "li", "dd", "dt"}
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "button", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "li", "listing", "main", "menu", "nav", "ol", "pre",
    "search", "section", "summary", "table", "ul",
})  # fmt: skip
"""Elements whose end tag closes what is open inside them."""
VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta",
    "param", "source", "track", "wbr",
})  # fmt: skip
VOID_ANYWHERE = frozenset({"br", "embed", "hr", "img", "meta"})
"""Those that end an SVG or MathML around them, instead of being elements of it."""
MOST_IMPLIED = 6
"""Elements that are closed together, as far as is looked."""


class Open(NamedTuple):
    """An element that is open."""

    name: str
    attributes: str


def tags(source: str) -> Iterator[tuple[str, bool, str, str, bool]]:
    """Each tag: name in lower case, whether it is an end tag, attributes, the text that follows, whether it is doubtful.

    Comments and the like have no name.
    """
    contexts = CONTEXTS.search(source) is not None
    pattern = TAG if contexts and FOREIGN.search(source) else WITHOUT_CDATA
    doubtful = False
    for cdata, raw, raw_attributes, content, end, tag, attributes, text in pattern.findall(source):
        if tag:
            yield (tag.lower() if tag.isascii() else tag), bool(end), attributes, text, doubtful
            continue
        yield raw.lower(), False, raw_attributes, text, doubtful
        if contexts and (cdata or raw):  # no raw text in SVG, but markup; nothing of that kind in a select
            for name, inside in PLAIN.findall(cdata or content):
                yield (name.lower() if name.isascii() else name), False, inside, "", True
        if raw and "<!--" in content and "<script" in content.lower():
            doubtful = True  # where this script ends is another question


def closed(above: list[Open], name: str, *, starts: bool, in_table: bool) -> list[Open]:
    """Take the elements away that a tag surely closes. The real rules would often let it close more."""
    if name in FORMATTING or name in LINKS:
        return [] if starts and name not in LINKS else _alone(above, name)
    if name in TABLE_PARTS or (name == "table" and not starts):
        return _up_to(above, name, ALL_LIGHT | TABLE_PARTS) if in_table or name == "table" else []
    if not starts:
        return _up_to(above, name, ALL_LIGHT - {"button"} if name in BLOCKS or name == "p" else LIGHT)
    if name in THROUGH:
        return _up_to(above, name, THROUGH[name]) or _up_to(above, OTHER.get(name, ""), THROUGH[name])
    return _choice_or_ruby(above, name)


def _choice_or_ruby(above: list[Open], name: str) -> list[Open]:
    """What the start tag of a choice closes, or one within ruby: the innermost element, where it stands in its parent."""
    last, *around = [*(each.name for each in above[:-4:-1]), "", "", ""][:3]
    if name == "option" or (name == "optgroup" and around[0] == "select"):
        return [above.pop()] if last == name else []
    in_ruby = around[0] == "ruby" or around == ["rtc", "ruby"]
    return [above.pop()] if name in RUBY_PARTS and last in RUBY_PARTS - {"rtc"} and in_ruby else []


def _alone(above: list[Open], name: str) -> list[Open]:
    """The innermost element of a name, out of what is inside it, which stays open."""
    for back in range(1, min(len(above), MOST_IMPLIED) + 1):
        if above[-back].name == name:
            return [above.pop(-back)]
        if above[-back].name not in ALL_LIGHT:
            break
    return []


def _up_to(above: list[Open], name: str, through: frozenset[str]) -> list[Open]:
    """The innermost element of a name, with those inside it that it may be closed through."""
    for back in range(1, min(len(above), MOST_IMPLIED) + 1):
        if above[-back].name == name:
            taken = above[-back:]
            del above[-back:]
            return taken
        if above[-back].name not in through:
            break
    return []
