"""No bytes and no names lead to anything but a description or a typed refusal, whatever sort of file they seem to be."""

import json
import random
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.errors import BadFile
from placekeeper.domain.publication import Described
from placekeeper.formats.archive import Archive
from placekeeper.formats.chapters import read_chapters
from placekeeper.formats.covers import cover
from placekeeper.formats.described import describe
from placekeeper.formats.limits import LIMITS
from placekeeper.formats.manifest import describe_packaged, seconds
from placekeeper.formats.ordering import natural
from placekeeper.formats.pdf import describe_pdf
from placekeeper.formats.recognising import ENDINGS, SIGNATURES, worth_reading
from tests.epubs import make_zip
from tests.formats.fuzz import changed
from tests.formats.makers import mobi, mp3, pdf, picture, rar, with_chapters
from tests.shared import shared

HEADS = [b"", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.4", b"<FictionBook", *(bytes(at) + mark for at, mark, _ in SIGNATURES)]
SAMPLES = {
    "a.mp3": mp3(0.2, TIT2="T"),
    "b.mp3": with_chapters(mp3(0.2), (0, "T"), (1, "U")),
    "a.mobi": mobi("T", {100: "A"}, pictures=(picture(),)), "a.pdf": pdf(2, title="T"),
    "a.cbr": rar({"1.jpg": picture(), "ComicInfo.xml": b"<ComicInfo><Title>T</Title></ComicInfo>"}),
}  # fmt: skip
KEYS = st.sampled_from(["title", "name", "author", "narrator", "language", "belongsTo", "identifier", "id", "subject"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from(["", "a.mp3", "audio/mpeg", "PT1S", "\ud800", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["href", "url", "type", "name", "duration", "rel", "value", "children", "title", "en", "series"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def read_all(path: Path, name: str) -> str:
    """How reading a file ends."""
    try:
        found = describe(path, name)
        cover(path, name)
    except BadFile as error:
        assert "\n" not in str(error)  # noqa: PT017 - what is claimed of every refusal
        return type(error).__name__
    assert found.metadata.title is not None
    return "described"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=300), st.sampled_from([*ENDINGS, ".txt", ""]))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes, ending: str) -> None:
    """Any bytes after any beginning, by any name, are described or refused."""
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(head + rest)

    assert read_all(path, f"a{ending}")


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_samples(tmp_path: Path, name: str) -> None:
    """Files of each sort with random changes are described or refused."""
    path = tmp_path / name
    for seed in range(60):
        path.write_bytes(changed(random.Random(seed), SAMPLES[name]))
        assert read_all(path, name), seed


@pytest.mark.parametrize("name", ["flatland_tones.m4b", "flatland_tones.lpf", "science_comics_001_first8.cbz", "pg_alice.mobi"])
def test_damaged_files_of_the_corpus(tmp_path: Path, name: str) -> None:
    """Real files with random changes at their ends, where their structure is, are described or refused."""
    data = shared("corpus", name).read_bytes()
    path = tmp_path / name
    for seed in range(40):
        chance = random.Random(seed)
        middle = len(data) // 2
        first, last = (
            (data[:middle], changed(chance, data[middle:]))
            if seed % 2
            else (changed(chance, data[:2000]) + data[2000:middle], data[middle:])
        )
        path.write_bytes(first + last)
        assert read_all(path, name), seed


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.dictionaries(KEYS, JSON, max_size=4),
    JSON,
    JSON,
    st.sampled_from(["manifest.json", "publication.json"]),
)  # fmt: skip
def test_any_manifest(
    tmp_path_factory: pytest.TempPathFactory, about: dict[str, Any], order: Any, others: Any, name: str
) -> None:
    """Any manifest is described or refused."""
    manifest = {"metadata": about, "readingOrder": order, "toc": others, "resources": others, **about}
    path = make_zip(tmp_path_factory.getbasetemp() / "m.zip", {name: json.dumps(manifest), "a.mp3": b"sound"})
    try:
        found = describe_packaged(Archive(path), name)
    except BadFile:
        return

    assert isinstance(found, Described)
    assert all(link.duration >= 0 for link in found.reading_order)


@settings(derandomize=True, max_examples=200)
@given(st.integers(0, 50), st.integers(0, 23), st.integers(0, 59), st.decimals(0, 59, places=2))
def test_durations(days: int, hours: int, minutes: int, rest: Any) -> None:
    """ISO 8601 durations count days to seconds."""
    assert float(days * 86_400 + hours * 3_600 + minutes * 60 + float(rest)) == pytest.approx(
        seconds(f"P{days}DT{hours}H{minutes}M{rest}S")
    )


@pytest.mark.parametrize(
    "odd", ["", "P", "PT", "P1Y", "PT1.2.3S", "1", True, -1, float("nan"), float("inf"), 1e300, None, [], {}]
)
def test_odd_durations(odd: Any) -> None:
    """Everything that is no duration is none."""
    assert 0.0 == seconds(odd)


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.integers(0, 10**12), unique=True, max_size=8), st.sampled_from(["p{}.jpg", "{}", "a/b 1-{}x.png"]))
def test_natural_order(numbers: list[int], pattern: str) -> None:
    """Names that differ in a number are in the order of the numbers."""
    names = [pattern.format(number) for number in numbers]

    assert [pattern.format(number) for number in sorted(numbers)] == sorted(names, key=natural)


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_have_an_order(names: list[str]) -> None:
    """Any names can be put in order, and in one only."""
    backwards = names[::-1]

    assert sorted(names, key=natural) == sorted(backwards, key=natural)


