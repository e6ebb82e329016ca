"""The package document of an EPUB: manifest and spine. Lenient: any namespace, any version. Must not know archives.

Source: https://www.w3.org/TR/epub-33/#sec-package-doc
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from placekeeper.formats.markup import local
from placekeeper.formats.paths import resolved

NO_PROPERTIES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestItem:
    """`href`: path from the archive's root; "" where it leads out of the archive. `fallback`, `media_overlay`: ids."""

    id: str
    href: str
    media_type: str
    properties: frozenset[str]
    fallback: str
    media_overlay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """One entry of the spine. `step`: its EPUB CFI step. `item`: None where the idref leads nowhere. `fixed`: pre-paginated."""

    step: int
    id: str
    item: ManifestItem | None
    linear: bool
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package document. `path`: where it lies in the archive. `step`: the EPUB CFI step of the spine. `toc`: the id of the NCX.

    `direction`: `ltr`, `rtl` or "" where it does not say. `root`: the element, for what is only read when it is asked for.
    """

    path: str
    root: etree._Element
    manifest: Mapping[str, ManifestItem]
    step: int
    itemrefs: tuple[ItemRef, ...]
    toc: str = ""
    direction: str = ""


def elements(parent: etree._Element | None) -> Iterator[tuple[int, str, etree._Element]]:
    """Element children: EPUB CFI step, local name, element."""
    step = 0
    for child in parent.iterchildren("*") if parent is not None else ():
        step += 2
        yield step, local(child), child


def section(root: etree._Element, wanted: str) -> tuple[int, etree._Element | None]:
    """Step and element of the first child with that name; where the spine usually is, and None, if there is none."""
    return next(((step, child) for step, name, child in elements(root) if name == wanted), (6, None))


def attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute, without white space around it; "" where it is missing."""
    return element.get(name, "").strip()


def read_package(root: etree._Element, path: str) -> Package:
    """The package document at `path`."""
    manifest: dict[str, ManifestItem] = {}
    for item in read_manifest(section(root, "manifest")[1], path):
        manifest.setdefault(item.id, item)  # as `getElementById` does
    step, spine = section(root, "spine")
    return Package(
        path=path,
        root=root,
        manifest=manifest,
        step=step,
        itemrefs=tuple(read_itemrefs(spine, manifest, fixed=pre_paginated(root))),
        toc="" if spine is None else attribute(spine, "toc"),
        direction="" if spine is None else attribute(spine, "page-progression-direction").removesuffix("default"),
    )


def read_manifest(manifest: etree._Element | None, path: str) -> Iterator[ManifestItem]:
    """Its items, in order. Those without id or href count as not there."""
    for element in manifest.iterchildren("{*}item") if manifest is not None else ():
        item_id, href = attribute(element, "id"), attribute(element, "href")
        if item_id and href:
            properties = attribute(element, "properties")
            yield ManifestItem(
                id=item_id,
                href=resolved(path, href),
                media_type=attribute(element, "media-type").partition(";")[0].strip().lower(),
                properties=frozenset(properties.split()) if properties else NO_PROPERTIES,
                fallback=attribute(element, "fallback"),
                media_overlay=attribute(element, "media-overlay"),
            )


def read_itemrefs(spine: etree._Element | None, manifest: Mapping[str, ManifestItem], *, fixed: bool) -> Iterator[ItemRef]:
    """Every itemref, those that lead nowhere included. `fixed`: whether the package as a whole is pre-paginated."""
    for step, name, element in elements(spine):
        if name == "itemref":
            properties = attribute(element, "properties").split()
            yield ItemRef(
                step=step,
                id=attribute(element, "id"),
                item=manifest.get(attribute(element, "idref")),
                linear=attribute(element, "linear").lower() != "no",
                fixed=("rendition:layout-pre-paginated" in properties)
                or (fixed and "rendition:layout-reflowable" not in properties),
            )


def pre_paginated(root: etree._Element) -> bool:
    """Whether the package as a whole has fixed layout: EPUB 3's property, or what iBooks and Kindle had before it."""
    metadata = section(root, "metadata")[1]
    return metadata is not None and any(
        (attribute(meta, "property") == "rendition:layout" and (meta.text or "").strip() == "pre-paginated")
        or (attribute(meta, "name") == "fixed-layout" and attribute(meta, "content").lower() == "true")
        for meta in metadata.iter("{*}meta")
    )
