"""Publications and feeds for tests, as a library might hold them, and worse."""

from dataclasses import replace
from typing import Any

from placekeeper.domain.publication import Contributor, Described, Identification, Kind, Link, Metadata, Publication, Series
from placekeeper.domain.work import State
from placekeeper.protocols.opds.addresses import V1, V2, Address, Site
from placekeeper.protocols.opds.feeds import Entry, Facet, Feed, Group, Paging, Way
from placekeeper.services.shelf import Progress

ID = "01a1fc66-4ea0-7559-8345-47f09426ffea"
DAY = 86_400_000
JSON_SITE = Site("https://books.example.org", V2)
ATOM_SITE = Site("https://books.example.org", V1)

METADATA = Metadata(
    title="Emma",
    subtitle="A novel",
    sort_title="emma",
    authors=(Contributor("Jane Austen", "aut", "Austen, Jane"),),
    contributors=(Contributor("Ann Reader", "nrt"), Contributor("Bo Binder", "bnd")),
    series=(Series("Novels", "4"),),
    languages=("en-GB", "not a language"),
    identifier="urn:uuid:0b5e1e6c-0000-4000-8000-000000000000",
    identifiers=(Identification("isbn", "9780141439587"), Identification("calibre", "12")),
    description="<p>Handsome, <i>clever</i>, and rich.</p><script>alert(1)</script>",
    published="1815",
    modified="2020-01-01T00:00:00Z",
    publisher="John Murray",
    subjects=("Fiction", "Fiction", "Love"),
    direction="ltr",
    cover="images/cover.jpg",
)


def publication(
    id_: str = ID, *, kind: Kind = Kind.EPUB, media_type: str = "application/epub+zip", **metadata: Any
) -> Publication:
    """A publication, with the metadata of Emma where nothing else is said."""
    described = Described(
        kind=kind,
        media_type=media_type,
        metadata=replace(METADATA, **metadata),
        reading_order=(Link(href="1.xhtml", duration=1.5), Link(href="2.xhtml", duration=2.0)),
    )
    return Publication(
        id=id_,
        edition_id=id_,
        folder="books",
        path="Jane Austen/Emma & more.epub",
        size=1234,
        modified_at=20_000 * DAY,
        described=described,
        added_at=20_001 * DAY,
        scanned_at=20_002 * DAY,
    )


def entry(found: Publication | None = None, progression: float | None = None) -> Entry:
    """An entry, with a place where a progression is given."""
    progress = (
        None
        if progression is None
        else Progress(progression=progression, at=20_003 * DAY, device="Kobo <nova>", state=State.READING)
    )
    return Entry(found or publication(), progress)


def listing(*entries: Entry, page: int = 1, total: int | None = None) -> Feed:
    """An acquisition feed with all that can stand in one."""
    here = Address("/publications", (("query", "a b&c"),))
    orders = (
        Way(title="Title", address=here.having(sort="title"), active=True),
        Way(title="Recently added", address=here.having(sort="added"), count=3),
    )
    return Feed(
        title="Search: a b&c",
        address=here.having(page=str(page)) if page > 1 else here,
        updated=20_003 * DAY,
        entries=entries,
        facets=(Facet("Order", orders),),
        paging=Paging(page, len(entries) if total is None else total),
    )


def root(*entries: Entry) -> Feed:
    """A first page."""
    ways = (
        Way(title="All publications", address=Address("/publications"), count=1, summary="By title"),
        Way(title="Authors", address=Address("/authors"), navigation=True),
    )
    groups = (Group(Way(title="Continue reading", address=Address("/reading"), count=len(entries)), entries),) if entries else ()
    return Feed(title="Placekeeper", address=Address(), updated=0, groups=groups, ways=ways, navigation=True)
