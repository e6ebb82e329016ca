"""The documents of OPDS 2.0 as they go over the wire. Nothing but their shapes: what is empty is left out.

Sources: https://drafts.opds.io/schema/feed.schema.json and https://readium.org/webpub-manifest/schema/metadata.schema.json
"""

from typing import Final

import msgspec

FEED: Final = "application/opds+json"
PUBLICATION: Final = "application/opds-publication+json"


class _Document(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What all have in common."""


class Authenticate(_Document):
    """Where an app finds how to sign in before it uses a link."""

    href: str
    type: str


class Properties(_Document):
    """What is said about a link. `progression` (0 to 1) and `modified`: this account's place, on links of that relation."""

    number_of_items: int | None = None
    authenticate: Authenticate | None = None
    progression: float | None = None
    modified: str | None = None


class Link(_Document):
    """A link of Readium's manifest."""

    href: str
    type: str | None = None
    rel: str | None = None
    title: str | None = None
    templated: bool = False
    size: int | None = None
    duration: float | None = None
    properties: Properties | None = None


class FeedMetadata(_Document):
    """About a feed, a group or a facet. The feed's pages are counted from 1."""

    title: str
    modified: str | None = None
    number_of_items: int | None = None
    items_per_page: int | None = None
    current_page: int | None = None


class Contributor(_Document):
    """A person or a body."""

    name: str
    sort_as: str | None = None
    role: str | None = None
    links: list[Link] = []


class Series(_Document):
    """A series, and the place in it."""

    name: str
    position: float | None = None
    links: list[Link] = []


class BelongsTo(_Document):
    """What a publication is part of."""

    series: list[Series] = []


class Metadata(_Document):
    """About a publication."""

    kind: str = msgspec.field(name="@type")
    identifier: str
    title: str
    modified: str
    conforms_to: str | None = None
    alt_identifier: list[str] = []
    sort_as: str | None = None
    subtitle: str | None = None
    author: list[Contributor] = []
    translator: list[Contributor] = []
    editor: list[Contributor] = []
    illustrator: list[Contributor] = []
    artist: list[Contributor] = []
    narrator: list[Contributor] = []
    colorist: list[Contributor] = []
    contributor: list[Contributor] = []
    publisher: str | None = None
    language: list[str] = []
    published: str | None = None
    description: str | None = None
    subject: list[str] = []
    belongs_to: BelongsTo | None = None
    reading_progression: str | None = None
    number_of_pages: int | None = None
    duration: float | None = None


class Publication(_Document):
    """A publication, within a feed or as a document of its own."""

    metadata: Metadata
    links: list[Link]
    images: list[Link] = []


class Facet(_Document):
    """Links to the same listing, otherwise ordered or narrowed."""

    metadata: FeedMetadata
    links: list[Link]


class Group(_Document):
    """The first publications of another feed."""

    metadata: FeedMetadata
    links: list[Link]
    publications: list[Publication]


class Feed(_Document):
    """A feed. The schema wants one of `navigation`, `publications` and `groups`, and no empty one of the first two."""

    metadata: FeedMetadata
    links: list[Link]
    facets: list[Facet] = []
    navigation: list[Link] = []
    groups: list[Group] | None = None
    publications: list[Publication] = []


class Manifest(_Document):
    """A publication that is read from the server, resource by resource: https://readium.org/webpub-manifest/"""

    context: str = msgspec.field(name="@context")
    metadata: Metadata
    links: list[Link]
    reading_order: list[Link]
    resources: list[Link] = []
