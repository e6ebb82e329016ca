"""Text as HTML, the way browsers parse it, into a `Document`. Must not know XML, archives and packages.

Source: https://html.spec.whatwg.org/multipage/parsing.html
"""

from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from placekeeper.positions.document import NO_ATTRIBUTES, Builder, Document

TEXT, COMMENT = "-text", "-comment"


def events(root: LexborNode) -> Iterator[tuple[str, LexborNode | None]]:
    """Nodes in document order: name and node of each, ("", None) where an element ends. The contents of `template` are no children."""
    node, above = root, []
    while True:
        name = node.tag or COMMENT
        yield name, node
        if not name.startswith("-"):
            child = node.first_child if name != "template" else None
            if child is not None:
                above.append(node)
                node = child
                continue
            yield "", None
        while (following := node.next) is None:
            if not above:
                return
            node = above.pop()
            yield "", None
        node = following


def attributes(node: LexborNode) -> Mapping[str, str]:
    """The attributes of an element; those without a value have an empty one."""
    found = node.attributes
    return {name: value or "" for name, value in found.items()} if found else NO_ATTRIBUTES


def document(source: str) -> Document:
    """The document that a browser makes of `source` as text/html."""
    builder = Builder()
    root = LexborHTMLParser(source).root
    if root is None:
        return builder.finish()
    for name, node in events(root):
        if node is None:
            builder.end()
        elif name == TEXT:
            builder.text(node.text_content or "")
        elif name.startswith("-"):
            builder.split()
        else:
            builder.start(name, attributes(node))
    return builder.finish()