def test_folders_come_one_after_the_other() -> None:
    """Files of one folder stay together."""
    assert ["a/2", "a/10", "a b/1"] == sorted(["a b/1", "a/10", "a/2"], key=natural)


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of an MP4 file."""
    data = b"".join(content)
    return struct.pack(">L4s", 8 + len(data), kind) + data


def test_boxes_that_lie(tmp_path: Path) -> None:
    """Boxes longer than the file, of no length, or without end lead to no chapters."""
    path = tmp_path / "a.m4b"
    for data in (
        box(b"moov", box(b"udta", box(b"chpl", b"\x01\0\0\0\0\0\0\0\xff"))),
        box(b"moov", box(b"udta", struct.pack(">L4s", 0xFFFFFFFF, b"chpl"))),
        box(b"moov", box(b"udta", struct.pack(">L4sQ", 1, b"chpl", 2**63))),
        box(b"moov", box(b"trak", box(b"tkhd", bytes(20)), box(b"tref", box(b"chap", bytes(64))))),
        struct.pack(">L4s", 0, b"moov") * 100,
        struct.pack(">L4s", 3, b"moov"),
    ):
        path.write_bytes(data)
        assert [] == read_chapters(path)


def test_pages_that_lead_in_circles(tmp_path: Path) -> None:
    """A page tree that contains itself ends."""
    data = pdf(2)
    kids = re.search(rb"/Kids \[ (\d+ 0 R)", data)
    root = re.search(rb"(\d+) 0 obj\n<<\n/Type /Pages", data)
    assert kids
    assert root
    path = tmp_path / "a.pdf"
    path.write_bytes(data.replace(kids[0], b"/Kids [ " + root[1] + b" 0 R"))
    try:
        found = describe_pdf(path, path.name, LIMITS)
    except BadFile:
        return

    assert len(found.reading_order) <= 2


def test_names_worth_reading() -> None:
    """A library's covers, notes and databases are not opened."""
    names = ("a.EPUB", "a.kepub.epub", "b.fb2.zip", "b.zip", "c.m4b", "cover.jpg", "metadata.opf", "metadata.db", "epub")

    assert ["a.EPUB", "a.kepub.epub", "b.fb2.zip", "c.m4b"] == [name for name in names if worth_reading(name)]
