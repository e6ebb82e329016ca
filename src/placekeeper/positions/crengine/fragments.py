"""The DocFragments of a publication: which file makes which, and what crengine makes of each file.

Must not know pointers. Source: https://github.com/koreader/crengine/blob/master/crengine/src/epubfmt.cpp (ImportEpubDocument)
"""

import posixpath
from bisect import bisect_left
from collections import OrderedDict
from typing import Final
from urllib.parse import unquote

from placekeeper.positions.crengine import css, markup
from placekeeper.positions.crengine.bodies import may_split
from placekeeper.positions.crengine.css import Sheet
from placekeeper.positions.crengine.view import View
from placekeeper.positions.point import NoPlace, TooMuch
from placekeeper.positions.spine import Item, Publication

FICTION_BOOK: Final = "application/x-fictionbook+xml"
KEPT_VIEWS: Final = 4_000_000
"""Characters of source whose views are kept at once: enough for a reading and its neighbours, little beside the server."""

KEPT_RULES: Final = 300_000
"""Rules of style sheets that are kept at once."""

_AROUND_SVG: Final = "<html><body><autoBoxing style='text-align: center'>"
_SNIFFED: Final = 2048  # characters in which crengine looks for signs of HTML
_SHORTEST: Final = 30  # a file must be longer
_DOCTYPE: Final = 32  # characters from the start within which the doctype must say html
_EXTENSIONS: Final = (".htm", ".html", ".hhc", ".xhtml")


class Fragments:
    """The fragments of one publication. Not for several threads at once."""

    def __init__(self, publication: Publication) -> None:
        """Nothing is read before it is asked for."""
        self.publication = publication
        self._before = [0]  # fragments before each itemref, as far as they were counted
        self._sheets: dict[tuple[str, tuple[tuple[str, str], ...], str], Sheet] = {}
        self._views: OrderedDict[int, list[View]] = OrderedDict()
        self._beyond: dict[int, str] = {}  # why the fragments of an itemref can't be had, where that is so

    @property
    def is_book(self) -> bool:
        """Whether the publication is a FictionBook, which has no fragments but is a tree of its own."""
        return self.publication.spine.items[0].media_type == FICTION_BOOK if self.publication.spine.items else False

    def first(self, index: int) -> int:
        """The 1-based number of the first fragment of an itemref."""
        self._count_to(index)
        return 1 + self._before[index]

    def several(self) -> bool:
        """Whether there is more than one fragment."""
        while self._before[-1] < 2 and len(self._before) <= len(self.publication.spine.items):  # noqa: PLR2004 - more than one
            self._count_to(len(self._before))
        return self._before[-1] > 1

    def find(self, number: int) -> tuple[int, int]:
        """Itemref and place among its fragments (mostly 0) of the fragment of that number. Raises `NoPlace`."""
        count = len(self.publication.spine.items)
        while self._before[-1] < number:
            if len(self._before) > count:
                raise NoPlace(f"DocFragment[{number}] is beyond the publication's {self._before[-1]} fragments")
            self._count_to(len(self._before))
        index = bisect_left(self._before, number) - 1
        return index, number - self._before[index] - 1

    def _count_to(self, index: int) -> None:
        """Know the number of fragments of all itemrefs before `index`. Nearly always it is one each."""
        items = self.publication.spine.items
        while len(self._before) <= index:
            item = items[len(self._before) - 1]
            self._before.append(self._before[-1] + (self._count(item) if item.declared else 0))

    def _count(self, item: Item) -> int:
        """How many fragments an itemref makes. Its file is only read to see that it does not have a second `body`."""
        if item.index in self._views:
            return len(self._views[item.index])
        return max(1, len(self.views(item.index))) if self._may_split(item) else 1

    def _may_split(self, item: Item) -> bool:
        """As it is known already, which spares to read all files before the one that is asked for; else as the file says."""
        known = self.publication.spine.split
        if known is not None:
            return item.index in known
        data = self.publication.file(item.href) if item.present and item.readable else None
        return data is not None and may_split(data)

    def views(self, index: int) -> list[View]:
        """The fragments of one itemref. Raises `NoPlace` where there is too much of them."""
        if index in self._beyond:
            raise NoPlace(self._beyond[index])
        found = self._views.get(index)
        if found is None:
            try:
                found = self._views[index] = self._made(self.publication.spine.items[index])
            except NoPlace as error:
                self._beyond[index] = str(error)
                raise
            while len(self._views) > 1 and sum(len(views[0].source) for views in self._views.values()) > KEPT_VIEWS:
                self._views.popitem(last=False)
        else:
            self._views.move_to_end(index)
        return found

    def _made(self, item: Item) -> list[View]:
        try:
            resource = self.publication.resource(item.index)
            source, document = resource.source, resource.document
        except TooMuch:
            raise
        except NoPlace:
            return [_refused(item)]
        if item.media_type == FICTION_BOOK:
            return [View(markup.read_book(source), source, css.fiction_book(), document)]
        if document.plain and recognised(source, item.href):
            head = markup.read_head(source)
            return [View(document, source, self._sheet(item, head), document)]
        fragments = markup.read(source) if recognised(source, item.href) else []
        shift = 0
        if not fragments and "<svg" in source[:8192] and "<html" not in source[:8192]:
            source, shift = f"{_AROUND_SVG}{source}</autoBoxing></body></html>", len(_AROUND_SVG)
            fragments = markup.read(source)
        if not fragments:
            return [_refused(item)]
        return [View(each.document, source, self._sheet(item, each.head), document, shift) for each in fragments]

    def _sheet(self, item: Item, head: markup.Head) -> Sheet:
        """All rules for a fragment: KOReader's own, then those that the file links or holds."""
        folder = posixpath.dirname(item.href)
        key = folder, tuple(head.links), head.style
        found = self._sheets.get(key)
        if found is None:
            found = css.user_agent()
            if head.links or head.style:
                found = found.copy()
                first = head.links and not head.links[0][1]
                imports = "".join(f'@import url("{href}") {media};\n' for href, media in head.links[bool(first) :])
                if first:
                    css.read(f'@import url("{head.links[0][0]}");', found, self._loader(folder))
                css.read(imports + head.style, found, self._loader(folder))
            if sum(len(sheet.rules) for sheet in self._sheets.values()) > KEPT_RULES:
                self._sheets.clear()
            self._sheets[key] = found
        return found

    def _loader(self, folder: str) -> "Loader":
        return Loader(self.publication, folder)


