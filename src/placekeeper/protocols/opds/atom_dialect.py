"""The catalog in OPDS 1.2: feeds and entries become Atom, errors become a line of text.

Must not know how the catalog is put together. The tree is built with lxml, so that no text from a file can become markup.
Sources: https://specs.opds.io/opds-1.2, https://www.rfc-editor.org/rfc/rfc4287, https://www.rfc-editor.org/rfc/rfc4685 (counts)
"""

from typing import Any, Final, cast

from lxml import etree
from starlette.responses import PlainTextResponse, Response

from placekeeper.domain.publication import Contributor, Publication
from placekeeper.formats.plain import legal, plain
from placekeeper.protocols.opds import described
from placekeeper.protocols.opds.addresses import V1, V2, Address, Site
from placekeeper.protocols.opds.feeds import Entry, Feed, Way
from placekeeper.protocols.opds.texts import day, moment
from placekeeper.services import annotation_service
from placekeeper.services.authentication_document import LOANS, PALACE, SHELF
from placekeeper.services.authentication_document import RELATION as AUTHENTICATION

NAVIGATION: Final = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION: Final = "application/atom+xml;profile=opds-catalog;kind=acquisition"
ENTRY: Final = "application/atom+xml;type=entry;profile=opds-catalog"
DESCRIPTION: Final = "application/opensearchdescription+xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_DC: Final = "http://purl.org/dc/terms/"
_OPDS: Final = "http://opds-spec.org/2010/catalog"
_THR: Final = "http://purl.org/syndication/thread/1.0"
_SEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_NAMES: Final[Any] = {None: _ATOM, "dc": _DC, "opds": _OPDS, "thr": _THR, "opensearch": _SEARCH}


class AtomDialect:
    """Writes OPDS 1.2."""

    root = V1

    def feed(self, feed: Feed, site: Site) -> Response:
        """A feed, as an answer."""
        root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
        _add(root, "id", site.feed(feed.address))
        _add(root, "title", feed.title)
        _add(root, "updated", moment(feed.updated))
        _person(root, Contributor("Placekeeper"))
        _feed_links(root, feed, site)
        for way in [*(group.way for group in feed.groups), *feed.ways]:
            _way(root, way, site, feed.updated)
        for entry in feed.entries:
            _entry(_add(root, "entry"), entry, site)
        return _answer(root, NAVIGATION if feed.navigation else ACQUISITION)

    def publication(self, entry: Entry, site: Site) -> Response:
        """One publication, as an answer."""
        root = etree.Element(f"{{{_ATOM}}}entry", nsmap=_NAMES)
        _entry(root, entry, site)
        return _answer(root, ENTRY)

    def problem(self, status: int, title: str, detail: str) -> Response:
        """An error, as an answer: readers of Atom show nothing of a body, so it is for people."""
        return PlainTextResponse(f"{detail or title}\n", status)


def search_description(site: Site) -> Response:
    """How to search, for apps that know OpenSearch: https://github.com/dewitt/opensearch"""
    root = etree.Element(f"{{{_SEARCH}}}OpenSearchDescription", nsmap=cast("Any", {None: _SEARCH}))
    for name, text in (("ShortName", "Placekeeper"), ("Description", "Search titles, authors, series, subjects and publishers")):
        etree.SubElement(root, f"{{{_SEARCH}}}{name}").text = text
    for name in ("InputEncoding", "OutputEncoding"):
        etree.SubElement(root, f"{{{_SEARCH}}}{name}").text = "UTF-8"
    etree.SubElement(root, f"{{{_SEARCH}}}Url", type=ACQUISITION, template=site.search)
    return _answer(root, DESCRIPTION)


def _answer(root: etree._Element, media_type: str) -> Response:
    return Response(etree.tostring(root, encoding="utf-8", xml_declaration=True), media_type=media_type)


def _add(parent: etree._Element, name: str, text: str | None = None, namespace: str = _ATOM) -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if text is not None:
        element.text = legal(text)
    return element


def _link(parent: etree._Element, rel: str, href: str, media_type: str, **others: str) -> etree._Element:
    link = _add(parent, "link")
    for name, value in {"rel": rel, "href": href, "type": media_type, **others}.items():
        link.set(name, legal(value))
    return link


def _person(parent: etree._Element, person: Contributor, name: str = "author") -> None:
    _add(_add(parent, name), "name", person.name)


def _feed_links(root: etree._Element, feed: Feed, site: Site) -> None:
    own = NAVIGATION if feed.navigation else ACQUISITION
    _link(root, "self", site.feed(feed.address), own)
    _link(root, "start", site.feed(Address()), NAVIGATION)
    _link(root, "search", site.feed(Address("/opensearch.xml")), DESCRIPTION)
    _link(root, SHELF, site.base + LOANS, ACQUISITION)
    _link(root, annotation_service.RELATION, site.base + annotation_service.PATH, annotation_service.MEDIA_TYPE)
    _link(root, AUTHENTICATION, site.base + PALACE.path, PALACE.media_type)
    if feed.address.path:
        _link(root, "up", site.feed(Address()), NAVIGATION)
    else:
        _link(root, "alternate", Site(site.base, V2).feed(Address()), "application/opds+json", title="OPDS 2.0")
    _pages(root, feed, site, own)
    for facet in feed.facets:
        for way in facet.ways:
            link = _link(root, described.FACET, site.feed(way.address), ACQUISITION, title=way.title)
            link.set(f"{{{_OPDS}}}facetGroup", facet.title)
            if way.active:
                link.set(f"{{{_OPDS}}}activeFacet", "true")
            _count(link, way.count)


