"""Real books, from their files to the catalogs and back."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.opds.library import FILE, Reader, href, people
from tests.opds.schemas import errors, feed_errors
from tests.running import RunningServer
from tests.shared import shared

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Somebody who sees a library of all real books."""
    corpus, data = shared("corpus"), tmp_path_factory.mktemp("data")
    people(data)
    server = RunningServer(data, "--library", str(corpus))
    found = Reader(server)
    found.wait(len(list(corpus.glob("*.epub"))))
    yield found
    assert server.stop() == 0


def publications(reader: Reader) -> list[Any]:
    """All publications, from all pages."""
    feed = reader.feed("/publications")
    found = list(feed["publications"])
    while following := [link["href"] for link in feed["links"] if link["rel"] == "next"]:
        feed = reader.feed(following[0])
        found += feed["publications"]
    return found


def test_all_feeds_of_real_books_are_valid(reader: Reader) -> None:
    """What real files say of themselves makes valid feeds and documents, and the same ids in both dialects."""
    for path in ("", "/publications", "/authors", "/series", "/languages", "/subjects"):
        feed = reader.feed(path)
        atom = etree.fromstring(reader.get("/opds/v1.2" + path).content)
        ids = [entry.findtext(ATOM + "id") for entry in atom.iterfind(ATOM + "entry")]

        assert [] == feed_errors(feed), path
        assert [one["metadata"]["identifier"] for one in feed.get("publications", [])] == ids or "navigation" in feed
    for shown in publications(reader):
        assert [] == errors("publication", reader.get(href(shown, "self")).json()), shown["metadata"]["title"]


def test_real_files_come_back_whole(reader: Reader) -> None:
    """Every file that is offered is one of the library's, byte for byte, under its own name and of the size that was said."""
    files = {hashlib.sha256(path.read_bytes()).digest(): path for path in shared("corpus").rglob("*") if path.is_file()}
    for shown in publications(reader):
        link = next(link for link in shown["links"] if link["rel"] == FILE)
        answer = reader.get(link["href"])

        assert link["size"] == len(answer.content)
        assert link["type"] == answer.headers["content-type"]
        assert Path(link["href"]).name in {path.name for path in files.values()}
        assert hashlib.sha256(answer.content).digest() in files


def test_real_covers(reader: Reader) -> None:
    """Where a picture is offered there is a JPEG; of a PDF nobody knows before it is asked for. (Of every third.)"""
    for shown in publications(reader)[::3]:
        for image in shown.get("images", []):
            answer = reader.http.get(image["href"])
            pdf = any(link["type"] == "application/pdf" for link in shown["links"])

            assert answer.status_code == 200 or (pdf and answer.status_code == 404), json.dumps(shown["metadata"])
            assert answer.status_code == 404 or answer.content.startswith(b"\xff\xd8\xff")
