"""The library in a real server: scanned at the start and on request, reported in the API, in nobody's way."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from placekeeper.domain.ports import Ledger
from placekeeper.formats.folder import stamp_of
from placekeeper.services.scanning import READER
from placekeeper.storage.sqlite import SqliteStore
from tests.files import settled
from tests.kosync.client import KosyncClient, md5
from tests.library.room import book
from tests.running import RunningServer, command
from tests.shared import shared
from tests.storage.library_claims import a_publication

MANY = 10_000


class Reader:
    """An account with a token for the API."""

    def __init__(self, server: RunningServer, name: str = "ann") -> None:
        command("user", "add", name, "--password-stdin", data=server.data, stdin="secret\n")
        self.server, self.name = server, name
        token = command("user", "token", name, "--name", "api", "--scope", "account", data=server.data).stdout.strip()
        self.http = httpx2.Client(base_url=server.base + "/api", headers={"authorization": f"Bearer {token}"})

    def __del__(self) -> None:
        self.http.close()

    def library(self) -> Any:
        answer = self.http.get("/library")
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def scanned(self, publications: int) -> Any:
        """The report, as soon as so many publications are there and no scan is under way."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            report = self.library()
            if report["publications"] == publications and report["folders"] and report["progress"]["state"] == "idle":
                return report
            time.sleep(0.05)
        raise AssertionError(f"no scan has ended with that: {self.library()}")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    book(tmp_path / "books/a.epub", "Emma")
    book(tmp_path / "books/b.epub", "Dracula")
    (tmp_path / "books/broken.epub").write_bytes(b"PK\x03\x04")
    settled(tmp_path / "books/broken.epub")
    return tmp_path / "books"


def test_scan_at_the_start(start: Callable[..., RunningServer], books: Path) -> None:
    """A server scans its folders when it starts; the report names each skipped file with the reason, and its figures."""
    reader = Reader(start("--library", str(books)))
    report = reader.scanned(2)
    (folder,) = report["folders"]

    assert {"state": "idle", "done": 0, "total": 0, "current": ""} == report["progress"]
    assert (str(books), 3, 2, []) == (folder["folder"], folder["files"], folder["added"], folder["problems"])
    assert 0 <= folder["seconds"] < 30
    assert [(str(books), "broken.epub")] == [(skipped["folder"], skipped["path"]) for skipped in report["skipped"]]
    assert "archive" in report["skipped"][0]["why"]


def test_scan_on_request(start: Callable[..., RunningServer], books: Path) -> None:
    """What came into the folder meanwhile is found by a scan on request; the request is answered at once."""
    reader = Reader(start("--library", str(books)))
    reader.scanned(2)
    book(books / "c.epub", "Ulysses")
    answer = reader.http.post("/library/scan")

    assert (202, {"progress"}) == (answer.status_code, set(answer.json()))
    assert 1 == reader.scanned(3)["folders"][0]["added"]


def test_scan_by_the_clock(start: Callable[..., RunningServer], books: Path) -> None:
    """With an interval, folders are scanned again without being asked; several folders are one library."""
    other = books.parent / "other"
    other.mkdir()
    reader = Reader(start("--library", str(books), "--library", str(other), "--scan-interval", "1"))
    reader.scanned(2)
    book(other / "c.epub", "Ulysses")

    assert [str(books), str(other)] == sorted(folder["folder"] for folder in reader.scanned(3)["folders"])


def test_who_may_ask(start: Callable[..., RunningServer], books: Path) -> None:
    """Without a token 401, without the library 403, both as problem details; an admin can let an account in."""
    server = start("--library", str(books))
    reader = Reader(server)
    nobody = httpx2.get(server.base + "/api/library")
    assert (401, "application/problem+json") == (nobody.status_code, nobody.headers["content-type"])

    command("user", "set", "ann", "library=no", data=server.data)
    for answer in (reader.http.get("/library"), reader.http.post("/library/scan")):
        assert (403, "Forbidden") == (answer.status_code, answer.json()["title"])
    command("user", "set", "ann", "library=yes", data=server.data)
    assert 2 == reader.scanned(2)["publications"]


def test_no_library(start: Callable[..., RunningServer]) -> None:
    """A server without folders has an empty library, and nothing to scan."""
    reader = Reader(start())
    report = reader.library()

    assert (0, [], [], []) == (report["publications"], report["folders"], report["skipped"], report["damaged"])
    assert 202 == reader.http.post("/library/scan").status_code


