"""Paths inside an archive: where a reference leads, and when two of them mean the same. Must not know zip, nor any file system.

Source: https://www.w3.org/TR/epub-33/#sec-container-iri
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
DRIVE = re.compile(r"[A-Za-z]:")


def inside(path: str) -> str:
    """Without `.`, `..` and empty segments; `..` stops at the root, as in URLs: nothing leads outside."""
    if "//" not in path and "/." not in path and not path.startswith(("/", ".")) and not path.endswith("/"):
        return path  # as nearly all are
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    return "/".join(segments)


def decoded(reference: str) -> str:
    """The path that a percent-encoded reference from the root means."""
    return inside(unquote(reference, errors="replace"))


def resolved(base: str, reference: str) -> str:
    """The path that a reference in the file at `base` means, without query and fragment; "" where it leads out of the archive."""
    path = reference.strip().partition("#")[0].partition("?")[0]
    if (":" in path and SCHEME.match(path)) or path.startswith("//"):
        return ""
    if not path:
        return base
    folder = "" if path.startswith("/") else base.rpartition("/")[0]
    said = unquote(path, errors="replace") if "%" in path else path
    return inside(f"{folder}/{said}" if folder else said)


def place(base: str, reference: str) -> str:
    """As `resolved`, with the fragment, decoded; "" where it leads out of the archive."""
    path = resolved(base, reference)
    fragment = unquote(reference.strip().partition("#")[2], errors="replace") if "#" in reference else ""
    return f"{path}#{fragment}" if path and fragment else path


def leads_outside(name: str) -> bool:
    """Whether the name of an entry, taken at its word by a program that extracts it, could leave the folder."""
    up = ".." in name and ".." in name.split("/")
    return up or name.startswith("/") or "\0" in name or (":" in name and bool(DRIVE.match(name)))


def spellings(path: str) -> Iterator[str]:
    """What an entry's path may stand for: itself, decoded, and UTF-8 where the archive does not say that it is."""
    yield path
    if "%" in path:
        yield decoded(path)
    if not path.isascii():
        try:
            yield path.encode("cp437").decode("utf-8")
        except UnicodeError:
            return


def tolerant(path: str) -> str:
    """What is left of a path without case and Unicode normal form."""
    return unicodedata.normalize("NFC", path).casefold()
