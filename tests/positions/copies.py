"""Other copies of an EPUB, as publishers, converters and readers make them, and where each place of the source went.

The truth comes from how a copy is made: every text node is rewritten by itself, and what became of each code point is noted.
"""

import copy
import random
import re
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from placekeeper.formats.epub import EpubPublication, open_epub
from placekeeper.positions.point import NoPlace, Point
from tests.positions.rewrites import GONE, Rewrite, both, edited, hyphenated, misread, quoted_otherwise, reflowed, same, shortened

Node = tuple[etree._Element, str]
OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass
class Part:
    """A resource of the copy: its tree, or None where the source's bytes stay; and what of the source stands in it."""

    root: etree._Element | None
    data: bytes
    made_of: list[tuple[int, int, "array[int]"]] = field(default_factory=list)


@dataclass
class Derived:
    """A copy, and the truth: `went[resource]` lists (first source offset, resource of the copy, offsets there)."""

    path: Path
    went: dict[int, list[tuple[int, int, "array[int]"]]]

    def truth(self, point: Point) -> Point | None:
        """Where a place of the source is in the copy; None where the copy has not got it."""
        for start, resource, offsets in self.went.get(point.resource, []):
            if start <= point.offset < start + len(offsets):
                there = offsets[point.offset - start]
                return None if there == GONE else Point(resource, there)
        return None


def nodes(root: etree._Element) -> list[Node]:
    """The text nodes below body, in document order: an element, and which of its texts."""
    body = root.find(f"{XHTML}body")
    found: list[Node] = []
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")) if body is not None else ():
        if event == "start" and element.text:
            found.append((element, "text"))
        if event != "start" and element is not body and element.tail:
            found.append((element, "tail"))
    return found


def parts_of(source: EpubPublication, change: Rewrite, chance: random.Random) -> list[Part]:
    """The resources of a copy in which every text node is rewritten. What can't be read as XML stays as it is."""
    parts = []
    for item in source.spine.items:
        data = (source.file(item.href) if item.present else None) or b""
        try:
            text = source.resource(item.index).document.text
            root = etree.fromstring(data)
            texts = nodes(root)
        except (NoPlace, etree.XMLSyntaxError, ValueError):
            parts.append(Part(None, data))
            continue
        if text != "".join(getattr(element, which) for element, which in texts):
            parts.append(Part(None, data, [(item.index, 0, array("l", range(len(text))))]))
            continue
        offsets, length = array("l"), 0
        for element, which in texts:
            new, moved = change(getattr(element, which), chance)
            setattr(element, which, new)
            offsets.extend(there if there == GONE else there + length for there in moved)
            length += len(new)
        parts.append(Part(root, data, [(item.index, 0, offsets)]))
    return parts


def longest(parts: list[Part]) -> int:
    return max(
        range(len(parts)), key=lambda at: sum(len(made[2]) for made in parts[at].made_of) if parts[at].root is not None else 0
    )


