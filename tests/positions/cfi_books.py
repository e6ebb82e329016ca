"""Publications made of trees in memory, for claims about steps and offsets that no parser should have a part in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from placekeeper.positions.document import Builder, Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Item, Resource, Spine

COMMENT = None
Node = str | None | tuple[str, str, tuple["Node", ...]]
"""Text, a comment, or an element: name, id, children."""


@dataclass
class Page:
    """A resource whose documents were made by hand."""

    item: Item
    document: Document
    reparsed: Document | None
    parsed_as: str = "xhtml"
    source: str = ""


@dataclass
class Pages:
    """A publication of such resources; an itemref without one has no text."""

    spine: Spine
    pages: Mapping[int, Resource] = field(default_factory=dict)

    def file(self, href: str) -> bytes | None:
        return None

    def resource(self, index: int) -> Resource:
        if index not in self.pages:
            raise NoPlace(f"resource {index} is not there")
        return self.pages[index]


def document_of(*body: Node, head: bool = True) -> Document:
    """A document with these nodes in its body."""
    builder = Builder()
    builder.start("html")
    if head:
        builder.start("head")
        builder.start("title")
        builder.text("A title")
        builder.end()
        builder.end()
    builder.text("\n")
    builder.start("body")
    _feed(builder, body)
    builder.end()
    return builder.finish()


def _feed(builder: Builder, nodes: Iterable[Node]) -> None:
    for node in nodes:
        if node is COMMENT:
            builder.split()
        elif isinstance(node, str):
            builder.text(node)
        else:
            name, id_, children = node
            attributes: Mapping[str, str] = {"id": id_} if id_ else {}
            builder.start(name, attributes)
            _feed(builder, children)
            builder.end()


def book_of(*documents: Document | None, reparsed: Document | None = None, itemref_ids: Mapping[int, str] | None = None) -> Pages:
    """A publication with one resource for each document; `reparsed` is how epub.js shows every one of them, else the same."""
    ids = itemref_ids or {}
    items = tuple(Item(index=at, step=2 * at + 2, itemref_id=ids.get(at, "")) for at in range(len(documents)))
    pages = {at: Page(items[at], document, reparsed or document) for at, document in enumerate(documents) if document is not None}
    return Pages(Spine(items=items), pages)


TEXTS = st.text(alphabet="ab \n\u00e9\u6f22\U0001f600\u0301", max_size=6)
IDS = st.sampled_from(["", "", "", "a", "b^]", "c,d", "(e);f=g", "\u6f22"])
NODES: st.SearchStrategy[Node] = st.recursive(
    TEXTS | st.just(COMMENT),
    lambda inner: st.tuples(st.sampled_from(["p", "i", "img", "td"]), IDS, st.lists(inner, max_size=4).map(tuple)),
    max_leaves=20,
)
DOCUMENTS: st.SearchStrategy[Document] = st.builds(
    lambda nodes, head: document_of(*nodes, head=head), st.lists(NODES, max_size=6), st.booleans()
)
"""Random documents: mixed content, empty elements, comments, astral characters, ids that need escapes and that stand twice."""
