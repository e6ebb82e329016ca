"""Follows the steps of a CFI through a document, and writes the steps that lead to an element.

It must not know publications, nor count text: what an odd last step means is for the caller, as engines differ there.
Intended target location correction: where a step's id stands elsewhere, the id wins.
Source: https://w3c.github.io/epub-specs/epub33/epubcfi/#sec-path-res
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from placekeeper.positions.cfi.syntax import NOTHING, Assertion, Step
from placekeeper.positions.document import Document
from placekeeper.positions.point import Place, Point, Precision

Doubt = tuple[Precision, str]
"""How sure one may still be, and why not more. With `EXACT` it only tells what was put right."""

LADDER = tuple(Precision)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where steps lead: to an element, or to text in it (`text`: half of the odd step, from 0), or behind all that is in it."""

    element: int
    text: int | None = None
    at_end: bool = False
    doubts: tuple[Doubt, ...] = ()


def walk(document: Document, steps: Sequence[Step]) -> Landing:
    """Follow steps from the root, as far as they lead."""
    element = 0
    doubts: list[Doubt] = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if step.index % 2:
            doubts += [] if last else [(Precision.ELEMENT, "steps that go on below text were left out")]
            return Landing(element, step.index // 2, doubts=tuple(doubts))
        child = _child(document, element, step, doubts)
        if child is None:
            after = step.index == 2 * len(document.children[element]) + 2
            virtual = last and (after or not step.index) and not step.id
            doubts += [] if virtual else [(Precision.ELEMENT, f"step /{step.index} leads out of the document")]
            return Landing(element, None if not virtual or after else 0, virtual and after, tuple(doubts))
        element = child
    return Landing(element, doubts=tuple(doubts))


def _child(document: Document, element: int, step: Step, doubts: list[Doubt]) -> int | None:
    """The child that a step means, and what had to be put right for that."""
    children = document.children[element]
    number = step.index // 2 - 1
    child = children[number] if 0 <= number < len(children) else None
    if not step.id or (child is not None and _has_id(document, child, step)):
        return child
    found = next((document.ids[name] for name in _names(step) if name in document.ids), None)
    if found is not None:
        doubts.append((Precision.EXACT, f"the id {step.id!r} now stands elsewhere, and was followed there"))
        return found
    doubts.append((Precision.ELEMENT, f"no element has the id {step.id!r}"))
    return child


def _has_id(document: Document, element: int, step: Step) -> bool:
    return document.attributes[element].get("id") in _names(step)


def _names(step: Step) -> tuple[str, ...]:
    """How the id may be meant: epub.js escapes nothing, browsers escape what is not ASCII in a URL."""
    return step.id, step.assertion.raw or step.id, unquote(step.id)


def steps_to(document: Document, element: int, *, ids: bool = True) -> tuple[Step, ...]:
    """The steps from the root to an element, with ids as assertions where wanted."""
    steps: list[Step] = []
    while (parent := document.parents[element]) >= 0:
        index = 2 * bisect_left(document.children[parent], element) + 2
        steps.append(Step(index, named(document.attributes[element].get("id", "") if ids else "")))
        element = parent
    return tuple(reversed(steps))


def named(name: str) -> Assertion:
    """The assertion of an id; nothing for an empty one."""
    return Assertion((name,)) if name else NOTHING


def judged(document: Document, point: Point, doubts: Iterable[Doubt]) -> Place:
    """The place with the coarsest of all doubts; an element outside body has no text of its own."""
    found = list(doubts)
    if point.element is not None and not document.inside_body(point.element):
        found.append((Precision.RESOURCE, "the place is outside the text"))
        point = Point(point.resource, 0)
    precision = max((precision for precision, _ in found), key=LADDER.index, default=Precision.EXACT)
    return Place(point, precision, "; ".join(reason for _, reason in found))