def split(parts: list[Part]) -> list[Part]:
    """The longest resource becomes two, between two of its blocks."""
    at = longest(parts)
    part = parts[at]
    assert part.root is not None
    texts = nodes(part.root)
    blocks = [n for n, (element, which) in enumerate(texts) if which == "text" and element.tag in {f"{XHTML}p", f"{XHTML}h2"}]
    cut = next((n for n in blocks if n >= len(texts) // 2), len(texts) // 2)
    where = sum(len(getattr(element, which)) for element, which in texts[:cut])
    second = copy.deepcopy(part.root)
    for root, blank in ((part.root, slice(cut, None)), (second, slice(0, cut))):
        for element, which in nodes(root)[blank]:
            setattr(element, which, None)
    index, start, offsets = part.made_of[0]
    middle = next((n for n, there in enumerate(offsets) if there >= where), len(offsets))
    later = array("l", (there if there == GONE else there - where for there in offsets[middle:]))
    halves = [Part(part.root, b"", [(index, start, offsets[:middle])]), Part(second, b"", [(index, start + middle, later)])]
    return [*parts[:at], *halves, *parts[at + 1 :]]


def merged(parts: list[Part]) -> list[Part]:
    """Every two resources that follow each other become one."""
    result: list[Part] = []
    for number, part in enumerate(parts):
        last = result[-1] if result else None
        if number % 2 == 0 or last is None or last.root is None or part.root is None:
            result.append(part)
            continue
        length = sum(len(getattr(element, which)) for element, which in nodes(last.root))
        one, two = last.root.find(f"{XHTML}body"), part.root.find(f"{XHTML}body")
        if len(one):
            one[-1].tail = (one[-1].tail or "") + (two.text or "")
        else:
            one.text = (one.text or "") + (two.text or "")
        one.extend(list(two))
        for index, start, offsets in part.made_of:
            last.made_of.append((index, start, array("l", (there if there == GONE else there + length for there in offsets))))
    return result


def without_first(parts: list[Part]) -> list[Part]:
    """The first resource of some length is missing."""
    lengths = [sum(len(made[2]) for made in part.made_of) for part in parts]
    at = next((n for n, length in enumerate(lengths) if 2 * length >= sum(lengths) / len(lengths)), 0)
    return [*parts[:at], *parts[at + 1 :]]


def with_preface(parts: list[Part]) -> list[Part]:
    """A new resource comes first, and quotes a little of the book."""
    quote = "".join(getattr(element, which) for part in parts if part.root is not None for element, which in nodes(part.root))
    middle = len(quote) // 2
    body = etree.Element(f"{XHTML}html", nsmap={None: XHTML[1:-1]})
    paragraph = etree.SubElement(etree.SubElement(body, f"{XHTML}body"), f"{XHTML}p")
    paragraph.text = "What follows was printed many times. Who does not know these lines? " * 20 + quote[middle : middle + 400]
    return [Part(body, b""), *parts]


def with_spans(parts: list[Part]) -> list[Part]:
    """Every sentence stands in a span of its own, as in a KEPUB."""
    for part in parts:
        for number, (element, which) in enumerate(nodes(part.root) if part.root is not None else ()):
            sentences = re.findall(r".*?[.!?]+\s+|.+$", getattr(element, which), re.DOTALL) or [getattr(element, which)]
            spans = []
            for count, sentence in enumerate(sentences, 1):
                span = etree.Element(f"{XHTML}span", {"class": "koboSpan", "id": f"kobo.{number}.{count}"})
                span.text = sentence
                spans.append(span)
            setattr(element, which, None)
            parent = element if which == "text" else element.getparent()
            at = 0 if which == "text" else parent.index(element) + 1
            parent[at:at] = spans
    return parts


def unchanged(parts: list[Part]) -> list[Part]:
    return parts


KINDS: dict[str, tuple[Rewrite, Callable[[list[Part]], list[Part]]]] = {
    "renamed": (same, unchanged),
    "split": (same, split),
    "merged": (same, merged),
    "hyphenated": (hyphenated, unchanged),
    "quotes": (quoted_otherwise, unchanged),
    "spans": (same, with_spans),
    "reflowed": (reflowed, unchanged),
    "without-first": (same, without_first),
    "preface": (same, with_preface),
    "edited": (edited, unchanged),
    "misread": (misread, unchanged),
    "shortened": (shortened, unchanged),
    "all-at-once": (both(both(edited, quoted_otherwise), both(hyphenated, reflowed)), lambda parts: with_preface(split(parts))),
}


def derive(path: Path, kind: str, folder: Path, seed: int = 1) -> Derived:
    """Writes the copy of a kind of the EPUB at `path` into `folder`."""
    change, structure = KINDS[kind]
    source = open_epub(path)
    parts = structure(parts_of(source, change, random.Random(f"{seed} {kind}")))
    target = folder / f"{path.stem}-{kind}.epub"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1 + seed % 9) as new:
        container = archive.read("META-INF/container.xml")
        opf = etree.fromstring(container).find(".//{*}rootfile").get("full-path")
        base = opf.rpartition("/")[0]
        new.writestr("META-INF/container.xml", container)
        new.writestr(opf, package(archive.read(opf), len(parts)))
        for number, part in enumerate(parts):
            name = f"{base}/part-{number}.xhtml" if base else f"part-{number}.xhtml"
            new.writestr(name, part.data if part.root is None else etree.tostring(part.root, encoding="utf-8"))
    went: dict[int, list[tuple[int, int, array[int]]]] = {}
    for number, part in enumerate(parts):
        for index, start, offsets in part.made_of:
            went.setdefault(index, []).append((start, number, offsets))
    return Derived(target, went)


def package(data: bytes, count: int) -> bytes:
    """The package document with another title, and a reading order of so many new files."""
    root = etree.fromstring(data)
    manifest, spine = root.find(f"{OPF}manifest"), root.find(f"{OPF}spine")
    title = root.find(".//{http://purl.org/dc/elements/1.1/}title")
    title.text = f"{title.text} (another copy)"
    for itemref in list(spine):
        spine.remove(itemref)
    for number in range(count):
        attributes = {"id": f"part-{number}", "href": f"part-{number}.xhtml", "media-type": "application/xhtml+xml"}
        etree.SubElement(manifest, f"{OPF}item", attributes)
        etree.SubElement(spine, f"{OPF}itemref", {"idref": f"part-{number}"})
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
