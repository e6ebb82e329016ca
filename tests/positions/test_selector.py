"""CSS selectors: what they match, checked against a browser-grade engine, and how they are written."""

import gzip
import json
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from placekeeper.formats.epub import open_epub
from placekeeper.positions.document import Document, from_utf16
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.selector import query, write
from placekeeper.positions.readium.selector_parse import parse
from tests.positions.readium_books import DOCUMENTS, Node, document_of, documents_of, el, library
from tests.shared import shared

PAGE = document_of(
    [
        el("section", el("p", "1", id="a", **{"class": "x y"}), el("p", "2", id="1st"), el("P", "3"), id="s"),
        el("div", el("p", "4", lang="en-GB"), el("span", el("b", "5")), el("p", "6", id="a:b"), el("p", "7", id="é"), id="a"),
        el("linearGradient", type="bridgehead"),
    ]
)
"""Elements: 0 html, 1 head, 2 body, 3 section, 4-6 its paragraphs, 7 div, 8 p, 9 span, 10 b, 11 and 12 p, 13, 14 after."""


MEANT = """
0: * | :root | html
2: body | BODY | :root > body
3: #s | section
4: p | #a | .y | .x.y | .y.x | [class~=y] | p:nth-child(2n+1) | p:nth-child(-n+1) | p:first-of-type | svg\\|p | *\\|p | \\|p
4: b, p | #a#a | p:nth-last-of-type(2)
5: section > p:nth-child(2) | body > section:nth-child(1) > p:nth-child(2) | p:nth-child(even) | p:nth-child( 2N + 2 ) | p + p
5: p:last-of-type | #\\31 st | #\\000031st | p:nth-child(2):last-of-type | p:nth-last-child(2)
6: P | section > :last-child
7: div#a | section + div | :root > body > div
8: div > p:first-child | [lang] | [lang=en-GB] | [lang\\|=en] | [lang\\|='en'] | [lang^=en] | [lang$='GB'] | [lang*='-']
8: [lang='EN-gb' i]
9: #a > span | SPAN
10: #a b | b:only-child | b:only-of-type | section ~ div b | div\n>\tspan>b | nothing , b
11: span + p | span ~ p | p:nth-child(3) | #a\\:b | [id='a:b'] | div *:nth-child(n+3)
12: p:nth-of-type(3) | p:last-child | p ~ p ~ p | #é
13: lineargradient | linearGradient | [epub\\:type=bridgehead]
none: .z | [class=y] | [lang='EN-gb'] | section + section | p:nth-child(0) | p:nth-child(99) | #x | b b | span > p
"""


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (selector.replace("\\|", "|"), None if number == "none" else int(number))
        for number, _, selectors in (line.partition(": ") for line in MEANT.replace("\n>\t", ">").strip().splitlines())
        for selector in re.split(r" (?<!\\)\| ", selectors)
    ],
)
def test_what_selectors_mean(selector: str, expected: int | None) -> None:
    """Selectors of every kind that reading apps send lead to the first element in document order that they match."""
    assert expected == query(PAGE, selector)


REFUSED = (
    ", | p, | > | p > | > p | p >> b | p:hover | p::before | p:nth-child() | p:nth-child(x) | p:nth-child | # | . | .5 | [ | [=x]"
)
REFUSED += " | [a=] | p:not(b) | p:nth-child(1 2) | p{} | p:nth-child(99999999999999999999999999999n) | p] | p) | \\"


@pytest.mark.parametrize("selector", ["", " ", "a" * 5000, "p " * 300, *REFUSED.split(" | ")])
def test_what_is_no_selector(selector: str) -> None:
    """What can't be read as a selector is refused."""
    with pytest.raises(NoPlace):
        query(PAGE, selector)


TAGS = st.sampled_from(["div", "span", "i"])
TREES = st.recursive(
    st.just([]),
    lambda inner: st.lists(
        st.tuples(
            st.sampled_from(["div", "span", "i"]), st.sampled_from(["", "a", "b"]), st.sampled_from(["", "k", "k l"]), inner
        ),
        max_size=5,
    ),
    max_leaves=14,
)
KINDS = (
    "div span i * #a #b .k .l [id] [class~=l] [class^=k] :first-child :last-child :only-child :nth-child(2) :nth-child(2n+1) "
    ":nth-child(-n+2) :nth-of-type(2) :nth-last-child(2) :first-of-type :last-of-type div:nth-child(1) span.k div#a "
    "i:nth-of-type(odd) :nth-last-of-type(1)"
)
SIMPLE = st.sampled_from(KINDS.split())
COMPLEX = st.lists(st.tuples(st.sampled_from([" ", " > ", " + ", " ~ "]), SIMPLE), min_size=1, max_size=4).map(
    lambda steps: "".join(joint + simple for joint, simple in steps).lstrip(" >+~")
)


