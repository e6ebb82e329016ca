"""How much work a text would be for an HTML parser, which can't be stopped once it runs. Only estimates, only counts tags.

HTML's rules let a tag look at every element that is open, a paragraph get a copy of every formatting element that was not
closed, and text grow piece by piece in front of a table: hostile text of a few kilobytes could take hours, or all memory. Real
books are far below the limits.
Source: https://html.spec.whatwg.org/multipage/parsing.html#the-stack-of-open-elements
"""

import re
from collections import Counter
from dataclasses import dataclass

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.html_tags import (
    ATTRIBUTE,
    ATTRIBUTES,
    FORMATTING,
    LINKS,
    SPACE,
    TABLE_PARTS,
    VOID,
    VOID_ANYWHERE,
    Open,
    closed,
    tags,
)
from placekeeper.formats.html_text import TextWork
from placekeeper.formats.limits import LIMITS

__all__ = ["VOID", "check_work", "estimate"]

FEW_TAGS = 30_000
"""Tags that can't need more looks at open elements than is allowed, even if each stays open."""
SHORT = 150_000
"""Characters that can't hold a tag with attributes enough to be worth counting."""
MANY_ATTRIBUTES = 1_000
"""Attributes of one tag: each is compared with those before."""
MANY_NAMES = 20_000
"""Different names of elements and attributes: the parser looks at many of them for each new one."""
MOST_GROWN = 200_000_000
"""Characters that are copied while texts grow piece by piece: the parser gives no memory back."""
FORMATTING_TAG = re.compile(rf"<({'|'.join(sorted(FORMATTING | LINKS))})(?=[{SPACE}/>])({ATTRIBUTES})", re.IGNORECASE | re.ASCII)
MOST_ALIKE = 3
"""Formatting elements with the same attributes that are copied: the "Noah's Ark clause"."""


@dataclass(slots=True)
class Work:
    """`looks`: at open elements; `copies`: of formatting elements, large ones count more; `grown`: characters copied."""

    looks: int = 0
    copies: int = 0
    grown: int = 0


def check_work(source: str) -> None:
    """Refuse what would take time or memory out of all proportion to its size. Raises `LimitExceeded`."""
    count = source.count("<")
    if count > LIMITS.html_tags:
        raise LimitExceeded(f"html_tags: {count} tags of HTML, more than {LIMITS.html_tags}")
    if count <= FEW_TAGS and len(source) <= SHORT and count * len(source) <= 2 * MOST_GROWN:
        kinds = {(name.lower(), attributes) for name, attributes in FORMATTING_TAG.findall(source)}
        weights = sum(MOST_ALIKE * (name in FORMATTING) + MOST_ALIKE * weight(attributes) for name, attributes in kinds)
        if weights * count <= LIMITS.html_copies:
            return  # the worst that such a text can be is not bad
    work = estimate(source)
    if work.looks > LIMITS.html_work:
        raise LimitExceeded(
            f"html_work: {count} tags of HTML, so many of them inside each other that parsing would take too long"
        )
    if work.copies > LIMITS.html_copies:
        raise LimitExceeded(
            f"html_copies: {count} tags of HTML, so many formatting elements left open that they would fill the memory"
        )
    if work.grown > MOST_GROWN:
        raise LimitExceeded(f"html_text: {count} tags of HTML, so much text where none may be that it would fill the memory")


def estimate(source: str) -> Work:
    """What a parser would have to do; rather too much than too little. Raises `LimitExceeded` for too many names."""
    above: list[Open] = []
    work, text, copied = Work(), TextWork(), _Copied()
    names: set[str] = set()
    seen: set[str] = set()
    void = VOID
    for name, end, attributes, following, doubtful in tags(source):
        if name:
            _count_names(names, seen, name, attributes)
            if name in {"svg", "math"}:
                void = VOID_ANYWHERE
        text.tag(name, end=end, doubtful=doubtful)
        if name and name not in void:
            in_table = text.in_table
            work.looks += len(above)
            for each in closed(above, name, starts=not end, in_table=in_table) if not doubtful else ():
                if each.name == name:  # a link that is left by another end tag is copied on
                    copied.change(name, each.attributes, -1)
            if not end:
                work.copies += copied.each
                if in_table or name not in TABLE_PARTS or doubtful:
                    above.append(Open(name, attributes))
                    copied.change(name, attributes, 1)
        elif name:
            work.copies += copied.each
        work.grown += text.text(following)
    return work


def weight(attributes: str) -> int:
    """How much attributes take, next to a bare element."""
    return len(ATTRIBUTE.findall(attributes)) // 2 + len(attributes) // 256 if len(attributes) > 3 else 0  # noqa: PLR2004 - a=b


def _count_names(names: set[str], seen: set[str], name: str, attributes: str) -> None:
    """Raises `LimitExceeded` where a tag has too many attributes, or the text too many names."""
    names.add(name)
    if attributes and attributes not in seen:
        seen.add(attributes)
        found = ATTRIBUTE.findall(attributes)
        if len(found) >= MANY_ATTRIBUTES:
            raise LimitExceeded(f"html_work: a tag <{name}> with {MANY_ATTRIBUTES} attributes or more")
        names.update(found)
    if len(names) > MANY_NAMES:
        raise LimitExceeded(f"html_work: more than {MANY_NAMES} different names of elements and attributes")


class _Copied:
    """What each tag gets a copy of: all formatting elements that are open, and the largest link."""

    def __init__(self) -> None:
        self.each = 0
        self._alike: Counter[tuple[str, str]] = Counter()
        self._links: Counter[int] = Counter()
        self._formatting = self._link = 0

    def change(self, name: str, attributes: str, by: int) -> None:
        """An element is opened (1) or gone (-1)."""
        size = weight(attributes)
        if name in FORMATTING:
            key = (name, attributes)
            counted = self._alike[key] + (by < 0) * by < MOST_ALIKE
            self._alike[key] += by
            self._formatting += by * counted * (1 + size)
        elif size and name in LINKS:
            self._links[size] += by
            self._link = max((each for each, count in self._links.items() if count > 0), default=0)
        self.each = self._formatting + self._link
