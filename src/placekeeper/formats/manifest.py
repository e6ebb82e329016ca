"""Audiobooks and comics that carry a manifest: Readium's packages and W3C's LPF. Must not know places.

Sources: https://readium.org/webpub-manifest/, https://www.w3.org/TR/audiobooks/, https://www.w3.org/TR/lpf/
"""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from placekeeper.domain.errors import BadFile, LimitExceeded
from placekeeper.domain.publication import Contributor, Described, Identification, Kind, Link, Metadata, Series
from placekeeper.formats.archive import Archive
from placekeeper.formats.decoding import decode
from placekeeper.formats.fingerprint import of_resources
from placekeeper.formats.paths import resolved
from placekeeper.formats.recognising import IMAGES, SOUNDS, ending

READIUM, LPF = "application/audiobook+zip", "application/lpf+zip"
DIVINA = "application/divina+zip"
PERSONS = {"author": "aut", "narrator": "nrt", "readBy": "nrt", "translator": "trl", "editor": "edt", "artist": "art",
           "illustrator": "ill", "contributor": ""}  # fmt: skip
DURATION = re.compile(
    r"P(?:(?P<days>[0-9.]+)D)?(?:T(?:(?P<hours>[0-9.]+)H)?(?:(?P<minutes>[0-9.]+)M)?(?:(?P<seconds>[0-9.]+)S)?)?"
)
MANY = 100_000
"""Links that are looked at."""
LONGEST = 1e9
"""Seconds."""


def describe_packaged(archive: Archive, path: str) -> Described:
    """What the manifest at `path` of an archive describes. Raises `BadFile`."""
    manifest = read_json(archive, path)
    lpf = path.lower() == "publication.json"
    about = manifest if lpf else mapping(manifest.get("metadata"))
    order = tuple(links(archive, manifest.get("readingOrder"), path))
    images = bool(order) and all(link.media_type.startswith("image/") for link in order)
    if not order or not (images or all(link.media_type.startswith("audio/") for link in order)):
        raise BadFile("not a kind of file that is read here: its reading order is neither sound nor images")
    found = [archive.entries[link.href] for link in order if link.href]
    digest = of_resources((entry.CRC, entry.file_size) for entry in found)
    return Described(
        kind=Kind.COMIC if images else Kind.AUDIOBOOK,
        media_type=LPF if lpf else DIVINA if images else READIUM,
        metadata=said(about, cover(archive, manifest, path)),
        reading_order=order,
        contents=tuple(contents(manifest.get("toc"), path)),
        identifiers=(("structure", digest),) if digest else (),
        notes=archive.notes.lines,
    )


def manifest_path(archive: Archive) -> str:
    """Where the manifest is. Raises `BadFile`."""
    path = archive.find("publication.json") or archive.find("manifest.json")
    if path is None:
        raise BadFile("there is no manifest in the archive")
    return path


def read_json(archive: Archive, path: str) -> dict[str, Any]:
    """The object in a file. Raises `BadFile`."""
    data = archive.read(path).data
    if len(data) > archive.limits.markup_bytes:
        raise LimitExceeded(f"markup_bytes: {path!r} has {len(data)} bytes, more than {archive.limits.markup_bytes}")
    try:
        return mapping(json.loads(decode(data)))
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path!r} is no JSON that can be read") from error


def mapping(value: Any) -> dict[str, Any]:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def several(value: Any) -> list[Any]:
    """One value or a list of them, as a list."""
    return [] if value is None else value[:MANY] if isinstance(value, list) else [value]


def words(value: Any) -> str:
    """A text, in whatever language it is given first: `"t"`, `{"en": "t"}`, `{"value": "t", "language": "en"}`."""
    value = next(iter(several(value)), "")
    if isinstance(value, dict):
        value = value.get("value", next((text for text in value.values() if isinstance(text, str)), ""))
    return " ".join(printable(str(value)).split()) if isinstance(value, str | int | float) else ""


def printable(text: str) -> str:
    """Without halves of characters, which JSON may have."""
    return text.encode("utf-8", "replace").decode("utf-8")


