"""One place in every notation at once: what `placekeeper locate` prints, as a mapping ready for JSON.

Must not know how it is printed. The keys are fixed: scripts rely on them.
"""

from typing import Any, Final

from placekeeper.positions.crengine.xpointer import XPointer
from placekeeper.positions.point import NoPlace, Place, Precision
from placekeeper.positions.readium.fragment import write_reference
from placekeeper.positions.translate import Translator

TEXT_LENGTH: Final = 80
BEFORE_LENGTH: Final = 40


def located(translator: Translator, place: Place) -> dict[str, Any]:
    """The place in every notation; null where a notation has nothing for it. `reason` is there only where something was lost."""
    point = place.point
    item = translator.publication.spine.items[point.resource]
    before, text = translator.text(point, BEFORE_LENGTH, TEXT_LENGTH)
    row: dict[str, Any] = {
        "precision": str(place.precision),
        "resource": point.resource,
        "href": item.href,
        "offset": point.offset,
        "text": text,
        "before": before,
    }
    if place.reason:
        row["reason"] = place.reason
    return row | _numbers(translator, place) | _pointers(translator, place)


def _numbers(translator: Translator, place: Place) -> dict[str, Any]:
    positions = translator.scope.positions
    try:
        figures = positions.figures(place.point)
    except NoPlace:
        return {"progression": positions.progression(place.point), "total_progression": None, "position": None}
    return {
        "progression": figures.progression,
        "total_progression": figures.total_progression,
        "position": figures.position,
    }


def _pointers(translator: Translator, place: Place) -> dict[str, Any]:
    point = place.point
    pointer: XPointer | None
    try:
        pointer, precision, _ = translator.xpointer(point)
    except NoPlace:
        pointer, precision = None, Precision.EXACT
    reference = write_reference(point, translator.publication)
    row: dict[str, Any] = {
        "xpointer": pointer and pointer.released(),
        "xpointer_indexed": pointer and pointer.indexed(),
        "cfi": translator.cfi(point),
        "cfi_epubjs": translator.cfi_epubjs(point),
        "locator": translator.locator(point),
        "css_selector": translator.css_selector(point),
        "reference": reference.value,
    }
    if not reference.exact:
        row["reference_reason"] = reference.reason
    if precision is not Precision.EXACT:
        row["xpointer_precision"] = str(precision)
    return row
