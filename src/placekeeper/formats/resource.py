"""One content document of a publication: its text, as browsers show it and as apps on epub.js do. Must not know archives.

Source: https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-parsefromstring
"""

from functools import cached_property

from lxml import etree

from placekeeper.formats import html
from placekeeper.formats.markup import parsed
from placekeeper.positions.document import Builder, Document
from placekeeper.positions.spine import Item


class EpubResource:
    """See `positions.spine.Resource`."""

    def __init__(self, item: Item, source: str) -> None:
        """`source`: the decoded text of the file."""
        self.item = item
        self.source = source

    @cached_property
    def parsed_as(self) -> str:
        """`xhtml` or `html`: which of the two `document` is."""
        return "xhtml" if parsed(self.source) is not None else "html"

    @cached_property
    def document(self) -> Document:
        """As browsers show it."""
        root = parsed(self.source) if self.parsed_as == "xhtml" else None
        return html.document(self.source) if root is None else walked(root)

    @cached_property
    def reparsed(self) -> Document | None:
        """As apps built on epub.js show it."""
        return html.document(self.source)


def walked(root: etree._Element) -> Document:
    builder = Builder()
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            builder.start(element.tag.rpartition("}")[2], {k.rpartition("}")[2]: v for k, v in element.attrib.items()})
            builder.text(element.text or "")
            continue
        if event == "end":
            builder.end()
        else:
            builder.split()
        if element is not root and builder._open:
            builder.text(element.tail or "")
    return builder.finish()
