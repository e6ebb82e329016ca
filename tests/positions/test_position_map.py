"""Position maps: as much as the file without its text, in few bytes, and never a crash for other bytes."""

import random
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.epub import open_epub
from placekeeper.positions.document import Document, utf16
from placekeeper.positions.point import NoPlace, Point
from placekeeper.positions.readium.position_map import DamagedMap, PositionMap, build
from placekeeper.positions.readium.position_map_bytes import PREFIX, VERSION, dumps, loads
from placekeeper.positions.readium.positions import positions_of
from placekeeper.positions.readium.selector import query, write
from tests.positions.readium_books import DOCUMENTS, Book, document_of, documents_of, el, library
from tests.shared import shared

BOOK = Book(
    [document_of([el("p", "a\U0001f600b", el("b", "c"), None, "d", id="x"), "\n"]), None, document_of([])],
    page_list=(("iv", "text/ch0.xhtml#x"),),
    titles=("One", "", "Two"),
)
BYTES = dumps(build(BOOK))
WAR_AND_PEACE = "se_leo-tolstoy_war-and-peace_louise-maude_aylmer-maude.epub"


def looks_like(document: Document, skeleton: Document) -> None:
    """Whether a skeleton has all of a document but its words."""
    for name in ("names", "parents", "starts", "ends", "children", "breaks", "body"):
        assert getattr(document, name) == getattr(skeleton, name), name
    assert document.ids == skeleton.ids
    assert len(document.text) == len(skeleton.text)
    for offset in range(0, len(document.text) + 1, max(1, len(document.text) // 50)):
        assert document.owner(offset) == skeleton.owner(offset)
        assert utf16(document.text[:offset]) == utf16(skeleton.text[:offset])


@settings(derandomize=True, max_examples=250, deadline=None)
@given(st.lists(st.one_of(DOCUMENTS, st.none()), min_size=1, max_size=4))
def test_maps_lead_back(documents: list[Document | None]) -> None:
    """A map that was written and read again has every resource's elements, ids, lengths and wide characters."""
    book = Book(list(documents))
    again = loads(dumps(build(book)))

    assert book.spine == again.spine
    for index, document in enumerate(documents):
        if document is None:
            with pytest.raises(NoPlace, match="has no text"):
                again.skeleton(index)
            continue
        looks_like(document, again.skeleton(index))
        if "id" not in str(document.attributes):
            continue
        for element in range(len(document.names)):
            assert write(document, element) == write(again.skeleton(index), element)
            assert element == query(again.skeleton(index), write(document, element))


def test_arithmetic_without_the_file() -> None:
    """All arithmetic of positions works on the map as on the file."""
    again, book = loads(BYTES), positions_of(BOOK)
    points = [Point(0, offset) for offset in range(6)] + [Point(1, 0), Point(2, 0)]

    assert [book.figures(point) for point in points] == [again.positions.figures(point) for point in points]
    assert [book.from_total(n / 20) for n in range(21)] == [again.positions.from_total(n / 20) for n in range(21)]
    assert (("iv", "text/ch0.xhtml#x"),) == again.spine.page_list
    assert ["One", "", "Two"] == [again.spine.title(index) for index in range(3)]


def test_reasons_are_kept() -> None:
    """What a resource without text said of itself is said by the map as well."""
    with pytest.raises(NoPlace, match="resource 1 has no text"):
        loads(BYTES).skeleton(1)
    with pytest.raises(NoPlace):
        loads(BYTES).skeleton(3)


def used(data: bytes) -> PositionMap:
    """A map of which everything was read."""
    found = loads(data)
    for index in range(len(found.spine.items)):
        try:
            found.skeleton(index)
        except NoPlace:
            continue
        found.positions.figures(Point(index, 1))
    return found


@pytest.mark.parametrize(
    "data", [b"", b"PKPM", b"PK\x03\x04" + bytes(30), BYTES[:-1], BYTES + b"x", bytes(len(BYTES)), BYTES[:20]]
)
def test_other_bytes(data: bytes) -> None:
    """Bytes that are not a whole position map are refused with an error of their own."""
    with pytest.raises(DamagedMap):
        loads(data)


def test_other_version() -> None:
    """A map of another version is refused, and the error names both versions."""
    with pytest.raises(DamagedMap, match=f"version {VERSION + 1}.*reads {VERSION}"):
        loads(BYTES[:4] + bytes([VERSION + 1]) + BYTES[5:])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes(data: bytes) -> None:
    """Any bytes at all are refused, with or without the right beginning."""
    for candidate in (data, BYTES[: PREFIX.size] + data):
        if candidate != BYTES:
            with pytest.raises(DamagedMap):
                loads(candidate)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.data())
def test_flipped_bytes(data: st.DataObject) -> None:
    """A map with a changed byte is refused by its checksum; with a checksum to match it is refused or read, never a crash."""
    at = data.draw(st.integers(PREFIX.size, len(BYTES) - 1))
    changed = BYTES[:at] + bytes([BYTES[at] ^ data.draw(st.integers(1, 255))]) + BYTES[at + 1 :]
    with pytest.raises(DamagedMap):
        loads(changed)
    magic, version, _, size = PREFIX.unpack_from(changed)
    matching = PREFIX.pack(magic, version, zlib.crc32(changed[PREFIX.size :]), size) + changed[PREFIX.size :]
    try:
        used(matching)
    except DamagedMap:
        return


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.integers(0, 60), st.binary(max_size=6), st.sampled_from([0, 2]))
def test_changed_blocks(at: int, wrong: bytes, resource: int) -> None:
    """A block that inflates well but holds other numbers is refused or read, never a crash."""
    mapped = loads(BYTES)
    blocks = mapped.outlines
    start, end = blocks._ends[resource], blocks._ends[resource + 1]  # type: ignore[attr-defined]
    plain = zlib.decompress(bytes(blocks._data[start:end]), -zlib.MAX_WBITS)  # type: ignore[attr-defined]
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(plain[:at] + wrong + plain[at + len(wrong) :]) + packer.flush()
    blocks._data, blocks._ends = memoryview(packed), [0, 0, 0, 0]  # type: ignore[attr-defined]
    blocks._ends[resource + 1] = len(packed)  # type: ignore[attr-defined]
    try:
        mapped.skeleton(resource)
    except DamagedMap:
        return


def test_shared_books() -> None:
    """The map of every shared book leads back, and is much smaller than the book."""
    chance = random.Random(17)
    for path, book in library():
        data = dumps(build(book))
        again = loads(data)
        for index, document in documents_of(book):
            if chance.random() < 0.2 or index < 3:
                looks_like(document, again.skeleton(index))

        print(f"\n{path.name}: {len(data)} bytes, {100 * len(data) / path.stat().st_size:.2f} %", end="")
        assert len(data) < max(path.stat().st_size / 10, 4000), path


def test_war_and_peace(tmp_path: Path) -> None:
    """Mapping all of War and Peace takes under a second and a half, of which the map's own share is small; loading takes none."""
    book = open_epub(shared("corpus", WAR_AND_PEACE))
    started = time.process_time()
    list(documents_of(book))
    parsed = time.process_time()
    mapped = build(book)
    built = time.process_time()
    data = dumps(mapped)
    written = time.process_time()
    loads(data).positions.from_total(0.5)
    loaded = time.process_time()
    figures = [parsed - started, built - parsed, written - built, loaded - written]
    print("\nparsed, built, written, loaded: " + ", ".join(f"{figure * 1000:.0f} ms" for figure in figures), f"{len(data)} bytes")

    assert written - started < 3
    assert written - parsed < 0.6
    assert loaded - written < 0.1
