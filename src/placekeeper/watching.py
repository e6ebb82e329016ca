"""File events: whoever wants to know is told that something in the library's folders has changed, where the system tells.

Needs the extra `watch`; without it, and on network folders, the clock has to do. Must not know what is in the folders.
Source: https://watchfiles.helpmanual.io/api/watch/
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

GATHER_MS, QUIET_MS = 5_000, 1_000
"""Events are told together, once it is quiet or after this long: a copied folder is one change."""
LOOK_MS = 60_000
"""How often it is looked whether a folder has come or gone, such as a disk."""
REST_SECONDS = 5
"""Between two changes that are told."""
NOISE = (
    *(".db", ".db-journal", ".jpg", ".jpeg", ".png", ".opf", ".json", ".txt", ".tmp", ".part"),
    *(".sqlite3", ".sqlite3-wal", ".sqlite3-shm"),
)
"""Endings of files that are no publications and change often, as beside Calibre's books. Our own database is among them: a scan
writes to it, and must not be what the next scan is for.
"""


async def watch(folders: Sequence[str], changed: Callable[[], Awaitable[None]], failed: Callable[[str], None]) -> None:
    """Call `changed` soon after anything in the folders has changed, `failed` where the system refuses to tell.

    Ends at once without the extra.
    """
    if not folders:
        return
    try:
        from watchfiles import awatch
    except ImportError:
        return
    there = present(folders)
    while True:
        try:
            async for changes in awatch(
                *(folder for folder, _device, _inode in there),
                watch_filter=lambda _change, path: is_worth_a_look(path),
                debounce=GATHER_MS,
                step=QUIET_MS,
                rust_timeout=LOOK_MS,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                now = present(folders)
                if changes or now != there:
                    await changed()
                    await asyncio.sleep(REST_SECONDS)
                if now != there:
                    break
        except (OSError, RuntimeError) as error:
            failed(str(error))
            await asyncio.sleep(LOOK_MS / 1000)
        there = present(folders)


def present(folders: Sequence[str]) -> list[tuple[str, int, int]]:
    """Those folders that are there, and which ones they are: a disk may have come to where an empty folder was."""
    found = []
    for folder in folders:
        try:
            state = Path(folder).stat()
        except OSError:
            continue
        found.append((folder, state.st_dev, state.st_ino))
    return found


def is_worth_a_look(path: str) -> bool:
    """Whether a change there may be one of a publication."""
    name = path.rpartition("/")[2].lower()
    return not name.startswith(".") and not name.endswith(NOISE)
