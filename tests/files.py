"""Files of a test's library, as old as if nobody were writing them still: the scan does not wait for the rest of them."""

import os
import shutil
import time
from pathlib import Path

HOUR = 3600


def settled(path: Path, age: int = HOUR) -> Path:
    """A file that was written so many seconds ago."""
    then = time.time_ns() - age * 10**9
    os.utime(path, ns=(then, then), follow_symlinks=False)
    return path


def copied(book: Path, target: Path) -> Path:
    """A copy of a book, in a folder that is there or under a name."""
    return settled(Path(shutil.copy(book, target)))
