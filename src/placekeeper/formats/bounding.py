"""What a publication tells of itself, no longer than a catalog can show. Must not know where it is told."""

from dataclasses import replace

from placekeeper.domain.errors import LimitExceeded
from placekeeper.domain.publication import Contributor, Described, Link, Metadata, Series
from placekeeper.formats.languages import shortest
from placekeeper.formats.limits import Limits

LISTS = ("authors", "contributors", "series", "languages", "identifiers", "subjects")


def bounded(described: Described, limits: Limits) -> Described:
    """With names and titles cut, and a note where some are left out. Raises `LimitExceeded` for a reading order too long."""
    if len(described.reading_order) > limits.reading_order:
        much = f"the reading order has {len(described.reading_order)} resources, more than {limits.reading_order}"
        raise LimitExceeded(f"reading_order: {much}")
    many = [name for name in LISTS if len(getattr(described.metadata, name)) > limits.names]
    notes = tuple(f"names: of its {name}, only the first {limits.names} are kept" for name in many)
    return replace(
        described,
        metadata=bounded_metadata(described.metadata, limits),
        reading_order=tuple(bounded_link(link, limits) for link in described.reading_order),
        contents=tuple(bounded_link(link, limits) for link in described.contents[: limits.reading_order]),
        notes=(*described.notes, *notes),
    )


def bounded_metadata(metadata: Metadata, limits: Limits) -> Metadata:
    """The same, without what is too much or too long. An identifier that is too long is none: cut, it would be another."""
    most, long = limits.names, limits.name_text
    series = (Series(one.name[:long], one.position[:long]) for one in metadata.series[:most])
    return replace(
        metadata,
        title=metadata.title[:long],
        subtitle=metadata.subtitle[:long],
        sort_title=metadata.sort_title[:long],
        authors=people(metadata.authors, limits),
        contributors=people(metadata.contributors, limits),
        series=tuple(series),
        languages=tuple(dict.fromkeys(shortest(one[:long]) for one in metadata.languages[:most])),
        identifier=metadata.identifier if len(metadata.identifier) <= long else "",
        identifiers=tuple(one for one in metadata.identifiers[:most] if len(one.value) <= long),
        description=metadata.description[: limits.description_text],
        published=metadata.published[:long],
        modified=metadata.modified[:long],
        publisher=metadata.publisher[:long],
        subjects=tuple(one[:long] for one in metadata.subjects[:most]),
        direction=metadata.direction[:long],
    )


def people(those: tuple[Contributor, ...], limits: Limits) -> tuple[Contributor, ...]:
    """The first of them, their names as long as they may be."""
    long = limits.name_text
    return tuple(Contributor(one.name[:long], one.role[:long], one.sort[:long]) for one in those[: limits.names])


def bounded_link(link: Link, limits: Limits) -> Link:
    """The same, its title as long as it may be."""
    return link if len(link.title) <= limits.name_text else replace(link, title=link.title[: limits.name_text])
