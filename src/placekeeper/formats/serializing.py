"""What browsers' XMLSerializer writes for a document: how apps on epub.js hand a document on, to be parsed again as HTML.

Only what makes a difference to the tree and text of the second parse is written. Must not know archives and packages.
Sources: https://www.w3.org/TR/DOM-Parsing/#xml-serialization, https://github.com/futurepress/epub.js (section.js, contents)
"""

import re

from placekeeper.formats.html import COMMENT, TEXT, attributes, events
from placekeeper.formats.html_work import VOID
from placekeeper.formats.markup import prolog

START = "<!DOCTYPE html>"
"""A frame that is filled from `srcdoc` is never in quirks mode."""
EMPTY = re.compile(
    r"""<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>|([A-Za-z_][^\s/>]*+)((?:[^<>"'/]++|"[^"<]*+"|'[^'<]*+'|/(?!>))*+)/>)""",
    re.DOTALL,
)
EMPTY_VOID = re.compile(rf"""<({"|".join(sorted(VOID))})((?:\s(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)?)></\1\s*>""")
RAW = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|(<(style|script)\b[^<>]*>)(.*?)(?=</\2\s*>|\Z)", re.DOTALL)
CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
XHTML_PREFIX = re.compile(r"""\sxmlns:([^\s=]+)\s*=\s*["']http://www\.w3\.org/1999/xhtml["']""")
NUMBER = re.compile(r"&#(?:[xX](0*(?:[89][0-9A-Fa-f]|[dD]))|(0*(?:1[2-5][0-9]|13)));")


def from_xhtml(source: str) -> str:
    """The serialization of a well-formed source: mostly the source itself, with each empty element closed as HTML needs it."""
    at, start, end, _ = prolog(source)
    body = source[at:start] + source[end:]
    prefixes = frozenset(XHTML_PREFIX.findall(body))
    body = EMPTY.sub(lambda found: closed(found, prefixes), body)
    body = EMPTY_VOID.sub(r"<\1\2 />", body)
    if "<style" in body or "<script" in body:
        body = RAW.sub(escaped_script, body)
    if "&#" in body:
        body = NUMBER.sub(as_character, body)
    return START + body


def closed(found: re.Match[str], prefixes: frozenset[str]) -> str:
    """An empty element of XHTML gets an end tag, unless HTML knows that it is empty; what is no empty element stays."""
    name, inside = found.group(1, 2)
    if not name or name in VOID or (":" in name and name.partition(":")[0] not in prefixes):
        return found[0]
    return f"<{name}{inside}></{name}>"


def escaped_script(found: re.Match[str]) -> str:
    """The serializer escapes `>` in scripts and styles too, but not in CDATA sections; the HTML parser does not undo it."""
    if not found[1]:
        return found[0]
    pieces = CDATA.split(found[3])
    pieces[::2] = [piece.replace(">", "&gt;") for piece in pieces[::2]]
    return found[1] + "".join(pieces)


def as_character(found: re.Match[str]) -> str:
    """A reference that means another character in HTML than in XML, as that character."""
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if code == ord("\r") or 0x80 <= code <= 0x9F else found[0]  # noqa: PLR2004 - the C1 control characters


def from_html(source: str) -> str:
    """The serialization of the document that a browser makes of `source` as text/html. Raises `LimitExceeded`."""
    written = [START]
    open_tags: list[str] = []
    for name, node in events(source):
        if node is None:
            written.append(open_tags.pop())
        elif name == TEXT:
            written.append(escaped(node.text_content or ""))
        elif name == COMMENT:
            written.append(f"<!--{node.comment_content or ''}-->" if node.is_comment_node else "")
        else:
            inside = "".join(f' {key}="{escaped(value)}"' for key, value in attributes(node).items())
            void = name in VOID
            written.append(f"<{name}{inside} />" if void else f"<{name}{inside}>")
            open_tags.append("" if void else f"</{name}>")
    return "".join(written)


def escaped(text: str) -> str:
    """Text or an attribute's value as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