def _pages(root: etree._Element, feed: Feed, site: Site, media_type: str) -> None:
    paging = feed.paging
    if paging is None:
        return
    for rel, address in paging.ways(feed.address):
        _link(root, rel, site.feed(address), media_type)
    _add(root, "totalResults", str(paging.total), _SEARCH)
    _add(root, "itemsPerPage", str(paging.size), _SEARCH)
    _add(root, "startIndex", str((paging.page - 1) * paging.size + 1), _SEARCH)


def _count(link: etree._Element, count: int | None) -> None:
    if count is not None:
        link.set(f"{{{_THR}}}count", str(count))


def _way(root: etree._Element, way: Way, site: Site, updated: int) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", site.feed(way.address))
    _add(entry, "title", way.title)
    _add(entry, "updated", moment(updated))
    if way.summary:
        _add(entry, "content", way.summary).set("type", "text")
    link = _link(entry, way.rel, site.feed(way.address), NAVIGATION if way.navigation else ACQUISITION)
    _count(link, way.count)


def _entry(entry: etree._Element, shown: Entry, site: Site) -> None:
    publication, progress = shown.publication, shown.progress
    said = publication.described.metadata
    _add(entry, "id", publication.urn)
    _add(entry, "title", described.title(publication))
    _add(entry, "updated", moment(described.updated(publication)))
    for person in described.named(said.authors):
        _person(entry, person)
    for person in described.named(said.contributors):
        _person(entry, person, "contributor")
    _add(entry, "published", moment(publication.added_at))
    for name, texts in _terms(publication).items():
        for text in texts:
            _add(entry, name, text, _DC)
    for subject in described.subjects(publication):
        category = _add(entry, "category")
        category.set("term", subject)
        category.set("label", subject)
    summary = "\n\n".join(filter(None, [progress.words if progress else "", plain(said.description)]))
    if summary:
        _add(entry, "summary", summary).set("type", "text")
    _entry_links(entry, shown, site)


def _terms(publication: Publication) -> dict[str, list[str]]:
    """Dublin Core terms of an entry."""
    said = publication.described.metadata
    extent = described.pages(publication)
    return {
        "identifier": described.identifiers(publication),
        "language": described.languages(publication),
        "publisher": [said.publisher] if said.publisher else [],
        "issued": list(filter(None, [day(said.published)])),
        "extent": [f"{extent} pages"] if extent else [],
        "isPartOf": [f"{one.name} {one.position}".strip() for one in said.series if one.name],
    }


def _entry_links(entry: etree._Element, shown: Entry, site: Site) -> None:
    found, progress = shown.publication, shown.progress
    _link(entry, "self" if entry.getparent() is None else "alternate", site.entry(found.id), ENTRY)
    _acquisition(entry, found, site)
    if described.has_cover(found):
        _link(entry, described.IMAGE, site.resource(found.id, "cover"), "image/jpeg")
        _link(entry, described.THUMBNAIL, site.resource(found.id, "thumbnail"), "image/jpeg")
    read = {"title": progress.words} if progress else {}
    _link(entry, described.PROGRESSION, site.resource(found.id, "progression"), described.PROGRESSION_TYPE, **read)
    before = site.resource(found.id, "progression", described.PREDECESSOR)
    _link(entry, described.CANTOOK, before, described.CANTOOK_TYPE)
    annotations = site.base + annotation_service.address_of(found.urn)
    _link(entry, annotation_service.RELATION, annotations, annotation_service.MEDIA_TYPE)
    for name in ("author", "series"):
        _related(entry, found, site, name)


def _acquisition(entry: etree._Element, found: Publication, site: Site) -> None:
    """The link by which a publication is had."""
    if described.is_recordings(found):
        _link(entry, described.OPEN_ACCESS, site.resource(found.id, "recordings", described.MANIFEST), described.AUDIOBOOK)
        return
    file = site.resource(found.id, "file", described.filename(found))
    acquired = _link(entry, described.OPEN_ACCESS, file, found.described.media_type)
    if found.size:
        acquired.set("length", str(found.size))


def _related(entry: etree._Element, publication: Publication, site: Site, name: str) -> None:
    """Links to all of each author, and of each series."""
    said = publication.described.metadata
    words = [person.name for person in said.authors] if name == "author" else [one.name for one in said.series]
    for word in filter(None, words):
        address = Address("/publications").having(**{name: word})
        _link(entry, "related", site.feed(address), ACQUISITION, title=f"All of {word}")
