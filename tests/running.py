"""A real Placekeeper server in a process of its own, on a free port of the loopback address."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

READY_SECONDS = 20
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/kosync")


def clean_environment() -> dict[str, str]:
    """The environment without settings of ours that this machine may have."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PLACEKEEPER_")}


def command(*arguments: str, data: Path, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `placekeeper` with arguments on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "placekeeper", *arguments, "--data", str(data)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=check,
        env=clean_environment(),
    )


class RunningServer:
    """`base` is the address without a path; `started` how many seconds it took until the port answered;
    `said` what it has printed until then.
    """

    def __init__(self, data: Path, *options: str, port: int = 0) -> None:
        self.data = data
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "placekeeper", "serve", "--data", str(data), "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        self.log: list[str] = []
        self.said: list[str] = []
        self.port = self._read_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.started = time.monotonic() - self.began
        self._collector = threading.Thread(target=self._collect, daemon=True)
        self._collector.start()

    def _read_port(self) -> int:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            match = ADDRESS.search(line)
            if match:
                return int(match[1])
        assert self.process.stderr is not None
        raise AssertionError(f"the server did not start: {self.process.stderr.read()}")

    def _collect(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        status = self.process.wait(timeout=30)
        self._collector.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return status
