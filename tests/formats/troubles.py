"""Tasks for workers that go wrong, each in its own way."""

import ctypes
import os
import sys
import time
from pathlib import Path

from placekeeper.domain.errors import DamagedEntry


def echo(text: str, *, number: int = 0) -> tuple[str, int]:
    return text, number


def where(path: Path) -> tuple[int, int, bytes]:
    """The process, how nice it is, and the path's bytes."""
    return os.getpid(), os.nice(0), os.fsencode(path)


def damaged() -> None:
    raise DamagedEntry("'a' is damaged,\nbadly")


def fault() -> None:
    raise KeyError("what nobody expected \udcff")


def deep(number: int = 0) -> int:
    return deep(number + 1) + 1


def printing() -> str:
    print("noise" * 10_000)
    sys.stdout.flush()
    os.write(1, b"noise")
    return "done"


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def spin() -> None:
    while True:
        pass


def hoard(size: int) -> int:
    return len(bytearray(size))


def write(path: str) -> None:
    Path(path).write_text("text")


def large(size: int) -> bytes:
    return bytes(size)


def unwritable() -> str:
    return "\udcff"
