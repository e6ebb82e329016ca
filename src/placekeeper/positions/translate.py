"""From a place in one notation to the same place in any other, with what is lost on the way said.

The pivot is a point. Every pointer that is written here is read again before it leaves: one that would lead elsewhere is replaced
by a coarser one that does not, because an app that can't resolve a pointer moves its reader. Must not know accounts or files.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Final

from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.positions.cfi import resolve as cfi_resolve
from placekeeper.positions.crengine.css import user_agent
from placekeeper.positions.crengine.pointers import Pointers
from placekeeper.positions.crengine.xpointer import XPointer
from placekeeper.positions.point import NoPlace, Place, Point, Precision
from placekeeper.positions.quotes import quote
from placekeeper.positions.quotes.seek import anywhere
from placekeeper.positions.readium import locator_read, locator_write, selector
from placekeeper.positions.readium.fragment import read_reference, write_reference
from placekeeper.positions.readium.locator_read import Scope
from placekeeper.positions.readium.pages import Pages
from placekeeper.positions.readium.progression import read_progression, write_references
from placekeeper.positions.simplified.places import Readers, place_of
from placekeeper.positions.spine import Publication

INDEXED: Final = "indexed"
ENGINES: Final = ("", cfi_resolve.EPUBJS, "foliate-js", "readium")
"""Who may have written a value: epub.js counts otherwise than the others, who follow the specification."""
LADDER: Final = tuple(Precision)
MAX_VALUE: Final = 65_536
"""Characters of a noted place's value: a locator with its quotation has a few thousand."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A place in the wanted notation: `value` as `NotedPlace` holds it (JSON for locators), how sure, and why not surer."""

    noted: NotedPlace
    precision: Precision
    reason: str = ""


