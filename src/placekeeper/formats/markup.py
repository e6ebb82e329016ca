"""The one place where foreign XML is parsed: no DTD, no entities of its own, no network, no recursion.

Well-formed is what browsers take for well-formed. Must not know archives and packages.
Sources: https://html.spec.whatwg.org/multipage/xhtml.html#parsing-xhtml-documents, https://www.w3.org/TR/xml/
"""

import re
from html.entities import html5

from lxml import etree

XML_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')"""
    r"""(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.:-]*"|'[A-Za-z][\w.:-]*'))?"""
    r"""(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>""",
    re.ASCII,
)
PROLOG = re.compile(r"(?>\s+|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+[^\s>\["']+
        (?:\s+(?:PUBLIC\s+(?P<public>"[^"]*"|'[^']*')\s+(?:"[^"]*"|'[^']*')|SYSTEM\s+(?:"[^"]*"|'[^']*')))?\s*(?P<end>[\[>])""",
    re.VERBOSE,
)
SUBSET = re.compile(r"""[^\]"'<]*+(<!--|<\?|["'<\]])""")
"""What matters for where an internal subset ends: quoted values, comments and processing instructions may hold a bracket."""
CLOSERS = {"<!--": "-->", "<?": "?>", '"': '"', "'": "'"}
AFTER_SUBSET = re.compile(r"\s*>")
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
SURROGATE = re.compile(r"&#(?:[xX]0*[dD][89A-Fa-f][0-9A-Fa-f]{2}(?![0-9A-Fa-f])|0*5[5-7][0-9]{3}(?![0-9]))")
"""References to halves of characters, out of which a forgiving parser makes strings that can't be read."""
PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def parser(*, recover: bool = False) -> etree.XMLParser:
    """A parser that fetches nothing and expands nothing.

    `huge_tree`, because libxml2's own limits are too low for real books: a text of ten million bytes, 256 open elements.
    Without a DTD no entity can make the input grow, and its size was bounded before; 2,048 open elements remain the limit.
    """
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, recover=recover
    )


def parsed(source: str) -> etree._Element | None:
    """The root element, or None where the source is not well-formed."""
    return tried(source, parser())


def salvaged(source: str) -> etree._Element | None:
    """The root element of a source that is not well-formed, as well as it can be had; None where nothing can."""
    return tried(SURROGATE.sub("&#xFFFD", source), parser(recover=True))


def tried(source: str, with_parser: etree.XMLParser) -> etree._Element | None:
    """What a parser makes of a source."""
    try:
        root: etree._Element | None = etree.fromstring(bare(source), with_parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def bare(source: str) -> bytes:
    """The source for a parser: UTF-8 without XML declaration and DOCTYPE, known named characters as numbers."""
    at, start, end, characters = prolog(source)
    body = source[at:start] + source[end:]
    if characters and "&" in body:
        body = REFERENCE.sub(as_numbers, body)
    return body.encode("utf-8", "surrogatepass")


def prolog(source: str) -> tuple[int, int, int, bool]:
    """Where the XML declaration ends, where the DOCTYPE begins and ends, and whether named characters are known with it."""
    at = match.end() if (match := XML_DECLARATION.match(source)) else 0
    start = match.end() if (match := PROLOG.match(source, at)) else at
    doctype = DOCTYPE.match(source, start)
    end = doctype_end(source, doctype) if doctype else -1
    if doctype is None or end < 0:
        return at, start, start, False
    public = " ".join((doctype["public"] or "")[1:-1].split())
    return at, start, end, public in KNOWN_DTDS


def doctype_end(source: str, doctype: re.Match[str]) -> int:
    """Where a DOCTYPE ends that may have an internal subset; -1 where it does not end."""
    at = doctype.end()
    if doctype["end"] == ">":
        return at
    while found := SUBSET.match(source, at):
        at = found.end()
        if found[1] == "]":
            return after.end() if (after := AFTER_SUBSET.match(source, at)) else -1
        if closer := CLOSERS.get(found[1]):
            at = source.find(closer, at) + len(closer)
            if at < len(closer):
                return -1
    return -1


def without_doctype(source: str) -> str:
    """The source with spaces for its DOCTYPE, so that whatever an internal subset says is not even read. Offsets stay."""
    _, start, end, _ = prolog(source)
    return source[:start] + " " * (end - start) + source[end:]


def as_numbers(reference: re.Match[str]) -> str:
    """A named character of HTML as numeric references; the five of XML and unknown names as they are."""
    name = reference[1]
    if name in PREDEFINED or name not in html5:
        return reference[0]
    return "".join(f"&#{ord(letter)};" for letter in html5[name])


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: etree._Element | None) -> str:
    """All text in an element, white space collapsed; images count as their alternative text."""
    if element is None:
        return ""
    if not len(element) and local(element) != "img":  # as nearly all are
        return " ".join((element.text or "").split())
    pieces: list[str] = []
    for node in element.iter():
        if local(node):
            pieces += [node.get("alt", "") if local(node) == "img" else "", node.text or ""]
        if node is not element:
            pieces.append(node.tail or "")
    return " ".join("".join(pieces).split())
