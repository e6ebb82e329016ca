"""Style sheets as crengine reads them, as far as they decide which text nodes exist: display, white-space, float, content.

Must not know documents. crengine's reader is not the standard's: an error costs the rule up to the next `}`, a rule without its
`}` is void, unknown values are skipped. Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, Protocol

from placekeeper.positions.crengine.matching import Selector
from placekeeper.positions.crengine.media import holds, supported
from placekeeper.positions.crengine.selectors import Budget, Reader
from placekeeper.positions.crengine.skipping import SHORT_SPACE, ahead
from placekeeper.positions.crengine.values import VALUES

MAX_CHARACTERS: Final = 4_000_000
"""Characters of style sheets that are read for one fragment; the largest seen in real books are a tenth of it."""
MAX_DEPTH: Final = 10
"""How deep style sheets may import each other, as in crengine."""
MAX_IMPORTS: Final = 64
"""Style sheets of one fragment."""
MAX_INNER: Final = 16
"""How deep at-rules may stand in blocks of declarations; real ones have two."""

_RELEVANT = re.compile("display|white-space|float|content", re.IGNORECASE)
_PROPERTY = re.compile(rf"([A-Za-z_-][A-Za-z0-9_-]*){SHORT_SPACE}:{SHORT_SPACE}")
_AT_NAME = re.compile(r"[A-Za-z-]+")
_IMPORT = re.compile(
    rf"""(?:@charset[^;]*;{SHORT_SPACE})?@import{SHORT_SPACE}(?:url{SHORT_SPACE}\({SHORT_SPACE})?"""
    rf"""(?:"([^"]*)"|'([^']*)'|([^ \t\r\n)"';]+)){SHORT_SPACE}\)?{SHORT_SPACE}([^;]*);?"""
)
_NESTING: Final = {"media", "supports", "scope", "document", "keyframes"}
_STATEMENTS: Final = {"charset", "import", "namespace", "custom-selector", "custom-media"}
_DECLARING = re.compile(
    "font-face|page|(?:bottom|top)-(?:center|(?:left|right)(?:-corner)?)|(?:left|right)-(?:bottom|middle|top)|left-center"
    "|right-bottom-corner|font-feature-values|annotation|character-variant|ornaments|styleset|stylistic|swash|color-profile"
    "|counter-style|property|viewport"
)
_DULL = re.compile(
    r"""(?:[^{}@/"'\\(\[]++|\([^()"'{}\\]*+\))*+\{((?:[^{}@/"'\\(\[]++|"[^"'\\{}()@]*+"|'[^"'\\{}()@]*+'|\([^()"'{}\\]*+\))*+)\}"""
)
_IMPORTANT = re.compile(r"!\s*important\b", re.IGNORECASE)

Declarations = Mapping[str, tuple[str, int]]
"""Property to value and importance: 1 what says so, 2 what KOReader says so of its own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector with what it declares: property to value and importance. `rank`: origin, weight and order, ascending."""

    selector: Selector
    declarations: Declarations
    rank: tuple[bool, int, int]


@dataclass(slots=True)
class Sheet:
    """Rules in order of their reading, found by what the selected element must have."""

    rules: list[Rule] = field(default_factory=list)
    by_class: dict[str, list[Rule]] = field(default_factory=dict)
    by_name: dict[str, list[Rule]] = field(default_factory=dict)
    others: list[Rule] = field(default_factory=list)
    imported: int = 0
    left: int = MAX_CHARACTERS
    """How many characters of style sheets may still be read."""
    budget: Budget = field(default_factory=Budget)
    own: int = 0
    """How many of the rules are KOReader's own."""

    @property
    def local(self) -> bool:
        """Whether name and attributes of an element alone decide, but for the few rules of KOReader's own."""
        return all(rule.selector.local for rule in self.rules[self.own :])

    def add(self, selectors: list[Selector], declarations: Declarations) -> None:
        """Take over one rule with all its selectors."""
        for selector in selectors:
            self.put(Rule(selector, declarations, (bool(self.own), selector.weight, len(self.rules))))

    def copy(self) -> "Sheet":
        """The same rules, to be added to."""
        sheet = Sheet(own=self.own)
        for rule in self.rules:
            sheet.put(rule)
        return sheet

    def put(self, rule: Rule) -> None:
        """Take over one rule as it is."""
        self.rules.append(rule)
        last = rule.selector.compounds[0]
        if last.classes:
            self.by_class.setdefault(last.classes[0], []).append(rule)
        elif last.name is not None:
            self.by_name.setdefault(last.name, []).append(rule)
        else:
            self.others.append(rule)

    def candidates(self, name: str, attributes: Mapping[str, str]) -> list[Rule]:
        """The rules that may select an element of that name and these attributes, by rank."""
        found = [*self.by_name.get(name, ()), *self.others]
        if self.by_class and (classes := attributes.get("class")):
            for each in dict.fromkeys(classes.split()):
                found += self.by_class.get(each, ())
        return sorted(found, key=lambda rule: rule.rank) if len(found) > 1 else found


