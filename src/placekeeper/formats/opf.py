"""The package document of an EPUB: manifest and spine. Lenient: any namespace, any version. Must not know archives.

Source: https://www.w3.org/TR/epub-33/#sec-package-doc
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from placekeeper.formats.markup import local
from placekeeper.formats.paths import resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestItem:
    """`href`: path from the archive's root; empty where it is remote or missing."""

    id: str
    href: str
    media_type: str
    properties: frozenset[str] = frozenset()
    media_overlay: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """`step`: its EPUB CFI step. `item`: None where the idref leads nowhere."""

    step: int
    id: str
    item: ManifestItem | None
    linear: bool
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """`path`: where it lies in the archive. `step`: the EPUB CFI step of the spine. `root`: the rest is read from it when asked for."""

    path: str
    root: etree._Element
    manifest: Mapping[str, ManifestItem]
    step: int
    itemrefs: tuple[ItemRef, ...]
    toc: str = ""
    direction: str = ""


def elements(parent: etree._Element) -> Iterator[tuple[int, str, etree._Element]]:
    """Element children: EPUB CFI step, local name, element."""
    step = 0
    for child in parent:
        if name := local(child):
            step += 2
            yield step, name, child


def section(root: etree._Element, wanted: str) -> tuple[int, etree._Element | None]:
    """Step and element of the first child of that name."""
    return next(((step, child) for step, name, child in elements(root) if name == wanted), (6, None))


def read_package(root: etree._Element, path: str) -> Package:
    """The package document at `path`."""
    _, manifest_element = section(root, "manifest")
    manifest = read_manifest(manifest_element, path) if manifest_element is not None else {}
    step, spine = section(root, "spine")
    if spine is None:
        return Package(path=path, root=root, manifest=manifest, step=step, itemrefs=())
    itemrefs = tuple(read_itemrefs(spine, manifest, fixed=pre_paginated(root)))
    toc, direction = spine.get("toc", ""), spine.get("page-progression-direction", "")
    return Package(path=path, root=root, manifest=manifest, step=step, itemrefs=itemrefs, toc=toc, direction=direction)


def read_manifest(manifest: etree._Element, path: str) -> dict[str, ManifestItem]:
    """Items by id; the first one where an id is given twice, as `getElementById` does."""
    found: dict[str, ManifestItem] = {}
    for _, name, element in elements(manifest):
        attributes = element.attrib
        item_id, href = attributes.get("id", "").strip(), attributes.get("href", "").strip()
        if name == "item" and item_id and href and item_id not in found:
            found[item_id] = ManifestItem(
                id=item_id,
                href=resolved(path, href),
                media_type=attributes.get("media-type", "").strip().lower(),
                properties=frozenset(attributes.get("properties", "").split()),
                media_overlay=attributes.get("media-overlay", ""),
            )
    return found


def read_itemrefs(spine: etree._Element, manifest: Mapping[str, ManifestItem], *, fixed: bool) -> Iterator[ItemRef]:
    """Every itemref, those that lead nowhere included."""
    for step, name, element in elements(spine):
        if name == "itemref":
            properties = element.get("properties", "").split()
            yield ItemRef(
                step=step,
                id=element.get("id", ""),
                item=manifest.get(element.get("idref", "").strip()),
                linear=element.get("linear", "yes").strip().lower() != "no",
                fixed="rendition:layout-pre-paginated" in properties
                or (fixed and "rendition:layout-reflowable" not in properties),
            )


def pre_paginated(root: etree._Element) -> bool:
    """Whether the package as a whole has fixed layout."""
    _, metadata = section(root, "metadata")
    if metadata is None:
        return False
    return any(
        (meta.get("property") == "rendition:layout" and (meta.text or "").strip() == "pre-paginated")
        or (meta.get("name") == "fixed-layout" and meta.get("content", "").strip().lower() == "true")
        for meta in metadata.iter("{*}meta")
    )
