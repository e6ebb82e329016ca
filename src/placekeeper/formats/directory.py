"""The directory at the end of a zip file, counted before anything is made of it. Must not know what the entries are for.

Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
import zipfile
from typing import BinaryIO

from placekeeper.domain.errors import LimitExceeded, NotAnArchive
from placekeeper.formats.limits import Limits

ENTRY = b"PK\x01\x02"
END, END64 = struct.Struct("<4s8xLL2x"), struct.Struct("<4s36xQQ")
LOCATOR_SIZE = 20
TAIL = END.size + 0xFFFF + LOCATOR_SIZE + END64.size
"""How far from the end the records that say where the directory is can begin: the archive's comment stands after them."""
FAULTS = (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, OverflowError, IndexError)
"""What the standard library raises over directories that make no sense."""


def read_directory(file: BinaryIO, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries as listed. Raises `NotAnArchive`, `LimitExceeded`."""
    length, end = measured(file)
    if length > limits.directory_bytes:
        raise LimitExceeded(f"directory_bytes: the archive's directory has {length} bytes, more than {limits.directory_bytes}")
    file.seek(max(0, end - length))
    if (entries := file.read(length).count(ENTRY)) > limits.entries:
        raise LimitExceeded(f"entries: the archive has {entries} entries, more than {limits.entries}")
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except FAULTS as error:
        raise NotAnArchive(f"the archive's directory is damaged: {error}") from error


def measured(file: BinaryIO) -> tuple[int, int]:
    """The length of the directory and the offset after its end. Raises `NotAnArchive`."""
    size = file.seek(0, 2)
    start = max(0, size - TAIL)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END.size > len(tail):
        raise NotAnArchive("the archive's directory is missing: the file is cut off, or it is no zip at all")
    _, length, _ = END.unpack_from(tail, at)
    large = at - LOCATOR_SIZE - END64.size
    if large >= 0 and tail.startswith(b"PK\x06\x06", large):
        _, length, _ = END64.unpack_from(tail, large)
        at = large
    return length, start + at
