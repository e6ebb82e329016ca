"""Style sheets as crengine reads them, as far as they decide which text nodes exist: display, white-space, float, content.

Must not know documents. crengine's reader is not the standard's: an error costs the rule up to the next `}`, a rule without its
`}` is void, unknown values are skipped. Source: https://github.com/koreader/crengine/blob/master/crengine/src/lvstsheet.cpp
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Protocol

from placekeeper.positions.crengine.media import holds, supported
from placekeeper.positions.crengine.selectors import Reader, Selector
from placekeeper.positions.crengine.values import VALUES

MAX_SHEET: Final = 4_000_000
"""Characters of one style sheet that are read; the largest seen in real books are a tenth of it."""
MAX_IMPORTS: Final = 10
"""How deep style sheets may import each other, as in crengine."""

_RELEVANT = re.compile(r"(?<![\w-])(display|white-space|float|content)(?:[ \t\r\n]|/\*.*?\*/)*:", re.IGNORECASE | re.DOTALL)
_CHUNK = re.compile(
    r"""(?:[^;}"'(\[{\\]|\\.|"(?:[^"\\]|\\.)*(?:"|\Z)|'(?:[^'\\]|\\.)*(?:'|\Z)
        |\((?:[^)\\"']|\\.|"[^"]*"|'[^']*')*(?:\)|\Z)|\[[^\]]*(?:\]|\Z)|\{[^}]*(?:\}|\Z)|\\\Z)*""",
    re.VERBOSE | re.DOTALL,
)
_PRELUDE = re.compile(
    r"""(?:[^;{"'(\[\\]|\\.|"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|\([^)]*(?:\)|\Z)|\[[^\]]*(?:\]|\Z)|\\\Z)*""", re.DOTALL
)
_AT_NAME = re.compile(r"[A-Za-z-]+")
_IMPORT = re.compile(
    r"""(?:@charset[^;]*;(?:[ \t\r\n]|/\*.*?\*/)*)?@import\s*(?:url\(\s*)?
        (?:"([^"]*)"|'([^']*)'|([^\s)"';]+))\s*\)?\s*([^;]*);?""",
    re.DOTALL | re.VERBOSE,
)
_NESTING: Final = {"media", "supports", "scope", "document", "keyframes"}
_STATEMENTS: Final = {"charset", "import", "namespace", "custom-selector", "custom-media"}
_IMPORTANT = re.compile(r"!\s*important\b", re.IGNORECASE)

Declarations = Mapping[str, tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector with what it declares: property to value and whether that is important. `rank`: weight and order, ascending."""

    selector: Selector
    declarations: Declarations
    rank: tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """Rules in order of their reading, found by what the selected element must have."""

    rules: list[Rule] = field(default_factory=list)
    by_class: dict[str, list[Rule]] = field(default_factory=dict)
    by_name: dict[str, list[Rule]] = field(default_factory=dict)
    others: list[Rule] = field(default_factory=list)

    @property
    def local(self) -> bool:
        """Whether name and attributes of an element alone decide, but for the few rules of KOReader's own."""
        return all(rule.selector.local for rule in self.rules[len(user_agent().rules) :])

    def add(self, selectors: list[Selector], declarations: Declarations) -> None:
        """Take over one rule with all its selectors."""
        for selector in selectors:
            self._put(Rule(selector, declarations, (selector.weight, len(self.rules))))

    def copy(self) -> "Sheet":
        """The same rules, to be added to."""
        sheet = Sheet()
        for rule in self.rules:
            sheet._put(rule)
        return sheet

    def _put(self, rule: Rule) -> None:
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
    css, at = css[:MAX_SHEET], 0
    while True:
        reader = Reader(css, at)
        found = _IMPORT.match(css, reader.at) if reader.skip_space() == "@" else None
        if not found:
            break
        at = found.end()
        address = found[1] or found[2] or found[3] or ""
        if depth < MAX_IMPORTS and holds(found[4]) and (imported := load(address)) is not None:
            read(imported[0], sheet, imported[1], depth + 1)
    if _RELEVANT.search(css):
        _rules(css, at, sheet)


def _rules(css: str, at: int, sheet: Sheet | None, *, nested: bool = False) -> int:
    """Rules from `at` to the end, or to the `}` that closes a nested block; where that is. Without `sheet` they are skipped."""
    reader = Reader(css, at)
    while reader.at < len(css):
        selectors = _selectors(reader)
        if selectors is not None:
            found, whole = _block(reader)
            if whole:
                if found and sheet:
                    sheet.add(selectors, found)
                continue
        following = css[reader.at : reader.at + 1]
        if following == "@":
            _at_rule(reader)
        elif following == "}" and nested:
            return reader.at + 1
        else:
            end = css.find("}", reader.at)
            reader.at = len(css) if end < 0 else end + 1
    return reader.at


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


def _block(reader: Reader) -> tuple[Declarations, bool]:
    """The declarations of a rule, and whether it was closed."""
    if reader.skip_space() != "{":
        return {}, False
    start = reader.at = reader.at + 1
    css = reader.css
    while reader.skip_space() not in ("", "}"):
        found = _CHUNK.match(css, reader.at)
        end = found.end() if found else reader.at
        reader.at = end + (css[end : end + 1] == ";") if end > reader.at or css[end : end + 1] == ";" else reader.at + 1
    if reader.at >= len(css):
        return {}, False
    block = css[start : reader.at]
    reader.at += 1
    reader.skip_space()
    return declarations(block), True


def declarations(block: str) -> Declarations:
    """What the inner part of a block, or a `style` attribute, says of the properties that matter here."""
    found: dict[str, tuple[str, bool]] = {}
    if not _RELEVANT.search(block):
        return found
    for name, value in _pairs(block):
        known = VALUES[name](value)
        important = bool(_IMPORTANT.search(value))
        if known is not None and (important or not found.get(name, ("", False))[1]):
            found[name] = known, important
    return found


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    reader = Reader(block)
    while reader.skip_space():
        found = _CHUNK.match(block, reader.at)
        chunk = found[0] if found else ""
        named = _RELEVANT.match(chunk)
        if named:
            yield named[1].lower(), chunk[named.end() :].strip()
        reader.at += len(chunk) + 1


def _at_rule(reader: Reader) -> None:
    """Go into a block whose condition holds, over everything else."""
    css = reader.css
    found = _AT_NAME.match(css, reader.at + 1)
    name = found[0].lower() if found else ""
    reader.at = found.end() if found else reader.at + 1
    prelude = _PRELUDE.match(css, reader.at)
    end = prelude.end() if prelude else len(css)
    if name in _STATEMENTS or css[end : end + 1] != "{":
        reader.at = css.find(";", reader.at) + 1 or len(css) if name in _STATEMENTS else end + 1
        return
    condition = css[reader.at : end]
    reader.at = end
    if (name == "media" and holds(condition)) or (name == "supports" and supported(condition)):
        reader.at += 1
    elif name in _NESTING or _looks_nested(css, end + 1):
        reader.at = _rules(css, end + 1, None, nested=True)
    else:
        _block(reader)
    reader.skip_space()


def _looks_nested(css: str, start: int) -> bool:
    """Whether an unknown block holds rules: a `{` comes before any `;`."""
    found = _PRELUDE.match(css, start)
    return found is not None and css[found.end() : found.end() + 1] == "{"


@cache
def user_agent() -> Sheet:
    """The part of KOReader's own style sheets that matters here. It ranks with the publication's by weight, as in crengine."""
    sheet = Sheet()
    _rules(_USER_AGENT, 0, sheet)
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
