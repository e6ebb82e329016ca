"""The one place where foreign markup is parsed: no DTD, no entities of its own, no network, no recursion.

Well-formed is what browsers take for well-formed. Must not know archives and packages.
Sources: https://html.spec.whatwg.org/multipage/xhtml.html#parsing-xhtml-documents, https://www.w3.org/TR/xml/
"""

import re
from html.entities import html5

from lxml import etree

from placekeeper.domain.errors import LimitExceeded

MAX_MARKUP_BYTES = 32 << 20
"""Package documents, navigation and the like; content documents have the archive's limit."""

XML_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')"""
    r"""(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.:-]*"|'[A-Za-z][\w.:-]*'))?"""
    r"""(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>""",
    re.ASCII,
)
PROLOG = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+[^\s>\["']+(?:\s+(?:PUBLIC\s+(?P<public>"[^"]*"|'[^']*')(?:\s*(?:"[^"]*"|'[^']*'))?|SYSTEM\s*(?:"[^"]*"|'[^']*')))?\s*"""
    r"""(?:\[(?P<subset>(?:[^\]"'<]|"[^"]*"|'[^']*'|<!--.*?-->|<\?.*?\?>|<)*)\]\s*)?>""",
    re.DOTALL,
)
KNOWN_DTDS = frozenset({
    "-//W3C//DTD XHTML 1.0 Transitional//EN",
    "-//W3C//DTD XHTML 1.1//EN",
    "-//W3C//DTD XHTML 1.0 Strict//EN",
    "-//W3C//DTD XHTML 1.0 Frameset//EN",
    "-//W3C//DTD XHTML Basic 1.0//EN",
    "-//W3C//DTD XHTML 1.1 plus MathML 2.0//EN",
    "-//W3C//DTD XHTML 1.1 plus MathML 2.0 plus SVG 1.1//EN",
    "-//W3C//DTD MathML 2.0//EN",
    "-//WAPFORUM//DTD XHTML Mobile 1.0//EN",
})  # fmt: skip
"""Public identifiers with which browsers know HTML's named characters in XML."""
REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def parser(*, recover: bool = False) -> etree.XMLParser:
    """A parser that fetches nothing and expands nothing.

    `huge_tree`, because libxml2's other limits are too low for real books (a text of ten million bytes, 256 open elements). With no
    DTD to declare entities the input can't grow, and its size is bounded before.
    """
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=True,
        recover=recover,
        remove_comments=False,
        strip_cdata=True,
    )


def bare(source: str) -> bytes:
    """The source for a parser: UTF-8 without XML declaration and DOCTYPE, with known named characters as numbers."""
    at = match.end() if (match := XML_DECLARATION.match(source)) else 0
    start = match.end() if (match := PROLOG.match(source, at)) else at
    doctype = DOCTYPE.match(source, start)
    body = source[:start][at:] + source[doctype.end() if doctype else start :]
    if doctype and (doctype["public"] or "")[1:-1] in KNOWN_DTDS:
        body = REFERENCE.sub(character, body)
    return body.encode("utf-8", "surrogatepass")


def character(reference: re.Match[str]) -> str:
    """A named character of HTML as numeric references; the five of XML and unknown names as they are."""
    name = reference[1]
    if name in PREDEFINED or name not in html5:
        return reference[0]
    return "".join(f"&#{ord(letter)};" for letter in html5[name])


def parsed(source: str) -> etree._Element | None:
    """The root element, or None where the source is not well-formed."""
    try:
        return etree.fromstring(bare(source), parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def read(source: str, name: str) -> tuple[etree._Element | None, str]:
    """The root of a file that is no content document, as well as it can be had, and what is wrong with it in one line."""
    if len(source) > MAX_MARKUP_BYTES:
        raise LimitExceeded(f"MAX_MARKUP_BYTES: {name!r} has {len(source)} characters, more than {MAX_MARKUP_BYTES}")
    root = parsed(source)
    if root is not None:
        return root, ""
    try:
        root = etree.fromstring(bare(source), parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return root, f"{name!r} is not well-formed"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
