"""Which resource an href means, as reading apps spell it, and how ours are spelled. It must not know what is done with it.

Spellings seen: with a slash in front (Palace), percent-encoded or not, relative to the package document, the whole URL of a
streamed publication, normalized otherwise (macOS).
Source: https://readium.org/webpub-manifest/#24-the-link-object, https://www.rfc-editor.org/rfc/rfc3986
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from unicodedata import normalize
from urllib.parse import quote, unquote

from placekeeper.positions.point import NoPlace
from placekeeper.positions.spine import Spine

MAX_LENGTH = 8192
MAX_SHOWN = 120
SAFE = "/!$&'()*+,;=:@~"  # what RFC 3986 lets stand in a path; letters, digits and `-._~` always do
ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")


def encode(href: str) -> str:
    """A path from the root of the archive as Readium's manifests write it: percent-encoded, no slash in front.

    A path that would read as a scheme (`a:b.xhtml`) has its colon encoded too.
    """
    safe = SAFE if ":" not in href.partition("/")[0] else SAFE.replace(":", "")
    return quote(href, safe=safe, errors="surrogatepass")


def split(reference: str) -> tuple[str, str]:
    """A reference as path and fragment; the fragment without its `#`."""
    path, _, fragment = reference.partition("#")
    return path, fragment


class Hrefs:
    """The hrefs of a spine, to be asked for. What a question needs is made at the first such question."""

    def __init__(self, spine: Spine) -> None:
        """Nothing is looked at yet."""
        self._spine = spine

    @cached_property
    def _exact(self) -> dict[str, list[int]]:
        return self._by(lambda href: [href])

    @cached_property
    def _loose(self) -> dict[str, list[int]]:
        """By normalized path, and by every tail of it that begins at a slash."""
        return self._by(lambda href: _tails(_plain(href)))

    def find(self, href: str) -> tuple[list[int], str]:
        """The resources that an href means, in reading order, and what was assumed to find them (`""`: nothing).

        More than one only where the spine has one file several times. Raises `NoPlace` where none is meant, or several could be.
        """
        if len(href) > MAX_LENGTH:
            raise NoPlace(f"the href is longer than {MAX_LENGTH} characters")
        path = split(href)[0]
        decoded = unquote(path)
        for spelling in (path, decoded, path.lstrip("/"), decoded.lstrip("/")):
            if spelling and (found := self._exact.get(spelling)):
                return found, ""
        plain = _plain(ORIGIN.sub("", decoded).partition("?")[0])
        for tail in _tails(plain):
            if found := self._loose.get(tail, []):
                if self._one_file(found):
                    return found, f"taken for {self._spine.items[found[0]].href}, as the only resource whose path ends so"
                raise NoPlace(f"{_short(href)} could be any of {len(found)} resources")
        raise NoPlace(f"{_short(href)} is not in the reading order")

    def item(self, item_id: str) -> int:
        """The resource whose manifest item has this id; the first one. Raises `NoPlace` where there is none."""
        for item in self._spine.items:
            if item_id and item.item_id == item_id:
                return item.index
        raise NoPlace(f"{_short(item_id)} is not the id of an item in the spine")

    def _by(self, keys: Callable[[str], Iterable[str]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for item in self._spine.items:
            for key in keys(item.href) if item.href else ():
                found.setdefault(key, []).append(item.index)
        return found

    def _one_file(self, found: list[int]) -> bool:
        return len({self._spine.items[index].href for index in found}) == 1


def _plain(path: str) -> str:
    """A path in one form of Unicode, without `.` and `..`, in any case."""
    parts: list[str] = []
    for part in normalize("NFC", path).casefold().split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _tails(path: str) -> list[str]:
    """`a/b/c`, `b/c`, `c`."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(min(len(parts), 32))] if path else []


def _short(href: str) -> str:
    return repr(href if len(href) <= MAX_SHOWN else href[:MAX_SHOWN] + "...")
