"""Measure the library: books read a second, unchanged files looked at a second, and what syncing notices of a scan.

`python -m bench.library [--copies N] [--stubs N]`. The books are copies of the corpus, each with bytes of its own. Times are wall
times beside the processor time that all processes took together: only the latter is the same on a machine that does other things.
"""

import argparse
import http.client
import resource
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.shared import ROOT

PAUSE = 0.001


def copies(folder: Path, count: int) -> tuple[int, int]:
    """Fill a folder with copies of the corpus' EPUBs; how many files and bytes there are."""
    sources = sorted((ROOT / "corpus").glob("*.epub"))
    for number in range(count):
        (folder / str(number)).mkdir(parents=True)
        for source in sources:
            path = Path(shutil.copy(source, folder / str(number)))
            with zipfile.ZipFile(path, "a") as archive:
                archive.comment = str(number).encode()
    return len(sources) * count, sum(path.stat().st_size for path in folder.rglob("*.epub"))


def stubs(folder: Path, count: int) -> None:
    """Fill a folder with files that are worth a look and nothing else."""
    for number in range(count):
        path = folder / str(number % 1000) / f"{number}.epub"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def scan(folder: Path, data: Path) -> tuple[float, float, str]:
    """Seconds on the wall, seconds of processor time, and the last line but one of the report."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    lines = command("scan", "--library", str(folder), data=data, check=False).stdout.splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, spent, lines[-2]


def latencies(server: RunningServer, ended: threading.Event) -> list[float]:
    """Milliseconds of GETs, one after the other, in rising order."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"x-auth-user": "ann", "x-auth-key": md5("secret")}
    taken = []
    while not ended.is_set():
        began = time.perf_counter()
        connection.request("GET", "/kosync/syncs/progress/d1", headers=headers)
        connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    return sorted(taken)


def syncing(folder: Path, data: Path) -> None:
    """GETs of an idle server, then of one that scans."""
    server = RunningServer(data)
    command("user", "add", "ann", "--password-stdin", data=data, stdin="secret\n")
    KosyncClient(server.base, "ann", md5("secret"), device="Kobo", device_id="K1").push("d1", "/body/p[1]", 0.1)
    ended = threading.Event()
    threading.Timer(5, ended.set).start()
    idle = show("idle", server, latencies(server, ended))
    server.stop()
    server = RunningServer(data, "--library", str(folder), "--scan-interval", "0")
    ended = threading.Event()

    def wait() -> None:
        while not any('event": "scan"' in line for line in server.log):
            time.sleep(0.05)
        ended.set()

    began = time.monotonic()
    threading.Thread(target=wait).start()
    scanning = show("scan", server, latencies(server, ended))
    print(f"  p99 during the scan, which took {time.monotonic() - began:.1f} s: {scanning / idle:.1f} times the idle one")
    server.stop()


def show(name: str, server: RunningServer, taken: list[float]) -> float:
    """One line of figures; the p99."""
    p50, p90, p99 = (taken[int(len(taken) * share)] for share in (0.5, 0.9, 0.99))
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    memory = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    print(f"  {name}: {len(taken)} GETs, p50 {p50:.2f}, p90 {p90:.2f}, p99 {p99:.2f} ms; {memory:.0f} MB resident")
    return p99


def main() -> int:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=25)
    parser.add_argument("--stubs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        count, size = copies(room / "books", options.copies)
        stubs(room / "stubs", options.stubs)
        time.sleep(4)  # what was just written waits
        for what, folder in ((f"{count} EPUBs, {size / 1e6:.0f} MB", "books"), (f"{options.stubs} stubs", "stubs")):
            for turn in ("first", "again"):
                wall, spent, line = scan(room / folder, room / f"data-{folder}")
                print(f"{what}, {turn}: {wall:.1f} s, processor {spent:.1f} s{line.rpartition(folder)[2]}", flush=True)
        print("GETs, one after the other:")
        syncing(room / "books", room / "data")
    return 0


if __name__ == "__main__":
    sys.exit(main())
