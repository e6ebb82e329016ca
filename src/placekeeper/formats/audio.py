"""Recordings: one file of sound, or a folder of them, with durations, tags and chapters. Must not know places.

Source: https://id3.org/id3v2.4.0-frames, and what audiobook tools make of the tags
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from placekeeper.domain.errors import BadFile, LimitExceeded, NotNow
from placekeeper.domain.publication import EMBEDDED, RECORDINGS, Contributor, Described, Kind, Link, Metadata, Series
from placekeeper.formats.chapters import read_chapters
from placekeeper.formats.holding import held_plainly
from placekeeper.formats.id3_chapters import read_id3_chapters
from placekeeper.formats.limits import Limits
from placekeeper.formats.notes import Notes
from placekeeper.formats.ordering import natural
from placekeeper.formats.recognising import SOUNDS, ending, head_of

WHOLE = ".m4b"
"""A recording that is no part of another, but for where there is nothing else."""
FOLDER = RECORDINGS
"""A folder has no media type of its own."""


def describe_sound(path: Path, name: str, limits: Limits) -> Described:  # noqa: ARG001 - all readers are asked alike
    """One file: its reading order is itself, its contents are its chapters. Raises `BadFile`."""
    tags = read_tags(path, name, image=True)
    kind = media_type(path, name)
    href = name.encode("utf-8", "replace").decode("utf-8")
    link = Link(href=href, media_type=kind, length=path.stat().st_size, title=said(tags).title, duration=duration(tags))
    chapters = read_chapters(path) if kind == "audio/mp4" else read_id3_chapters(path)
    return Described(
        kind=Kind.AUDIOBOOK,
        media_type=kind,
        metadata=said(tags),
        reading_order=(link,),
        contents=tuple(Link(href=f"{href}#t={start:.3f}".rstrip("0").rstrip("."), title=title) for start, title in chapters),
        notes=() if link.duration else ("the duration can't be found out",),
    )


def media_type(path: Path, name: str) -> str:
    """By content where that is clear, else by the name."""
    head = head_of(path)
    marks = ((4, b"ftyp", "audio/mp4"), (0, b"OggS", "audio/ogg"), (0, b"fLaC", "audio/flac"), (0, b"ID3", "audio/mpeg"))
    return next((kind for at, mark, kind in marks if head.startswith(mark, at)), SOUNDS.get(ending(name), "audio/mpeg"))


def picture(path: Path, name: str) -> bytes | None:
    """The picture in the tags; None where there is none. Raises `BadFile`."""
    front = read_tags(path, name, image=True).images.any
    return None if front is None else front.data


def read_tags(path: Path, name: str, *, image: bool = False) -> Any:
    """What TinyTag finds in a file. Raises `BadFile`."""
    from tinytag import TinyTag
    from tinytag.tinytag import TinyTagException

    try:
        with path.open("rb") as file:
            return TinyTag.get(filename=name, file_obj=file, image=image)
    except OSError as error:
        raise NotNow(f"the file can't be read: {error.strerror or error}") from error
    except TinyTagException as error:
        raise BadFile(f"no sound that can be read: {str(error)[:200]}") from error
    except MemoryError:
        raise
    except Exception as error:
        raise BadFile(f"no sound that can be read: {type(error).__name__}") from error


def duration(tags: Any) -> float:
    """Seconds, to the millisecond; 0 where nobody knows."""
    value = tags.duration
    return round(float(value), 3) if value is not None and 0 < value < 1e8 else 0.0  # noqa: PLR2004 - three years


def said(tags: Any) -> Metadata:
    """What the tags say. Audiobook tools put the author under artist, and who reads it under composer."""
    author = clean(tags.albumartist) or clean(tags.artist)
    other = {key: clean(values[0]) for key, values in dict(tags.other).items() if values}
    series = other.get("series") or other.get("mvnm", "")
    return Metadata(
        title=clean(tags.title) or clean(tags.album),
        authors=tuple(Contributor(name, "aut") for name in split(author)),
        contributors=tuple(
            Contributor(name, "nrt") for name in split(other.get("narrator", "") or clean(tags.composer)) if name != "none"
        ),
        series=(Series(series, other.get("series-part") or other.get("mvin", "")),) if series else (),
        languages=tuple(filter(None, [other.get("language", "")])),
        description=other.get("description", "") or clean(tags.comment),
        published=clean(tags.year),
        publisher=other.get("publisher", ""),
        subjects=tuple(split(clean(tags.genre))),
        cover=EMBEDDED if tags.images.any else "",
    )


def clean(value: Any) -> str:
    """A tag as text on one line, with nothing in it that can't be written."""
    text = str(value or "").encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:10_000]).split())


def split(names: str) -> list[str]:
    """Names with semicolons or slashes between them."""
    return [name for piece in names.replace("/", ";").split(";") if (name := piece.strip())]


def describe_folder(path: Path, called: str, limits: Limits) -> Described:
    """A folder of recordings `called` so as one audiobook: a resource each, in the order of their names. Raises `BadFile`."""
    notes = Notes()
    found = tracks(path, notes, limits)
    if not found:
        raise BadFile("the folder has no recordings")
    order: list[Link] = []
    about: list[Metadata] = []
    for name in found:
        try:
            with held_plainly(path / name) as there:
                one = of_folder(there, name, limits)
                title = album(there, name)
        except BadFile as error:
            notes.add(f"{name!r} is passed over: {error}")
            continue
        order += one.reading_order
        about.append(replace(one.metadata, title=title))
    if not order:
        raise BadFile("the folder has no recordings that can be read")
    metadata = replace(about[0], title=about[0].title or called, cover=next((one.cover for one in about if one.cover), ""))
    return Described(kind=Kind.AUDIOBOOK, media_type=FOLDER, metadata=metadata, reading_order=tuple(order), notes=notes.lines)


def of_folder(path: Path, name: str, limits: Limits) -> Described:
    """One recording of a folder. Raises `BadFile`."""
    if not head_of(path):
        raise BadFile("it is empty")
    return describe_sound(path, name, limits)


def tracks(path: Path, notes: Notes, limits: Limits) -> list[str]:
    """The names of the recordings in a folder, in order; no links. Raises `BadFile`."""
    found = list(sound_files(path, notes))
    names = sorted([name for name in found if ending(name) != WHOLE] or found, key=natural)
    if len(names) > limits.recordings:
        raise LimitExceeded(f"recordings: the folder has {len(names)} recordings, more than {limits.recordings}")
    return names


def sound_files(path: Path, notes: Notes) -> Iterator[str]:
    """Names in a folder. Raises `BadFile`."""
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if ending(entry.name) in SOUNDS and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                    if entry.name.isprintable():
                        yield entry.name
                    else:
                        notes.add(f"a recording is passed over: its name {entry.name!r} can't be written")
    except OSError as error:
        raise NotNow(f"the folder can't be read: {error.strerror or error}") from error


def album(path: Path, name: str) -> str:
    """What the tags of a recording call the whole."""
    return clean(read_tags(path, name).album)
