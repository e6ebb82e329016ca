"""Labels of printed pages and the places where those pages begin, after a publication's page list.

It must not know where the list comes from.
Source: https://www.w3.org/TR/epub-33/#sec-nav-pagelist
"""

from bisect import bisect_right
from functools import cached_property
from unicodedata import normalize
from urllib.parse import unquote

from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.readium.href import Hrefs, split
from placekeeper.positions.spine import Publication

MAX_LABEL = 256


class Pages:
    """The page list of a publication. Each resource is looked into once, when a page in it is asked for."""

    def __init__(self, publication: Publication, hrefs: Hrefs | None = None) -> None:
        """Nothing is looked up yet."""
        self._publication = publication
        self._hrefs = hrefs or Hrefs(publication.spine)
        self._starts: dict[int, list[tuple[int, int, str]]] = {}

    def place(self, label: str) -> Place:
        """Where the page with a label begins. Raises `NoPlace` where the list has no such page, or it leads nowhere."""
        if len(label) > MAX_LABEL or not self._publication.spine.page_list:
            raise NoPlace(
                "there is no such page: the publication has no page list" if len(label) <= MAX_LABEL else "no such page"
            )
        exact, loose = self._labels
        resource, fragment = self._targets[self._entry(label, exact, loose)]
        if resource < 0:
            raise NoPlace(f"page {label} leads nowhere")
        offset, element = self._offset(resource, fragment)
        if fragment and element is None:
            return Place(Point(resource, 0), Precision.RESOURCE, f"page {label} begins somewhere in the resource")
        return Place(
            Point(resource, offset, element), Precision.ELEMENT if fragment else Precision.RESOURCE, "where the page begins"
        )

    def label(self, point: Point) -> str | None:
        """The label of the page that a point is on; None in front of the first page, and where there are none."""
        for resource in range(point.resource, -1, -1):
            if resource not in self._resources:
                continue
            starts = self._in(resource)
            end = (point.offset, len(self._targets)) if resource == point.resource else (starts[-1][0], len(self._targets))
            if at := bisect_right(starts, end, key=lambda start: start[:2]):
                return starts[at - 1][2]
        return None

    @staticmethod
    def _entry(label: str, exact: dict[str, int], loose: dict[str, int]) -> int:
        if label in exact:
            return exact[label]
        if (entry := loose.get(_plain(label))) is None:
            raise NoPlace(f"there is no page {label[:40]!r} in the page list")
        return entry

    @cached_property
    def _labels(self) -> tuple[dict[str, int], dict[str, int]]:
        """Labels to their first entry in the list, as written and without case and white space."""
        exact: dict[str, int] = {}
        loose: dict[str, int] = {}
        for entry, (label, _) in enumerate(self._publication.spine.page_list):
            exact.setdefault(label, entry)
            loose.setdefault(_plain(label), entry)
        return exact, loose

    @cached_property
    def _targets(self) -> list[tuple[int, str]]:
        """For each entry the resource, -1 where there is none, and the fragment."""
        known: dict[str, int] = {}
        targets = []
        for _, href in self._publication.spine.page_list:
            path, fragment = split(href)
            if path not in known:
                known[path] = self._resource(path)
            targets.append((known[path], fragment))
        return targets

    @cached_property
    def _resources(self) -> set[int]:
        return {resource for resource, _ in self._targets if resource >= 0}

    def _resource(self, path: str) -> int:
        try:
            return self._hrefs.find(path)[0][0]
        except NoPlace:
            return -1

    def _in(self, resource: int) -> list[tuple[int, int, str]]:
        """Offset, entry and label of the pages that begin in a resource, ascending."""
        if resource not in self._starts:
            entries = enumerate(zip(self._targets, self._publication.spine.page_list, strict=True))
            self._starts[resource] = sorted(
                (self._offset(resource, fragment)[0], entry, label)
                for entry, ((found, fragment), (label, _)) in entries
                if found == resource
            )
        return self._starts[resource]

    def _offset(self, resource: int, fragment: str) -> tuple[int, int | None]:
        """Where an id is, 0 where it is not; and the element."""
        try:
            document = self._publication.resource(resource).document
        except NoPlace:
            return 0, None
        element = document.ids.get(fragment, document.ids.get(unquote(fragment))) if fragment else None
        return (0, None) if element is None else (document.starts[element], element)


def _plain(label: str) -> str:
    return "".join(normalize("NFKC", label).casefold().split())