def grown(trees: list[tuple[str, str, str, list]]) -> tuple[list[Node], str]:
    """A tree as nodes and as markup."""
    nodes: list[Node] = []
    markup = ""
    for name, identity, kind, inner in trees:
        below, marked = grown(inner)
        attributes = {key: value for key, value in {"id": identity, "class": kind}.items() if value}
        nodes.append((name, attributes, below))
        markup += f"<{name}{''.join(f' {key}={value!r}' for key, value in attributes.items())}>{marked}</{name}>"
    return nodes, markup


@settings(derandomize=True, max_examples=400, deadline=None)
@given(TREES, st.lists(COMPLEX, min_size=1, max_size=3).map(", ".join))
def test_as_a_browser_engine_does(trees: list[tuple[str, str, str, list]], selector: str) -> None:
    """Random selectors find in random trees what an independent engine finds there."""
    nodes, markup = grown(trees)
    document = document_of(nodes, after=False)
    tree = LexborHTMLParser(f"<html><head></head><body>{markup}</body></html>")
    everything = [node.mem_id for node in tree.css("html, html *")]
    expected = min((everything.index(node.mem_id) for node in tree.css(selector)), default=None)

    assert expected == query(document, selector)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_written_selectors_lead_back(document: Document) -> None:
    """For every element a selector can be written, which leads to that element."""
    for element in range(len(document.names)):
        assert element == query(document, write(document, element))


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("#.[]()='\":>+~*, \\ab1-n|^$", max_size=40)))
def test_anything_is_read_or_refused(selector: str) -> None:
    """Any text at all leads to an element, to nothing, or is refused."""
    try:
        found = query(PAGE, selector)
    except NoPlace:
        return

    assert found is None or found in range(len(PAGE.names))


def test_too_deep() -> None:
    """An element below thousands of others gets no selector, as none would be read again."""
    nodes: list[Node] = ["deep"]
    for _ in range(400):
        nodes = [("b", {}, nodes)]
    document = document_of(nodes)
    with pytest.raises(NoPlace):
        write(document, document.owner(0))


def test_hostile_selectors_are_quick() -> None:
    """The worst selectors on a large document are answered in the time of a few passes over it."""
    document = document_of([el("div", *(el("p", *(el("b", "x") for _ in range(3))) for _ in range(2000)))])
    started = time.process_time()
    for selector in (
        "p ~ " * 60 + "q",
        "* " * 120 + "q",
        "p:nth-of-type(2n+1) " * 20 + "q",
        "* > " * 60 + "q",
        "p:nth-last-of-type(3n) ~ p ~ q",
    ):
        assert query(document, selector) is None

    assert time.process_time() - started < 5


def test_shared_books() -> None:
    """Every element of the shared books is led back to by its selector."""
    chance = random.Random(3)
    for path, book in library():
        for index, document in documents_of(book):
            for element in chance.sample(range(len(document.names)), min(20, len(document.names))):
                assert element == query(document, write(document, element)), (path, index)


def test_browsers_agree() -> None:
    """Where a browser said which text node and offset a selector and index mean, the same text stands here."""
    places = 0
    for truth in sorted(shared("ground-truth").glob("*.cfi.jsonl.gz")):
        name = truth.name.removesuffix(".cfi.jsonl.gz")
        if name.startswith("synthetic-"):
            continue  # CDATA: documents do not keep where a browser has a node of its own
        book = open_epub(shared("corpus", f"{name}.epub"))
        with gzip.open(truth, "rt", encoding="utf-8") as lines:
            for line in list(lines)[::7]:
                place = json.loads(line)
                document = book.resource(place["spine_index"]).document
                element = query(document, place["css_path"])
                assert element is not None
                start, end = list(document.text_nodes(element))[place["text_node_index"]]
                offset = start + from_utf16(document.text[start:end], place["node_text_offset_utf16"])

                assert place["text"] == document.text[offset : offset + len(place["text"])]
                places += 1

    assert places > 500


def test_writing_is_quick() -> None:
    """A selector is written in far less than 30 microseconds, also in a body with thousands of children."""
    document = document_of([el("section", *(el("p", "text") for _ in range(5000)))])
    write(document, 4000)
    parse.cache_clear()
    started = time.process_time()
    for element in range(3, 5003):
        write(document, element)

    assert (time.process_time() - started) / 5000 < 30e-6
