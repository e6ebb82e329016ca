"""Selectors of style sheets as crengine understands them: which it reads, what they weigh, what they match.

Must not know declarations. Element names are compared in lower case, `html` means the fragment, prefixes of names are dropped.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (LVCssSelector, LVCssSelectorRule)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from placekeeper.positions.crengine.markup import FRAGMENT
from placekeeper.positions.document import Document

ID, CLASS, ELEMENT = 1 << 29, 1 << 24, 1 << 19
PSEUDO_ELEMENTS: Final = ("before", "after", "first-letter", "first-line")
_KEPT_CASE: Final = {
    FRAGMENT,
    "autoBoxing",
    "tabularBox",
    "rubyBox",
    "mathBox",
    "floatBox",
    "inlineBox",
    "pseudoElem",
    "FictionBook",
}
_MAX_NESTING: Final = 8  # of :is() within :not() and so on; nobody writes more
_MAX_COMPOUNDS: Final = 64  # in one selector; more is an attack

SPACE = re.compile(r"(?:[ \t\r\n]+|/\*.*?(?:\*/|\Z))*", re.DOTALL)
_IDENT = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*")
_ELEMENT = re.compile(r"(?:[A-Za-z_-][A-Za-z0-9_-]*|\*)?\|(?=[A-Za-z_-])([A-Za-z0-9_-]+)|([A-Za-z_-][A-Za-z0-9_-]*)")
_UIDENT = re.compile(r"[A-Za-z_\x80-\U0010ffff-][A-Za-z0-9_\x80-\U0010ffff-]*")
_ATTRIBUTE = re.compile(
    r"""\[\s*(?:[\w*-]*\|)?([A-Za-z_-][A-Za-z0-9_-]*)\s*
        (?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\]\s"']*))\s*(\s[iI]|(?<=["'])[iI])?\s*)?\]""",
    re.VERBOSE,
)
_ARGUMENT = re.compile(r"\(\s*([^()]*?)\s*\)")
_NTH = re.compile(r"(-?)(\d*)n(?:\+(\d+))?|(\d+)")

Check = Callable[[Document, int], bool]


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

    def matches(self, document: Document, element: int) -> bool:
        """Whether an element of the document is selected."""
        return _fits(self.compounds[0], document, element) and _related(self.compounds, 1, document, element)


def _fits(compound: Compound, document: Document, element: int) -> bool:
    if compound.name is not None and document.names[element] != compound.name and (element or compound.name != FRAGMENT):
        return False
    if compound.classes:
        own = document.attributes[element].get("class", "").split()
        if not all(name in own for name in compound.classes):
            return False
    return all(check(document, element) for check in compound.checks)


def _related(compounds: tuple[Compound, ...], at: int, document: Document, element: int) -> bool:
    """Whether the compounds from `at` on are found above or before the element."""
    if at == len(compounds):
        return True
    compound = compounds[at]
    candidates = _CANDIDATES[compound.relation](document, element)
    return any(_fits(compound, document, other) and _related(compounds, at + 1, document, other) for other in candidates)


def _parent(document: Document, element: int) -> list[int]:
    return [] if document.parents[element] < 0 else [document.parents[element]]


def _ancestors(document: Document, element: int) -> list[int]:
    return list(document.ancestors(element))[1:]


def _siblings_before(document: Document, element: int) -> list[int]:
    parent = document.parents[element]
    if parent < 0:
        return []
    siblings = document.children[parent]
    return siblings[: siblings.index(element)][::-1]


_CANDIDATES: Final[dict[str, Callable[[Document, int], list[int]]]] = {
    ">": _parent,
    " ": _ancestors,
    "+": lambda document, element: _siblings_before(document, element)[:1],
    "~": _siblings_before,
}


