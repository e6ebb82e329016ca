"""Books that apps have downloaded, and whose files are gone from the library then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.annotations.client import IOS, PalaceClient, href_progression, moment
from tests.opds_progression.conftest import add_account, publications, until
from tests.opds_progression.library import small_book
from tests.running import RunningServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    small_book(folder / "book.epub")
    small_book(folder / "other.epub", "Another book", seed=1)
    return folder


def test_a_book_whose_file_is_gone(start: Callable[..., RunningServer], folder: Path) -> None:
    """Its place is told still and moves on with what apps say; when the file is back, it has the newest place."""
    server = start("--library", str(folder), "--scan-interval", "1")
    user = add_account(server.data)
    until(lambda: len(publications(server.base, user)) == 2)
    source = f"urn:uuid:{publications(server.base, user)['A book']}"
    android, ios = PalaceClient(server.base, user), PalaceClient(server.base, user, agent=IOS)
    first = android.idle(source, href_progression("one.xhtml", 0.2), at=moment(-60))
    (folder / "book.epub").rename(folder / "book.away")
    until(lambda: len(publications(server.base, user)) == 1)
    assert [first["id"]] == [each["id"] for each in ios.items()]
    moved = ios.idle(source, href_progression("one.xhtml", 0.6), at=moment(-30))
    assert (first["id"], 0.6) == (moved["id"], android.locator(source)["progressWithinChapter"])
    (folder / "book.away").rename(folder / "book.epub")
    until(lambda: len(publications(server.base, user)) == 2)

    assert [(first["id"], moved["target"])] == [(each["id"], each["target"]) for each in android.items()]
    assert 1 == android.http.get(f"{server.base}/opds/v1.2/loans").text.count("<entry>")