class Load(Protocol):
    """Gives an imported style sheet by its address."""

    def __call__(self, address: str) -> "tuple[str, Load] | None":
        """The text, and the same for what it imports; None where it can't be had."""


def read(css: str, sheet: Sheet, load: "Load", depth: int = 0) -> None:
    """Add the rules of a style sheet, and before them those that it imports, to `sheet`."""
    css = css[: sheet.left]
    sheet.left -= len(css)
    addresses, at = _imports(css)
    for address in addresses if depth < MAX_DEPTH else ():
        if sheet.imported == MAX_IMPORTS or sheet.left <= 0:
            break
        sheet.imported += 1
        if (imported := load(address)) is not None:
            read(imported[0], sheet, imported[1], depth + 1)
    if _RELEVANT.search(css):
        _rules(Reader(css, at, budget=sheet.budget), sheet)


def _imports(css: str) -> tuple[list[str], int]:
    """The addresses of what a sheet imports, and where its rules begin. Of several the same, only the last one has effect."""
    addresses, at = dict[str, None](), 0
    while True:
        reader = Reader(css, at)
        found = _IMPORT.match(css, reader.at) if reader.skip_space() == "@" else None
        if not found:
            return list(addresses), at
        at = found.end()
        if holds(found[4]):
            address = found[1] or found[2] or found[3] or ""
            addresses.pop(address, None)
            addresses[address] = None


def _rules(reader: Reader, sheet: Sheet | None, depth: int = 0) -> None:
    """All rules that follow; without a `sheet` they do not count, and end with a `}` too much.

    Blocks whose condition does not hold are read as well, because where they end depends on it.
    """
    css, skipped = reader.css, int(sheet is None)
    while reader.at < len(css):
        reader.skip_space()
        if (dull := _DULL.match(css, reader.at)) and not _RELEVANT.search(dull[1]):
            reader.at = dull.end()
            continue
        selectors = _selectors(reader)
        if selectors is not None:
            found, whole = _block(reader, depth)
            if whole:
                if found and sheet and not skipped:
                    sheet.add(selectors, found)
                continue
        following = css[reader.at : reader.at + 1]
        if following == "@":
            skipped += _at_rule(reader, depth)
        elif following == "}" and skipped:
            skipped -= 1
            reader.at += 1
            if not skipped and not sheet:
                break
            reader.skip_space()
        else:
            reader.at = (css.find("}", reader.at) + 1) or len(css)


def _selectors(reader: Reader) -> list[Selector] | None:
    """The selectors of a rule; None where one of them is not understood."""
    found: list[Selector] = []
    while True:
        selector = reader.selector(",{")
        if selector is None:
            return None
        found.append(selector)
        if reader.css[reader.at : reader.at + 1] != ",":
            return found
        reader.at += 1


def _block(reader: Reader, depth: int = 0) -> tuple[Declarations, bool]:
    """The declarations of a rule, and whether it was closed."""
    if reader.skip_space() != "{":
        return {}, False
    reader.at += 1
    found = _said(reader, depth)
    if reader.at >= len(reader.css):
        return {}, False
    reader.at += 1
    reader.skip_space()
    return found, True


def declarations(block: str) -> Declarations:
    """What a `style` attribute says of the properties that matter here."""
    return _said(Reader(block), 0) if _RELEVANT.search(block) else {}


def _said(reader: Reader, depth: int) -> Declarations:
    """What is declared up to a `}` or the end, of the properties that matter here."""
    found: dict[str, tuple[str, int]] = {}
    for name, value in _pairs(reader, depth):
        known = VALUES[name](value)
        important = int(bool(_IMPORTANT.search(value)))
        if known is not None and important >= found.get(name, ("", 0))[1]:
            found[name] = known, important
    return found


