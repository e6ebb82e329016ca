"""File events: whoever wants to know is told that something in the library's folders has changed, where the system tells.

Needs the extra `watch`; without it, and on network folders, the clock has to do. Must not know what is in the folders.
All of it runs in a thread of its own: to watch the thousands of folders of a large library takes longer than a request may wait.
Source: https://watchfiles.helpmanual.io/api/watch/
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

GATHER_MS, QUIET_MS = 5_000, 1_000
"""Events are told together, once it is quiet or after this long: a copied folder is one change."""
LOOK_MS = 2_000
"""How often it is looked whether a folder has come or gone, such as a disk."""
REST_SECONDS = 5
"""Between two changes that are told."""
AGAIN_SECONDS = 60
"""Until it is tried again, where the system has refused to tell."""
NOISE = (
    *(".db", ".db-journal", ".jpg", ".jpeg", ".png", ".opf", ".json", ".txt", ".tmp", ".part"),
    *(".sqlite3", ".sqlite3-wal", ".sqlite3-shm"),
)
"""Endings of files that are no publications and change often, as beside Calibre's books. Our own database is among them: a scan
writes to it, and must not be what the next scan is for.
"""

Present = list[tuple[str, int, int]]
"""Path, device and inode of each folder that is there."""


async def watch(folders: Sequence[str], changed: Callable[[], Awaitable[None]], failed: Callable[[str], None]) -> None:
    """Call `changed` soon after anything in the folders has changed, `failed` where the system refuses to tell.

    Ends at once without the extra, else when it is cancelled.
    """
    if not folders or find_spec("watchfiles") is None:
        return
    loop, stop, told = asyncio.get_running_loop(), threading.Event(), asyncio.Event()
    listening = asyncio.create_task(
        asyncio.to_thread(
            listen,
            folders,
            stop,
            lambda: loop.call_soon_threadsafe(told.set),
            lambda why: loop.call_soon_threadsafe(failed, why),
        )
    )
    try:
        while True:
            await told.wait()
            told.clear()
            await changed()
    finally:
        stop.set()
        await asyncio.gather(listening, return_exceptions=True)


def listen(folders: Sequence[str], stop: threading.Event, tell: Callable[[], object], failed: Callable[[str], object]) -> None:
    """Watch until told to stop. What happens while the watches are set up anew is told once they are."""
    missed = False
    while not stop.is_set():
        try:
            follow(folders, stop, tell, missed=missed)
        except FileNotFoundError:
            pass  # a folder has gone since it was found
        except Exception as error:  # noqa: BLE001 - a watch that ends must not be the last one
            # A name that is not UTF-8 can't be told by the library: something has changed, which is all there is to know.
            if "decode path" not in str(error):
                failed(str(error))
                stop.wait(AGAIN_SECONDS)
        missed = True
        stop.wait(QUIET_MS / 1000)


def follow(folders: Sequence[str], stop: threading.Event, tell: Callable[[], object], *, missed: bool) -> None:
    """Watch the folders until one in them comes or goes. `missed` says that something has changed before they were watched."""
    from watchfiles import watch as changes_in

    there = present(folders)
    tree = directories(there)
    for changes in changes_in(
        *tree,
        watch_filter=lambda _change, path: is_worth_a_look(path),
        debounce=GATHER_MS,
        step=QUIET_MS,
        stop_event=stop,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=False,
        ignore_permission_denied=True,
    ):
        if present(folders) != there or (changes and directories(there) != tree):
            return
        if changes or missed:
            missed = False
            tell()
            stop.wait(REST_SECONDS)


def directories(there: Present) -> list[str]:
    """The folders and those in them, without following links: those that lead elsewhere in the library are found there,
    others are none of it. Names that are not UTF-8 are left to the clock, for they can't be given to the library.
    """
    found = []
    for folder, _device, _inode in there:
        for path, _folders, _files in os.walk(folder):
            try:
                path.encode()
            except UnicodeEncodeError:
                continue
            found.append(path)
    return found


def present(folders: Sequence[str]) -> Present:
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
