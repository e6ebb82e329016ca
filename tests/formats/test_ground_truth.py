"""Real books are read as browser engines read them."""

import contextlib
import gzip
import json
import re
from typing import Any

import pytest

from placekeeper.domain.errors import BadFile
from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.document import Document, from_utf16
from placekeeper.positions.point import NoPlace
from tests.formats.walking import text_nodes, walked
from tests.shared import ROOT, shared

BOOKS = sorted(path.name.removesuffix(".cfi.jsonl.gz") for path in ROOT.glob("ground-truth/*.cfi.jsonl.gz"))
PLAIN = re.compile(r"epubcfi\([^!]*!(?:/\d+(?:\[[\w.-]*\])?)+:\d+\)")
"""CFIs that need no parser of their own: their ids hold nothing special."""
EVERY_PLACE = 3
"""Of the measured places, one in so many."""
EVERY = 11
"""Of the resources that are parsed a second time, one in so many."""


def places(book: str) -> tuple[EpubPublication, list[dict[str, Any]]]:
    """A book, and what engines say about places in it."""
    name = f"synthetic/{book.removeprefix('synthetic-')}" if book.startswith("synthetic-") else book
    with gzip.open(shared("ground-truth", f"{book}.cfi.jsonl.gz"), "rt") as lines:
        return open_epub(shared("corpus", f"{name}.epub")), [json.loads(line) for line in lines][::EVERY_PLACE]


def offset_in_app(document: Document, cfi: str) -> int:
    """Where a CFI leads that an app on epub.js wrote: elements by number, then the k-th text node and an offset in it."""
    path, _, units = re.sub(r"\[[^\]]*\]", "", cfi.partition("!")[2].rstrip(")")).partition(":")
    *steps, last = map(int, path.strip("/").split("/"))
    element = 0
    for step in steps:
        element = document.children[element][step // 2 - 1]
    start, end = list(document.text_nodes(element))[last // 2]
    return start + from_utf16(document.text[start:end], int(units or 0))


@pytest.mark.parametrize("book", BOOKS or ["none"])
def test_text_as_in_browsers(book: str) -> None:
    """For each measured place: the same item, parser and text before and after it as in Chromium."""
    publication, lines = places(book)
    for line in lines:
        resource = publication.resource(line["spine_index"])
        text = resource.document.text
        offset = from_utf16(text, line["body_offset_utf16"])

        assert (line["href"], line["parsed_as"]) == (resource.item.href, resource.parsed_as)
        assert (line["before"], line["text"]) == (text[max(0, offset - 40) : offset], text[offset : offset + 80])


@pytest.mark.parametrize("book", BOOKS or ["none"])
def test_documents_of_epubjs_apps(book: str) -> None:
    """For each measured place: the CFI of an app on epub.js leads to the same letters in what we think it shows."""
    publication, lines = places(book)
    for line in lines:
        cfi, document = line["cfi_epubjs_app"], publication.resource(line["spine_index"]).reparsed
        if not cfi or not PLAIN.fullmatch(cfi):
            continue
        assert document is not None
        offset = offset_in_app(document, cfi)
        found = "".join(document.text[offset : offset + 40].split())

        assert found.startswith("".join(line["text"].split())[: len(found)])


@pytest.mark.parametrize("book", BOOKS or ["none"])
def test_two_ways_to_a_document(book: str) -> None:
    """The document made in one pass is the one that libxml2's tree gives."""
    publication, _ = places(book)
    for item in publication.spine.items[::EVERY]:
        try:
            resource = publication.resource(item.index)
        except NoPlace:
            continue
        if resource.parsed_as != "xhtml":
            continue
        one, other = resource.document, walked(resource.source)
        for part in ("names", "parents", "children", "starts", "ends", "text", "body", "ids"):
            assert getattr(other, part) == getattr(one, part), part
        assert [dict(attributes) for attributes in other.attributes] == [dict(attributes) for attributes in one.attributes]
        if "<![CDATA[" not in resource.source:
            assert text_nodes(other) == text_nodes(one)


@pytest.mark.parametrize("book", BOOKS or ["none"])
def test_sound_books_have_no_notes(book: str) -> None:
    """Nothing is said against a book that is in order."""
    publication, _ = places(book)
    expected = ["spine item 1 leads to nothing in the manifest"] if book.endswith("dangling") else []

    assert expected == list(publication.notes)


def test_every_file_is_opened_or_refused() -> None:
    """Any file of the corpus, whatever its format, is opened or refused with a typed error."""
    for path in sorted(shared("corpus").rglob("*")):
        if path.is_file():
            with contextlib.suppress(BadFile):
                assert open_epub(path).spine is not None
