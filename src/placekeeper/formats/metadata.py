"""What a package document says about the book. EPUB 2's and EPUB 3's ways of saying it, and calibre's. Must not know archives.

Source: https://www.w3.org/TR/epub-33/#sec-pkg-metadata
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from placekeeper.domain.publication import Contributor, Identification, Metadata, Series
from placekeeper.formats.markup import text_of
from placekeeper.formats.opf import Package, attribute, elements, section

OPF = "{http://www.idpf.org/2007/opf}"
Refinements = Mapping[str, Mapping[str, Sequence[str]]]
"""What EPUB 3 says about an element in elements of their own: id to property to values."""


def read_metadata(package: Package) -> Metadata:
    """What the package says, as far as it can be understood."""
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for name, element in fields(section(package.root, "metadata")[1]):
        found[name].append(element)
    refinements = read_refinements(found["meta"])
    texts = {name: tuple(filter(None, map(text_of, those))) for name, those in found.items() if name != "meta"}
    titles = {kind: element for element in reversed(found["title"]) if (kind := refined(element, refinements, "title-type"))}
    title = titles.get("main", found["title"][0] if found["title"] else None)
    unique = attribute(package.root, "unique-identifier")
    return Metadata(
        title=text_of(title),
        subtitle=text_of(titles.get("subtitle")),
        sort_title=(refined(title, refinements, "file-as") if title is not None else "")
        or named(found["meta"], "calibre:title_sort"),
        authors=tuple(contributors(found["creator"], refinements, "aut")),
        contributors=tuple(contributors(found["contributor"], refinements, "")),
        series=tuple(series(found["meta"], refinements)),
        languages=texts.get("language", ()),
        identifier=next((text_of(element) for element in found["identifier"] if attribute(element, "id") == unique), ""),
        identifiers=tuple(identifiers(found["identifier"], refinements)),
        description=next(iter(texts.get("description", ())), ""),
        published=published(found["date"]),
        modified=next((text_of(meta) for meta in found["meta"] if attribute(meta, "property") == "dcterms:modified"), ""),
        publisher=next(iter(texts.get("publisher", ())), ""),
        subjects=texts.get("subject", ()),
        direction=package.direction,
        cover=cover(package, named(found["meta"], "cover")),
    )


def fields(metadata: etree._Element | None) -> Iterator[tuple[str, etree._Element]]:
    """Local name and element of each statement; OEB 1 and EPUB 2 may have them one level down."""
    for _, name, element in elements(metadata):
        if name in {"dc-metadata", "x-metadata"}:
            yield from ((inner.lower(), child) for _, inner, child in elements(element))
        else:
            yield name.lower(), element


def read_refinements(metas: list[etree._Element]) -> Refinements:
    """What is said about elements by id, in order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for meta in metas:
        if (target := attribute(meta, "refines").removeprefix("#")) and (value := text_of(meta)):
            found[target][attribute(meta, "property")].append(value)
    return found


def refined(element: etree._Element, refinements: Refinements, wanted: str, preferred: str = "") -> str:
    """What EPUB 3 or EPUB 2 (an attribute of that name) says about an element: the first value, or the preferred one."""
    if said := refinements.get(attribute(element, "id"), {}).get(wanted):
        return preferred if preferred in said else said[0]
    return attribute(element, f"{OPF}{wanted}") or attribute(element, wanted)


def named(metas: list[etree._Element], name: str) -> str:
    """The content of EPUB 2's `meta` of that name."""
    return next((" ".join(attribute(meta, "content").split()) for meta in metas if attribute(meta, "name") == name), "")


def contributors(those: list[etree._Element], refinements: Refinements, role: str) -> Iterator[Contributor]:
    """Names with roles; `role` where none is given."""
    for element in those:
        if name := text_of(element):
            yield Contributor(name, refined(element, refinements, "role", role) or role, refined(element, refinements, "file-as"))


def series(metas: list[etree._Element], refinements: Refinements) -> Iterator[Series]:
    """EPUB 3's collections of type series (or of no type); calibre's series where there are none."""
    collections = [
        meta for meta in metas if attribute(meta, "property") == "belongs-to-collection" and not attribute(meta, "refines")
    ]
    named_series = [
        meta for meta in collections if refined(meta, refinements, "collection-type") in {"series", ""} and text_of(meta)
    ]
    for meta in named_series:
        yield Series(text_of(meta), refined(meta, refinements, "group-position"))
    if not named_series and (name := named(metas, "calibre:series")):
        yield Series(name, named(metas, "calibre:series_index"))


def identifiers(those: list[etree._Element], refinements: Refinements) -> Iterator[Identification]:
    """Schemes and values. `urn:isbn:978...` and an attribute `scheme="ISBN"` mean the same."""
    for element in those:
        value = text_of(element)
        scheme = refined(element, refinements, "scheme").lower()
        if value.lower().startswith("urn:") and value.count(":") > 1:
            _, scheme, value = value.split(":", 2)
        elif not scheme and value.lower().startswith(("isbn:", "uuid:", "doi:", "calibre:")):
            scheme, _, value = value.partition(":")
        if value:
            yield Identification(scheme.lower(), value.strip())


def published(dates: list[etree._Element]) -> str:
    """The date of publication: the one that says so, else the first that says nothing."""
    by_event = {refined(element, {}, "event").lower(): text_of(element) for element in reversed(dates)}
    return by_event.get("publication") or by_event.get("", "")


def cover(package: Package, named_cover: str) -> str:
    """The path of the cover's image: EPUB 3's property, else EPUB 2's `meta`, which names an id (or, wrongly, a path)."""
    items = package.manifest.values()
    for item in items:
        if "cover-image" in item.properties:
            return item.href
    for item in items:
        if named_cover and (item.id == named_cover or item.href.endswith(named_cover)) and item.media_type.startswith("image/"):
            return item.href
    return ""
