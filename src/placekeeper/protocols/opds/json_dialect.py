"""The catalog in OPDS 2.0: feeds and publications become JSON, errors become problem details.

Must not know how the catalog is put together. Sources: https://drafts.opds.io/opds-2.0, https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.responses import Response

from placekeeper.domain.publication import Contributor, Kind, Link
from placekeeper.formats.plain import legal, plain
from placekeeper.protocols.opds import described
from placekeeper.protocols.opds import json_wire as wire
from placekeeper.protocols.opds.addresses import V1, V2, Address, Site
from placekeeper.protocols.opds.atom_dialect import NAVIGATION as ATOM_NAVIGATION
from placekeeper.protocols.opds.feeds import Entry, Facet, Feed, Group, Way
from placekeeper.protocols.opds.texts import day, moment, number
from placekeeper.services import annotation_service, recordings
from placekeeper.services.authentication_document import MEDIA_TYPE as AUTHENTICATION_TYPE
from placekeeper.services.authentication_document import RELATION as AUTHENTICATION

PROBLEM = "application/problem+json"
_TYPES = {Kind.AUDIOBOOK: "http://schema.org/Audiobook", Kind.COMIC: "http://schema.org/ComicIssue"}
_BOOK = "http://schema.org/Book"
_CONTEXT = "https://readium.org/webpub-manifest/context.jsonld"
_AUDIOBOOK = "https://readium.org/webpub-manifest/profiles/audiobook"


class JsonDialect:
    """Writes OPDS 2.0."""

    root = V2

    def feed(self, feed: Feed, site: Site) -> Response:
        """A feed, as an answer."""
        return Response(msgspec.json.encode(_feed(feed, site)), media_type=wire.FEED)

    def publication(self, entry: Entry, site: Site) -> Response:
        """One publication, as an answer."""
        return Response(msgspec.json.encode(publication(entry, site)), media_type=wire.PUBLICATION)

    def manifest(self, entry: Entry, site: Site, *, whole: bool = False) -> Response:
        """A folder of recordings as one audiobook, as an answer. The addresses of its parts are those that places name.

        `whole`: they are not relative to the manifest.
        """
        return Response(msgspec.json.encode(_manifest(entry, site, whole=whole)), media_type=described.AUDIOBOOK)

    def problem(self, status: int, title: str, detail: str) -> Response:
        """An error, as an answer."""
        body = {"title": title, "status": status, "detail": detail or title}
        return Response(msgspec.json.encode(body), status, media_type=PROBLEM)


def _feed(feed: Feed, site: Site) -> wire.Feed:
    paging = feed.paging
    groups = [_group(group, site) for group in feed.groups]
    metadata = wire.FeedMetadata(
        title=legal(feed.title),
        modified=moment(feed.updated) if feed.updated else None,
        number_of_items=paging.total if paging else None,
        items_per_page=paging.size if paging else None,
        current_page=paging.page if paging else None,
    )
    return wire.Feed(
        metadata=metadata,
        links=_links(feed, site),
        facets=[_facet(facet, site) for facet in feed.facets],
        navigation=[_way(way, site, rel=way.rel) for way in feed.ways],
        groups=groups if groups or not (feed.ways or feed.entries) else None,
        publications=[publication(entry, site) for entry in feed.entries],
    )


def _links(feed: Feed, site: Site) -> list[wire.Link]:
    links = [
        wire.Link(rel="self", href=site.feed(feed.address), type=wire.FEED),
        wire.Link(rel="start", href=site.feed(Address()), type=wire.FEED),
        wire.Link(rel="search", href=site.search, type=wire.FEED, templated=True),
    ]
    if not feed.address.path:
        atom = Site(site.base, V1).feed(Address())
        links.append(wire.Link(rel="alternate", href=atom, type=ATOM_NAVIGATION, title="OPDS 1.2"))
        links.append(wire.Link(rel=AUTHENTICATION, href=site.authentication, type=AUTHENTICATION_TYPE))
    pages = feed.paging.ways(feed.address) if feed.paging else []
    return links + [wire.Link(rel=rel, href=site.feed(address), type=wire.FEED) for rel, address in pages]


def _way(way: Way, site: Site, *, rel: str | None) -> wire.Link:
    properties = wire.Properties(number_of_items=way.count) if way.count is not None else None
    return wire.Link(href=site.feed(way.address), title=legal(way.title), type=wire.FEED, rel=rel, properties=properties)


def _facet(facet: Facet, site: Site) -> wire.Facet:
    links = [_way(way, site, rel="self" if way.active else None) for way in facet.ways]
    return wire.Facet(metadata=wire.FeedMetadata(title=facet.title), links=links)


def _group(group: Group, site: Site) -> wire.Group:
    return wire.Group(
        metadata=wire.FeedMetadata(title=legal(group.way.title), number_of_items=group.way.count),
        links=[wire.Link(rel="self", href=site.feed(group.way.address), type=wire.FEED, title=legal(group.way.title))],
        publications=[publication(entry, site) for entry in group.entries],
    )


def publication(entry: Entry, site: Site) -> wire.Publication:
    """A publication as the wire has it."""
    own = wire.Link(rel="self", href=site.entry(entry.publication.id), type=wire.PUBLICATION)
    return wire.Publication(
        metadata=_metadata(entry, site),
        links=[own, _file(entry, site), *_services(entry, site)],
        images=_images(entry, site),
    )


def _images(entry: Entry, site: Site) -> list[wire.Link]:
    found = entry.publication
    images = [("cover", described.IMAGE), ("thumbnail", described.THUMBNAIL)] if described.has_cover(found) else []
    return [wire.Link(rel=rel, href=site.resource(found.id, size), type="image/jpeg") for size, rel in images]


def _services(entry: Entry, site: Site) -> list[wire.Link]:
    """Where the account's place is kept, and what it is."""
    progress = entry.progress
    about = wire.Properties(
        authenticate=wire.Authenticate(href=site.authentication, type=AUTHENTICATION_TYPE),
        progression=progress.progression if progress else None,
        modified=moment(progress.at) if progress else None,
    )
    id_, read = entry.publication.id, progress.words if progress else None
    here, before = site.resource(id_, "progression"), site.resource(id_, "progression", described.PREDECESSOR)
    return [
        wire.Link(rel=described.PROGRESSION, href=here, type=described.PROGRESSION_TYPE, title=read, properties=about),
        wire.Link(rel=described.CANTOOK, href=before, type=described.CANTOOK_TYPE, properties=about),
        wire.Link(
            rel=annotation_service.RELATION,
            href=site.base + annotation_service.address_of(entry.publication.urn),
            type=annotation_service.MEDIA_TYPE,
        ),
    ]


