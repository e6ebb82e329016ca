"""Processes in which foreign files are read, so that none of them can stop, slow or kill the server.

Started at the first task, ended when there is nothing to do; a task that takes too much ends with a typed error, and the next
one finds a new process. Must not know what tasks are for. The other end: `formats/worker.py`.
"""

import asyncio
import os
import pickle
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, BinaryIO, ParamSpec, TypeVar, cast, get_type_hints

import msgspec

from placekeeper.domain import errors
from placekeeper.domain.errors import BadFile, LimitExceeded, ReaderDied, TooSlow
from placekeeper.formats.limits import LIMITS, Limits
from placekeeper.formats.worker import FRAME, Answer, frame

P = ParamSpec("P")
T = TypeVar("T")
BLOCK = 1 << 18


ANSWERS = msgspec.msgpack.Decoder(Answer)


@cache
def returned(task: Callable[..., Any]) -> msgspec.msgpack.Decoder[Any]:
    """What reads the values that a task returns."""
    return msgspec.msgpack.Decoder(get_type_hints(task)["return"])


class Gone(Exception):
    """A worker ended by itself before it saw the task: it was idle, or had done its share."""


class Worker:
    """One process. For one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        """Start it."""
        self._limits = limits
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "placekeeper.formats.worker", msgspec.json.encode(limits).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        # One that ends because it is idle is waited for at once: else it would stay in the system's list until the next task.
        threading.Thread(target=self._process.wait, name="reaper", daemon=True).start()
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)

    def ask(self, request: bytes) -> bytes:
        """The answer to a task. Raises `LimitExceeded`, `ReaderDied`, `Gone`; after these the worker is of no use."""
        until = time.monotonic() + self._limits.task_seconds
        try:
            self._requests.write(frame(request))
            (length,) = FRAME.unpack(self._read(FRAME.size, until))
            if length > self._limits.answer_bytes:
                raise LimitExceeded(f"answer_bytes: {length} bytes are more than {self._limits.answer_bytes}")
            return self._read(length, until)
        except (BrokenPipeError, EOFError):
            raise self._why_it_ended() from None

    def _read(self, length: int, until: float) -> bytes:
        """So many bytes. Raises `LimitExceeded`, `EOFError`."""
        poll = select.poll()
        poll.register(descriptor := self._answers.fileno(), select.POLLIN)
        data = bytearray()
        while len(data) < length:
            if not poll.poll(max(0, int(1000 * (until - time.monotonic())))):
                raise TooSlow(f"task_seconds: reading it takes more than {self._limits.task_seconds} seconds")
            if not (block := os.read(descriptor, min(BLOCK, length - len(data)))):
                raise EOFError
            data += block
        return bytes(data)

    def _why_it_ended(self) -> Exception:
        """Why the process is gone."""
        code = self._process.wait()
        if code == 0:
            return Gone()
        if code == -signal.SIGXCPU:
            return LimitExceeded(f"task_cpu_seconds: reading it takes more than {self._limits.task_cpu_seconds} seconds")
        return ReaderDied(f"reading it ended the process that read it ({f'signal {-code}' if code < 0 else f'exit {code}'})")

    def kill(self) -> None:
        """Stop it, whatever it does: whoever waits for it is told."""
        self._process.kill()

    def end(self) -> None:
        """Stop it, and leave nothing behind."""
        self.kill()
        self._process.wait()
        self._requests.close()
        self._answers.close()


class Pool:
    """So many workers at most, each with a thread that waits for it. Any thread, any loop may use it."""

    def __init__(self, size: int = min(4, os.cpu_count() or 1), limits: Limits = LIMITS) -> None:
        """Nothing is started yet."""
        self.size = size
        self._limits = limits
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)
        self._threads = ThreadPoolExecutor(size, "formats")
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, task: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a function of `placekeeper.formats` returns for these arguments, done by a worker.

        Raises what the function raises, if it is in `domain.errors`, else `BadFile`; `LimitExceeded` and `ReaderDied` where the
        worker had to be ended, or ended.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self.call, task, *arguments, **named))

    def call(self, task: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """As `run`, for threads: waits for a worker, and for its answer."""
        request = pickle.dumps((f"{task.__module__}:{task.__qualname__}", arguments, named))
        answer = ANSWERS.decode(self._ask(request))
        if answer.error:
            raise getattr(errors, answer.error, BadFile)(answer.message)
        value: T = returned(task).decode(answer.value)
        return value

    def _ask(self, request: bytes) -> bytes:
        worker = self._idle.get()
        try:
            for _ in range(3):
                worker = worker or self._started()
                try:
                    return worker.ask(request)
                except Gone:
                    self._end(worker)
                    worker = None
                except BaseException:
                    self._end(worker)
                    worker = None
                    raise
            raise ReaderDied("reading it ended the process that read it, again and again")
        finally:
            self._idle.put(worker)

    def _started(self) -> Worker:
        with self._lock:
            if self._closed:
                raise ReaderDied("the server is stopping")
            worker = Worker(self._limits)
            self._workers.add(worker)
            return worker

    def _end(self, worker: Worker) -> None:
        worker.end()
        with self._lock:
            self._workers.discard(worker)

    def close(self) -> None:
        """End all workers; tasks that are not done raise `ReaderDied`."""
        with self._lock:
            self._closed = True
            workers = tuple(self._workers)
        for worker in workers:
            worker.kill()
        idle = [self._idle.get() for _ in range(self.size)]  # whoever waited for an answer has learnt that there is none
        for found in idle:
            if found is not None:
                self._end(found)
            self._idle.put(None)
        self._threads.shutdown(wait=True, cancel_futures=True)
