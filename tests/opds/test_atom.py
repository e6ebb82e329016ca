"""OPDS 1.2 as it is written: whole, well-formed, with the types and relations of the specification."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from placekeeper.domain.publication import Contributor, Identification, Series
from placekeeper.protocols.opds.atom_dialect import AtomDialect, search_description
from placekeeper.protocols.opds.feeds import Entry, Feed
from tests.opds.shelves import ATOM_SITE, ID, entry, listing, publication, root

DIALECT = AtomDialect()
BASE = "https://books.example.org/opds/v1.2"
SPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/terms/",
    "opds": "http://opds-spec.org/2010/catalog",
    "thr": "http://purl.org/syndication/thread/1.0",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
}
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"


def written(feed: Feed) -> etree._Element:
    return etree.fromstring(bytes(DIALECT.feed(feed, ATOM_SITE).body))


def document(shown: Entry) -> etree._Element:
    return etree.fromstring(bytes(DIALECT.publication(shown, ATOM_SITE).body))


def texts(element: etree._Element, path: str) -> list[str]:
    """What an XPath finds: texts and attributes."""
    found = element.xpath(path, namespaces=SPACES)
    assert isinstance(found, list)
    return [str(one) for one in found]


def link(element: etree._Element, rel: str) -> dict[str, str]:
    """The attributes of the only link of that relation."""
    (found,) = element.xpath(f"a:link[@rel='{rel}']", namespaces=SPACES)
    return {str(name): str(value) for name, value in found.attrib.items()}


def test_every_feed_and_entry_has_what_atom_asks_for() -> None:
    """Feeds and entries have an id, a title and a time each, feeds an author, as RFC 4287 wants it."""
    for feed in (root(entry()), listing(entry(), entry(progression=0.5)), listing()):
        tree = written(feed)
        for element in (tree, *tree.xpath("a:entry", namespaces=SPACES)):
            assert [1, 1, 1] == [len(texts(element, f"a:{name}/text()")) for name in ("id", "title", "updated")]
        assert ["Placekeeper"] == texts(tree, "a:author/a:name/text()")


def test_feeds_are_of_their_kind() -> None:
    """A navigation feed and an acquisition feed call themselves so, in the header and in the link to themselves."""
    for feed, kind in ((root(entry()), NAVIGATION), (listing(entry()), ACQUISITION), (listing(), ACQUISITION)):
        assert kind == DIALECT.feed(feed, ATOM_SITE).headers["content-type"]
        assert kind == link(written(feed), "self")["type"]


def test_the_first_page_leads_on() -> None:
    """What is being read comes first; each way has its kind, and its count where that is known."""
    tree = written(root(entry()))
    first = [texts(tree, f"a:entry[1]/a:link/@{name}") for name in ("thr:count", "href", "rel")]

    assert ["Continue reading", "All publications", "Authors"] == texts(tree, "a:entry/a:title/text()")
    assert [ACQUISITION, ACQUISITION, NAVIGATION] == texts(tree, "a:entry/a:link/@type")
    assert [["1"], [BASE + "/reading"], ["subsection"]] == first


def test_an_entry_says_what_the_file_says() -> None:
    """Title, people, language, dates, subjects and identifiers stand in Atom's elements and in Dublin Core's."""
    tree = document(entry())

    assert ([f"urn:uuid:{ID}"], ["Emma"]) == (texts(tree, "a:id/text()"), texts(tree, "a:title/text()"))
    assert ["Jane Austen"] == texts(tree, "a:author/a:name/text()")
    assert ["Ann Reader", "Bo Binder"] == texts(tree, "a:contributor/a:name/text()")
    assert ["en-GB"] == texts(tree, "dc:language/text()")
    assert ["1815-01-01"] == texts(tree, "dc:issued/text()")
    assert "urn:isbn:9780141439587" in texts(tree, "dc:identifier/text()")
    assert ["Fiction", "Love"] == texts(tree, "a:category/@label")
    assert ["Novels 4"] == texts(tree, "dc:isPartOf/text()")
    assert ["Handsome, clever, and rich."] == texts(tree, "a:summary/text()")


def test_links_of_an_entry() -> None:
    """An entry has its file with type and size, images, the progression service, and a document of its own."""
    tree = document(entry())
    file = link(tree, "http://opds-spec.org/acquisition/open-access")
    service = link(tree, "http://opds-spec.org/progression")

    assert ("application/epub+zip", "1234") == (file["type"], file["length"])
    assert f"https://books.example.org/opds/v2/publications/{ID}/file/Emma%20%26%20more.epub" == file["href"]
    assert ("application/opds-progression+json", f"https://books.example.org/opds/v2/publications/{ID}/progression") == (
        service["type"],
        service["href"],
    )
    assert "image/jpeg" == link(tree, "http://opds-spec.org/image/thumbnail")["type"]
    assert "application/atom+xml;type=entry;profile=opds-catalog" == link(tree, "self")["type"]
    assert ["All of Jane Austen", "All of Novels"] == texts(tree, "a:link[@rel='related']/@title")


def test_progress_is_told() -> None:
    """How far an account is stands on the progression link and begins the summary, where every app shows it."""
    tree = document(entry(progression=0.416))

    assert "41 % read on Kobo <nova>" == link(tree, "http://opds-spec.org/progression")["title"]
    assert ["41 % read on Kobo <nova>\n\nHandsome, clever, and rich."] == texts(tree, "a:summary/text()")


def test_pages_of_a_feed() -> None:
    """A page in the middle leads to the others and counts as OpenSearch does."""
    tree = written(listing(entry(), page=2, total=120))
    here = f"{BASE}/publications?query=a%20b%26c"

    assert [here, here, f"{here}&page=3", f"{here}&page=3"] == [
        link(tree, rel)["href"] for rel in ("first", "previous", "next", "last")
    ]
    assert ["120", "50", "51"] == texts(tree, "os:*/text()")


def test_facets() -> None:
    """Facets name their group, say which is active, and count where counts are known."""
    tree = written(listing(entry()))
    facets = "a:link[@rel='http://opds-spec.org/facet']"

    assert ["Order", "Order"] == texts(tree, f"{facets}/@opds:facetGroup")
    assert ["Title"] == texts(tree, f"{facets}[@opds:activeFacet='true']/@title")
    assert ["3"] == texts(tree, f"{facets}/@thr:count")


def test_the_search_description() -> None:
    """OpenSearch's description has a template for acquisition feeds."""
    tree = etree.fromstring(bytes(search_description(ATOM_SITE).body))

    assert [f"{BASE}/search?query={{searchTerms}}"] == texts(tree, "os:Url/@template")
    assert [ACQUISITION] == texts(tree, "os:Url/@type")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.text(alphabet=st.characters(), max_size=12), min_size=8, max_size=8))
def test_whatever_a_file_says(words: list[str]) -> None:
    """No text in a file's metadata breaks the feed or becomes an element of it."""
    title, name, series, position, identifier, published, subject, description = words
    found = publication(
        title=title,
        authors=(Contributor(name),),
        contributors=(Contributor(name),),
        series=(Series(series, position),),
        identifiers=(Identification("isbn", identifier), Identification("", identifier)),
        published=published,
        publisher=name,
        subjects=(subject,),
        description=description,
    )
    plain = {etree.QName(element).localname for element in written(listing(entry())).iter("*")}
    names = {etree.QName(element).localname for element in written(listing(entry(found, 0.5))).iter("*")}

    assert names <= plain | {"summary"}
