"""Publications made by hand, and random trees, for claims about locators, selectors, fragments and maps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.document import Builder, Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Contents, Item, Spine
from tests.shared import shared

Node = str | None | tuple[str, Mapping[str, str], list["Node"]]
"""Text, a comment, or an element: name, attributes, children."""

WORDS = [
    "one",
    "Two",
    "three four",
    "five, six",
    "it's",
    " ",
    "\n  ",
    "a\U0001f600b",
    "é",
    "夏目漱石",
    "नमस्ते",
    "x" * 25,
    "the end of it. ",
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join)
NAMES = st.sampled_from(["p", "div", "span", "b", "section", "h2", "img", "P", "svg:g", "ruby", "rt", "br"])
IDS = st.sampled_from(["", "", "", "a", "b", "c-1", "7", "é", "a b", "x:y"])
ATTRIBUTES = st.builds(
    lambda name, kind: {k: v for k, v in {"id": name, "class": kind}.items() if v}, IDS, st.sampled_from(["", "k", "k l"])
)
NODES: st.SearchStrategy[list[Node]] = st.recursive(
    st.lists(st.one_of(TEXTS, st.none()), max_size=3),
    lambda inner: st.lists(st.one_of(TEXTS, st.none(), st.tuples(NAMES, ATTRIBUTES, inner)), max_size=5),
    max_leaves=20,
)


def document_of(nodes: list[Node], attributes: Mapping[str, str] | None = None, *, after: bool = True) -> Document:
    """A document with these nodes in its body, and an element behind it."""
    builder = Builder()
    builder.start("html")
    builder.start("head")
    builder.text("no text")
    builder.end()
    builder.start("body", attributes or {})
    _feed(builder, nodes)
    builder.end()
    if after:
        builder.start("after")
    return builder.finish()


def _feed(builder: Builder, nodes: list[Node]) -> None:
    for node in nodes:
        if isinstance(node, str):
            builder.text(node)
        elif node is None:
            builder.split()
        else:
            builder.start(node[0], node[1])
            _feed(builder, node[2])
            builder.end()


DOCUMENTS = NODES.map(document_of)


def el(name: str, *children: Node, **attributes: str) -> Node:
    """An element."""
    return name, attributes, list(children)


@dataclass
class Page:
    """A resource made by hand."""

    item: Item
    document: Document
    reparsed: Document | None = None
    parsed_as: str = "xhtml"
    source: str = ""


@dataclass
class Book:
    """A publication made by hand; where a document is None, the resource has no text."""

    documents: list[Document | None]
    changes: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    page_list: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        items = [
            Item(
                **{"index": i, "step": 2 * i + 2, "item_id": f"i{i}", "href": f"text/ch{i}.xhtml", "length": 5000}
                | dict(self.changes.get(i, {}))
            )  # type: ignore[arg-type]
            for i in range(len(self.documents))
        ]
        contents = Contents(titles=self.titles, pages=self.page_list)
        self.spine = Spine(items=tuple(items), contents=lambda: contents)

    def file(self, href: str) -> bytes | None:
        return None

    def resource(self, index: int) -> Page:
        document = self.documents[index] if 0 <= index < len(self.documents) else None
        if document is None:
            raise NoPlace(f"resource {index} has no text")
        return Page(self.spine.items[index], document)


def library() -> Iterator[tuple[Path, EpubPublication]]:
    """The shared books that can be opened."""
    for path in sorted(shared("corpus").glob("*.epub")):
        yield path, open_epub(path)


def documents_of(book: EpubPublication) -> Iterator[tuple[int, Document]]:
    """The resources that have text."""
    for item in book.spine.items:
        try:
            yield item.index, book.resource(item.index).document
        except NoPlace:
            continue
