"""One content document of a publication: its text, as browsers show it and as apps on epub.js do. Must not know archives.

Source: https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-parsefromstring
"""

from collections.abc import Callable
from functools import cached_property

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats import html, serializing
from placekeeper.formats.markup import parsed, without_doctype
from placekeeper.positions import xhtml
from placekeeper.positions.document import Document
from placekeeper.positions.point import TooMuch
from placekeeper.positions.spine import Item

HTML_TYPES = frozenset({"text/html"})
SVG_TYPES = frozenset({"image/svg+xml"})
XML_TYPES = frozenset(
    {"application/xhtml+xml", "application/xml", "text/xml", "text/x-oeb1-document", "application/x-dtbook+xml"}
)
TEXT_ENDINGS = (".xhtml", ".html", ".htm", ".xml")


def has_text(item: Item) -> bool:
    """Whether what the manifest says of an item lets expect a content document."""
    kind = item.media_type
    return kind in HTML_TYPES | SVG_TYPES | XML_TYPES or (
        not kind.startswith(("image/", "audio/", "video/", "font/")) and item.href.lower().endswith(TEXT_ENDINGS)
    )


class EpubResource:
    """See `positions.spine.Resource`. Raises `NoPlace` where the text is too much work."""

    def __init__(self, item: Item, source: str) -> None:
        """`source`: the decoded text of the file."""
        self.item = item
        self.source = source
        self._refused: dict[Callable[[str], str], str] = {}

    @cached_property
    def parsed_as(self) -> str:
        """`xhtml` where the source is well-formed; else `html`, as it is where the manifest says so.

        foliate-js, and so we, take an XHTML file whose root has no namespace for HTML as well.
        """
        if self.item.media_type in HTML_TYPES:
            return "html"
        root = parsed(self.source)
        if root is None:
            return "html"
        return "xhtml" if root.tag.startswith("{") or self.item.media_type in SVG_TYPES else "html"

    @cached_property
    def document(self) -> Document:
        """As browsers show it."""
        if self.parsed_as == "xhtml":
            return xhtml.document(without_doctype(self.source))
        return self._as_html(str)

    @cached_property
    def reparsed(self) -> Document | None:
        """As apps built on epub.js show it, which choose the parser by the name's ending. None where they fail."""
        ending = self.item.href.rpartition(".")[2]
        if ending in {"html", "htm"}:
            return self._as_html(serializing.from_html)
        if ending in {"xhtml", "xml"} and self._has_namespace():
            return self._as_html(serializing.from_xhtml)
        return None

    def _has_namespace(self) -> bool:
        if self.item.media_type not in HTML_TYPES | SVG_TYPES:
            return self.parsed_as == "xhtml"
        root = parsed(self.source)
        return root is not None and root.tag.startswith("{")

    def _as_html(self, prepare: Callable[[str], str]) -> Document:
        if not (reason := self._refused.get(prepare, "")):
            try:
                return html.document(prepare(self.source))
            except (LimitExceeded, MemoryError) as error:
                reason = self._refused[prepare] = str(error) or "memory"  # it would be the same the next time, and take as long
        raise TooMuch(f"resource {self.item.index} ({self.item.href!r}) has no text that can be read: {reason}")