def links(archive: Archive, order: Any, base: str) -> Iterator[Link]:
    """The reading order. A file that is missing keeps its number, and has no href; noted."""
    for number, entry in enumerate(several(order)):
        link = {"url": entry} if isinstance(entry, str) else mapping(entry)
        said_href = words(link.get("href") or link.get("url"))
        path = archive.find(resolved(base, said_href)) if said_href else None
        if path is None:
            archive.notes.add(f"resource {number} is missing: there is no {said_href!r} in the archive")
        kind = words(link.get("type") if "href" in link else link.get("encodingFormat"))
        yield Link(
            href=path or "",
            media_type=kind.partition(";")[0].strip().lower() or (SOUNDS | IMAGES).get(ending(said_href), ""),
            length=archive.entries[path].compress_size if path else 0,
            title=words(link.get("title") or link.get("name")),
            duration=seconds(link.get("duration")),
            fixed=kind.startswith("image/"),
        )


def seconds(duration: Any) -> float:
    """Readium's number or W3C's ISO 8601 duration; 0 for anything else."""
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return float(duration) if 0 <= duration < LONGEST and isfinite(duration) else 0.0
    match = DURATION.fullmatch(duration[:100]) if isinstance(duration, str) else None
    try:
        parts = {unit: float(value) for unit, value in match.groupdict().items() if value} if match else {}
    except ValueError:
        return 0.0
    units = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
    return seconds(sum(units[unit] * value for unit, value in parts.items()))


def contents(toc: Any, base: str, depth: int = 0) -> Iterator[Link]:
    """The lines of the table of contents, flat and in order; hrefs with their fragments."""
    for entry in map(mapping, several(toc)):
        href, _, fragment = words(entry.get("href")).partition("#")
        if href and (path := resolved(base, href)):
            yield Link(href=f"{path}#{fragment}" if fragment else path, title=words(entry.get("title")))
        if depth < 8:  # noqa: PLR2004 - deeper than any table
            yield from contents(entry.get("children"), base, depth + 1)


def said(about: dict[str, Any], cover_path: str) -> Metadata:
    """What the manifest says about the publication, in Readium's words or in schema.org's."""
    people = [person for key, role in PERSONS.items() for person in persons(about.get(key) or about.get(f"{key}s"), role)]
    series = [mapping(entry) for entry in several(mapping(about.get("belongsTo")).get("series"))]
    identifier = words(about.get("identifier") or about.get("id"))
    return Metadata(
        title=words(about.get("title") or about.get("name")),
        subtitle=words(about.get("subtitle")),
        sort_title=words(about.get("sortAs")),
        authors=tuple(person for person in people if person.role == "aut"),
        contributors=tuple(person for person in people if person.role != "aut"),
        series=tuple(
            Series(words(entry.get("name")), words(entry.get("position"))) for entry in series if words(entry.get("name"))
        ),
        languages=tuple(filter(None, map(words, several(about.get("language") or about.get("inLanguage"))))),
        identifier=identifier,
        identifiers=(Identification("", identifier),) if identifier else (),
        description=words(about.get("description")),
        published=words(about.get("published") or about.get("datePublished")),
        modified=words(about.get("modified") or about.get("dateModified")),
        publisher=next((person.name for person in persons(about.get("publisher"), "pbl")), ""),
        subjects=tuple(person.name for person in persons(about.get("subject"), "")),
        direction=words(about.get("readingProgression")) if about.get("readingProgression") in ("ltr", "rtl") else "",
        cover=cover_path,
    )


def persons(those: Any, role: str) -> Iterator[Contributor]:
    """People: names, or objects with a name."""
    for entry in several(those):
        one = mapping(entry)
        if name := words(one.get("name") if one else entry):
            yield Contributor(name, role, words(one.get("sortAs")))


def cover(archive: Archive, manifest: dict[str, Any], base: str) -> str:
    """The path of the cover's image; "" where there is none."""
    for link in map(mapping, [*several(manifest.get("resources")), *several(manifest.get("links"))]):
        if "cover" in several(link.get("rel")) and (
            path := archive.find(resolved(base, words(link.get("href") or link.get("url"))))
        ):
            return path
    return ""
