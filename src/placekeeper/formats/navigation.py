"""Tables of contents and lists of printed pages: EPUB 3's navigation document, and the NCX of EPUB 2. Must not know archives.

Sources: https://www.w3.org/TR/epub-33/#sec-nav, https://idpf.org/epub/20/spec/OPF_2.0.1_draft.htm#Section2.4.1
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from placekeeper.formats.markup import local, text_of
from placekeeper.formats.opf import attribute
from placekeeper.formats.paths import place

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
WANTED = frozenset({"toc", "page-list"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents. `href`: as `Item.href`, with its fragment; "" for a mere heading. `level`: from 0."""

    title: str
    href: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Navigation:
    """`pages`: printed pages, labels and hrefs."""

    toc: tuple[Entry, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()


def read_nav(root: etree._Element, path: str) -> Navigation:
    """The navigation document at `path`."""
    lists: dict[str, tuple[Entry, ...]] = {}
    for nav in root.iter("{*}nav"):
        for kind in (
            (nav.get(EPUB_TYPE) or nav.get("type") or nav.get("role", "").removeprefix("doc-"))
            .replace("pagelist", "page-list")
            .split()
        ):
            if kind in WANTED and kind not in lists:
                lists[kind] = tuple(nav_entries(nav, path))
    return Navigation(lists.get("toc", ()), tuple(pages(lists.get("page-list", ()))))


def nav_entries(nav: etree._Element, path: str) -> Iterator[Entry]:
    """The links of one list, and headings without one, in order."""
    level = -1
    for event, element in etree.iterwalk(nav, events=("start", "end"), tag=("{*}ol", "{*}a", "{*}span")):
        name = local(element)
        if name == "ol":
            level += 1 if event == "start" else -1
        elif event == "start" and name in {"a", "span"} and local(parent(element)) == "li":
            yield Entry(text_of(element), place(path, attribute(element, "href")) if name == "a" else "", max(level, 0))


def parent(element: etree._Element) -> etree._Element:
    """The element's parent; itself where it has none."""
    above = element.getparent()
    return element if above is None else above


def read_ncx(root: etree._Element, path: str) -> Navigation:
    """The NCX at `path`."""
    toc: list[Entry] = []
    level = -1
    for event, point in etree.iterwalk(root, events=("start", "end"), tag="{*}navPoint"):
        level += 1 if event == "start" else -1
        if event == "start":
            toc.append(ncx_entry(point, path, level))
    return Navigation(tuple(toc), tuple(pages(ncx_entry(target, path, 0) for target in root.iter("{*}pageTarget"))))


def ncx_entry(point: etree._Element, path: str, level: int) -> Entry:
    """One `navPoint` or `pageTarget`."""
    label = next(point.iterchildren("{*}navLabel"), None)
    content = next(point.iterchildren("{*}content"), None)
    title = text_of(label) or attribute(point, "value")
    return Entry(title, "" if content is None else place(path, attribute(content, "src")), level)


def pages(entries: Iterator[Entry] | tuple[Entry, ...]) -> Iterator[tuple[str, str]]:
    """Label and place of entries that have both."""
    return ((entry.title, entry.href) for entry in entries if entry.title and entry.href)
