"""The computed style of elements, as far as it decides about text nodes. Worked out when asked, and remembered.

Must not know how white space is removed.
Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvrend.cpp (setNodeStyle)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from placekeeper.positions.crengine.css import Declarations, Rule, Sheet, declarations, user_agent
from placekeeper.positions.crengine.elements import (
    OBJECTS,
    OUTSIDE_MATH,
    Display,
    WhiteSpace,
    default_display,
    default_white_space,
)
from placekeeper.positions.crengine.markup import FRAGMENT
from placekeeper.positions.crengine.matching import Tree
from placekeeper.positions.crengine.values import DISPLAYS, WHITE_SPACES
from placekeeper.positions.document import Document

MAX_TESTS: Final = 4_000_000
"""Rules that are tried on elements of one fragment; after that, only KOReader's own are. Real books need a hundredth."""

_SVG_OR_MATH: Final = {"http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg"}
_NOT_LOCAL: Final = {
    "case",
    "default",
    "form",
    "wbr",
    "annotation",
    *OUTSIDE_MATH,
}
"""Elements whose style depends on others even without the publication's sheets."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A `::before` or `::after` that exists."""

    display: Display
    floats: bool


@dataclass(frozen=True, slots=True)
class Style:
    """`display`, after what crengine does to it; `white_space`, inherited; `floats`; `hidden`: it or an ancestor is none."""

    display: Display
    white_space: WhiteSpace
    floats: bool = False
    hidden: bool = False
    before: Generated | None = None
    after: Generated | None = None

    @property
    def keeps_white(self) -> bool:
        """Whether white space is preserved in text directly within the element."""
        return self.white_space >= WhiteSpace.PRE_LINE

    @property
    def block(self) -> bool:
        """Whether crengine takes the element for a block while it reads."""
        return Display.INLINE < self.display < Display.NONE


_ROOT: Final = Style(Display.BLOCK, WhiteSpace.NORMAL)


