"""The catalogs of a running server, walked from their roots."""

import hashlib
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.kosync.client import KosyncClient, md5
from tests.opds.library import BOOKS, NAMED, Reader
from tests.opds.schemas import errors, feed_errors
from tests.running import RunningServer

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(feed: Any) -> list[str]:
    return [one["metadata"]["title"] for one in feed["publications"]]


def links(feed: Any) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in feed["links"] if "rel" in link}


def test_every_feed_is_valid(ann: Reader) -> None:
    """All that can be reached from the root of OPDS 2.0 by links of its own type is valid, and says its own address."""
    waiting, seen = [ann.server.base + "/opds/v2"], set()
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        feed = ann.feed(address)
        seen.add(address)

        assert [] == feed_errors(feed), address
        assert address == links(feed)["self"]
        ways = feed.get("navigation", []) + [link for link in feed["links"] if link.get("rel") in {"next", "last"}]
        ways += [link for facet in feed.get("facets", []) for link in facet["links"]]
        waiting += [way["href"] for way in ways if way["href"] not in {*seen, *waiting}]
    assert len(seen) > 15


def test_the_root(ann: Reader) -> None:
    """The root shows what is new, and leads to all publications, authors, series, languages, subjects and what was finished."""
    root = ann.feed("")

    assert ["Recently added"] == [group["metadata"]["title"] for group in root["groups"]]
    assert ["All publications", "Authors", "Series", "Languages", "Subjects", "Finished"] == [
        way["title"] for way in root["navigation"]
    ]
    assert BOOKS + len(NAMED) == root["navigation"][0]["properties"]["numberOfItems"]


def test_pages_hold_everything_once(ann: Reader) -> None:
    """Following `next` from the first page to the last meets every publication once; `previous` leads back."""
    page = ann.feed("/publications")
    found = titles(page)
    while "next" in links(page):
        here = links(page)["self"]
        page = ann.feed(links(page)["next"])
        found += titles(page)

        assert here == links(page)["previous"]
    assert BOOKS + len(NAMED) == len(found) == len(set(found))
    assert links(page)["last"] == links(page)["self"]


def test_groups_lead_to_their_publications(ann: Reader) -> None:
    """Each author, series and language has as many publications behind it as it says."""
    for by in ("authors", "series", "languages"):
        for way in ann.feed(f"/{by}")["navigation"]:
            feed = ann.feed(way["href"])

            assert way["properties"]["numberOfItems"] == feed["metadata"]["numberOfItems"], way["title"]
            assert way["title"] == feed["metadata"]["title"]


def test_a_series_is_in_its_order(ann: Reader) -> None:
    """The books of a series come by their numbers."""
    feed = ann.feed("/publications?series=Numbers")

    assert [f"Book {number:02}" for number in range(1, 51)] == titles(feed)


@pytest.mark.parametrize(
    ("query", "found"), [("emma", ["Emma"]), ("capek", ["R.U.R. & více"]), ("nothing like it", []), ("?!", [])]
)
def test_search(ann: Reader, query: str, found: list[str]) -> None:
    """A search finds by title and by author, accents or not, and an empty result is a valid feed in both dialects."""
    feed = ann.feed(f"/search?query={quote(query)}")
    atom = etree.fromstring(ann.get(f"/opds/v1.2/search?query={quote(query)}").content)

    assert [] == feed_errors(feed)
    assert found == titles(feed) if found else "publications" not in feed
    assert found == [entry.findtext(ATOM + "title") for entry in atom.findall(ATOM + "entry")]


def test_facets_narrow(ann: Reader) -> None:
    """A facet keeps what was chosen before, and the way out of it takes away itself alone."""
    facets = {facet["metadata"]["title"]: facet["links"] for facet in ann.feed("/publications?query=r&sort=author")["facets"]}
    czech = next(link for link in facets["Language"] if link["title"] == "Czech")
    narrowed = ann.feed(czech["href"])

    assert ["R.U.R. & více"] == titles(narrowed)
    out = next(link for facet in narrowed["facets"] if facet["metadata"]["title"] == "Language" for link in facet["links"])
    assert links(ann.feed("/publications?query=r&sort=author"))["self"] == out["href"]


def test_both_dialects_have_the_same(ann: Reader) -> None:
    """OPDS 1.2 lists the same publications under the same ids, with the same files."""
    for path in ("/publications", "/publications?page=2", "/publications?series=Numbers", "/publications?language=cs"):
        feed = ann.feed(path)
        atom = etree.fromstring(ann.get("/opds/v1.2" + path).content)

        assert [one["metadata"]["identifier"] for one in feed["publications"]] == [
            entry.findtext(ATOM + "id") for entry in atom.findall(ATOM + "entry")
        ]


def test_a_publication_has_a_document(ann: Reader) -> None:
    """Each publication's link to itself leads to its document, in both dialects."""
    shown = ann.titled("Emma")
    alone = ann.get(links(shown)["self"])
    entry = ann.get(links(shown)["self"].replace("/v2/", "/v1.2/"))

    assert [] == errors("publication", alone.json())
    assert shown["metadata"]["identifier"] == alone.json()["metadata"]["identifier"]
    assert ("application/opds-publication+json", "application/atom+xml;type=entry;profile=opds-catalog") == (
        alone.headers["content-type"],
        entry.headers["content-type"],
    )
    assert "Emma" == etree.fromstring(entry.content).findtext(ATOM + "title")