def _pairs(reader: Reader, depth: int) -> Iterator[tuple[str, str]]:
    """Property, in lower case, and value of the declarations that matter."""
    css = reader.css
    while (following := reader.skip_space()) not in ("", "}"):
        if following == "@":
            if _at_rule(reader, depth + 1):
                _rules(reader, None, depth + 1)
            continue
        named = _PROPERTY.match(css, reader.at)
        start = named.end() if named else reader.at
        end = ahead(css, start, ";}")
        if named and (name := named[1].lower()) in VALUES:
            yield name, css[start:end].strip()
        reader.at = _behind(css, end)


def _at_rule(reader: Reader, depth: int) -> bool:
    """Go into a block whose condition holds, over everything else. Whether rules follow that do not count, up to a `}`."""
    css = reader.css
    if depth > MAX_INNER:
        reader.at = len(css)
        return False
    found = _AT_NAME.match(css, reader.at + 1)
    name = found[0].lower() if found else ""
    reader.at = found.end() if found else reader.at + 1
    reader.skip_space()
    statement = name in _STATEMENTS
    end = ahead(css, reader.at, ";" if statement else ";{")
    if statement or not css.startswith("{", end):
        reader.at = _behind(css, end)
        reader.skip_space()
        return False
    condition = css[reader.at : end]
    holding = (name == "media" and holds(condition)) or (name == "supports" and supported(condition))
    nested = not holding and (name in _NESTING or (not _DECLARING.fullmatch(name) and _looks_nested(css, end + 1)))
    reader.at = end + holding
    if not (holding or nested):
        _block(reader, depth)
    reader.skip_space()
    return nested


def _behind(css: str, at: int) -> int:
    """Past a `;`."""
    return at + css.startswith(";", at)


def _looks_nested(css: str, start: int) -> bool:
    """Whether an unknown block holds rules: a `{` comes before any `;`."""
    return css.startswith("{", ahead(css, start, ";{"))


@cache
def user_agent() -> Sheet:
    """The part of KOReader's own style sheets that matters here. The publication's rules win over it, whatever their weight."""
    return _own(_USER_AGENT)


@cache
def fiction_book() -> Sheet:
    """The same for FictionBooks."""
    return _own(_FICTION_BOOK)


def _own(rules: str) -> Sheet:
    read = Sheet()
    _rules(Reader(rules), read)
    sheet = Sheet(own=len(read.rules))
    for rule in read.rules:
        declared = {name: (value, 2 * important) for name, (value, important) in rule.declarations.items()}
        sheet.put(replace(rule, declarations=declared))
    return sheet


_USER_AGENT: Final = """
span[type=pagebreak] { display: none }
param, script, style, template, title { display: none }
[hidden] { display: none }
listing, plaintext, xmp, pre { white-space: pre }
pre[wrap] { white-space: pre-wrap }
ruby { display: ruby }
q::before { content: open-quote }
q::after { content: close-quote }
nobr { white-space: nowrap }
nobr wbr { white-space: normal }
colgroup[hidden] { display: table-column-group }
col[hidden] { display: table-column }
thead[hidden] { display: table-header-group }
tbody[hidden] { display: table-row-group }
tfoot[hidden] { display: table-footer-group }
tr[hidden] { display: table-row }
th[hidden], td[hidden] { display: table-cell }
table[align=left i] { float: left }
table[align=right i] { float: right }
th[nowrap], td[nowrap] { white-space: nowrap }
:is(table, thead, tbody, tfoot, tr) > form { display: none !important }
input, button { display: inline-block }
textarea { white-space: pre-wrap }
fieldset { display: block }
object[type=image i][align=left i], img[align=left i] { float: left }
object[type=image i][align=right i], img[align=right i] { float: right }
marquee { display: inline-block }
math[display=block] { display: block }
"""

_FICTION_BOOK: Final = """
a { display: inline }
a[type=note]::before { content: "x" }
image { display: block }
p image, li image { display: inline }
li { display: list-item }
ul, ol, cite, pre, dt, dd, h1, h2, h3, h4, h5, h6, description, title-info { display: block }
code, pre { white-space: pre }
code, style { display: inline }
body[name=notes] section title, body[name=comments] section title { display: run-in }
genre, author, book-title, keywords, lang, src-lang, translator, document-info, publish-info, custom-info { display: none }
coverpage, head, form, script { display: none }
b, strong, i, em, dfn, var, q, u, underline, del, s, strike, spacing, small, big { display: inline }
sub, sup, acronym, tt, samp, kbd, nobr { display: inline }
nobr { white-space: nowrap }
"""
