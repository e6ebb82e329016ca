"""Files and directories reached by their directory, never by a name that somebody can bend in between. Nothing is written.

Must not know what they are read for. Source: https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from placekeeper.domain.errors import BadFile, FileGone, NotNow

GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EINVAL})
"""EINVAL: what was a symbolic link is none any more."""
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""O_NONBLOCK: a pipe would be waited for."""


class Openable(Protocol):
    """What can be opened again and again: a `Path`, or a file of a library's folder."""

    @property
    def name(self) -> str:
        """As people know it."""

    @property
    def suffix(self) -> str:
        """The end of its name, from the last dot on."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """For reading, from the start. Raises `OSError`, `BadFile`."""

    def is_dir(self) -> bool:
        """Whether it is a directory."""


def is_below(path: str, root: str) -> bool:
    """Whether a real path is in a folder, or the folder itself."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def descend(root: str, path: Path) -> int:
    """A descriptor of what stands at `path` in a folder; symbolic links count where they stay inside.

    Raises `FileGone`, `BadFile`.

    The way there is resolved once and then walked directory by directory without following links, so that nobody can put one
    in between.
    """
    directory = -1
    try:
        real_root = os.path.realpath(root)
        real = os.path.realpath(path)
        if not is_below(real, real_root):
            raise FileGone("the file is not in the folder")
        directory = os.open(real_root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        *parents, name = os.path.relpath(real, real_root).split("/")
        for parent in parents:
            inner = os.open(parent, READING | os.O_DIRECTORY, dir_fd=directory)
            os.close(directory)
            directory = inner
        return os.open(name, READING, dir_fd=directory)
    except OSError as error:
        raise why(error) from error
    except ValueError as error:  # a NUL
        raise FileGone("the file is not there") from error
    finally:
        if directory >= 0:
            os.close(directory)


def why(error: OSError) -> BadFile:
    """What it means for the file that was to be opened."""
    if error.errno in GONE:
        return FileGone("the file is not there")
    return NotNow(f"the file can't be read: {error.strerror}")


@contextmanager
def held(root: str, path: Path) -> Iterator[Path]:
    """A path to a file or directory of a folder that stays what it is while it is held, for this process and its children.

    Where the system has no such paths (it is no Linux), its real path. Raises `FileGone`, `BadFile`.
    """
    descriptor = descend(root, path)
    try:
        if not (is_file(descriptor) or is_directory(descriptor)):
            raise FileGone("it is no file any more")
        there = Path(f"/proc/{os.getpid()}/fd/{descriptor}")
        yield there if there.exists() else Path(os.path.realpath(path))
    finally:
        os.close(descriptor)


def is_file(descriptor: int) -> bool:
    """Whether a file is open, not a pipe or a device."""
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def is_directory(descriptor: int) -> bool:
    """Whether a directory is open."""
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def open_plainly(path: Path) -> BinaryIO:
    """A file whose directory is held, for reading, if its name is no link by now. Raises `FileGone`, `BadFile`."""
    try:
        descriptor = os.open(path, READING)
    except OSError as error:
        raise why(error) from error
    if not is_file(descriptor):
        os.close(descriptor)
        raise FileGone("it is no file any more")
    return os.fdopen(descriptor, "rb")


@contextmanager
def held_plainly(path: Path) -> Iterator[Path]:
    """As `held`, for a file whose directory is held. Raises `FileGone`, `BadFile`."""
    with open_plainly(path) as file:
        there = Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        yield there if there.exists() else path