class Styles:
    """Styles of one fragment."""

    def __init__(self, document: Document, sheet: Sheet, *, loading: bool = False) -> None:
        """`document` as crengine reads it, `sheet` with all rules for it. `loading`: at the start tag of each element."""
        self._document = document
        self._tree = Tree(document, loading=loading)
        self._loading = loading
        self._sheet = sheet
        self._tests = 0
        self._local = sheet.local
        self._styles: dict[int, Style] = {}
        self._own: dict[tuple[str, int], Style] = {}
        self._in_math: set[int] = set()
        self._shared: dict[tuple[str, int, int], Style] = {}

    def while_loading(self) -> "Styles":
        """The styles that elements have when they begin, which decide about the white space in them."""
        ahead = not self._loading and any(rule.selector.looks_ahead for rule in self._sheet.rules)
        return Styles(self._document, self._sheet, loading=True) if ahead else self

    def of(self, element: int) -> Style:
        """The style of an element."""
        found = self._styles.get(element)
        if found:
            return found
        missing = []
        while element >= 0 and element not in self._styles:
            missing.append(element)
            element = self._document.parents[element]
        inherited = self._styles[element] if element >= 0 else _ROOT
        for each in reversed(missing):
            inherited = self._styles[each] = self._alike(each, inherited)
        return inherited

    def _alike(self, element: int, parent: Style) -> Style:
        """Elements alike below parents alike share their style, where no rule looks beyond name and attributes."""
        name = self._document.names[element]
        if not element or not self._local or name in _NOT_LOCAL:
            return self._computed(element, parent)
        key = name, id(self._document.attributes[element]), id(parent)
        found = self._shared.get(key)
        if found is None or (name == "math" or self._in_math):
            found = self._shared[key] = self._computed(element, parent)
        return found

    def _computed(self, element: int, parent: Style) -> Style:
        document = self._document
        if document.names[element] == "math" or document.parents[element] in self._in_math:
            self._in_math.add(element)
        own = self._specified(element)
        if own.display == Display.INHERIT:
            own = replace(own, display=parent.display)
        if own.before or own.after:
            own = replace(own, before=_settled(own.before, own.display), after=_settled(own.after, own.display))
        white_space = own.white_space or parent.white_space
        hidden = parent.hidden or own.display == Display.NONE
        return own if white_space == own.white_space and hidden == own.hidden else _inheriting(own, white_space, hidden=hidden)

    def _specified(self, element: int) -> Style:
        """Without inheritance. Elements alike share the result where no rule looks beyond name and attributes."""
        document = self._document
        name, attributes = document.names[element] if element else FRAGMENT, document.attributes[element]
        key = name, id(attributes)
        if self._local and name not in _NOT_LOCAL and (found := self._own.get(key)):
            return found
        sheet = self._sheet if self._tests + self._tree.tests < MAX_TESTS else user_agent()
        rules = sheet.candidates(name, attributes)
        self._tree.subject = element
        self._tests += len(rules)
        matching = [rule for rule in rules if rule.selector.matches(self._tree, element)]
        style = self._own[key] = self._applied(element, name, attributes, matching)
        return style

    def _applied(self, element: int, name: str, attributes: Mapping[str, str], rules: list[Rule]) -> Style:
        sets = [rule.declarations for rule in rules if not rule.selector.pseudo]
        if "style" in attributes and (inline := declarations(attributes["style"])):
            sets.append(inline)
        said = _cascade(sets)
        display = DISPLAYS[said["display"]] if "display" in said else self._display(element, name)
        white_space = WHITE_SPACES[said["white-space"]] if "white-space" in said else default_white_space(name)
        if name in OUTSIDE_MATH and element not in self._in_math:
            display = OUTSIDE_MATH[name]
        floats = said.get("float", "none") != "none"
        if name in OBJECTS and display >= Display.INLINE_TABLE and display != Display.NONE:
            display = Display.BLOCK if display == Display.TABLE else Display.INLINE
        if name == "br" and display != Display.NONE:
            display = Display.INLINE
        if floats and display <= Display.INLINE:
            display = Display.BLOCK
        before, after = (_generated(rules, pseudo) for pseudo in ("before", "after"))
        if name == "merror" and element not in self._in_math:
            before = before or Generated(Display.INLINE, floats=False)
        return Style(display, white_space, floats, display == Display.NONE, before, after)

    def _display(self, element: int, name: str) -> Display:
        """Before style sheets: of the branches of `epub:switch`, only what crengine can show."""
        document, parent = self._document, self._document.parents[element]
        if name in {"case", "default"} and parent >= 0 and document.names[parent] == "switch":
            cases = [other for other in document.children[parent] if document.names[other] == "case"]
            shown = [other for other in cases if document.attributes[other].get("required-namespace") in _SVG_OR_MATH]
            if (element not in shown) if name == "case" else shown:
                return Display.NONE
        if name in {"annotation", "annotation-xml"} and parent >= 0 and document.names[parent] == "semantics":
            return Display.NONE
        return default_display(name)


def _settled(generated: Generated | None, display: Display) -> Generated | None:
    """A pseudo-element that takes `display` from its element does so."""
    return replace(generated, display=display) if generated and generated.display == Display.INHERIT else generated


def _inheriting(own: Style, white_space: WhiteSpace, *, hidden: bool) -> Style:
    return Style(own.display, white_space, own.floats, hidden, own.before, own.after)


def _cascade(sets: list[Declarations]) -> dict[str, str]:
    """What is said last wins, unless something more important was said before."""
    said: dict[str, tuple[str, int]] = {}
    for each in sets:
        for name, (value, important) in each.items():
            if important >= said.get(name, ("", 0))[1]:
                said[name] = value, important
    return {name: value for name, (value, _) in said.items()}


def _generated(rules: list[Rule], pseudo: str) -> Generated | None:
    sets = [rule.declarations for rule in rules if rule.selector.pseudo == pseudo]
    if not sets:
        return None
    said = _cascade(sets)
    display = DISPLAYS[said.get("display", "inline")]
    if said.get("content", "none") == "none" or display == Display.NONE:
        return None
    floats = said.get("float", "none") != "none"
    return Generated(Display.BLOCK if floats and display <= Display.INLINE else display, floats)
