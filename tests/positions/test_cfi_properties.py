"""CFIs of random documents: what is written leads back, and anything at all leads somewhere or is refused."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.resource import EpubResource
from placekeeper.positions.cfi.reading import parse
from placekeeper.positions.cfi.resolve import EPUBJS, resolve, write, write_epubjs
from placekeeper.positions.cfi.syntax import sorting_key
from placekeeper.positions.document import Builder, Document
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.spine import Item, Spine
from tests.browser import markup
from tests.epubs import xhtml
from tests.positions.cfi_books import DOCUMENTS, NODES, Node, Pages, book_of, document_of


def points(document: Document) -> list[Point]:
    """Every point of a document: each offset, and the start of each element in its body."""
    elements = [number for number in range(len(document.names)) if document.inside_body(number)]
    offsets = [Point(0, offset) for offset in range(len(document.text) + 1)] if document.text else []
    return offsets + [Point(0, document.starts[number], number) for number in elements]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_what_is_written_leads_back(document: Document) -> None:
    """Every character and every element of a document has a CFI of its own, which leads back exactly."""
    book = book_of(document)
    written = [write(point, book) for point in points(document)]

    assert [Place(point) for point in points(document)] == [resolve(cfi, book) for cfi in written]
    assert len(written) == len(set(written))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_order_of_cfis_is_order_of_text(document: Document) -> None:
    """CFIs of characters sort as the characters stand."""
    book = book_of(document)
    keys = [sorting_key(parse(write(Point(0, offset), book))) for offset in range(len(document.text))]

    assert keys == sorted(keys)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_epubjs_leads_back(document: Document) -> None:
    """Where epub.js shows the same tree, all points have a CFI for it, which leads back exactly."""
    book = book_of(document)
    written = [write_epubjs(point, book) for point in points(document)]

    assert None not in written
    assert [Place(point) for point in points(document)] == [resolve(str(cfi), book, EPUBJS) for cfi in written]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(NODES, max_size=6), st.randoms(use_true_random=False))
def test_epubjs_leads_back_or_is_refused(nodes: list[Node], chance: random.Random) -> None:
    """Where epub.js shows another tree, a CFI either leads back exactly or is not written."""
    document, shown = document_of(*nodes), document_of(*(changed(node, chance) for node in nodes))
    book = book_of(document, reparsed=shown)
    kept = [(point, cfi) for point in points(document) if (cfi := write_epubjs(point, book))]
    found = [resolve(cfi, book, EPUBJS) for _, cfi in kept]

    assert [(point.offset, Precision.EXACT) for point, _ in kept] == [(place.point.offset, place.precision) for place in found]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_parsed_markup_leads_back(seed: int) -> None:
    """In what parsers make of odd and of broken markup, every point has a CFI of its own; for epub.js too, or none."""
    chance = random.Random(seed)
    source = xhtml(chance.choice([markup.body, markup.wild])(chance))
    source = markup.broken(chance, source) if chance.random() < 0.5 else source
    resource = EpubResource(Item(index=0, step=2, href="a.xhtml"), source)
    book = Pages(Spine(items=(resource.item,)), {0: resource})
    asked = points(resource.document)
    wanted = [Place(point) for point in asked]
    for_epubjs = [(place, cfi) for place in wanted if (cfi := write_epubjs(place.point, book))]

    assert wanted == [resolve(write(point, book), book) for point in asked]
    assert [place.point.offset for place, _ in for_epubjs] == [resolve(cfi, book, EPUBJS).point.offset for _, cfi in for_epubjs]


def changed(node: Node, chance: random.Random) -> Node:
    """The node as another parser may see it: text lost, an element more around the children."""
    if isinstance(node, str):
        return node[chance.choice((0, 0, 0, 1)) :]
    if node is None:
        return None
    name, id_, children = node
    inner = tuple(changed(child, chance) for child in children)
    return name, id_, (("tbody", "", inner),) if chance.random() < 0.2 else inner


STEPS = st.lists(st.integers(0, 12), min_size=1, max_size=5).map(lambda steps: "".join(f"/{step}" for step in steps))
TAILS = st.sampled_from(["", ":0", ":1", ":99", "[a]", ":1[a,b]", "~1@2:3", "!/4/2", ",/1:0,/3:1", ",,", "/2[c^,d]/1:1"])


@settings(derandomize=True, max_examples=200, deadline=None)
@given(DOCUMENTS, STEPS, TAILS, st.sampled_from(["", EPUBJS]))
def test_anything_leads_somewhere(document: Document, steps: str, tail: str, engine: str) -> None:
    """Any CFI into an item gives a place that exists, with a reason where it is not exact."""
    book = book_of(document)
    place = resolve(f"epubcfi(/6/2!{steps}{tail})", book, engine)

    assert 0 <= place.point.offset <= len(document.text)
    assert place.point.element is None or document.starts[place.point.element] == place.point.offset
    assert place.reason or place.precision is Precision.EXACT


def test_depth() -> None:
    """A document nested too deeply for a CFI is refused, one that is merely deep is not."""

    def nested(depth: int) -> Pages:
        builder = Builder()
        builder.start("html")
        builder.start("body")
        for _ in range(depth):
            builder.start("i")
        builder.text("text")
        return book_of(builder.finish())

    assert Place(Point(0, 2)) == resolve(write(Point(0, 2), nested(400)), nested(400))
    for writer in (write, write_epubjs):
        with pytest.raises(NoPlace, match="deep"):
            writer(Point(0, 2), nested(9000))


@pytest.mark.parametrize("words", ["a " * 100_000, "a" * 200_000, " " * 200_000], ids=["words", "letters", "blanks"])
def test_asserted_text_is_found_in_bounded_time(words: str) -> None:
    """An assertion that nearly fits everywhere costs no more than a glance."""
    book = book_of(document_of(words))
    began = time.process_time()
    for asserted in ("a " * 4000, " a" * 4000, "a" * 8000, " " * 8000):
        assert resolve(f"epubcfi(/6/2!/4/1:100000[b{asserted}b,b])", book).precision is Precision.ELEMENT
    assert time.process_time() - began < 5
