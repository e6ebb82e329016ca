"""The document of a well-formed XHTML (or other XML) source. Must not be given anything else: it does not check.

One regular expression finds markup, in one pass, because the first look into a resource has to be quick. Each run of text keeps
where it stands in the source, so that an engine with other rules for text (crengine) can start from there.
Source: https://www.w3.org/TR/xml/
"""

import re
from collections.abc import Mapping
from html.entities import html5

from placekeeper.positions.document import NO_ATTRIBUTES, Builder, Document

_MARKUP = re.compile(
    r"""<(?:
        ([^!?/<>"'\s][^<>"'\s/]*)([^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*)>   # 1 name, 2 attributes with the final slash
      | /([^>\s]+)\s*>                                                          # 3 name
      | !--(?:.*?)-->
      | !\[CDATA\[(.*?)\]\]>                                                    # 4 text
      | (\?).*?\?>                                                              # 5 processing instruction
      | !DOCTYPE[^\[>]*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>
    )""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(#[xX]?[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_WHITE = re.compile(r"[\t\r\n]")
_PLAIN_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9._-]*:)?[a-z][a-z0-9._-]*")
_CAMEL_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9._-]*:)?[A-Za-z][A-Za-z0-9._-]*")
_RAW_TEXT = frozenset({"style", "script"})


def document(source: str) -> Document:
    """The document of a well-formed source. Entities of HTML are known by name; others stay as they are written."""
    builder, plain, bodies, last = Builder(), True, 0, 0
    attributes_of: dict[str, Mapping[str, str]] = {"": NO_ATTRIBUTES, "/": NO_ATTRIBUTES, " /": NO_ATTRIBUTES}
    start, end, text = builder.start, builder.end, builder.text
    for found in _MARKUP.finditer(source):
        at = found.start()
        if last < at:
            text(decode(source[last:at]), (last, at))
        last = found.end()
        group = found.lastindex
        if group == 2:  # noqa: PLR2004 - the numbers are those of the groups in the expression
            name, raw = found.group(1, 2)
            attributes = attributes_of.get(raw)
            if attributes is None:
                attributes = attributes_of[raw] = read_attributes(raw)
            local = name.rpartition(":")[2]
            if not _PLAIN_NAME.fullmatch(name) or local in _RAW_TEXT or ">" in raw or source[found.end(1)] == "\t":
                plain = plain and _is_plain(builder, name, local, raw)
            if local.lower() == "body":
                bodies += 1
            start(local, attributes)
            if raw.endswith("/"):
                end()
        elif group == 3:  # noqa: PLR2004
            end()
        elif group == 4:  # noqa: PLR2004
            builder.split()
            text(newlines(found[4]), (found.start(4), found.end(4)))
            builder.split()
        else:
            builder.split()
            plain = plain and not (group and builder.counting)
    whole = builder.finish()
    whole.plain = plain and bodies == 1 and whole.parents[whole.body] == 0
    return whole


def _is_plain(builder: Builder, name: str, local: str, raw: str) -> bool:
    """Whether a start tag that looks odd is still read alike: capitals within svg, `style` and `script` outside body."""
    if local in _RAW_TEXT:
        return not builder.counting
    return ">" not in raw and raw[:1] != "\t" and bool(_CAMEL_NAME.fullmatch(name)) and "svg" in builder.open_names()


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
    return _REFERENCE.sub(_character, raw) if "&" in raw else raw


def newlines(raw: str) -> str:
    """Line ends as XML and HTML parsers report them."""
    return raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return html5.get(f"{name};", found[0])
    code = int(name[2:] if name[1] in "xX" else name[1:], 16 if name[1] in "xX" else 10)
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last code point of Unicode
