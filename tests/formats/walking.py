"""A second way from well-formed XHTML to a `Document`: libxml2's tree instead of our tokenizer. Slower, and independent of it."""

from lxml import etree

from placekeeper.formats.markup import parsed
from placekeeper.positions.document import Builder, Document


def local(name: object) -> str:
    return str(name).rpartition("}")[2]


def walked(source: str) -> Document:
    """The document of a well-formed source."""
    root = parsed(source)
    assert root is not None
    builder = Builder()
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            builder.start(local(node.tag), {local(name): value for name, value in node.attrib.items()})
            builder.text(node.text or "")
            continue
        if event == "end":
            builder.end()
        else:
            builder.split()
        if node is not root:
            builder.text(node.tail or "")
    return builder.finish()


def text_nodes(document: Document) -> list[list[str]]:
    """The text nodes of each element."""
    numbers = range(len(document.names))
    return [[document.text[start:end] for start, end in document.text_nodes(element)] for element in numbers]
