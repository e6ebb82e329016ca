"""Bytes to text as browsers decode markup. Must not know elements.

Source: https://encoding.spec.whatwg.org/
"""

import codecs
import re

DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
META = re.compile(rb"""<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
STARTS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0?\0x\0", "utf-16-le"),  # without a byte order mark
    (b"\0<\0?\0x", "utf-16-be"),
)
HEAD = 1_024
"""Bytes in which a declaration is looked for, as browsers do."""
LABELS = {"iso-8859-8-i": "iso8859-8", "x-sjis": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "x-mac-roman": "mac-roman"}
"""Labels that browsers know and Python does not."""
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
"""What browsers decode with, by Python's name of what was declared."""
AS_DECLARED = frozenset({
    "utf-8", "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
    "gb18030", "big5hkscs", "euc_jp", "iso2022_jp",
})  # fmt: skip
"""Python's codecs for the encodings of the web; it has others, some of which are not for text at all."""


def decode(data: bytes, *, html: bool = False) -> str:
    """The text, without a byte order mark; what is no text becomes U+FFFD, one for each faulty sequence. Never fails."""
    name = encoding(data, html=html)
    faults = "placekeeper.c1" if name.startswith(("cp125", "cp874")) else "replace"
    return data.decode(name, faults).removeprefix("\ufeff")


def encoding(data: bytes, *, html: bool) -> str:
    """Python's name of the encoding: by first bytes or declaration (in HTML also `meta`), else UTF-8, or cp1252 in old HTML."""
    head = data[:HEAD]
    for start, name in STARTS:
        if head.startswith(start):
            return name
    declared = DECLARATION.match(head) or (META.search(head) if html else None)
    if declared and (name := known(declared[1].decode("ascii"))):
        return name
    return "utf-8" if not html or is_utf8(data) else "cp1252"


def known(label: str) -> str:
    """Python's name of what browsers decode with under a label; "" for labels that they don't know."""
    try:
        name = codecs.lookup(LABELS.get(label.lower(), label)).name
    except LookupError:
        return ""
    name = BROWSERS.get(name, name)
    return name if name in AS_DECLARED else ""


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 throughout."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def control(error: UnicodeError) -> tuple[str, int]:
    """Bytes that windows code pages leave open are control characters to browsers."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error("placekeeper.c1", control)
