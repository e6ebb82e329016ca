"""Documents that PUT accepts are served by GET; what KOReader tells of a book is kept and never cleared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.kosync.client import KosyncClient, fresh, new_account
from tests.running import RunningServer, command

NO_DOCUMENT = {"code": 2004, "message": "Field 'document' not provided."}

DOCUMENTS = [
    "59d481d168cca6267322f150c5f6a2a3",
    "kosyncconformanceprobe0000000001",
    "has-a-hyphen",
    "has.a.dot",
    "UPPER_and_lower~1",
    "0",
    ".",
    "..",
    "...",
    "a b",
    " ",
    "a/b",
    "/",
    "//a//",
    "tail/",
    "50%",
    "%2F",
    "%00",
    "a+b",
    "a?b=c&d#e",
    "\\",
    '"; DROP TABLE work; --',
    "Les Misérables.epub",
    "e\u0301",
    "李小龙/📖",
    "\n\t\x7f",
    "\ufeff\u202e\ufffd",
    "users/auth",
    "../../users/auth",
    "kosync",
    "d" * 200,
    "d" * 512,
    "📖" * 512,
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_documents(regular: KosyncClient, document: str) -> None:
    """[K-DOC-ID-1, K-FLD-1, K-GET-1, K-GET-2b] What PUT accepts as a document, GET serves: percent-encoded, one segment."""
    stored = regular.push(document, fresh("/body/p"), 0.5)
    found = regular.pull(document)

    assert (document, document) == (stored["document"], found["document"])
    assert stored["timestamp"] == found["timestamp"]


@pytest.mark.parametrize("spelling", ["%61-%42.%5F%7e", "a-B._~", "a%2dB%2E_%7E"])
def test_percent_encoding(regular: KosyncClient, spelling: str) -> None:
    """[K-DOC-ID-1] A document's segment may be encoded more than it needs, in capitals or not."""
    regular.push("a-B._~", "1", 0.5)

    assert "a-B._~" == regular.call("GET", f"/syncs/progress/{spelling}", check=200)["document"]


@pytest.mark.parametrize("segment", ["a:b", "a%3Ab", ":", "%00", "a%00", "d" * 513])
def test_documents_that_no_push_can_write(regular: KosyncClient, segment: str) -> None:
    """[K-PUT-1, K-DOC-ID-1] What PUT refuses, GET refuses in the same way: 403 with code 2004."""
    assert NO_DOCUMENT == regular.call("GET", f"/syncs/progress/{segment}", check=403)


def test_segments_that_are_no_text(regular: KosyncClient) -> None:
    """[K-GET-3] A segment that is no UTF-8 names a document that nobody read."""
    assert {} == regular.call("GET", "/syncs/progress/%ff%fe", check=200)


def test_documents_are_compared_exactly(regular: KosyncClient) -> None:
    """[K-FLD-1] Documents that look alike are different ones: case, composition and spaces count."""
    alike = ["book\u00e9", "booke\u0301", "BOOK\u00e9", "book\u00e9 ", " book\u00e9", "book\u00e9\u200b"]
    for number, document in enumerate(alike):
        regular.push(document, str(number), 0.5)

    assert [str(number) for number in range(len(alike))] == [regular.pull(document)["progress"] for document in alike]


@pytest.fixture
def works(proxied: RunningServer, reader: KosyncClient) -> Callable[[], list[dict[str, Any]]]:
    """Asks what the server knows of the reader's works."""
    made = command("user", "token", reader.user, "--name", "t", "--scope", "account", data=proxied.data)
    headers = {"authorization": f"Bearer {made.stdout.strip()}"}

    def ask() -> list[dict[str, Any]]:
        answer = httpx2.get(f"{proxied.base}/api/works", headers=headers)
        assert 200 == answer.status_code
        return list(answer.json()["works"])

    return ask


def told(works: list[dict[str, Any]]) -> tuple[Any, ...]:
    assert 1 == len(works)
    return tuple(works[0][name] for name in ("title", "authors", "filename"))


METADATA = {"filename": "leaves.epub", "title": "Leaves of Grass", "authors": "Walt Whitman"}
KNOWN = ("Leaves of Grass", "Walt Whitman", "leaves.epub")


def test_metadata(reader: KosyncClient, works: Callable[[], list[dict[str, Any]]]) -> None:
    """[K-FLD-9, K-FLD-10, K-FLD-11] What KOReader tells of a book is kept; a push without it clears none of it."""
    stored = reader.push("d", "5", 0.2, metadata=METADATA)
    assert {"document", "timestamp"} == set(stored)
    assert KNOWN == told(works())

    reader.push("d", "6", 0.3)
    assert KNOWN == told(works())
    for silent in ({}, {"title": None}, {"title": "", "authors": " ", "filename": None}):
        reader.push("d", fresh("7"), 0.3, metadata=silent)
        assert KNOWN == told(works())

    found = reader.pull("d")
    assert {"document", "progress", "percentage", "device", "timestamp"} == set(found)


def test_metadata_that_comes_later_or_in_part(reader: KosyncClient, works: Callable[[], list[dict[str, Any]]]) -> None:
    """[K-FLD-11] A work that nobody described is described by a later push, member by member; the latest word counts."""
    reader.push("d", "1", 0.1)
    assert (None, None, None) == told(works())
    reader.push("d", "2", 0.2, metadata={"filename": "leaves.epub"})
    assert (None, None, "leaves.epub") == told(works())
    reader.push("d", "3", 0.3, metadata={"title": "Leaves of Grass", "authors": "Walt Whitman"})
    assert KNOWN == told(works())


def test_metadata_of_a_place_that_is_no_news(reader: KosyncClient, works: Callable[[], list[dict[str, Any]]]) -> None:
    """[K-FLD-10] Even a push of the very same place may be the first that describes the book."""
    reader.push("d", "1", 0.1)
    reader.push("d", "1", 0.1, metadata=METADATA)

    assert KNOWN == told(works())


ODD = [5, "text", [], [METADATA], None, True, {"title": 5}, {"title": {"a": 1}, "authors": ["x"]}, {"filename": "f" * 5000}]


@pytest.mark.parametrize("metadata", ODD, ids=range(len(ODD)))
def test_odd_metadata(regular: KosyncClient, metadata: object) -> None:
    """[K-FLD-10] Whatever stands in `metadata`, the push is accepted and its place is kept."""
    document = fresh("book")
    regular.push(document, "5", 0.2, metadata=metadata)

    assert "5" == regular.pull(document)["progress"]


def test_works_are_told_apart_by_document(reader: KosyncClient, works: Callable[[], list[dict[str, Any]]]) -> None:
    """[K-FLD-9] Two documents with one and the same description stay two works."""
    reader.push("d", "1", 0.1, metadata=METADATA)
    reader.push("e", "2", 0.2, metadata=METADATA)

    assert 2 == len(works())
    assert ("1", "2") == (reader.pull("d")["progress"], reader.pull("e")["progress"])


def test_what_was_accepted_survives_a_kill(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """[K-PUT-3] A push that was answered is kept, though the server's process is killed at once."""
    data = tmp_path / "data"
    running = start(data=data)
    client = new_account(running.base)
    stored = client.push("d", "/body/p[7]", 0.7)
    running.kill()
    again = KosyncClient(start(data=data).base, client.user, client.key)

    assert ("/body/p[7]", stored["timestamp"]) == (again.pull("d")["progress"], again.pull("d")["timestamp"])
