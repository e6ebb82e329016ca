"""Random content documents: what makes trees differ between parsers and engines, in odd combinations."""

import random
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

WORDS = [
    "word",
    "two words",
    "\u6f22\u5b57",
    "\U0001f600\U0001f601",
    "e\u0301",
    "\u00a0",
    "a < b & c",
    "]]",
    "\u0627\u0644",
    "tail ",
]
BLANKS = ["", "", "\n", "\n    ", " ", "\t"]
IDS = ["", "", "", "", "i", "a]b^c", "c,d(e);f=g", "x/y:z!", "\u6f22", "it's"]
WILD = [
    "p",
    "div",
    "span",
    "a",
    "i",
    "b",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "tbody",
    "pre",
    "h1",
    "section",
    "br",
    "img",
    "ruby",
    "rt",
]
DEPTH = 5


def body(chance: random.Random) -> str:
    """The markup of a body, well-formed."""
    blocks = [paragraph, paragraph, table, listing, preformatted, section, picture, nothing]
    return "".join(chance.choice(BLANKS) + chance.choice(blocks)(chance, 0) for _ in range(chance.randint(1, 9)))


def wild(chance: random.Random, depth: int = 0) -> str:
    """Well-formed markup that no content model allows: an HTML parser makes another tree of it."""
    written = [word, comment, cdata, instruction, wild_element, wild_element, wild_element]
    return "".join(chance.choice(written)(chance, depth + 1) for _ in range(chance.randint(0, 5) if depth <= DEPTH else 0))


def wild_element(chance: random.Random, depth: int) -> str:
    return tag(chance, chance.choice(WILD), wild(chance, depth))


def broken(chance: random.Random, document: str) -> str:
    """The document with a few characters lost in its body; mostly it is not well-formed any more."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(document.index("<body>") + 6, len(document))
        document = document[:at] + document[at + chance.choice([1, 1, 4, 7]) :]
    return document


def tag(chance: random.Random, name: str, content: str, **attributes: str) -> str:
    names = {"id": chance.choice(IDS), **attributes}
    written = "".join(f" {key}={quoteattr(value)}" for key, value in names.items() if value)
    return f"<{name}{written}>{content}</{name}>" if content or name in {"p", "td", "i", "b"} else f"<{name}{written}/>"


def inline(chance: random.Random, depth: int) -> str:
    makers: list[Callable[[random.Random, int], str]] = [word, word, comment, cdata, instruction, line, image, emphasis, ruby]
    return "".join(chance.choice(makers)(chance, depth + 1) for _ in range(chance.randint(0, 5) if depth < DEPTH else 0))


def word(chance: random.Random, depth: int) -> str:
    return escape(chance.choice(WORDS)) + chance.choice(["", "&#233;", "&#x1F600;", "&lt;"])


def comment(chance: random.Random, depth: int) -> str:
    return f"<!--{chance.choice(WORDS[:5])}-->"


def cdata(chance: random.Random, depth: int) -> str:
    return f"<![CDATA[{chance.choice(WORDS[:5])}]]>"


def instruction(chance: random.Random, depth: int) -> str:
    return "<?work in progress?>"


def line(chance: random.Random, depth: int) -> str:
    return "<br/>" * chance.randint(1, 2)


def image(chance: random.Random, depth: int) -> str:
    return tag(chance, "img", "", src="x.png", alt="an image")


def emphasis(chance: random.Random, depth: int) -> str:
    return tag(chance, chance.choice(["i", "b", "span"]), inline(chance, depth) or "x")


def ruby(chance: random.Random, depth: int) -> str:
    return "<ruby>\u6f22<rp>(</rp><rt>kan</rt><rp>)</rp>\u5b57<rt>ji</rt></ruby>"


def paragraph(chance: random.Random, depth: int) -> str:
    return tag(chance, chance.choice(["p", "h2", "blockquote"]), inline(chance, depth) or "x")


def table(chance: random.Random, depth: int) -> str:
    rows = [f"<tr>{chance.choice(BLANKS)}<td>{inline(chance, depth)}</td><td>x</td></tr>" for _ in range(chance.randint(1, 3))]
    inner = chance.choice(BLANKS).join(rows)
    return tag(chance, "table", chance.choice([inner, f"<tbody>{inner}</tbody>", f"\n{inner}\n"]))


def listing(chance: random.Random, depth: int) -> str:
    return tag(chance, "ul", "".join(f"<li>{inline(chance, depth)}</li>\n" for _ in range(chance.randint(1, 3))))


def preformatted(chance: random.Random, depth: int) -> str:
    return f"<pre>{chance.choice(BLANKS)}{inline(chance, depth)}\n  x</pre>"


def section(chance: random.Random, depth: int) -> str:
    return tag(chance, "section", paragraph(chance, depth + 1) + chance.choice(BLANKS) + table(chance, depth + 1))


def picture(chance: random.Random, depth: int) -> str:
    return '<svg xmlns="http://www.w3.org/2000/svg"><g><text>drawn</text></g></svg>' + image(chance, depth)


def nothing(chance: random.Random, depth: int) -> str:
    return tag(chance, "p", "") + '<a id="anchor"></a>'