def _file(entry: Entry, site: Site) -> wire.Link:
    """The link by which a publication is had."""
    found = entry.publication
    if described.is_recordings(found):
        address = site.resource(found.id, "recordings", described.MANIFEST)
        return wire.Link(rel=described.OPEN_ACCESS, href=address, type=described.AUDIOBOOK)
    address = site.resource(found.id, "file", described.filename(found))
    return wire.Link(rel=described.OPEN_ACCESS, href=address, type=found.described.media_type, size=found.size or None)


def _manifest(entry: Entry, site: Site, *, whole: bool) -> wire.Manifest:
    found = entry.publication
    metadata = _metadata(entry, site)
    metadata.conforms_to = _AUDIOBOOK
    address = site.resource(found.id, "recordings", described.MANIFEST)
    return wire.Manifest(
        context=_CONTEXT,
        metadata=metadata,
        links=[wire.Link(rel="self", href=address, type=described.AUDIOBOOK), *_services(entry, site)],
        reading_order=[_part(link, site.base if whole else "", found.id) for link in found.described.reading_order],
        resources=[wire.Link(rel="cover", href=image.href, type=image.type) for image in _images(entry, site)[:1]],
    )


def _part(link: Link, base: str, publication_id: str) -> wire.Link:
    title, duration = legal(link.title) or None, link.duration or None
    address = recordings.address_of(legal(link.href), base, publication_id)
    return wire.Link(href=address, type=link.media_type, title=title, duration=duration)


def _metadata(entry: Entry, site: Site) -> wire.Metadata:
    found = entry.publication
    said = found.described.metadata
    return wire.Metadata(
        kind=_TYPES.get(found.described.kind, _BOOK),
        identifier=found.urn,
        alt_identifier=described.identifiers(found),
        title=described.title(found),
        sort_as=legal(said.sort_title) or None,
        subtitle=legal(said.subtitle) or None,
        author=[_person(person, _listed(site, author=person.name)) for person in described.named(said.authors)],
        publisher=legal(said.publisher) or None,
        language=described.languages(found),
        published=day(said.published),
        modified=moment(described.updated(found)),
        description=plain(said.description) or None,
        subject=described.subjects(found),
        belongs_to=_belongs_to(entry, site),
        reading_progression=said.direction if said.direction in {"ltr", "rtl"} else None,
        number_of_pages=described.pages(found),
        duration=described.duration(found),
        **_others(said.contributors),
    )


def _others(people: Iterable[Contributor]) -> dict[str, Any]:
    """The contributors who are no authors, by the property of their role."""
    others: dict[str, list[wire.Contributor]] = {}
    for person in described.named(tuple(people)):
        others.setdefault(described.ROLES.get(person.role, "contributor"), []).append(_person(person, []))
    return others


def _person(person: Contributor, links: list[wire.Link]) -> wire.Contributor:
    role = legal(person.role) if person.role not in {*described.ROLES, "aut"} else ""
    return wire.Contributor(name=legal(person.name), sort_as=legal(person.sort) or None, role=role or None, links=links)


def _belongs_to(entry: Entry, site: Site) -> wire.BelongsTo | None:
    series = [
        wire.Series(name=legal(one.name), position=number(one.position), links=_listed(site, series=one.name))
        for one in entry.publication.described.metadata.series
        if legal(one.name).strip()
    ]
    return wire.BelongsTo(series=series) if series else None


def _listed(site: Site, **narrowed: str) -> list[wire.Link]:
    """A link to all that this person wrote, or all of this series."""
    return [wire.Link(href=site.feed(Address("/publications").having(**narrowed)), type=wire.FEED)]
