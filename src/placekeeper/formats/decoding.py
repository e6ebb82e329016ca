"""Bytes to text as browsers decode markup. Must not know elements.

Source: https://encoding.spec.whatwg.org/
"""

import codecs
import re

DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
META = re.compile(rb"""<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
WITHOUT_BOM = ((b"<\0?\0x\0", "utf-16-le"), (b"\0<\0?\0x", "utf-16-be"))
HEAD = 1_024

# What browsers decode under Python's name of a label; codecs that are not for text on the web are not among them.
BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # a declaration that could be read as ASCII is wrong about UTF-16
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "utf-8-sig": "utf-8",
}
AS_THEY_ARE = frozenset(
    "utf-8 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp874 cp932 cp949 iso8859-2 iso8859-3 iso8859-4 "
    "iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman "
    "mac-cyrillic gb18030 big5hkscs euc_jp iso2022_jp".split()
)


def encoding(data: bytes, *, html: bool) -> str:
    """Python's name of the encoding: by byte order mark, declaration, and for HTML by `meta`; else UTF-8, or cp1252 for old HTML."""
    head = data[:HEAD]
    for start, name in BOMS + WITHOUT_BOM:
        if head.startswith(start):
            return name
    declared = DECLARATION.match(head.lstrip()) or (META.search(head) if html else None)
    if declared and (name := known(declared[1].decode("ascii"))):
        return name
    return "utf-8" if not html or is_utf8(data) else "cp1252"


def known(label: str) -> str:
    """Python's name of what browsers decode under a label; "" for labels that they don't know."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = BROWSERS.get(name, name)
    return name if name in AS_THEY_ARE else ""


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 throughout."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode(data: bytes, *, html: bool = False) -> str:
    """The text, without a byte order mark; bytes that are no text become U+FFFD, one for each faulty sequence."""
    return data.decode(encoding(data, html=html), "replace").removeprefix("\ufeff")
