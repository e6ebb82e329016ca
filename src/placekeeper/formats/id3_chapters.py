"""Where the chapters of an MP3 begin: ID3's CHAP frames. Must not know sound.

Sources: https://id3.org/id3v2-chapters-1.0, https://id3.org/id3v2.4.0-structure
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

CHAPTER_BYTES = 1 << 20
"""Of one chapter: it may hold a picture."""
MOST = 10_000
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
HEADER, TIMES = 10, 16


def read_id3_chapters(path: Path) -> list[tuple[float, str]]:
    """Seconds and titles, in order of time; empty where there are none. Raises `OSError`."""
    with path.open("rb") as file:
        head = file.read(HEADER)
        if len(head) < HEADER or not head.startswith(b"ID3") or head[3] not in {3, 4}:
            return []
        found = [chapter(data, head[3]) for name, data in frames(file, HEADER + synchsafe(head[6:]), head) if name == b"CHAP"]
    return sorted(one for one in found if one is not None)


def frames(file: BinaryIO, end: int, head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the frames of a tag; only chapters are read."""
    at = HEADER
    if head[5] & 0x40:
        extended = file.read(4)
        at += synchsafe(extended) if head[3] == 4 else 4 + int.from_bytes(extended)  # noqa: PLR2004 - the versions
    for _ in range(MOST):
        file.seek(at)
        frame = file.read(HEADER)
        if at + HEADER > end or len(frame) < HEADER or not frame[0]:
            return
        size = sized(frame[4:8], head[3])
        yield frame[:4], file.read(min(size, CHAPTER_BYTES)) if frame[:4] == b"CHAP" else b""
        at += HEADER + size


def sized(data: bytes, version: int) -> int:
    """The size of a frame."""
    return synchsafe(data) if version == 4 else int.from_bytes(data)  # noqa: PLR2004 - as above


def synchsafe(data: bytes) -> int:
    """A number of seven bits to the byte."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
    return number


def chapter(data: bytes, version: int) -> tuple[float, str] | None:
    """Start and title of a chapter."""
    at = data.find(b"\0") + 1
    if not at or len(data) < at + TIMES:
        return None
    start = int.from_bytes(data[at : at + 4]) / 1000
    at += TIMES
    while at + HEADER < len(data):
        size = sized(data[at + 4 : at + 8], version)
        if data[at : at + 4] == b"TIT2":
            return start, text(data[at + HEADER : at + HEADER + size])
        at += HEADER + size
    return start, ""


def text(data: bytes) -> str:
    """A text frame on one line."""
    encoding = ENCODINGS[data[0]] if data and data[0] < len(ENCODINGS) else "latin-1"
    return " ".join(data[1:].decode(encoding, "replace").replace("\0", " ").split())
