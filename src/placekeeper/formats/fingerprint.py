"""What a file can be recognised by: digests of its bytes, its name and its reading order, and the identifiers it carries.

Must not know accounts and documents. docs/formats.md says what each type of identifier is.
Source: KOReader's `util.partialMD5`; https://www.isbn-international.org/content/isbn-users-manual
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from placekeeper.domain.errors import NotNow
from placekeeper.domain.publication import Identification, Metadata
from placekeeper.formats.holding import open_plainly
from placekeeper.formats.opf import Package, attribute, elements, section
from placekeeper.formats.paths import SCHEME

BLOCK = 1 << 20
SAMPLE = 1024
OFFSETS = (0, *(SAMPLE << 2 * step for step in range(11)))
"""Where the samples of the partial MD5 begin. The first is 0, because LuaJIT's shift by -2 wraps."""
ISBN_SCHEMES = frozenset({"isbn", "isbn10", "isbn13", "isbn-10", "isbn-13", "02", "15"})
"""Schemes that say that a value is an ISBN; two of them are codes of ONIX list 5."""
XML_SPACE = " \t\r\n"
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def of_bytes(path: Path) -> tuple[tuple[str, str], ...]:
    """`sha256` and `koreader-partial-md5` of a file, which is read once, in blocks. Raises `BadFile`."""
    try:
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
            return ("sha256", whole), ("koreader-partial-md5", koreader_partial_md5(file))
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error


def mistaken(path: Path) -> list[tuple[str, str]]:
    """`koreader-partial-md5-mistaken`: what programs make of KOReader's digest that got it wrong. Raises `BadFile`."""
    try:
        with path.open("rb") as file:
            right = samples(file, OFFSETS)
            second = samples(file, (OFFSETS[1] >> 2,))
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    last = right[-1] if right else b""
    stale = last + (right[-2] if len(right) > 1 else bytes(SAMPLE))[len(last) :]
    variants = (
        [*second, *right[1:]],  # the shift to the left by -2 taken for one to the right by 2, as CrossPoint once did
        right[1:],  # eleven samples
        [*right[:-1], stale] if right else [],  # the buffer of the last sample taken whole, as Komga does
    )
    digests = dict.fromkeys(md5(b"".join(variant)) for variant in variants if any(variant))
    return [("koreader-partial-md5-mistaken", digest) for digest in digests if digest != md5(b"".join(right))]


def sha256(paths: Iterable[Path]) -> str:
    """Of the bytes of several files (no links), one after the other. Raises `BadFile`."""
    digest = hashlib.sha256()
    try:
        for path in paths:
            with open_plainly(path) as file:
                while block := file.read(BLOCK):
                    digest.update(block)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    return digest.hexdigest()


def koreader_partial_md5(file: BinaryIO) -> str:
    """KOReader's digest of a file: of up to twelve samples, the last of them as short as it is."""
    return md5(b"".join(samples(file, OFFSETS)))


def samples(file: BinaryIO, offsets: Iterable[int]) -> list[bytes]:
    """What stands at these offsets, up to the first one that is not in the file any more."""
    found: list[bytes] = []
    for offset in offsets:
        file.seek(offset)
        if not (sample := file.read(SAMPLE)):
            break
        found.append(sample)
    return found


def filename_md5(name: str) -> str:
    """KOReader's other digest: of the file's base name. Names that are no UTF-8 count as the bytes they are."""
    return md5(name.encode("utf-8", "surrogateescape"))


def md5(data: bytes) -> str:
    """In lower-case hex."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def structure(package: Package) -> str | None:
    """What stays when an EPUB is tagged anew: MD5 of its unique identifier and the hrefs of its spine, as they are written.

    None where it has no spine. Source: koreader-sync-server, pull request 55; docs/protocols/kosync.md.
    """
    hrefs: dict[str, str] = {}
    for _, name, item in elements(section(package.root, "manifest")[1]):
        if name == "item":
            hrefs.setdefault(item.get("id") or "", item.get("href") or "")
    spine = section(package.root, "spine")[1]
    wanted = [hrefs.get(item.get("idref") or "", "") for _, name, item in elements(spine) if name == "itemref"]
    lines = [href.partition("#")[0] for href in wanted if href]
    return md5("\n".join([unique_identifier(package), *lines]).encode("utf-8", "surrogatepass")) if lines else None


def unique_identifier(package: Package) -> str:
    """The text of the identifier that the package calls its own; else of the first one that has a text."""
    metadata = section(package.root, "metadata")[1]
    found = [] if metadata is None else list(metadata.iter("{*}identifier", "identifier"))
    unique = attribute(package.root, "unique-identifier")
    own = [element for element in found if unique and element.get("id") == unique]
    texts = ("".join(str(text) for text in element.itertext()).strip(XML_SPACE) for element in [*own, *found])
    return next(filter(None, texts), "")


def of_resources(resources: Iterable[tuple[int, int]]) -> str | None:
    """MD5 of what the files of a reading order hold, whatever their names: their CRC-32 and size in bytes. None without any."""
    lines = [f"{checksum:08x} {size}" for checksum, size in resources]
    return md5("\n".join(lines).encode()) if lines else None


def declared(metadata: Metadata) -> Iterator[tuple[str, str]]:
    """`urn` and `isbn` from what a publication says about itself, none twice."""
    own = Identification("", metadata.identifier)
    known = {urn(own): None} | {urn(one): None for one in metadata.identifiers if is_unique(one)}
    yield from (("urn", value) for value in known if value)
    isbns = dict.fromkeys(isbn13(one.value, said=one.scheme in ISBN_SCHEMES) for one in [*metadata.identifiers, own])
    yield from (("isbn", value) for value in isbns if value)


def is_unique(one: Identification) -> bool:
    """Whether an identifier that is not the publication's own is of a kind that names nothing else."""
    return one.scheme in {"uuid", "doi", "uri"} | ISBN_SCHEMES or bool(UUID.fullmatch(one.value) or SCHEME.match(one.value))


def urn(one: Identification) -> str:
    """One spelling for an identifier: `urn:uuid:` and `urn:isbn:` where it is one of these, else as it is written."""
    value = one.value.strip()
    if isbn := isbn13(value, said=one.scheme in ISBN_SCHEMES):
        return f"urn:isbn:{isbn}"
    bare = value.lower().removeprefix("urn:").removeprefix("uuid:")
    if UUID.fullmatch(bare):
        return f"urn:uuid:{bare}"
    return f"doi:{value}" if one.scheme == "doi" else value


def isbn13(value: str, *, said: bool = False) -> str | None:
    """An ISBN as thirteen digits; None where it is none. `said`: whether it is called one; ten digits alone may be anything."""
    bare = value.lower().strip().removeprefix("urn:")
    said = said or bare.startswith("isbn")
    digits = re.sub(r"[\s\u2010-\u2015-]", "", bare.removeprefix("isbn").lstrip(":-")).removeprefix("isbn")
    if re.fullmatch(r"97[89][0-9]{10}", digits):
        return digits if check_digit(digits[:12]) == digits[12] else None
    if not said or not re.fullmatch(r"[0-9]{9}[0-9x]", digits):
        return None
    weighed = sum((10 - at) * int(digit) for at, digit in enumerate(digits[:9])) + (10 if digits[9] == "x" else int(digits[9]))
    longer = f"978{digits[:9]}"
    return longer + check_digit(longer) if weighed % 11 == 0 else None


def check_digit(twelve: str) -> str:
    """The last digit of an ISBN of thirteen."""
    return str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(twelve)) % 10)
