"""Small files of every sort, as programs write them, for tests of what is read of them."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image


def picture(width: int = 60, height: int = 90, kind: str = "JPEG", colour: str = "teal", mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    Image.new(mode, (width, height), colour).save(made, kind)
    return made.getvalue()


def mp3(seconds: float = 1.0, **frames: str) -> bytes:
    """Silence at 128 kbit/s, with ID3v2.3 text frames (`TIT2="..."`)."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    tags = b"".join(
        name.encode() + struct.pack(">L2x", len(text.encode("utf-16")) + 1) + b"\x01" + text.encode("utf-16")
        for name, text in frames.items()
    )
    size = len(tags)
    head = b"ID3\x03\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) if tags else b""
    return head + tags + frame * round(seconds * 44_100 / 1_152)


def with_chapters(recording: bytes, *chapters: tuple[int, str], version: int = 4) -> bytes:
    """The recording with ID3 chapters: milliseconds and titles."""

    def frame(name: bytes, data: bytes) -> bytes:
        step = 7 if version == 4 else 8
        size = bytes((len(data) >> shift) & (2**step - 1) for shift in (3 * step, 2 * step, step, 0))
        return name + size + bytes(2) + data

    frames = b"".join(
        frame(b"CHAP", b"c%d\0" % number + struct.pack(">4L", start, start + 1, 0, 0) + frame(b"TIT2", b"\x03" + title.encode()))
        for number, (start, title) in enumerate(chapters)
    )
    frames = frame(b"TIT2", b"\x03Whole") + frames
    size = bytes((len(frames) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, 0]) + size + frames + recording


def pdf(pages: int = 3, title: str = "", author: str = "", language: str = "", xmp: bytes = b"", password: str = "") -> bytes:
    """Empty pages."""
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, StreamObject, TextStringObject

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    writer.add_metadata({key: value for key, value in {"/Title": title, "/Author": author}.items() if value})
    if language:
        writer.root_object[NameObject("/Lang")] = TextStringObject(language)
    if xmp:
        stream = StreamObject()
        stream.set_data(xmp)
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def rar(files: dict[str, bytes]) -> bytes:
    """A RAR archive of the third version, in which nothing is compressed."""
    made = b"Rar!\x1a\x07\x00" + rar_block(0x73, 0, bytes(6))
    for name, data in files.items():
        path = name.encode()
        fields = struct.pack("<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0x5A210000, 20, 0x30, len(path), 0o100644)
        made += rar_block(0x74, 0x8000, fields + path) + data
    return made + rar_block(0x7B, 0x4000, b"")


def rar_block(kind: int, flags: int, content: bytes) -> bytes:
    """A header with its checksum."""
    head = struct.pack("<BHH", kind, flags, 7 + len(content)) + content
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def seven_zip(path: Path, files: dict[str, bytes]) -> Path:
    """A 7z archive at `path`."""
    import py7zr

    with py7zr.SevenZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return path


def mobi(title: str, extensions: dict[int, str] | None = None, version: int = 6, pictures: tuple[bytes, ...] = ()) -> bytes:
    """A Mobipocket file without text."""
    records = b"".join(
        struct.pack(">2L", number, 8 + len(text.encode())) + text.encode() for number, text in (extensions or {}).items()
    )
    count = len(extensions or {})
    if pictures:
        records, count = records + struct.pack(">3L", 201, 12, 0), count + 1
    exth = b"EXTH" + struct.pack(">2L", 12 + len(records), count) + records
    head = bytearray(16 + 232)
    head[16:20] = b"MOBI"
    struct.pack_into(">5L", head, 20, 232, 2, 65_001, 1, version)
    struct.pack_into(">2L", head, 84, len(head) + len(exth), len(title.encode()))
    struct.pack_into(">L", head, 108, 1)
    struct.pack_into(">L", head, 128, 0x40)
    return palm([bytes(head) + exth + title.encode(), *pictures, b"end"])


def palm(records: list[bytes]) -> bytes:
    """A Palm database of records."""
    start = 78 + 8 * len(records) + 2
    table = b""
    for number, record in enumerate(records):
        table += struct.pack(">2L", start, number)
        start += len(record)
    return (
        b"name".ljust(60, b"\0") + b"BOOKMOBI" + bytes(8) + struct.pack(">H", len(records)) + table + bytes(2) + b"".join(records)
    )
