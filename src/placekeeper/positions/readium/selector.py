"""Finding the element that a CSS selector means, and writing a selector for an element, on a `Document`.

It must not know who asks, nor how selectors are spelled (`selector_parse` does). A selector is followed from left to right, so
that none costs more than its parts times the elements. Names match as written, and without regard to case where that finds
nothing: a document does not tell whether it was HTML.
Source: https://www.w3.org/TR/selectors-4/
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from weakref import WeakKeyDictionary

from placekeeper.positions.document import Document
from placekeeper.positions.point import NoPlace
from placekeeper.positions.readium.selector_parse import MAX_COMPOUNDS, MAX_LENGTH, Attribute, Compound, Nth, Steps, parse

PLAIN_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda had, wanted: had == wanted,
    "~=": lambda had, wanted: wanted in had.split(),
    "|=": lambda had, wanted: had == wanted or had.startswith(wanted + "-"),
    "^=": lambda had, wanted: bool(wanted) and had.startswith(wanted),
    "$=": lambda had, wanted: bool(wanted) and had.endswith(wanted),
    "*=": lambda had, wanted: bool(wanted) and wanted in had,
}


class _Index:
    """Elements by id and by name, ascending; made at the first question about a document."""

    __slots__ = ("ids", "names", "typed")

    def __init__(self, document: Document) -> None:
        self.ids: dict[str, list[int]] = {}
        self.names: dict[str, list[int]] = {}
        self.typed: dict[tuple[int, str], list[int]] = {}  # children of one name; filled by the selectors that ask for it
        for element, (name, attributes) in enumerate(zip(document.names, document.attributes, strict=True)):
            self.names.setdefault(name, []).append(element)
            if attributes and (identity := attributes.get("id")):
                self.ids.setdefault(identity, []).append(element)


_INDEXES: WeakKeyDictionary[Document, _Index] = WeakKeyDictionary()


def _index(document: Document) -> _Index:
    found = _INDEXES.get(document)
    if found is None:
        found = _INDEXES[document] = _Index(document)
    return found


def query(document: Document, selector: str) -> int | None:
    """The first element in document order that a selector list matches; None where nothing does.

    Raises `NoPlace` for what can't be read as a selector.
    """
    alternatives = parse(selector)
    for fold in (False, True):
        found = [element for steps in alternatives if (element := _first(document, steps, fold=fold)) is not None]
        if found:
            return min(found)
    return None


def write(document: Document, element: int) -> str:
    """A selector that `query` and browsers follow to the element: from the nearest id that can stand there, else from the root.

    Raises `NoPlace` where it would grow longer than is read again.
    """
    index, steps = _index(document), []
    names, parents, children = document.names, document.parents, document.children
    at = element
    while True:
        identity = document.attributes[at].get("id") if document.attributes[at] else None
        if identity and PLAIN_ID.fullmatch(identity) and len(index.ids[identity]) == 1:
            steps.append(f"#{identity}")
            break
        parent = parents[at]
        if parent < 0:
            steps.append(":root")
            break
        name = names[at]
        if name == "body" and at == document.body and index.names["body"][0] == at:
            steps.append("body")
            break
        steps.append(f"{name if PLAIN_NAME.fullmatch(name) else '*'}:nth-child({bisect_left(children[parent], at) + 1})")
        at = parent
    written = " > ".join(reversed(steps))
    if len(steps) > MAX_COMPOUNDS or len(written) > MAX_LENGTH:
        raise NoPlace(f"the element is too deep for a CSS selector: {len(steps)} levels")
    return written


def _first(document: Document, steps: Steps, *, fold: bool) -> int | None:
    """The first element that the last compound names."""
    found: Sequence[int] = ()
    for joint, compound in steps:
        candidates = _JOINTS[joint](document, found, compound, fold)
        found = [element for element in candidates if _is(document, element, compound, fold=fold)]
        if not found:
            return None
    return min(found)


def _anywhere(document: Document, _found: Sequence[int], compound: Compound, fold: bool) -> Sequence[int]:  # noqa: FBT001
    if compound.root:
        return range(min(1, len(document.names)))
    if compound.identity:
        return _index(document).ids.get(compound.identity, ())
    if compound.name and not fold:
        return _index(document).names.get(compound.name, ())
    return range(len(document.names))


def _below(document: Document, found: Sequence[int], compound: Compound, fold: bool) -> Sequence[int]:  # noqa: FBT001
    """Descendants: the numbers up to the last one below, as elements are numbered in document order."""
    everywhere = _anywhere(document, (), compound, fold)
    result: list[int] = []
    reached = -1
    for element in sorted(found):
        last = element
        while below := document.children[last]:
            last = below[-1]
        if last > reached:
            low, high = max(element, reached), last
            result += everywhere[bisect_right(everywhere, low) : bisect_right(everywhere, high)]
            reached = last
    return result


def _children(document: Document, found: Sequence[int], compound: Compound, _fold: bool) -> Sequence[int]:  # noqa: FBT001
    only = next((count.start for count in compound.counts if not (count.typed or count.last or count.step)), None)
    if only is None:
        return [child for element in found for child in document.children[element]]
    return [document.children[element][only - 1] for element in found if 0 < only <= len(document.children[element])]


def _next(document: Document, found: Sequence[int], _compound: Compound, _fold: bool) -> Sequence[int]:  # noqa: FBT001
    return [sibling for element in found for sibling in _following(document, element)[:1]]


def _later(document: Document, found: Sequence[int], _compound: Compound, _fold: bool) -> Sequence[int]:  # noqa: FBT001
    firsts = {document.parents[element]: element for element in sorted(found, reverse=True)}
    return [sibling for element in firsts.values() for sibling in _following(document, element)]


_JOINTS: dict[str, Callable[[Document, Sequence[int], Compound, bool], Sequence[int]]] = {
    "": _anywhere,
    " ": _below,
    ">": _children,
    "+": _next,
    "~": _later,
}


def _of_type(document: Document, parent: int, name: str) -> list[int]:
    typed = _index(document).typed
    found = typed.get((parent, name))
    if found is None:
        found = typed[parent, name] = [child for child in document.children[parent] if document.names[child] == name]
    return found


def _following(document: Document, element: int) -> list[int]:
    parent = document.parents[element]
    if parent < 0:
        return []
    siblings = document.children[parent]
    return siblings[bisect_right(siblings, element) :]


def _is(document: Document, element: int, compound: Compound, *, fold: bool) -> bool:
    """Whether the element is all that the compound says."""
    name, attributes = document.names[element], document.attributes[element]
    if compound.name and compound.name != name and not (fold and compound.name.lower() == name.lower()):
        return False
    if compound.root and element:
        return False
    if compound.identity and attributes.get("id") != compound.identity:
        return False
    if compound.classes and not set(compound.classes) <= set(attributes.get("class", "").split()):
        return False
    return all(_has(attributes, wanted, fold=fold) for wanted in compound.attributes) and all(
        _counts(document, element, count) for count in compound.counts
    )


def _has(attributes: Mapping[str, str], wanted: Attribute, *, fold: bool) -> bool:
    for name, value in attributes.items():
        if name == wanted.name or (fold and name.lower() == wanted.name.lower()):
            had, want = (value.lower(), wanted.value.lower()) if wanted.fold else (value, wanted.value)
            return not wanted.operator or OPERATORS[wanted.operator](had, want)
    return False


def _counts(document: Document, element: int, count: Nth) -> bool:
    """Whether the element is one of the children that an `nth-` pseudo-class names."""
    parent = document.parents[element]
    siblings = document.children[parent] if parent >= 0 else [element]
    if count.typed:
        siblings = _of_type(document, parent, document.names[element]) if parent >= 0 else siblings
    at = bisect_left(siblings, element)
    number = len(siblings) - at if count.last else at + 1
    past = number - count.start
    return past == 0 if not count.step else past % count.step == 0 and past // count.step >= 0
