"""A process that reads foreign files for the server: `formats/work.py` starts it. One task after the other, each within limits.

Must not know what tasks are for. What it answers is data, never code: whoever takes this process over has won nothing.
"""

import importlib
import os
import pickle
import select
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from placekeeper.domain.errors import BadFile, LimitExceeded, PlacekeeperError
from placekeeper.formats.limits import Limits

FRAME = struct.Struct("<Q")
NICENESS = 19


class Answer(msgspec.Struct):
    """How a task ended. `error`: the name of the error's class in `domain.errors`; "" where there is a `value`, encoded."""

    value: msgspec.Raw = msgspec.Raw(b"\xc0")
    error: str = ""
    message: str = ""


def read_frame(stream: BinaryIO) -> bytes:
    """The next message; empty at the end."""
    head = stream.read(FRAME.size)
    return stream.read(FRAME.unpack(head)[0]) if len(head) == FRAME.size else b""


def frame(data: bytes) -> bytes:
    """A message as it goes over a pipe."""
    return FRAME.pack(len(data)) + data


def task_named(name: str) -> Callable[..., Any]:
    """The function that is meant by `module:function`."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def answered(request: bytes) -> Answer:
    """Do a task. What goes wrong is told, not raised."""
    name, arguments, named = pickle.loads(request)  # noqa: S301 - it comes from the server itself
    try:
        return Answer(value=msgspec.Raw(msgspec.msgpack.encode(task_named(name)(*arguments, **named))))
    except PlacekeeperError as error:
        return Answer(error=type(error).__name__, message=writable(str(error)))
    except MemoryError:
        return Answer(error=LimitExceeded.__name__, message="task_bytes: reading it takes more memory than a task may have")
    except Exception as error:  # noqa: BLE001 - whatever a reader fails with, the file is skipped and the report says so
        return Answer(error=BadFile.__name__, message=writable(f"it can't be read: {type(error).__name__}: {str(error)[:200]}"))


def writable(text: str) -> str:
    """On one line, without halves of characters."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def confine(limits: Limits) -> None:
    """Give way to the server; no more memory than allowed; never write a file. Where the system has no such limits: nothing."""
    try:
        import resource
    except ImportError:
        return
    give_way()
    for kind, most in ((resource.RLIMIT_AS, limits.task_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # there is a lower one, or none of that kind
            resource.setrlimit(kind, (most, most))


def give_way() -> None:
    """Run when nothing else wants to: at once off the processor when the server has something to do, where the system knows how.

    Linux lets a process that is merely nice finish its slice of some milliseconds. https://man7.org/linux/man-pages/man7/sched.7.html
    """
    os.nice(NICENESS)
    if sys.platform == "linux":
        with suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def allow_time(limits: Limits) -> None:
    """The next task may take so much more processor time; the system ends the process after that."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + limits.task_cpu_seconds + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def main() -> int:
    """Work until there is nothing to do for a while, or the server is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the server's: it ends its workers in order
        signal.signal(number, signal.SIG_IGN)
    limits = msgspec.json.decode(sys.argv[1], type=Limits)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes nowhere near the answers
    confine(limits)
    for _ in range(limits.worker_tasks):
        if not select.select([requests], [], [], limits.worker_idle_seconds)[0] or not (request := read_frame(requests)):
            break
        allow_time(limits)
        answers.write(frame(msgspec.msgpack.encode(answered(request))))
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