def test_library_that_is_not_there(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """A folder that is not there keeps no server from starting: it is a problem in the report and in the log."""
    server = start("--library", str(tmp_path / "unplugged"))
    (folder,) = Reader(server).scanned(0)["folders"]
    assert ["the folder can't be read: No such file or directory; what was known in it stays as it was"] == folder["problems"]
    assert 0 == server.stop()
    assert "unplugged" in "".join(server.log)


def test_command(books: Path, tmp_path: Path) -> None:
    """`placekeeper scan` scans without a server: a line for each file that is skipped, one for each folder, one in all."""
    done = command("scan", "--library", str(books), data=tmp_path / "data")
    again = command("scan", "--library", str(books), data=tmp_path / "data")
    skipped, folder, total = done.stdout.splitlines()

    assert skipped.startswith(f"skipped: {books}/broken.epub: ")
    assert folder.startswith(f"{books}: 3 files, 2 added, in ")
    assert "2 publications" == total
    assert "" == done.stderr
    assert f"{books}: 3 files, nothing new" in again.stdout


def test_command_beside_a_server(start: Callable[..., RunningServer], books: Path) -> None:
    """What the command finds, a running server has at once."""
    reader = Reader(start("--library", str(books), "--scan-interval", "0"))
    reader.scanned(2)
    book(books / "c.epub", "Ulysses")
    command("scan", "--library", str(books), data=reader.server.data)

    assert 3 == reader.library()["publications"]


@pytest.mark.parametrize("options", [(), ("--library", ""), ("--library", "nowhere")])
def test_command_that_fails(options: tuple[str, ...], tmp_path: Path) -> None:
    """Without a folder to scan, or with one that is not there, the command says so and exits with 1."""
    done = command("scan", *options, data=tmp_path / "data", check=False)

    assert 1 == done.returncode
    assert "problem: " in done.stdout or 1 == done.stderr.count("\n")


def test_names_do_not_leave_their_line(tmp_path: Path) -> None:
    """A file's name can't write lines or colours of its own into the report on the terminal."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books/a\n\x1b[31mb.epub").write_bytes(b"no")
    settled(tmp_path / "books/a\n\x1b[31mb.epub")
    done = command("scan", "--library", str(tmp_path / "books"), data=tmp_path / "data")

    assert 3 == len(done.stdout.splitlines())
    assert "\x1b" not in done.stdout


def test_stop_during_a_scan(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """A server that is stopped while it scans ends at once, and goes on with the rest when it starts again."""
    for number in range(300):
        book(tmp_path / f"books/{number}.epub", f"Book {number}")
    first = start("--library", str(tmp_path / "books"))
    reader = Reader(first)
    while not reader.library()["publications"]:
        time.sleep(0.01)
    began = time.monotonic()
    assert 0 == first.stop()
    assert time.monotonic() - began < 5

    again = start("--library", str(tmp_path / "books"))
    second = Reader(again, "bob")
    assert 300 == second.scanned(300)["publications"]


@pytest.mark.alone
def test_sync_goes_on(start: Callable[..., RunningServer], tmp_path: Path) -> None:
    """While books are read, KOSync answers every request, and none waits for the scan."""
    copies = tmp_path / "books"
    copies.mkdir()
    for source in sorted(shared("corpus").glob("se_*.epub")):
        for number in range(20):
            settled(Path(shutil.copy2(source, copies / f"{number} {source.name}")))
    server = start("--library", str(copies))
    reader = Reader(server)
    kobo = KosyncClient(server.base, "ann", md5("secret"), device="Kobo", device_id="K1")
    kobo.push("d1", "/body/p[1]", 0.1)
    seconds: list[float] = []
    while reader.library()["progress"]["state"] != "idle" or not seconds:
        for _ in range(20):
            began = time.monotonic()
            assert 0.1 == kobo.pull("d1")["percentage"]
            seconds.append(time.monotonic() - began)

    assert sorted(seconds)[int(len(seconds) * 0.99)] < 0.5


@pytest.mark.alone
def test_many_unchanged_files(tmp_path: Path) -> None:
    """Ten thousand files that are as they were are scanned again in seconds."""
    books, data = tmp_path / "books", tmp_path / "data"
    for number in range(MANY):
        path = books / f"{number % 100}" / f"{number}.epub"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        settled(path)
    store = SqliteStore(data, now_ms=1)

    def fill(ledger: Ledger) -> None:
        for path in books.rglob("*.epub"):
            publication = replace(a_publication(str(path.relative_to(books))), folder=str(books))
            ledger.save_publication(publication, stamp_of(path.stat(), path.stat().st_dev), READER)

    store.run(fill)
    store.close()
    began = time.monotonic()
    done = command("scan", "--library", str(books), data=data)

    assert time.monotonic() - began < 15
    assert f"{books}: {MANY} files, nothing new" in done.stdout
    assert f"{MANY} publications" in done.stdout


def test_scan_by_events(start: Callable[..., RunningServer], books: Path) -> None:
    """Where the system tells of changed files, a new book is found soon, without a clock and without being asked."""
    pytest.importorskip("watchfiles", reason="file events need watchfiles")
    reader = Reader(start("--library", str(books), "--scan-interval", "0"))
    reader.scanned(2)
    time.sleep(1)  # the watch begins beside the first scan
    book(books / "new/c.epub", "Ulysses")

    assert 1 == reader.scanned(3)["folders"][0]["added"]
    assert 0 == reader.server.stop()


def test_events_beside_names_that_are_not_utf_8(start: Callable[..., RunningServer], books: Path) -> None:
    """A file whose name is in another encoding, and a link that leads out, do not end the events of the others."""
    pytest.importorskip("watchfiles", reason="file events need watchfiles")
    (books / "elsewhere").symlink_to("/usr")
    reader = Reader(start("--library", str(books), "--scan-interval", "0"))
    reader.scanned(2)
    time.sleep(1)  # the watch begins beside the first scan
    for name in (b"b\xfccher.txt", b"caf\xe9.pdf"):
        (books / os.fsdecode(name)).touch()
    book(books / "new/c.epub", "Ulysses")
    reader.scanned(3)
    book(books / "new/d.epub", "Dubliners")

    reader.scanned(4)
    assert 2 <= watches(reader.server) < 10, "what the link leads to is not watched"
    assert 0 == reader.server.stop()


def watches(server: RunningServer) -> int:
    """How many folders the server has the system watch."""
    return sum(
        line.startswith("inotify")
        for descriptor in Path(f"/proc/{server.process.pid}/fdinfo").iterdir()
        for line in descriptor.read_text().splitlines()
    )
