"""The servers that are measured, each a process of its own, and what the system says they used."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Measured:
    """A server process: `cpu()` gives its CPU-seconds so far (all threads), `memory()` its resident MB."""

    def __init__(self, arguments: list[str], port: int, probe: str) -> None:
        self.port = port
        began = time.perf_counter()
        self.process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
        while True:
            try:
                self.get(probe)
                break
            except OSError:
                assert self.process.poll() is None, "the server did not start"
                time.sleep(0.005)
        self.started = time.perf_counter() - began

    def get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def floor(port: int) -> Measured:
    """The bare Starlette handler."""
    return Measured(["-m", "bench.floor", str(port)], port, "/users/auth")


def placekeeper(port: int, data: Path) -> Measured:
    """Our server, as it is delivered."""
    return Measured(["-m", "placekeeper", "serve", "--port", str(port), "--data", str(data)], port, "/healthcheck")
