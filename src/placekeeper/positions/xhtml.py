"""The document of a well-formed XHTML (or other XML) source. Must not be given anything else: it does not check.

One regular expression finds markup, in one pass, because the first look into a resource has to be quick. Each run of text keeps
where it stands in the source, so that an engine with other rules for text (crengine) can start from there.
Source: https://www.w3.org/TR/xml/
"""

import re
from collections.abc import Mapping
from html.entities import html5

from placekeeper.positions.document import NO_ATTRIBUTES, Document

_MARKUP = re.compile(
    r"""(<(?:
        ([^!?/<>"'\s][^<>"'\s/]*)([^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*)>   # a start tag: name, attributes and final slash
      | (/)[^>]+>                                                               # an end tag
      | !--(?:.*?)-->
      | !\[CDATA\[(.*?)\]\]>
      | (\?).*?\?>                                                              # a processing instruction
      | !DOCTYPE[^\[>]*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>
    ))""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
REFERENCE = re.compile(r"&(#[xX]?[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_WHITE = re.compile(r"[\t\r\n]")
_PLAIN_ATTRIBUTES = re.compile(
    r"""(?:\s+[A-Za-z][A-Za-z0-9._-]*(?::[A-Za-z0-9._-]+)?[ \r\n]*=\s*(?:"[^">]*"|'[^'>]*'))*\s*/?""",
)
_PLAIN_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9._-]*:)?[a-z][a-z0-9._-]*")
_CAMEL_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9._-]*:)?[A-Za-z][A-Za-z0-9._-]*")
_Element = tuple[str, int, int, Mapping[str, str], int]
_Run = tuple[int, int, tuple[int, int]]
_CDATA = len("<![CDATA[")
_REMADE = frozenset({"style", "script", "mfenced"})


def document(source: str) -> Document:
    """The document of a well-formed source. Entities of HTML are known by name; others stay as they are written.

    Most of the time of a first look into a resource is spent in this loop, so it does by itself what `Builder` does for others.
    """
    made = Document()
    tags = _Tags()
    attributes_of, local_of, elements, open_ = tags.attributes, tags.names, tags.elements, tags.open
    siblings: list[list[int]] = [[]]
    runs: list[_Run] = []
    pieces: list[str] = []
    counting, length, at = False, 0, 0
    for text, markup, name, raw, closing, cdata, instruction in zip(*[iter(_MARKUP.split(source))] * 7, strict=False):
        if text:
            begins, at = at, at + len(text)
            if counting:
                plain = decode(text) if "&" in text or "\r" in text else text
                runs.append((length, open_[-1], (begins, at)))
                pieces.append(plain)
                length += len(plain)
        if name is not None:
            attributes = attributes_of.get(raw)
            if attributes is None:
                attributes = tags.read(raw)
            number = len(elements)
            local = local_of.get(name) or tags.named(name, number)
            elements.append((local, open_[-1] if open_ else -1, length, attributes, len(pieces)))
            made.ends.append(length)
            children: list[int] = []
            made.children.append(children)
            siblings[-1].append(number)
            if raw[-1:] != "/":
                open_.append(number)
                siblings.append(children)
                counting = counting or tags.body == number
        elif closing is not None:
            siblings.pop()
            number = open_.pop()
            made.ends[number] = length
            counting = counting and number != tags.body
        elif counting:
            tags.plain = tags.plain and instruction is None
            made.breaks.append(length)
            if cdata:
                runs.append((length, open_[-1], (at + _CDATA, at + _CDATA + len(cdata))))
                pieces.append(newlines(cdata))
                length += len(pieces[-1])
                made.breaks.append(length)
        at += len(markup)
    made.text = "".join(pieces)
    tags.finish(made, runs)
    return made


class _Tags:
    """Names and attributes of tags: each spelling is looked at once, and whether other engines take it for the same."""

    def __init__(self) -> None:
        self.elements: list[_Element] = []
        self.attributes: dict[str, Mapping[str, str]] = {"": NO_ATTRIBUTES, "/": NO_ATTRIBUTES, " /": NO_ATTRIBUTES}
        self.names: dict[str, str] = {}
        self.open: list[int] = []
        self.body = -1
        self.bodies = 0
        self.plain = True

    def read(self, raw: str) -> Mapping[str, str]:
        """The attributes of a tag."""
        found = self.attributes[raw] = read_attributes(raw)
        self.plain = self.plain and raw[0] != "\t" and bool(_PLAIN_ATTRIBUTES.fullmatch(raw))
        return found

    def named(self, name: str, number: int) -> str:
        """The local name of an element. Only `body` below the root counts as such, or a root that is not `html`."""
        local = name.rpartition(":")[2]
        depth = len(self.open)
        if local.lower() == "body" or not depth:
            if self.body < 0 and (local.lower() == "body") == bool(depth) and (depth == 1 or local.lower() != "html"):
                self.body = number
            self.bodies += local.lower() == "body"
            self.plain = self.plain and depth <= 1 and bool(_PLAIN_NAME.fullmatch(name))
        elif local in _REMADE:
            self.plain = self.plain and self.body not in self.open
        elif not _PLAIN_NAME.fullmatch(name):
            in_svg = any(self.elements[element][0] == "svg" for element in self.open)
            self.plain = self.plain and in_svg and bool(_CAMEL_NAME.fullmatch(name))
        else:
            self.names[name] = local
        return local

    def finish(self, made: Document, runs: list[_Run]) -> None:
        """Put columns where rows were collected."""
        if self.elements:
            made.names, made.parents, made.starts, made.attributes, made.first_pieces = map(
                list, zip(*self.elements, strict=True)
            )
        if runs:
            made.piece_starts, made.piece_owners, made.piece_sources = map(list, zip(*runs, strict=True))
        made.breaks = list(dict.fromkeys(made.breaks))
        made.body = max(self.body, 0)
        made.plain = self.plain and self.bodies == 1


def read_attributes(raw: str) -> Mapping[str, str]:
    """The attributes of a start tag, by local name; an attribute without prefix wins over one with."""
    found: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(raw):
        prefix, _, local = name.rpartition(":")
        if prefix != "xmlns" and name != "xmlns" and not (prefix and local in found):
            found[local] = decode(_WHITE.sub(" ", double or single))
    return found


def decode(raw: str) -> str:
    """Character data: line ends as one newline each, references replaced."""
    raw = newlines(raw)
    return REFERENCE.sub(_character, raw) if "&" in raw else raw


def newlines(raw: str) -> str:
    """Line ends as XML and HTML parsers report them."""
    return raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return html5.get(f"{name};", found[0])
    code = int(name[2:] if name[1] in "xX" else name[1:], 16 if name[1] in "xX" else 10)
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last code point of Unicode