class Translator:
    """All notations of one publication. What a notation needs is made at its first use. Not for several threads at once."""

    def __init__(self, publication: Publication) -> None:
        """Nothing is read before it is asked for."""
        self.publication = publication

    @cached_property
    def pointers(self) -> Pointers:
        """XPointers."""
        return Pointers(self.publication)

    @cached_property
    def scope(self) -> Scope:
        """Locators, hrefs and positions."""
        return locator_read.scope_of(self.publication, self._cfi, quote.find)

    @cached_property
    def pages(self) -> Pages:
        """Printed pages."""
        return Pages(self.publication, self.scope.hrefs)

    def translate(self, noted: NotedPlace, wanted: Notation, engine: str = "", wanted_engine: str = "") -> Translation:
        """The noted place in another notation. Raises `NoPlace` where it can't be read, or the notation has nothing for it.

        `engine`: which app wrote it, where that matters (`epub.js` for its CFIs). `wanted_engine`: `epub.js` for a CFI for its
        apps, `indexed` for an XPointer with all numbers.
        """
        place = self.read(noted.notation, noted.value, engine)
        value, precision, reason = self.write(place.point, wanted, wanted_engine)
        coarsest = max(place.precision, precision, key=LADDER.index)
        return Translation(NotedPlace(wanted, value), coarsest, "; ".join(filter(None, [place.reason, reason])))

    def read(self, notation: str, value: Any, engine: str = "") -> Place:
        """Where a value of a notation leads; JSON values may be parsed or text. Raises `NoPlace`, saying why it leads nowhere."""
        reader = self._readers.get(notation)
        if reader is None:
            raise NoPlace(f"the notation {notation!r} is not known here: {', '.join(sorted(self._readers))} are")
        if engine not in ENGINES:
            raise NoPlace(f"the engine {engine[:40]!r} is not known here: {', '.join(ENGINES[1:])} are")
        if isinstance(value, str) and len(value) > MAX_VALUE:
            raise NoPlace(f"a value of {len(value)} characters is over the limit of {MAX_VALUE}")
        place = reader(value, engine)
        missing = self._without_text(place.point.resource)
        if not missing or missing in place.reason:
            return place
        coarser = max(place.precision, Precision.RESOURCE, key=LADDER.index)
        return Place(place.point, coarser, "; ".join(filter(None, [place.reason, missing])))

    @cached_property
    def _readers(self) -> dict[str, Callable[[Any, str], Place]]:
        return {
            Notation.XPOINTER: lambda value, _: self.pointers.resolve(_text(value)),
            Notation.CFI: lambda value, engine: self._cfi(_text(value), engine),
            Notation.LOCATOR: lambda value, _: locator_read.read_locator(_parsed(value), self.scope),
            Notation.HREF_PROGRESSION: lambda value, _: self._href_progression(_mapping(value)),
            Notation.PROGRESSION: lambda value, _: self.scope.positions.from_total(_number(value)),
            Notation.PAGE: lambda value, _: self._page(value),
            Notation.TEXT: lambda value, _: self._quotation(value),
            Notation.REFERENCE: lambda value, _: read_reference(_text(value), self.publication, self.scope.hrefs, self._cfi),
            Notation.OPDS_PROGRESSION: lambda value, _: read_progression(_mapping(value), self.scope),
            Notation.READIUM_PROGRESSION: lambda value, _: read_progression(_mapping(value), self.scope),
            Notation.SIMPLIFIED: lambda value, _: self._simplified(_mapping(value)),
        }

    def _cfi(self, value: str, engine: str = "") -> Place:
        return cfi_resolve.resolve(value, self.publication, engine)

    def _href_progression(self, value: Mapping[str, Any]) -> Place:
        if "href" not in value:
            raise NoPlace("the resource is missing: an object has `href` and `progression`")
        resources, assumed = self.scope.hrefs.find(_text(value["href"]))
        if value.get("progression") is None:
            return Place(Point(resources[0], 0), Precision.RESOURCE, "only the resource is known")
        place = self.scope.positions.from_progression(resources[0], _number(value["progression"]))
        return Place(place.point, place.precision, "; ".join(filter(None, [assumed, place.reason])))

    def _simplified(self, value: Mapping[str, Any]) -> Place:
        readers = Readers(
            in_resource=lambda href, progress: self._href_progression({"href": href, "progression": progress}),
            located=lambda locator: locator_read.read_locator(locator, self.scope),
            page=self._page,
            cfi=self._cfi,
        )
        return place_of(value, self.publication.spine, readers)

    def _page(self, value: Any) -> Place:
        """A printed page where the publication has a list of them, else a position: the page of a fixed layout."""
        if self.publication.spine.page_list:
            return self.pages.place(value if isinstance(value, str) else f"{_number(value):g}")
        number = _number(value)
        if number != int(number):
            raise NoPlace(f"{number:g} is not the number of a page")
        return self.scope.positions.from_position(int(number))

    def _quotation(self, value: Any) -> Place:
        """A quotation, in one resource or wherever it stands."""
        said = {"exact": value} if isinstance(value, str) and not value.lstrip().startswith("{") else _mapping(value)
        exact, prefix, suffix = (_text(said.get(key, "")) for key in ("exact", "prefix", "suffix"))
        if not exact:
            raise NoPlace("a quotation needs the text that it quotes, as `exact`")
        href = said.get("href")
        resources = self.scope.hrefs.find(_text(href))[0] if href else range(len(self.publication.spine.items))
        return anywhere(exact, prefix, suffix, self.publication, resources)

    def write(self, point: Point, wanted: Notation, engine: str = "") -> tuple[str, Precision, str]:
        """A point in a notation: value, precision, reason. Raises `NoPlace` where the notation has nothing for it."""
        writer = self._writers.get(wanted)
        if writer is None:
            raise NoPlace(f"places can't be written as {wanted}: {', '.join(sorted(self._writers))} can be")
        return writer(point, engine)

    @cached_property
    def _writers(self) -> dict[str, Callable[[Point, str], tuple[str, Precision, str]]]:
        return {
            Notation.XPOINTER: self._as_xpointer,
            Notation.CFI: self._as_cfi,
            Notation.LOCATOR: lambda point, _: (_json(self.locator(point)), Precision.EXACT, ""),
            Notation.HREF_PROGRESSION: self._as_href_progression,
            Notation.PROGRESSION: self._as_progression,
            Notation.PAGE: self._as_page,
            Notation.REFERENCE: self._as_reference,
        }

    def _as_xpointer(self, point: Point, engine: str) -> tuple[str, Precision, str]:
        pointer, precision, reason = self.xpointer(point)
        return (pointer.indexed() if engine == INDEXED else pointer.released()), precision, reason

    def _as_cfi(self, point: Point, engine: str) -> tuple[str, Precision, str]:
        cfi = self.cfi_epubjs(point) if engine == cfi_resolve.EPUBJS else self.cfi(point)
        if cfi is None:
            raise NoPlace("no CFI leads there in apps on epub.js")
        return cfi, Precision.EXACT, ""

    def _as_reference(self, point: Point, _: str) -> tuple[str, Precision, str]:
        written = write_reference(point, self.publication)
        return written.value, Precision.EXACT if written.exact else Precision.ELEMENT, written.reason

    def _as_href_progression(self, point: Point, _: str) -> tuple[str, Precision, str]:
        said = self.href_progression(point)
        first = self.scope.hrefs.find(said["href"])[0][0]
        if first != point.resource:
            return _json(said), Precision.PROGRESSION, f"the spine has this file as item {first} too, and the href means that one"
        return _json(said), Precision.EXACT, ""

    def _as_progression(self, point: Point, _: str) -> tuple[str, Precision, str]:
        figures = self.scope.positions.figures(point)
        return repr(figures.total_progression), figures.precision, ""

    def _as_page(self, point: Point, _: str) -> tuple[str, Precision, str]:
        label = self.pages.label(point) if self.publication.spine.page_list else None
        return label or str(self.scope.positions.position(point)), Precision.PROGRESSION, "a page is coarser than a place"

    def href_progression(self, point: Point) -> dict[str, Any]:
        """The resource, and the share of its text before a point."""
        return {"href": self.publication.spine.items[point.resource].href, "progression": self.scope.positions.progression(point)}

    def xpointer(self, point: Point) -> tuple[XPointer, Precision, str]:
        """The XPointer of a point, or of the nearest element around it that leads back. Raises `NoPlace` where there is none."""
        point = self._worded(point)
        pointer = self.pointers.write(point)
        if self._without_text(point.resource):
            return pointer, Precision.RESOURCE, "KOReader shows a message in place of this file"
        for shorter, precision in _shorter(pointer):
            try:
                back = self.pointers.follow(shorter)
            except NoPlace:
                continue
            if precision is not Precision.EXACT:
                return shorter, precision, "KOReader finds the element, not the character"
            same = back.point == point or self.pointers.write(back.point) == shorter
            if same and back.precision is Precision.EXACT:
                return (shorter, *self._kept(point, back.point))
        raise NoPlace("KOReader has nothing there that it finds again")

    def _kept(self, wanted: Point, found: Point) -> tuple[Precision, str]:
        """How exact a pointer is that leads to the next character which KOReader keeps: white space does not count."""
        if found == wanted:
            return Precision.EXACT, ""
        text = self.publication.resource(wanted.resource).document.text
        skipped = text[min(wanted.offset, found.offset) : max(wanted.offset, found.offset)]
        if skipped.strip() or found.resource != wanted.resource or (wanted.element is not None) != (found.element is not None):
            return Precision.ELEMENT, "KOReader does not keep this place; this is the nearest that it keeps"
        return Precision.EXACT, ""

    def _without_text(self, resource: int) -> str:
        """Why a resource has no text; empty where it has one."""
        try:
            _ = self.publication.resource(resource).document
        except NoPlace as error:
            return str(error)
        return ""

    def _worded(self, point: Point) -> Point:
        """The start of an element that holds text is the start of that text: so KOReader would say it."""
        if point.element is None or self._without_text(point.resource):
            return point
        document = self.publication.resource(point.resource).document
        start, end = document.starts[point.element], document.ends[point.element]
        return Point(point.resource, start) if document.text[start:end].strip() else point

    def cfi(self, point: Point) -> str:
        """The CFI of a point, as the specification says."""
        return cfi_resolve.write(point, self.publication)

    def cfi_epubjs(self, point: Point) -> str | None:
        """The CFI that apps on epub.js need; None where it can't be written."""
        return cfi_resolve.write_epubjs(point, self.publication)

    def locator(self, point: Point) -> dict[str, Any]:
        """The Readium locator of a point."""
        local = self.cfi(point).partition("!")[2].removesuffix(")")
        return locator_write.write_locator(point, self.scope, partial_cfi=local)

    def references(self, point: Point) -> list[str]:
        """References to a point as OPDS Progression has them, the most exact one first."""
        return write_references(point, self.scope, self.cfi(point))

    def css_selector(self, point: Point) -> str | None:
        """The element that holds the point, as a CSS selector; None without text."""
        try:
            document = self.publication.resource(point.resource).document
            return selector.write(document, document.owner(point.offset) if point.element is None else point.element)
        except NoPlace:
            return None

    def text(self, point: Point, before: int, after: int) -> tuple[str, str]:
        """The text before and after a point, up to so many code points; empty where there is none."""
        try:
            text = self.publication.resource(point.resource).document.text
        except NoPlace:
            return "", ""
        return text[max(0, point.offset - before) : point.offset], text[point.offset : point.offset + after]


