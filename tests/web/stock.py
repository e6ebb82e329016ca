"""Servers for the tests of the library's pages, and who asks them; the answer of a form with files."""

import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx2

from tests.epubs import make_epub, xhtml
from tests.files import copied, settled
from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.shared import shared
from tests.web.browser import Browser
from tests.web.past import PASSWORD
from tests.web.shelf import SCAN_SECONDS, scanned

XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7331*7331}}"
BOOKS = ("pg_alice.epub", "pg_alice.mobi", "pg_1342.pdf", "se_voltaire_candide_the-modern-library.epub", "kor_leaves.epub")
SMALL = 30
DAMAGED = ("truncated.epub", "dangling-itemref.epub")


def stocked(folder: Path) -> RunningServer:
    """A server with a library, and with Ann, who is its admin, Carl, who sees the library, and Bob, who does not."""
    data, books = folder / "data", folder / "books"
    data.mkdir()
    books.mkdir()
    for name in BOOKS:
        copied(shared("corpus", name), books)
    for name in DAMAGED:
        copied(shared("corpus", "damaged", name), books)
    for number in range(SMALL):
        written(books / f"small {number}.epub", f"Small {number:02}", author=f"Author {number % 3}", series="Smalls")
    escaped = XSS.replace("&", "&amp;").replace("<", "&lt;")
    written(books / "<img src=x onerror=alert(1)>.epub", escaped, author=escaped, series=escaped.replace('"', "&quot;"))
    account(data, "ann", admin=True)
    account(data, "carl")
    server = RunningServer(data, "--library", str(books))
    client = KosyncClient(server.base, "bob", md5(PASSWORD))
    client.send("POST", "/users/create", json={"username": "bob", "password": md5(PASSWORD)})
    scanned(server, len(BOOKS) + len(DAMAGED) - 1 + SMALL + 1)
    rested(Browser(server).sign_in())
    return server


def rested(browser: Browser) -> None:
    """Wait until no scan is under way."""
    deadline = time.monotonic() + SCAN_SECONDS
    while "No scan is under way" not in browser.get("/library/scan").text or "No scan has ended" in browser.text:
        assert time.monotonic() < deadline, browser.words
        time.sleep(0.05)


def account(data: Path, name: str, *, admin: bool = False) -> None:
    """An account made by command."""
    command("user", "add", name, *(["--admin"] if admin else []), "--password-stdin", data=data, stdin=PASSWORD + "\n")


def written(path: Path, title: str, *, author: str, series: str) -> Path:
    """A small EPUB. What it is given is markup already."""
    path.parent.mkdir(exist_ok=True, parents=True)
    metadata = (
        f'<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:identifier id="uid">{path.name.encode().hex()}'
        f"</dc:identifier><dc:language>en</dc:language><dc:subject>{title}</dc:subject><dc:publisher>{title}</dc:publisher>"
        f"<dc:description>{title}</dc:description>"
        f'<meta name="calibre:series" content="{series}"/><meta name="calibre:series_index" content="2.0"/>'
    )
    make_epub(path, {"one.xhtml": xhtml(f"<h1>{title}</h1><p>{title}</p>")}, metadata=metadata)
    return settled(path)


def book(folder: Path, title: str) -> bytes:
    """The bytes of a small EPUB."""
    return written(folder / f"{title}.epub", title, author="Somebody", series="Some").read_bytes()


def uploaded(browser: Browser, files: Iterable[tuple[str, bytes]], token: str | None = None, **more: Any) -> httpx2.Response:
    """The answer to a form with these files."""
    said: list[Any] = [("token", (None, browser.token if token is None else token))]
    return browser.http.post("/library/upload", files=[*said, *(("books", file) for file in files)], **more)


def found(browser: Browser, title: str) -> str:
    """The path of the publication that the library finds by this title."""
    browser.get(f"/library?q={title}")
    links = re.findall(r"publications/[0-9a-f-]{36}", browser.text)
    assert links, browser.words
    return f"/{links[0]}"
