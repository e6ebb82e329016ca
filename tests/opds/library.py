"""A running server with a library, and people who may and may not see it."""

import random
import ssl
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import httpx2

from tests.epubs import make_epub, xhtml
from tests.files import settled
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command

BOOKS = 55
"""Numbered books, so that there are two pages."""
NAMED = ["Emma.epub", "Čapek: R.U.R. 100%, „plný“ (1).epub", "big.epub"]
BIG = 700_000
SCAN_SECONDS = 60
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used, but the library would make one for each client, and that is slow."""


def metadata(title: str, author: str, language: str = "en", more: str = "") -> str:
    """A package's metadata."""
    return (
        f'<dc:title>{title}</dc:title><dc:identifier id="uid">urn:x:{title.replace(" ", "-")}</dc:identifier>'
        f"<dc:language>{language}</dc:language><dc:creator>{author}</dc:creator>{more}"
    )


def book(path: Path, said: str, text: str = "It was.", **files: bytes) -> Path:
    """An EPUB of one document."""
    extra = {name.replace("_", "."): content for name, content in files.items()}
    properties = {"cover.png": "cover-image"} if "cover.png" in extra else None
    make_epub(path, {"1.xhtml": xhtml(f"<p>{text}</p>"), **extra}, metadata=said, properties=properties)
    return settled(path)


def fill(folder: Path) -> None:
    """Books: numbered ones in a series, and some with names of their own."""
    folder.mkdir(parents=True)
    series = '<meta name="calibre:series" content="Numbers"/><meta name="calibre:series_index" content="{0}"/>'
    for number in range(1, BOOKS + 1):
        book(folder / f"{number:02}.epub", metadata(f"Book {number:02}", "Nora Numbers", more=series.format(number)))
    book(folder / NAMED[0], metadata("Emma", "Jane Austen"), cover_png=picture())
    book(folder / NAMED[1], metadata("R.U.R. &amp; více", "Karel Čapek", "cs"))
    book(folder / NAMED[2], metadata("Big", "Ann &lt;b&gt;"), noise_bin=random.Random(1).randbytes(BIG))


def picture() -> bytes:
    """A PNG of 300 by 400 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((row % 256, 100, 200)) * 300 for row in range(400))
    head = struct.pack(">IIBBBBB", 300, 400, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Reader:
    """Someone who asks the catalogs of a server."""

    def __init__(self, server: RunningServer, name: str | None = "ann", password: str = "secret", **headers: str) -> None:
        auth = (name, password) if name else None
        self.server = server
        self.http = httpx2.Client(base_url=server.base, auth=auth, headers=headers, timeout=30, verify=_TLS, trust_env=False)

    def __del__(self) -> None:
        self.http.close()

    def get(self, path: str, status: int = 200, **headers: str) -> httpx2.Response:
        """The answer to a GET, which must have that status."""
        answer = self.http.get(path, headers=headers)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def feed(self, path: str) -> Any:
        """A feed of OPDS 2.0, by its address below the root or its URL."""
        return self.get(path if path.startswith("http") else "/opds/v2" + path).json()

    def titled(self, title: str) -> Any:
        """The publication of that title."""
        (found,) = [one for one in self.feed(f"/search?query={title}")["publications"] if one["metadata"]["title"] == title]
        return found

    def wait(self, publications: int) -> None:
        """Until the first scan has ended, and has found so many."""
        end = time.monotonic() + SCAN_SECONDS
        while not (self._scanned() and self.feed("/publications")["metadata"]["numberOfItems"] >= publications):
            assert time.monotonic() < end, "the scan takes too long"
            time.sleep(0.1)

    def _scanned(self) -> bool:
        return any('"event": "scan"' in line for line in self.server.log)


def href(publication: Any, rel: str) -> str:
    """The address behind a publication's link."""
    return str(next(link["href"] for link in publication["links"] if link.get("rel") == rel))


FILE = "http://opds-spec.org/acquisition/open-access"


def opened(server: RunningServer) -> Reader:
    """Somebody who registered with KOReader, and sees no library."""
    client = KosyncClient(server.base, "bob", md5("word"))
    client.register()
    return Reader(server, "bob", "word")


def people(data: Path) -> None:
    """Two accounts that see the library."""
    command("user", "add", "ann", "--password-stdin", data=data, stdin="secret\n")
    command("user", "add", "Änne", "--password-stdin", data=data, stdin="pass: wörd\n")