def prepare() -> None:
    """Make what the places of all publications need, so that the first one need not wait for it."""
    user_agent()


def _shorter(pointer: XPointer) -> list[tuple[XPointer, Precision]]:
    """A pointer, and what is left of it from the inside out: elements around it, at last its DocFragment."""
    elements = [step for step in pointer.steps if step.name != "text()"]
    around = [(XPointer(tuple(elements[:length]), 0), Precision.ELEMENT) for length in range(len(elements), 2, -1)]
    fragment = XPointer(tuple(elements[:2])), Precision.RESOURCE
    return [(pointer, Precision.EXACT), *around, fragment]


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NoPlace(f"a text is expected, not {_kind(value)}")
    return value


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise NoPlace(f"not JSON: {error}") from None


def _mapping(value: Any) -> Mapping[str, Any]:
    parsed = _parsed(value)
    if not isinstance(parsed, dict):
        raise NoPlace(f"an object is expected, not {_kind(parsed)}")
    return parsed


def _number(value: Any) -> float:
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not isfinite(number):
        said = f"{value!r:.40}" if isinstance(value, int | float | str) and not isinstance(value, bool) else _kind(value)
        raise NoPlace(f"a number is expected, not {said}")
    return number


def _kind(value: Any) -> str:
    names = {type(None): "nothing", bool: "true or false", str: "a text", dict: "an object", list: "a list"}
    return names.get(type(value), "a number")
