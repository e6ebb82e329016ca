"""Selectors of style sheets as crengine understands them: which it reads, what they weigh, what they match.

Must not know declarations. Element names are compared in lower case, `html` means the fragment, prefixes of names are dropped.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp (LVCssSelector, LVCssSelectorRule)
"""

import re
from dataclasses import dataclass
from typing import Final

from placekeeper.positions.crengine.markup import FRAGMENT
from placekeeper.positions.crengine.matching import (
    LOOKING_AHEAD,
    PSEUDO_CLASSES,
    Check,
    Compound,
    Selector,
    Tree,
    attribute_check,
    has_id,
)
from placekeeper.positions.crengine.skipping import SPACE, ahead

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
MAX_SELECTORS: Final = 50_000
"""Selectors that are read for one fragment, with those in lists and in others; large books have hundreds that matter."""

_IDENT = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*")
_ELEMENT = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*\|(?=[A-Za-z_-])([A-Za-z0-9_-]+)|([A-Za-z_-][A-Za-z0-9_-]*)")
_UIDENT = re.compile(r"[A-Za-z_\x80-\U0010ffff-][A-Za-z0-9_\x80-\U0010ffff-]*")
_ATTRIBUTE = re.compile(r"(?:(?:[A-Za-z_-][A-Za-z0-9_-]*|\*)?\|(?=[A-Za-z_-]))?([A-Za-z_-][A-Za-z0-9_-]*)")
_OPERATOR = re.compile(r"[~|^$*]?=")
_QUOTED = re.compile(r"""(["'])((?:(?!\1).){0,512})\1""", re.DOTALL)
_BARE = re.compile(r"([^ \t\]]{1,512})( [iI])?\]")
_ARGUMENT = re.compile(r"[^ \t)]{0,512}")


@dataclass(slots=True)
class Budget:
    """How many selectors may still be read."""

    left: int = MAX_SELECTORS


class Reader:
    """Reads selectors in a style sheet, from `at` on; what is not understood makes the whole rule void, as in crengine."""

    def __init__(self, css: str, at: int = 0, nesting: int = 0, budget: Budget | None = None) -> None:
        """At some character of a sheet. Readers of one fragment share a budget; behind its end they read nothing more."""
        self.budget = budget or Budget()
        self.css = css
        self.at = at
        self._nesting = nesting
        self._weight = 0
        self._pseudo = ""
        self._local = True
        self._ahead = False

    def skip_space(self) -> str:
        """Go over white space and comments; the character that follows, empty at the end."""
        found = SPACE.match(self.css, self.at)
        self.at = found.end() if found else self.at
        return self.css[self.at : self.at + 1]

    def selector(self, ends: str) -> Selector | None:
        """One selector, up to a character of `ends`; None where crengine gives up, which leaves `at` where it does."""
        self._weight, self._pseudo, self._local, self._ahead = 0, "", True, False
        self.budget.left -= 1
        if self.budget.left < 0:
            self.at = len(self.css)
            return None
        compounds: list[Compound] = []
        relation = ""
        while True:
            compound, closed = self._compound(ends)
            if compound is None or len(compounds) == _MAX_COMPOUNDS:
                return None
            compounds.append(Compound(compound.name, compound.classes, compound.checks, relation))
            following = self.css[self.at : self.at + 1]
            if self._pseudo or (closed and following and following in ends):
                local = self._local and len(compounds) == 1
                return Selector(_reversed(compounds), self._weight, self._pseudo, local, self._ahead)
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
        if attached and not self._pseudo:
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
                    checks.append(has_id(found[0]))
            else:
                check = self._attribute() if kind == "[" else self._pseudo_class()
                if self._pseudo:
                    break
                if check is None:
                    return None, checks
                checks.append(check)
        return classes, checks

    def _attribute(self) -> Check | None:
        self.at += 1
        self.skip_space()
        found = _ATTRIBUTE.match(self.css, self.at)
        if not found:
            return None
        self.at = found.end()
        if self.skip_space() == "]":
            self.at += 1
            self._weight += CLASS
            return attribute_check(found[1], "", "", fold=False)
        operator = _OPERATOR.match(self.css, self.at)
        if not operator:
            return None
        self.at = operator.end()
        value, fold = self._value()
        self._weight += CLASS
        return None if value is None else attribute_check(found[1], operator[0], value, fold=fold)

    def _value(self) -> tuple[str | None, bool]:
        """The value of an attribute with its `]`, and whether its case does not matter; None where it is ill-formed."""
        if self.skip_space() not in {'"', "'"}:
            bare = _BARE.match(self.css, self.at)
            self.at = bare.end() if bare else self.at
            return (bare[1], bool(bare[2])) if bare else (None, False)
        quoted = _QUOTED.match(self.css, self.at)
        if not quoted:
            return None, False
        self.at = quoted.end()
        fold = self.skip_space() in {"i", "I"}
        self.at += fold
        closed = self.skip_space() == "]"
        self.at += closed
        return (quoted[2], fold) if closed else (None, False)

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
        check = PSEUDO_CLASSES.get(name)
        self._ahead = self._ahead or name in LOOKING_AHEAD
        if not check:
            return None
        self.at = found.end()
        argument = self._argument()
        if argument is None:
            return None
        self._weight += CLASS
        return check(argument)

    def _argument(self) -> str | None:
        """What stands in parentheses behind a pseudo-class; empty without them, None where there is white space in it."""
        if not self.css.startswith("(", self.at):
            return ""
        self.at += 1
        quote = self.skip_space()
        found = (_QUOTED if quote in {'"', "'"} else _ARGUMENT).match(self.css, self.at)
        if not found:
            return None
        self.at = found.end()
        if found.re is _QUOTED:
            self.skip_space()
        closed = self.css.startswith(")", self.at)
        self.at += closed
        return (found[2] if found.re is _QUOTED else found[0]).strip().lower() if closed else None

    def _functional(self, name: str) -> Check | None:
        """`:is()`, `:where()`, `:not()`: any of a list; what is not understood in the list is left out, except by `:not()`."""
        if not self.css.startswith("(", self.at) or self._nesting == _MAX_NESTING:
            return None
        inner = Reader(self.css, self.at + 1, self._nesting + 1, self.budget)
        selectors: list[Selector] = []
        whole = True
        while True:
            selector = inner.selector(",)")
            if selector:
                selectors.append(selector)
            whole = whole and selector is not None
            self._ahead = self._ahead or inner._ahead
            inner.at = ahead(self.css, inner.at, ",)")
            if self.css.startswith(",", inner.at):
                inner.at += 1
                inner.skip_space()
            self.at = inner.at + 1
            if self.at > len(self.css) or (name == "not" and not whole):
                return None
            if self.css.startswith(")", inner.at):
                break
        if name != "where":
            self._weight += max((selector.weight for selector in selectors), default=0)
        wanted = name != "not"

        def check(tree: Tree, element: int) -> bool:
            tree.tests += len(selectors)
            return any(selector.matches(tree, element) for selector in selectors) == wanted

        return check


def _reversed(compounds: list[Compound]) -> tuple[Compound, ...]:
    """From right to left: each compound carries how it stands to the one before it in the new order."""
    relations = ["", *(compound.relation for compound in reversed(compounds))]
    turned = zip(reversed(compounds), relations, strict=False)
    return tuple(Compound(compound.name, compound.classes, compound.checks, relation) for compound, relation in turned)


def _element_name(name: str) -> str:
    if name not in _KEPT_CASE:
        name = name.lower()
    return FRAGMENT if name == "html" else name
