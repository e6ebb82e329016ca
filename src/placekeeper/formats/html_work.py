"""How much work a text would be for an HTML parser, which can't be stopped once it runs. Only estimates, only counts tags.

HTML's rules let a tag look at every element that is open, and a paragraph get a copy of every formatting element that was
not closed: hostile text of a few hundred kilobytes could take hours, or all memory. Real books are far below the limits.
Source: https://html.spec.whatwg.org/multipage/parsing.html#the-stack-of-open-elements
"""

import re
from collections import Counter

from placekeeper.domain.errors import LimitExceeded
from placekeeper.formats.limits import LIMITS

FEW_TAGS = 30_000
"""Tags that can't need more looks at open elements than is allowed, even if each stays open."""
SHORT = 150_000
"""Characters that can't hold a tag with attributes enough to be worth counting."""
MANY_ATTRIBUTES = 1_000
"""Attributes of one tag: each is compared with those before."""
VALUE = r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
ATTRIBUTE = re.compile(rf"[^\s/>][^\s/>=]*+{VALUE}")
ATTRIBUTES = rf"(?:[\s/]*+[^\s/>][^\s/>=]*+{VALUE}){{0,1000}}+"
FORMATTING = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
"""Elements that are copied into what follows as long as they have no end tag. (Of `a` and `nobr` one at a time is.)"""
FORMATTING_TAG = re.compile(rf"<(?:{'|'.join(sorted(FORMATTING))})(?=[\s/>]){ATTRIBUTES}", re.IGNORECASE)
TAG = re.compile(
    rf"""<(?:
        !--(?:-?>|.*?(?:--!?>|\Z))
      | (script|style|textarea|title|xmp|iframe|noembed|noframes)\b[^>]*+(?:>.*?(?=</\1|\Z)|\Z)
      | (/?)([A-Za-z][^\s/>]*+)({ATTRIBUTES})
    )""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
CLOSE_EACH_OTHER = frozenset({
    "a", "button", "colgroup", "dd", "dt", "li", "nobr", "optgroup", "option", "p", "rb", "rp", "rt", "rtc", "tbody", "td",
    "tfoot", "th", "thead", "tr",
})  # fmt: skip
VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta",
    "param", "source", "track", "wbr",
})  # fmt: skip
MOST_IMPLIED = 6
"""Elements that are closed together, as far as is looked."""
MOST_ALIKE = 3
"""Formatting elements with the same attributes that are copied: the "Noah's Ark clause"."""


def check_work(source: str) -> None:
    """Refuse what would take time or memory out of all proportion to its size. Raises `LimitExceeded`."""
    tags = source.count("<")
    if tags > LIMITS.html_tags:
        raise LimitExceeded(f"html_tags: {tags} tags of HTML, more than {LIMITS.html_tags}")
    kinds = len(set(FORMATTING_TAG.findall(source)))
    if tags <= FEW_TAGS and len(source) <= SHORT and MOST_ALIKE * kinds * tags <= LIMITS.html_copies:
        return  # the worst that such a text can be is not bad
    looks, copies = estimate(source)
    if looks > LIMITS.html_work:
        raise LimitExceeded(f"html_work: {tags} tags of HTML, so many of them inside each other that parsing would take too long")
    if copies > LIMITS.html_copies:
        raise LimitExceeded(
            f"html_copies: {tags} tags of HTML, so many formatting elements left open that they would fill the memory"
        )


def estimate(source: str) -> tuple[int, int]:
    """How many looks at open elements, and how many copies of formatting elements; rather too many than too few."""
    above: list[tuple[str, str]] = []  # open elements: name, and for formatting ones the whole tag
    alike: Counter[str] = Counter()
    looks = copies = copied = 0
    for _, end, tag, attributes in TAG.findall(source):
        name = tag.lower()
        if not name or name in VOID:
            continue
        looks += len(above)
        for _, key in closed(above, name, starts=not end):
            alike[key] -= 1
            copied -= bool(key) and alike[key] < MOST_ALIKE
        if end:
            continue
        copies += copied
        key = name + attributes if name in FORMATTING else ""
        above.append((name, key))
        copied += bool(key) and alike[key] < MOST_ALIKE
        alike[key] += 1
        if len(attributes) > MANY_ATTRIBUTES and len(ATTRIBUTE.findall(attributes)) >= MANY_ATTRIBUTES:
            raise LimitExceeded(f"html_work: a tag <{name}> with {MANY_ATTRIBUTES} attributes or more")
    return looks, copies


def closed(above: list[tuple[str, str]], name: str, *, starts: bool) -> list[tuple[str, str]]:
    """Take the elements away that a tag surely closes: the innermost of its name, with those inside that need no end tag.

    The real rules would often let it close more.
    """
    if starts and name not in CLOSE_EACH_OTHER:
        return []
    for back in range(1, min(len(above), MOST_IMPLIED) + 1):
        if above[-back][0] == name:
            taken = above[-back:]
            del above[-back:]
            return taken
        if above[-back][0] not in CLOSE_EACH_OTHER:
            break
    return []