class Reader:
    """Reads selectors in a style sheet, from `at` on; what is not understood makes the whole rule void, as in crengine."""

    def __init__(self, css: str, at: int = 0, nesting: int = 0) -> None:
        """At some character of a sheet."""
        self.css = css
        self.at = at
        self._nesting = nesting
        self._weight = 0
        self._pseudo = ""
        self._local = True

    def skip_space(self) -> str:
        """Go over white space and comments; the character that follows, empty at the end."""
        found = SPACE.match(self.css, self.at)
        self.at = found.end() if found else self.at
        return self.css[self.at : self.at + 1]

    def selector(self, ends: str) -> Selector | None:
        """One selector, up to a character of `ends`; None where crengine gives up, which leaves `at` where it does."""
        self._weight, self._pseudo, self._local = 0, "", True
        compounds: list[Compound] = []
        relation = ""
        while True:
            compound, closed = self._compound(ends)
            if compound is None or len(compounds) == _MAX_COMPOUNDS:
                return None
            compounds.append(Compound(compound.name, compound.classes, compound.checks, relation))
            following = self.css[self.at : self.at + 1]
            if self._pseudo or (closed and following and following in ends):
                return Selector(_reversed(compounds), self._weight, self._pseudo, self._local and len(compounds) == 1)
            if following and following in ">+~":
                relation = following
                self.at += 1
            elif following and (following in ".#*[:" or _IDENT.match(self.css, self.at)):
                relation = " "
            else:
                return None

    def _compound(self, ends: str) -> tuple[Compound | None, bool]:
        """One compound, and whether the selector may end behind it."""
        first, name, attached = self.skip_space(), None, True
        if first == "*":
            self.at += 1
        elif not first or first not in ".:[#":
            found = _ELEMENT.match(self.css, self.at)
            if not found:
                return None, False
            name = _element_name(found[1] or found[2])
            self.at = found.end()
            self._weight += ELEMENT
        if first == "*" or name is not None:
            attached = self.css[self.at : self.at + 1] not in {" ", "\t", "\r", "\n"}
            if (following := self.skip_space()) and following in ends:
                return Compound(name, (), ()), True
        classes, checks = self._conditions() if attached else ([], [])
        if classes is None or checks is None:
            return None, False
        if attached:
            self.skip_space()
        return Compound(name, tuple(classes), tuple(checks)), bool(classes or checks or self._pseudo)

    def _conditions(self) -> tuple[list[str] | None, list[Check]]:
        """Classes, ids, attributes and pseudo-classes that stand together; None for the classes where one is not understood."""
        classes: list[str] = []
        checks: list[Check] = []
        while (kind := self.css[self.at : self.at + 1]) and kind in "[.#:":
            if kind in ".#":
                found = _UIDENT.match(self.css, self.at + 1)
                if not found:
                    return None, checks
                self.at = found.end()
                self._weight += CLASS if kind == "." else ID
                if kind == ".":
                    classes.append(found[0])
                else:
                    checks.append(_has_id(found[0]))
            else:
                check = self._attribute() if kind == "[" else self._pseudo_class()
                if self._pseudo:
                    break
                if check is None:
                    return None, checks
                checks.append(check)
        return classes, checks

    def _attribute(self) -> Check | None:
        found = _ATTRIBUTE.match(self.css, self.at)
        if not found:
            return None
        self.at = found.end()
        self._weight += CLASS
        name, operator = found[1], found[2]
        value = next((group for group in found.group(3, 4, 5) if group is not None), "")
        return _attribute_check(name, operator, value, fold=bool(found[6]))

    def _pseudo_class(self) -> Check | None:
        found = _IDENT.match(self.css, self.at + 1 + self.css.startswith("::", self.at))
        name = found[0].lower() if found else ""
        if found and name in PSEUDO_ELEMENTS:
            self.at = found.end()
            self._pseudo = name
            self._weight += ELEMENT
            return None
        if not found or self.css.startswith("::", self.at):
            return None
        self._local = False
        if name in {"is", "where", "not"}:
            self.at = found.end()
            return self._functional(name)
        check = _PSEUDO_CLASSES.get(name)
        if not check:
            return None
        self.at, argument = found.end(), ""
        if self.css.startswith("(", self.at):
            inner = _ARGUMENT.match(self.css, self.at)
            if not inner:
                return None
            self.at, argument = inner.end(), inner[1].lower()
        self._weight += CLASS
        return check(argument)

    def _functional(self, name: str) -> Check | None:
        """`:is()`, `:where()`, `:not()`: any of a list; what is not understood in the list is left out, except by `:not()`."""
        if not self.css.startswith("(", self.at) or self._nesting == _MAX_NESTING:
            return None
        inner = Reader(self.css, self.at + 1, self._nesting + 1)
        selectors: list[Selector] = []
        whole = True
        while True:
            selector = inner.selector(",)")
            if selector:
                selectors.append(selector)
            whole = whole and selector is not None
            while inner.at < len(self.css) and self.css[inner.at] not in ",)":
                inner.at += 1
            inner.at += 1
            if self.css[inner.at - 1 : inner.at] != ",":
                break
        self.at = inner.at
        if name == "not" and not whole:
            return None
        if name != "where":
            self._weight += max((selector.weight for selector in selectors), default=0)
        wanted = name != "not"
        return lambda document, element: any(selector.matches(document, element) for selector in selectors) == wanted


def _reversed(compounds: list[Compound]) -> tuple[Compound, ...]:
    """From right to left: each compound carries how it stands to the one before it in the new order."""
    relations = ["", *(compound.relation for compound in reversed(compounds))]
    turned = zip(reversed(compounds), relations, strict=False)
    return tuple(Compound(compound.name, compound.classes, compound.checks, relation) for compound, relation in turned)


def _element_name(name: str) -> str:
    if name not in _KEPT_CASE:
        name = name.lower()
    return FRAGMENT if name == "html" else name


def _has_id(wanted: str) -> Check:
    return lambda document, element: document.attributes[element].get("id") == wanted


def _attribute_check(name: str, operator: str | None, value: str, *, fold: bool) -> Check:
    wanted = value.lower() if fold else value
    test = _OPERATORS.get(operator or "")

    def check(document: Document, element: int) -> bool:
        own = document.attributes[element].get(name)
        if own is None or test is None:
            return own is not None
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


def _siblings(document: Document, element: int, *, same_name: bool) -> list[int]:
    parent = document.parents[element]
    siblings = document.children[parent] if parent >= 0 else [element]
    return [other for other in siblings if document.names[other] == document.names[element]] if same_name else siblings


def _place(*, same_name: bool, last: bool, argument: str) -> Check:
    """The element's place among its siblings, from the start or the end, in a series `an+b`."""
    argument = {"even": "2n", "odd": "2n+1"}.get(argument, argument)
    found = _NTH.fullmatch(argument)

    def check(document: Document, element: int) -> bool:
        siblings = _siblings(document, element, same_name=same_name)
        place = siblings.index(element)
        number = len(siblings) - place if last else place + 1
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
    return lambda document, element: len(_siblings(document, element, same_name=same_name)) == 1


_PSEUDO_CLASSES: Final[dict[str, Callable[[str], Check]]] = {
    "root": lambda _: lambda document, element: document.parents[element] == 0,
    "dir": lambda argument: lambda document, element: argument == _direction(document, element),
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
    "empty": lambda _: (
        lambda document, element: not document.children[element] and document.starts[element] == document.ends[element]
    ),
}


def _direction(document: Document, element: int) -> str | None:
    return next(
        (
            document.attributes[other]["dir"].lower()
            for other in document.ancestors(element)
            if "dir" in document.attributes[other]
        ),
        None,
    )
