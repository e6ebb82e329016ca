"""OPDS 2.0 as it is written, against the published schemas."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.domain.publication import Contributor, Identification, Kind, Series
from placekeeper.protocols.opds.feeds import Entry, Feed
from placekeeper.protocols.opds.json_dialect import JsonDialect
from tests.opds.schemas import errors, feed_errors
from tests.opds.shelves import ID, JSON_SITE, entry, listing, publication, root

DIALECT = JsonDialect()
BASE = "https://books.example.org/opds/v2"


def written(feed: Feed) -> Any:
    return json.loads(bytes(DIALECT.feed(feed, JSON_SITE).body))


def document(shown: Entry) -> Any:
    return json.loads(bytes(DIALECT.publication(shown, JSON_SITE).body))


def test_feeds_are_valid() -> None:
    """A first page, a listing and an empty listing are what the schemas say a feed is."""
    feeds = [root(), root(entry(progression=0.5)), listing(entry(), entry(progression=0.0)), listing()]

    assert [] == [error for feed in feeds for error in feed_errors(written(feed))]


def test_a_publication_is_valid() -> None:
    """A publication's own document is what the schema says."""
    for kind in Kind:
        assert [] == errors("publication", document(entry(publication(kind=kind), 0.5)))


def test_metadata_is_what_the_file_says() -> None:
    """Titles, people, series, dates and languages stand where Readium's manifest has them."""
    metadata = document(entry())["metadata"]

    assert ("Emma", "A novel", "1815-01-01", ["en-GB"]) == tuple(
        metadata[key] for key in ("title", "subtitle", "published", "language")
    )
    assert f"urn:uuid:{ID}" == metadata["identifier"]
    assert ["urn:isbn:9780141439587", "urn:uuid:0b5e1e6c-0000-4000-8000-000000000000"] == metadata["altIdentifier"]
    assert ("Jane Austen", "Austen, Jane") == (metadata["author"][0]["name"], metadata["author"][0]["sortAs"])
    assert "Ann Reader" == metadata["narrator"][0]["name"]
    assert {"name": "Bo Binder", "role": "bnd"} == metadata["contributor"][0]
    assert ("Novels", 4) == tuple(metadata["belongsTo"]["series"][0][key] for key in ("name", "position"))
    assert "Handsome, clever, and rich." == metadata["description"]
    assert ["Fiction", "Love"] == metadata["subject"]


def test_links_of_a_publication() -> None:
    """A publication has its file with type and size, its progression in both forms, and two images."""
    shown = document(entry())
    links = {link["rel"]: link for link in shown["links"]}
    file = links["http://opds-spec.org/acquisition/open-access"]

    assert ("application/epub+zip", 1234) == (file["type"], file["size"])
    assert f"{BASE}/publications/{ID}/file/Emma%20%26%20more.epub" == file["href"]
    service = links["http://opds-spec.org/progression"]
    assert ("application/opds-progression+json", f"{BASE}/publications/{ID}/progression") == (service["type"], service["href"])
    assert "https://books.example.org/opds/auth" == service["properties"]["authenticate"]["href"]
    before = links["http://www.cantook.com/api/progression"]
    assert ("application/vnd.readium.progression+json", service["href"] + "/readium") == (before["type"], before["href"])
    assert [f"{BASE}/publications/{ID}/{size}" for size in ("cover", "thumbnail")] == [i["href"] for i in shown["images"]]


def test_progress_stands_on_the_link() -> None:
    """How far an account is, and when it was there, is told on the progression link; nothing is told without a place."""
    links = {link["rel"]: link for link in document(entry(progression=0.416))["links"]}
    bare = {link["rel"]: link for link in document(entry())["links"]}
    relation = "http://opds-spec.org/progression"

    assert (0.416, "2024-10-07T00:00:00Z") == tuple(links[relation]["properties"][key] for key in ("progression", "modified"))
    assert "41 % read on Kobo <nova>" == links[relation]["title"]
    assert "progression" not in bare[relation]["properties"]


def test_pages_of_a_feed() -> None:
    """A page in the middle tells where it is and leads to the others; facets lead to first pages."""
    feed = written(listing(entry(), page=2, total=120))
    hrefs = {link["rel"]: link["href"] for link in feed["links"]}
    here = f"{BASE}/publications?query=a%20b%26c"

    assert (120, 50, 2) == tuple(feed["metadata"][key] for key in ("numberOfItems", "itemsPerPage", "currentPage"))
    assert [here, here, f"{here}&page=3", f"{here}&page=3"] == [hrefs[rel] for rel in ("first", "previous", "next", "last")]
    assert f"{BASE}/search{{?query}}" == hrefs["search"]


def test_facets_say_which_is_active() -> None:
    """Of a facet's links the active one is the feed itself, and counts are told where they are known."""
    first, second = written(listing(entry()))["facets"][0]["links"]

    assert ("self", "Title") == (first["rel"], first["title"])
    assert ("Recently added", 3) == (second["title"], second["properties"]["numberOfItems"])


def test_a_file_that_says_nothing() -> None:
    """Without a title the file's name stands for one; nothing else is made up."""
    nothing = publication(
        title=" ", subtitle="", sort_title="", authors=(), contributors=(), series=(), languages=(), identifier="",
        identifiers=(), description="", published="", modified="", publisher="", subjects=(), direction="", cover="",
    )  # fmt: skip
    shown = document(entry(nothing))

    assert [] == errors("publication", shown)
    assert {"@type", "identifier", "title", "modified", "duration"} == set(shown["metadata"])
    assert "Emma & more" == shown["metadata"]["title"]
    assert "images" not in shown


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.text(alphabet=st.characters(), max_size=12), min_size=12, max_size=12))
def test_whatever_a_file_says(words: list[str]) -> None:
    """No text in a file's metadata makes a document that is not valid."""
    title, name, role, series, position, language, identifier, scheme, value, published, subject, direction = words
    found = publication(
        title=title,
        authors=(Contributor(name, role, name),),
        contributors=(Contributor(name, role),),
        series=(Series(series, position),),
        languages=(language,),
        identifier=identifier,
        identifiers=(Identification(scheme, value), Identification("isbn", value), Identification("", "urn:" + value)),
        description=subject + title,
        published=published,
        subjects=(subject,),
        direction=direction,
    )

    assert [] == errors("publication", document(entry(found)))
