"""The library as pages: what they find, what leads where, who sees what, and what books can't do to them."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.running import RunningServer, command
from tests.web.browser import Browser
from tests.web.stock import found, stocked

PAGES = ("/library", "/library/by/author", "/library/by/series", "/library/by/language", "/library/by/subject", "/library/scan")
TITLE = re.compile(r'<strong class="title">([^<]*)</strong>')


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with a library. For tests that change nothing in it."""
    running = stocked(tmp_path_factory.mktemp("stock"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def ann(stock: RunningServer) -> Browser:
    """The admin."""
    return Browser(stock).sign_in()


@pytest.fixture
def carl(stock: RunningServer) -> Browser:
    """Somebody who sees the library and is no admin."""
    return Browser(stock).sign_in("carl")


def titles(browser: Browser) -> list[str]:
    """Of the books that a page lists."""
    return [unescape(title) for title in TITLE.findall(browser.text)]


def test_all_books_are_listed_once(carl: Browser) -> None:
    """Page after page, the list shows every book of the library once, in order, with how many there are."""
    carl.get("/library")
    total = int(re.search(r"(\d+) books", carl.words)[1])
    listed = titles(carl)
    while after := re.search(r'rel="next" href="([^"]+)"', carl.text):
        carl.get("/" + unescape(after[1]).removeprefix("./"))
        listed += titles(carl)

    assert total == len(listed)
    assert [f"Small {number:02}" for number in range(30)] == [title for title in listed if title.startswith("Small")]
    assert 30 == len([title for title in set(listed) if title.startswith("Small")])


def test_filters_combine(carl: Browser) -> None:
    """Words, kind and author restrict the list together, and each can be taken away by itself without the others."""
    carl.get("/library?q=small&author=Author+1&kind=epub&sort=added")
    links = [unescape(link) for link in re.findall(r'href="([^"]+)" aria-label="Without', carl.text)]
    without = [dict(parse_qsl(urlsplit(link).query)) for link in links]

    assert 10 == len(titles(carl))
    assert [f"Small {number:02}" for number in range(28, 0, -3)] == sorted(titles(carl), reverse=True)
    every = {"q": "small", "author": "Author 1", "kind": "epub", "sort": "added"}
    assert [{k: v for k, v in every.items() if k != name} for name in ("kind", "author", "q")] == without
    assert 'type="hidden" name="author" value="Author 1"' in carl.text


@pytest.mark.parametrize(
    ("facet", "name", "count"), [("author", "Author 2", 10), ("series", "Smalls", 24), ("language", "English", 24)]
)
def test_groups_lead_to_their_books(carl: Browser, facet: str, name: str, count: int) -> None:
    """An author, a series or a language is listed with how many books it has, and leads to them."""
    carl.get(f"/library/by/{facet}")
    link = re.search(rf'<a href="([^"]+)">{name}</a>', carl.text)
    assert link
    carl.get("/" + unescape(link[1]).replace("../", ""))

    assert count == len(titles(carl))


@pytest.mark.parametrize(
    "asked", ["page=0", "page=-1", "page=x", "page=99999999999", "page=٣", "sort=x", "kind=x", "author=" + "x" * 3000]
)
def test_what_is_asked_amiss(carl: Browser, asked: str) -> None:
    """Numbers, kinds and orders that are none are passed over; a page behind the last one is the last one."""
    assert 200 == carl.get(f"/library?{asked}").status_code
    assert 200 == carl.get("/library?page=9999").status_code
    assert "Page 2 of 2" in carl.words
    assert 404 == carl.http.get("/library/by/colour").status_code


def test_a_book(carl: Browser) -> None:
    """A book's page has what its file says, what devices recognise it by, its contents, and leads to its file and its kin."""
    page = found(carl, "candide")
    carl.get(page)
    for words in (
        "Candide",
        "Or, the Optimist",
        "Voltaire",
        "English (GB)",
        "Standard Ebooks",
        "A witty satire",
        "Contents",
        "sha256",
    ):
        assert words in carl.words, words
    assert "<p>" not in carl.words
    assert "Remove" not in carl.words
    assert 200 == carl.http.get(page.replace("publications", "files")).status_code
    assert 404 == carl.http.get(page.replace("publications", "files") + "?track=x").status_code
    carl.get(found(carl, "small 07"))
    assert "Smalls, 2" in carl.words


def test_what_is_wrong_is_said(carl: Browser) -> None:
    """The page of a damaged book says what is wrong with its file."""
    page = found(carl, "earnest")

    assert "What is wrong with the file" in carl.get(page).text
    assert "leads to nothing" in carl.text


def test_a_place_leads_to_its_work_and_back(ann: Browser, past: RunningServer) -> None:
    """A book that somebody reads says how far, leads to the work, and the work leads to the book."""
    reader = Browser(past).sign_in()
    page = found(reader, "alice")
    listed = reader.words
    reader.get(page)
    work = re.search(r"works/[0-9a-f-]{36}", reader.text)
    assert work
    reader.get(f"/{work[0]}")

    assert "% read" in listed.replace("\xa0", " ")
    assert page.removeprefix("/") in reader.text
    reader.get("/search?q=wonderland")
    assert "In the library: 1 book" in reader.words


def test_scans_as_admins_and_others_see_them(ann: Browser, carl: Browser, stock: RunningServer) -> None:
    """Everybody who sees the library sees how many files there are; paths and reasons are for admins."""
    ann.get("/library/scan")
    carl.get("/library/scan")
    books = str(stock.data.parent / "books")

    assert [True, False] == [books in each.text for each in (ann, carl)]
    assert [True, False] == ["truncated.epub" in each.text for each in (ann, carl)]
    assert [True, False] == ["Scan now" in each.text for each in (ann, carl)]
    assert "1 file. An admin sees which." in carl.words
    assert "38 files" in carl.words


def test_only_admins_change_the_library(ann: Browser, carl: Browser) -> None:
    """Who is no admin can't ask for a scan, upload or remove, and a file of a given folder is removed by nobody."""
    page = found(ann, "candide")
    carl.get("/")
    assert [403, 403] == [carl.send(path, sure="yes").status_code for path in ("/library/scan", f"{page}/remove")]
    assert 403 == carl.http.get("/library/upload").status_code
    ann.get(page)
    assert "Remove" not in ann.text
    assert 403 == ann.send(f"{page}/remove", sure="yes").status_code
    assert 200 == ann.http.get(page).status_code


def test_scan_now(ann: Browser) -> None:
    """An admin asks for a scan, and sees that it is under way."""
    ann.get("/library/scan")
    ann.submit("/library/scan")

    assert "A scan has been asked for." in ann.words
    assert "A scan is looking at what is there" in ann.words


def test_no_library_no_page(stock: RunningServer) -> None:
    """Who sees no library finds none of its pages, and nothing that leads there, until an admin lets them in."""
    bob = Browser(stock).sign_in("bob")
    page = found(Browser(stock).sign_in(), "candide")
    assert {404} == {bob.http.get(path).status_code for path in (*PAGES, "/library/upload", page)}
    assert "library" not in bob.get("/").text
    command("user", "set", "bob", "library=yes", data=stock.data)
    assert 200 == bob.get("/library").status_code
    command("user", "set", "bob", "library=no", data=stock.data)
    assert 404 == bob.http.get("/library").status_code


def test_markup_of_books_is_text(ann: Browser) -> None:
    """Titles, authors, series, subjects, descriptions and names of files are text on every page, and lead where they say."""
    paths = [*PAGES, "/library?q=onerror", "/library?q=%3Cscript%3E", found(ann, "onerror"), "/library?sort=added&page=1"]
    for facet in ("author", "series", "subject"):
        ann.get(f"/library/by/{facet}")
        link = re.search(r'<a href="\.\./\.\./(library\?[^"]*script[^"]*)"', ann.text)
        assert link, facet
        paths.append("/" + unescape(link[1]))
        ann.get(paths[-1])
        assert 1 == len(titles(ann)), facet
    for path in paths:
        text = ann.get(path).text
        assert "<script" not in text, path
        assert "<img src=x" not in text, path
        assert "53743561" not in text, path


def test_pages_are_small_and_lead_nowhere_else(ann: Browser) -> None:
    """No page has more than 50 kB, scripts, styles of its own, or a link that is not relative."""
    for path in (*PAGES, "/library/upload", found(ann, "candide"), "/library?q=small&author=Author+1"):
        text = ann.get(path).text
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', text)
        assert 50_000 > len(ann.page.content), path
        assert [] == [each for each in addresses if each.startswith(("/", "http"))], path
        assert not re.search(r"<script|<style|<[^>]*\s(?:style|on[a-z]+)=", text), path
