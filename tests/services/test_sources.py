"""A file of the library, opened to find places in it, is the one that was scanned."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from placekeeper.domain.publication import Publication
from placekeeper.formats.described import describe
from placekeeper.services.sources import Sources, opened
from tests.epubs import make_epub, xhtml

SECOND = 1_000_000_000


@pytest.fixture
def scanned(tmp_path: Path) -> Publication:
    """A book whose second file has two bodies."""
    files = {"a.xhtml": xhtml("one"), "b.xhtml": xhtml("<p>two</p></body><body><p>three</p>")}
    path = make_epub(tmp_path / "book.epub", files)
    stat = path.stat()
    return Publication(
        id="p",
        edition_id="e",
        folder=str(tmp_path),
        path=path.name,
        size=stat.st_size,
        modified_at=stat.st_mtime_ns // 1_000_000,
        described=describe(path, path.name),
        added_at=1,
        scanned_at=1,
    )


def test_what_the_scan_found_is_believed(scanned: Publication) -> None:
    """Which files have a second body is known from the scan."""
    source = opened(scanned)

    assert source is not None
    assert frozenset({1}) == source.spine.split


def test_a_file_touched_since_is_read_again(scanned: Publication) -> None:
    """Of a file with another time, what the scan found counts no more."""
    path = Path(scanned.folder, scanned.path)
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + SECOND))
    source = opened(scanned)

    assert source is not None
    assert source.spine.split is None


def test_another_file_is_not_opened(scanned: Publication) -> None:
    """A file of another size is not the one that was scanned."""
    with Path(scanned.folder, scanned.path).open("ab") as file:
        file.write(b"more")

    assert opened(scanned) is None


def test_a_file_replaced_unseen(scanned: Publication) -> None:
    """A file that was put in the place of another one, with its size and time, is opened anew once it is scanned."""
    path = Path(scanned.folder, scanned.path)
    sources, stat = Sources(), path.stat()
    before = asyncio.run(sources.source(scanned))
    files = {"a.xhtml": xhtml("six"), "b.xhtml": xhtml("<p>two</p></body><body><p>three</p>")}
    other = make_epub(path.with_name("other.epub"), files)
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(path)
    after = asyncio.run(sources.source(replace(scanned, described=describe(path, path.name), scanned_at=2)))

    assert before is not None
    assert after is not None
    assert (stat.st_size, stat.st_mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert "six" in after.resource(0).document.text
