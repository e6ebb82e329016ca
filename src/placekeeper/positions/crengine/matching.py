"""Whether an element is selected, as crengine sees it. What was found out about ancestors and siblings is remembered.

Must not know style sheets.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (LVCssSelectorRule)
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from placekeeper.positions.crengine.markup import FRAGMENT
from placekeeper.positions.document import Document

MAX_KNOWN: Final = 1_000_000
"""Answers that are remembered for one fragment: some ten megabytes."""

_NTH = re.compile(r"(-?)(\d{0,9})n(?:\+(\d{1,9}))?|(\d{1,9})")


class Tree:
    """The elements of a document, with their places among siblings."""

    def __init__(self, document: Document, *, loading: bool = False) -> None:
        """`document` as crengine reads it. `loading`: what stands behind the start tag of `subject` is not there yet."""
        self.document = document
        self.loading = loading
        self.subject = -1
        self.tests = 0  # of lists within selectors
        self.names = document.names
        self.attributes = document.attributes
        self.parents = document.parents
        self.children = document.children
        self._known: dict[tuple[int, int, int], bool] = {}
        self._firsts: dict[tuple[int, int, int], tuple[int, int]] = {}

    @cached_property
    def places(self) -> list[int]:
        """For each element its place among its siblings, from 0."""
        places = [0] * len(self.names)
        for children in self.children:
            for place, child in enumerate(children):
                places[child] = place
        return places

    @cached_property
    def places_by_name(self) -> tuple[list[int], dict[tuple[int, str], int]]:
        """The same among siblings of the same name; and how many those are, by parent and name."""
        places, counts = [0] * len(self.names), Counter[tuple[int, str]]()
        for parent, children in enumerate(self.children):
            for child in children:
                key = parent, self.names[child]
                places[child] = counts[key]
                counts[key] += 1
        return places, counts

    def place(self, element: int, *, same_name: bool) -> tuple[int, int]:
        """The element's place among its siblings (of the same name), from 0, and how many there are."""
        parent = self.parents[element]
        if parent <= 0:  # a fragment holds its body only, whatever there was before it
            return 0, 1
        if same_name:
            places, counts = self.places_by_name
            place, count = places[element], counts[parent, self.names[element]]
        else:
            place, count = self.places[element], len(self.children[parent])
        return place, place + 1 if self.loading else count

    def empty(self, element: int) -> bool:
        """Whether the element has neither elements nor text in it."""
        document = self.document
        bare = not self.children[element] and document.starts[element] == document.ends[element]
        return bare or (self.loading and element == self.subject)

    def above(self, key: tuple[int, int], element: int, holds: "Test") -> bool:
        """Whether an ancestor passes a test. `key` names the test."""
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        path, result = list[int](), False
        while (found := self._known.get((*key, element))) is None:
            path.append(element)
            element = self.parents[element]
            if element < 0 or holds(element):
                result = element >= 0
                break
        result = result if found is None else found
        for each in path:
            self._known[*key, each] = result
        return result

    def before(self, key: tuple[int, int], element: int, holds: "Test") -> bool:
        """Whether an earlier sibling passes a test."""
        parent = self.parents[element]
        if parent <= 0:
            return False
        siblings, place = self.children[parent], self.places[element]
        first, seen = self._firsts.get((*key, parent), (-1, 0))
        while first < 0 and seen < place:
            first = seen if holds(siblings[seen]) else -1
            seen += 1
        self._firsts[*key, parent] = first, seen
        return 0 <= first < place