def test_the_root_for_who_knows_only_the_server(ann: Reader) -> None:
    """`/opds`, and addresses with a slash too many, work; `/opds` speaks OPDS 2.0 with who says that it reads that."""
    koreader = "application/opds+json, application/atom+xml;profile=opds-catalog, */*"

    assert "application/opds+json" == ann.get("/opds/", accept=koreader).headers["content-type"]
    assert "application/atom+xml;profile=opds-catalog;kind=navigation" == ann.get("/opds").headers["content-type"]
    assert ann.get("/opds/v2").content == ann.get(ann.server.base + "//opds//v2/").content


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=1e3", "page=" + "9" * 30, "sort=size", "kind=x", "author=" + "a" * 600]
)
def test_impossible_queries(ann: Reader, query: str) -> None:
    """An impossible value is refused in the dialect's own form."""
    json = ann.get(f"/opds/v2/publications?{query}", 400)
    atom = ann.get(f"/opds/v1.2/publications?{query}", 400)

    assert ("application/problem+json", 400) == (json.headers["content-type"], json.json()["status"])
    assert "text/plain; charset=utf-8" == atom.headers["content-type"]


def test_a_page_beyond_the_last_is_empty(ann: Reader) -> None:
    """A page that is not there any more is a valid feed that leads back."""
    feed = ann.feed("/publications?page=99")

    assert [] == feed_errors(feed)
    assert links(feed)["previous"] == links(feed)["last"]


def test_what_is_not_there(ann: Reader) -> None:
    """Unknown publications and paths are 404, other methods 405 with what may be used."""
    for path in ("/publications/nope", "/publications/nope/file/x.epub", "/publications/nope/cover", "/nothing"):
        assert 404 == ann.get("/opds/v2" + path, 404).json()["status"]
    ann.get("/opds/v1.2/publications/nope", 404)
    answer = ann.http.post("/opds/v2/publications")

    assert 405 == answer.status_code
    assert {"GET", "HEAD"} == set(answer.headers["allow"].split(", "))


def test_feeds_are_not_sent_twice(ann: Reader) -> None:
    """A feed has an entity tag, is private, and is not sent again to who has it; HEAD tells the same."""
    first = ann.get("/opds/v2/publications")
    head = ann.http.head("/opds/v2/publications")

    assert b"" == ann.get("/opds/v2/publications", 304, **{"if-none-match": first.headers["etag"]}).content
    assert "private, no-cache" == first.headers["cache-control"]
    assert (first.headers["etag"], first.headers["content-length"]) == (head.headers["etag"], head.headers["content-length"])


def test_progress_of_a_koreader_device(books: RunningServer) -> None:
    """What KOReader reads of a library's file is what its owner is in the middle of, and in time has finished; nobody else is."""
    ann, other = Reader(books), Reader(books, "Änne", "pass: wörd")
    digest = partial_md5(ann.get(file_of(ann, "Emma")).content)
    device = KosyncClient(books.base, "ann", md5("secret"), device="Kobo")
    device.push(digest, "/body/DocFragment[1]/body/p/text().1", 0.4142)
    reading = ann.feed("/reading")
    shown = {link["rel"]: link for link in reading["publications"][0]["links"]}["http://opds-spec.org/progression"]

    assert ["Emma"] == titles(reading)
    assert (0.4142, "41 % read on Kobo") == (shown["properties"]["progression"], shown["title"])
    assert ["Continue reading", "Recently added"] == [group["metadata"]["title"] for group in ann.feed("")["groups"]]
    assert "41 % read on Kobo" in ann.get("/opds/v1.2/reading").text
    assert "publications" not in ann.feed("/finished")
    assert "publications" not in other.feed("/reading")
    assert "progression" not in str(other.titled("Emma")["links"][2]["properties"])

    device.push(digest, "/body/DocFragment[1]/body/p/text().6", 1.0)

    assert ["Emma"] == titles(ann.feed("/finished"))
    assert "publications" not in ann.feed("/reading")


def file_of(reader: Reader, title: str) -> str:
    return next(link["href"] for link in reader.titled(title)["links"] if "acquisition" in link.get("rel", ""))


def partial_md5(content: bytes) -> str:
    """KOReader's digest of a file, as docs/protocols/kosync.md has it."""
    digest = hashlib.md5(usedforsecurity=False)
    for step in range(-1, 11):
        at = 1024 << (2 * step) if step >= 0 else 0
        if at >= len(content):
            break
        digest.update(content[at : at + 1024])
    return digest.hexdigest()


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["/opds", "/opds/v2", "/opds/v1.2"]),
    st.sampled_from(["", "/publications", "/search", "/authors", "/reading", "/publications/"]),
    st.text(max_size=8),
    st.dictionaries(st.sampled_from(["query", "author", "kind", "sort", "page", "x"]), st.text(max_size=12), max_size=4),
)
def test_whatever_is_asked(ann: Reader, root: str, path: str, tail: str, query: dict[str, str]) -> None:
    """No path and no query is an error of the server's own."""
    address = root + path + quote(tail, safe="") + "?" + urlencode(query)

    assert ann.http.get(address).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "query", ["query=%ff%fe", "query=%00", "query=%", "page=%D9%A1", "&&&", "page=1&page=x", "query=%ed%a0%80"]
)
def test_odd_queries(ann: Reader, query: str) -> None:
    """Bytes that are no text, and parameters given twice, are borne."""
    assert ann.http.get(f"/opds/v2/publications?{query}").status_code in {200, 400}
