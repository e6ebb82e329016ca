"""Text as HTML, the way browsers parse it, into a `Document`. Must not know XML, archives and packages.

Source: https://html.spec.whatwg.org/multipage/parsing.html
"""

from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.html_work import check_work
from placekeeper.formats.limits import LIMITS
from placekeeper.positions.document import NO_ATTRIBUTES, Builder, Document

TEXT, COMMENT = "-text", "-comment"


def document(source: str) -> Document:
    """The document that a browser makes of `source` as text/html. Raises `LimitExceeded`."""
    builder = Builder()
    depth = 0
    for name, node in events(source):
        if node is None:
            if depth <= LIMITS.nesting:
                builder.end()
            depth -= 1
        elif name == TEXT:
            builder.text(node.text_content or "")
        elif name == COMMENT:
            builder.split()
        else:
            if builder.start(name, attributes(node)) > LIMITS.html_copies:
                raise LimitExceeded(f"html_copies: HTML of more than {LIMITS.html_copies} elements")
            depth += 1
            if depth > LIMITS.nesting:  # Chromium: what is deeper becomes a sibling
                builder.end()
    return builder.finish()


def events(source: str) -> Iterator[tuple[str, LexborNode | None]]:
    """The nodes of a document in order, each with its name; ("", None) where an element ends. Raises `LimitExceeded`.

    What is in a `template` is not among its children, nor is it in browsers.
    """
    check_work(source)
    node = LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS).root
    above: list[LexborNode] = []
    while node is not None:
        name = node.tag or COMMENT
        yield name, node
        following = None
        if not name.startswith("-"):
            if name != "template" and (child := node.first_child) is not None:
                above.append(node)
                node = child
                continue
            yield "", None
        while (following := node.next) is None and above:
            node = above.pop()
            yield "", None
        node = following


def attributes(node: LexborNode) -> Mapping[str, str]:
    """The attributes of an element; those without a value have an empty one."""
    found = node.attributes
    return {name: value or "" for name, value in found.items()} if found else NO_ATTRIBUTES