Check = Callable[[Tree, int], bool]
Test = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be: `name` (None: any), `classes`, further `checks`; and how it stands to the one on its right."""

    name: str | None
    classes: tuple[str, ...]
    checks: tuple[Check, ...]
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """Compounds from right to left. `pseudo`: the pseudo-element that is meant, or nothing."""

    compounds: tuple[Compound, ...]
    weight: int
    pseudo: str = ""
    local: bool = True
    """Whether name and attributes of the element alone decide."""
    looks_ahead: bool = False
    """Whether what stands in or behind an element decides."""

    def matches(self, tree: Tree, element: int) -> bool:
        """Whether an element of the tree is selected."""
        return _fits(self.compounds[0], tree, element) and self._related(1, tree, element)

    def _holds(self, at: int, tree: Tree, element: int) -> bool:
        return _fits(self.compounds[at], tree, element) and self._related(at + 1, tree, element)

    def _related(self, at: int, tree: Tree, element: int) -> bool:
        """Whether the compounds from `at` on are found above or before the element."""
        if at == len(self.compounds):
            return True
        relation = self.compounds[at].relation
        if relation == " ":
            return tree.above((id(self), at), element, lambda other: self._holds(at, tree, other))
        if relation == "~":
            return tree.before((id(self), at), element, lambda other: self._holds(at, tree, other))
        parent = tree.parents[element]
        if relation == ">" or parent < 0:
            return parent >= 0 and self._holds(at, tree, parent)
        place = tree.places[element]
        return parent > 0 and place > 0 and self._holds(at, tree, tree.children[parent][place - 1])


def _fits(compound: Compound, tree: Tree, element: int) -> bool:
    if compound.name is not None and tree.names[element] != compound.name and (element or compound.name != FRAGMENT):
        return False
    if compound.classes:
        own = tree.attributes[element].get("class", "").split()
        if not all(name in own for name in compound.classes):
            return False
    return all(check(tree, element) for check in compound.checks)


def has_id(wanted: str) -> Check:
    """The test for `#wanted`."""
    return lambda tree, element: tree.attributes[element].get("id") == wanted


def attribute_check(name: str, operator: str, value: str, *, fold: bool) -> Check:
    """The test for `[name]`, or for `[name operator value]`. `fold`: case does not matter."""
    wanted = value.lower() if fold else value
    test = _OPERATORS.get(operator)

    def check(tree: Tree, element: int) -> bool:
        own = tree.attributes[element].get(name)
        if own is None or test is None:
            return own is not None
        own = own.strip()
        if name == "class" and " " in own:  # crengine keeps several classes with a space behind the last one
            own += " "
        return test(own.lower() if fold else own, wanted)

    return check


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda own, wanted: own == wanted,
    "~=": lambda own, wanted: f" {wanted} " in f" {own} ",
    "|=": lambda own, wanted: own == wanted or own.startswith(f"{wanted}-"),
    "^=": lambda own, wanted: own.startswith(wanted),
    "$=": lambda own, wanted: own.endswith(wanted),
    "*=": lambda own, wanted: wanted in own,
}


def _place(*, same_name: bool, last: bool, argument: str) -> Check:
    """The element's place among its siblings, from the start or the end, in a series `an+b`."""
    argument = {"even": "2n", "odd": "2n+1"}.get(argument, argument)
    found = _NTH.fullmatch(argument)

    def check(tree: Tree, element: int) -> bool:
        place, count = tree.place(element, same_name=same_name)
        number = count - place if last else place + 1
        return found is not None and _in_series(found, number)

    return check


def _in_series(series: "re.Match[str]", number: int) -> bool:
    if series[4]:
        return number == int(series[4])
    step, offset = int(series[2] or "1"), int(series[3] or "0")
    if not step or (series[1] and not offset):
        return bool(series[3]) and number == offset
    distance = offset - number if series[1] else number - offset
    return distance >= 0 and distance % step == 0


def _only(*, same_name: bool) -> Check:
    return lambda tree, element: tree.place(element, same_name=same_name)[1] == 1


LOOKING_AHEAD: Final = {
    "last-child", "last-of-type", "nth-last-child", "nth-last-of-type", "only-child", "only-of-type", "empty"
}  # fmt: skip
PSEUDO_CLASSES: Final[dict[str, Callable[[str], Check]]] = {
    "root": lambda _: lambda tree, element: tree.parents[element] == 0,
    "dir": lambda argument: lambda tree, element: argument == _direction(tree, element),
    "first-child": lambda _: _place(same_name=False, last=False, argument="1"),
    "first-of-type": lambda _: _place(same_name=True, last=False, argument="1"),
    "nth-child": lambda argument: _place(same_name=False, last=False, argument=argument),
    "nth-of-type": lambda argument: _place(same_name=True, last=False, argument=argument),
    "last-child": lambda _: _place(same_name=False, last=True, argument="1"),
    "last-of-type": lambda _: _place(same_name=True, last=True, argument="1"),
    "nth-last-child": lambda argument: _place(same_name=False, last=True, argument=argument),
    "nth-last-of-type": lambda argument: _place(same_name=True, last=True, argument=argument),
    "only-child": lambda _: _only(same_name=False),
    "only-of-type": lambda _: _only(same_name=True),
    "empty": lambda _: lambda tree, element: tree.empty(element),
}


def _direction(tree: Tree, element: int) -> str | None:
    return next(
        (tree.attributes[other]["dir"].lower() for other in tree.document.ancestors(element) if "dir" in tree.attributes[other]),
        None,
    )
