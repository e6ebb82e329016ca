"""`placekeeper backup`: a copy that is whole, made while the server takes writes."""

import sqlite3
import threading
from pathlib import Path

import pytest

from tests.kosync.client import KosyncClient, new_account
from tests.running import RunningServer, command


def test_backup_of_a_busy_server(tmp_path: Path) -> None:
    """Copies made while places are written are whole databases, with all that was acknowledged before each began."""
    data = tmp_path / "data"
    server = RunningServer(data)
    kobo, over = new_account(server.base), threading.Event()

    def write() -> None:
        other = KosyncClient(server.base, kobo.user, kobo.key, device="Boox")
        number = 0
        while not over.is_set():
            number += 1
            other.push(f"{number:032}", "/body/DocFragment[2].0", 0.2)

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    for number in range(3):
        kobo.push(f"mark {number}", "/body/DocFragment[2].0", 0.2)
        file = tmp_path / f"{number}.sqlite3"
        said = command("backup", str(file), data=data).stdout
        assert f"{file} has {file.stat().st_size:,} bytes\n" == said
        assert 0o600 == file.stat().st_mode & 0o777
        database = sqlite3.connect(file)
        assert [("ok",)] == database.execute("PRAGMA integrity_check").fetchall()
        marks = database.execute("SELECT COUNT(*) FROM reading WHERE document LIKE 'mark %'").fetchone()[0]
        counts.append(marks)
        database.close()
    over.set()
    writer.join()
    assert 0 == server.stop()

    assert [1, 2, 3] == counts


@pytest.mark.parametrize("name", ["there", "nowhere/file"])
def test_files_that_can_not_be(tmp_path: Path, name: str) -> None:
    """A file that is there already, or can't be written, is one clear line, and nothing is touched."""
    command("user", "add", "ann", "--password-stdin", data=tmp_path, stdin="correct horse\n")
    there = tmp_path / "there"
    there.write_text("mine")
    done = command("backup", str(tmp_path / name), data=tmp_path, check=False)

    assert 1 == done.returncode
    assert 1 == done.stderr.count("\n")
    assert done.stderr.startswith("placekeeper: ")
    assert "mine" == there.read_text()


def test_no_database(tmp_path: Path) -> None:
    """A folder without a database is an error, and stays without one."""
    done = command("backup", str(tmp_path / "file"), data=tmp_path, check=False)

    assert "there is no database" in done.stderr
    assert [] == list(tmp_path.iterdir())
