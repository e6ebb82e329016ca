"""KOReader's own catalog browser reads ours over HTTP.

Nothing of KOReader is kept here: KOSYNC_VENDOR (see tests/koreader) names where its `plugins/opds.koplugin` and `frontend` are.
Needed besides: LuaJIT, LuaSocket and dkjson. Without them these tests are skipped.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.koreader.koreader import paths
from tests.opds.library import BOOKS, FILE, NAMED, Reader, href

DRIVER = Path(__file__).parent / "koreader.lua"


class Browser:
    """The browser of one device, signed in."""

    def __init__(self, plugin: Path, frontend: Path, password: str = "secret") -> None:
        command = ["luajit", str(DRIVER), str(plugin), str(frontend), "ann", password]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, op: str, **request: str) -> Any:
        """What the browser makes of an address."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"op": op, **request}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def browse(self, address: str) -> Any:
        """A feed, of which nothing was to complain about."""
        answer = self.ask("browse", url=address)
        assert "shown" not in answer, answer["shown"]
        return answer

    def end(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def places() -> tuple[Path, Path]:
    """Where the plugin and KOReader's frontend are."""
    found = paths()
    plugin, frontend = Path(found["plugin"]).parent / "opds.koplugin", Path(found["frontend"])
    if not shutil.which("luajit") or not plugin.exists() or not frontend.exists():
        pytest.skip("NO KOREADER BROWSER: LuaJIT or KOReader's files are missing (KOSYNC_VENDOR)")
    return plugin, frontend


@pytest.fixture
def browser(places: tuple[Path, Path]) -> Iterator[Browser]:
    """A browser."""
    found = Browser(*places)
    yield found
    found.end()


@pytest.mark.parametrize("root", ["/opds/v1.2", "/opds/v2", "/opds"])
def test_the_whole_catalog(ann: Reader, browser: Browser, root: str) -> None:
    """From the root, the way to all publications and through their pages shows each with title, author, file and pictures."""
    top = browser.browse(ann.server.base + root)
    way = next(item["url"] for item in top["items"] if item["text"] == "All publications")
    found, page = [], browser.browse(way)
    found += page["items"]
    while "next" in page["hrefs"]:
        page = browser.browse(page["hrefs"]["next"])
        found += page["items"]
    emma = next(item for item in found if item["title"] == "Emma")

    assert BOOKS + len(NAMED) == len(found)
    assert "R.U.R. & více - Karel Čapek" in {item["text"] for item in found}
    assert ("Emma - Jane Austen", href(ann.titled("Emma"), FILE)) == (emma["text"], emma["acquisitions"][0]["href"])
    assert "application/epub+zip" == emma["acquisitions"][0]["type"]
    assert 1 == len(emma["acquisitions"])
    assert (emma["image"].rpartition("/")[2], emma["thumbnail"].rpartition("/")[2]) == ("cover", "thumbnail")


@pytest.mark.parametrize("root", ["/opds/v1.2", "/opds/v2"])
def test_search_and_facets(ann: Reader, browser: Browser, root: str) -> None:
    """The browser finds how to search, and does; and it finds the facets."""
    page = browser.browse(ann.server.base + root + "/publications")
    found = browser.browse(page["search"].replace("%s", "capek"))

    assert ["R.U.R. & více"] == [item["title"] for item in found["items"]]
    assert {"Order", "Language"} <= set(page["facets"])
    assert ["Title"] == [link["title"] for link in page["facets"]["Order"] if link.get("opds:activeFacet") == "true"]


@pytest.mark.parametrize("root", ["/opds/v1.2", "/opds/v2"])
def test_groups(ann: Reader, browser: Browser, root: str) -> None:
    """Authors lead to their books."""
    authors = browser.browse(ann.server.base + root + "/authors")
    way = next(item["url"] for item in authors["items"] if item["text"] == "Jane Austen")

    assert ["Emma"] == [item["title"] for item in browser.browse(way)["items"]]


def test_names_of_downloads(ann: Reader, browser: Browser) -> None:
    """With "raw names" KOReader saves a file under its own name, in whatever writing."""
    for title, name in (("Emma", NAMED[0]), ("R.U.R. & více", NAMED[1])):
        assert name == browser.ask("name", url=href(ann.titled(title), FILE), type="epub")["name"]


def test_a_wrong_password(ann: Reader, places: tuple[Path, Path]) -> None:
    """A wrong password is told as one."""
    stranger = Browser(*places, password="wrong")
    answer = stranger.ask("browse", url=ann.server.base + "/opds/v1.2")
    stranger.end()

    assert "Authentication required" in answer["shown"]
