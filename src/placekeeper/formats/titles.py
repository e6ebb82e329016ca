"""What the table of contents calls a place. Must not know where the table came from.

Source: https://www.w3.org/TR/epub-33/#sec-nav-toc
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from placekeeper.formats.navigation import Entry
from placekeeper.positions.document import Document


class Titles:
    """The lines of a table of contents by resource."""

    def __init__(self, toc: Sequence[Entry], hrefs: Iterable[str]) -> None:
        """`hrefs`: of all resources, in reading order."""
        self._entries: dict[str, list[tuple[str, str]]] = defaultdict(list)  # path to fragments and titles
        for entry in toc:
            path, _, fragment = entry.href.partition("#")
            if path and entry.title:
                self._entries[path].append((fragment, entry.title))
        self._hrefs = tuple(hrefs)
        self.inherited: list[str] = []
        """For each resource, the last title before it."""
        last = ""
        for href in self._hrefs:
            self.inherited.append(last)
            last = self._entries[href][-1][1] if href in self._entries else last

    def of_resource(self, index: int) -> str:
        """The first line that leads into the resource; where none does, what the text before it was called."""
        entries = self._entries.get(self._hrefs[index])
        return entries[0][1] if entries else self.inherited[index]

    def fragments(self, index: int) -> bool:
        """Whether several lines lead to places in the resource, so that only its text says which is which."""
        entries = self._entries.get(self._hrefs[index], [])
        return len(entries) > 1 or any(fragment for fragment, _ in entries)

    def at(self, index: int, offset: int, document: Document) -> str:
        """The last line that leads to the place or before it. `offset`: code points in `document`, resource `index`."""
        found, latest = self.inherited[index], -1
        for fragment, title in self._entries.get(self._hrefs[index], []):
            start = begins(fragment, document.ids, document)
            if latest < start <= offset:
                found, latest = title, start
        return found or self.of_resource(index)


def begins(fragment: str, ids: Mapping[str, int], document: Document) -> int:
    """The offset at which a fragment's element begins; the resource's start where it leads nowhere."""
    return document.starts[ids[fragment]] if fragment in ids else 0