def _refused(item: Item) -> View:
    """What crengine itself says about a file that it could not read."""
    said = f"Failed handling EPUB spine item '{item.href}' ({item.media_type}, {item.item_id})."
    source = f"<html><body><pre>{said}</pre></body></html>"
    return View(markup.read(source)[0].document, source, css.user_agent(), None)


class Loader:
    """Gives style sheets by address, relative to the folder of who asks."""

    def __init__(self, publication: Publication, folder: str, around: frozenset[str] = frozenset()) -> None:
        """`folder`: path in the archive. `around`: the sheets that are being read, which import each other in vain."""
        self._publication = publication
        self._folder = folder
        self._around = around

    def __call__(self, address: str) -> tuple[str, "Loader"] | None:
        """The text of a style sheet and the loader for what it imports; None where it can't be had."""
        path = posixpath.normpath(posixpath.join(self._folder, unquote(address)))
        data = self._publication.file(path) if path not in self._around else None
        if data is None:
            return None
        return decoded(data), Loader(self._publication, posixpath.dirname(path), self._around | {path})


def decoded(data: bytes) -> str:
    """The text of a style sheet: UTF-8, unless it says by its first bytes that it is UTF-16."""
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", "replace")


def recognised(source: str, href: str) -> bool:
    """Whether crengine takes a file for HTML, by its beginning and its name."""
    if len(source) <= _SHORTEST:
        return False
    start = source[:_SNIFFED].lower()
    if "<html" in start and ("<head" in start or "<body" in start):
        return True
    doctype = start.find("<!doctype ")
    if doctype >= 0 and 0 <= start.find("html", doctype) < _DOCTYPE:
        return True
    return href.lower().endswith(_EXTENSIONS) and any(sign in start for sign in ("<!--", "ul", "<p>"))
