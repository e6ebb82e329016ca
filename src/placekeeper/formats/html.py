"""Text as HTML, the way browsers parse it, into a `Document`. Must not know XML, archives and packages.

Source: https://html.spec.whatwg.org/multipage/parsing.html
"""

from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.html_work import check_work
from placekeeper.formats.limits import LIMITS
from placekeeper.positions.document import NO_ATTRIBUTES, Builder, Document

TEXT, COMMENT = "-text", "-comment"


def document(source: str) -> Document:
    """The document that a browser makes of `source` as text/html. Raises `LimitExceeded`."""
    builder, nesting, most = Builder(), LIMITS.nesting, LIMITS.html_copies
    start, end, text = builder.start, builder.end, builder.text
    above: list[LexborNode] = []
    node = parsed(source)
    while node is not None:  # `events` in line, because a look into a book waits for it
        name = node.tag or COMMENT
        if name == TEXT:
            text(node.text_content or "")
        elif name[0] == "-":
            builder.split()
        else:
            if start(name, attributes(node)) > most:
                raise LimitExceeded(f"html_copies: HTML of more than {most} elements")
            if len(above) >= nesting:
                end()  # Chromium: what is deeper becomes a sibling
            if name != "template" and (child := node.first_child) is not None:
                above.append(node)
                node = child
                continue
            if len(above) < nesting:
                end()
        while (following := node.next) is None and above:
            node = above.pop()
            if len(above) < nesting:
                end()
        node = following
    return builder.finish()


def parsed(source: str) -> LexborNode | None:
    """The root element. Raises `LimitExceeded`, also where the memory does not suffice."""
    check_work(source)
    try:
        return LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS).root
    except (SelectolaxError, MemoryError) as error:
        raise LimitExceeded(f"html_memory: {len(source)} characters of HTML that could not be parsed: {error}") from error


def events(source: str) -> Iterator[tuple[str, LexborNode | None]]:
    """The nodes of a document in order, each with its name; ("", None) where an element ends. Raises `LimitExceeded`.

    What is in a `template` is not among its children, nor is it in browsers.
    """
    node = parsed(source)
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
    if not found:
        return NO_ATTRIBUTES
    return {name: value or "" for name, value in found.items()}
