"""How large the data folder is, part by part. Knows nothing of what is in it."""

import os
import shutil
from pathlib import Path
from typing import Final

from placekeeper.domain.upkeep import Footprint
from placekeeper.storage.sqlite import DATABASE

MOST: Final = 200_000
"""Files of a part that are looked at: with more, it is said to be smaller than it is."""


def footprint(data: Path) -> Footprint:
    """What is there now. Files that go meanwhile count nothing."""
    disk = shutil.disk_usage(data)
    files = [data / f"{DATABASE}{end}" for end in ("", "-wal", "-shm")]
    return Footprint(
        database=sum(_size(str(file)) for file in files),
        covers=_below(data / "covers"),
        books=_below(data / "books"),
        free=disk.free,
        total=disk.total,
    )


def _below(folder: Path) -> int:
    size = seen = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            seen += 1
            if seen > MOST:
                return size
            size += _size(f"{place}/{name}")
    return size


def _size(path: str) -> int:
    try:
        return Path(path).lstat().st_size
    except OSError:
        return 0
