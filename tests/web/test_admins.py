"""Who is an admin, and that one remains: whatever they do to themselves and each other, at once or by another way."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.web.browser import Browser
from tests.web.past import PASSWORD

ADMINS = ("ann", "bea")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[RunningServer]:
    """A server with two admins, and with Carl."""
    for name in ADMINS:
        command("user", "add", name, "--admin", "--password-stdin", data=tmp_path, stdin=PASSWORD + "\n")
    command("user", "add", "carl", "--password-stdin", data=tmp_path, stdin=PASSWORD + "\n")
    running = RunningServer(tmp_path)
    yield running
    running.kill()


def admins(server: RunningServer) -> list[str]:
    """The names of all admins."""
    lines = command("user", "list", data=server.data).stdout.splitlines()
    return [line.partition("\t")[0] for line in lines if "\tadmin" in line]


def test_two_who_leave_at_once(two: RunningServer) -> None:
    """Of two admins who delete themselves at the same moment, one is told to stay."""
    leaving = [Browser(two).sign_in(name) for name in ADMINS]
    answers: list[int] = []
    together = threading.Barrier(len(leaving))

    def leave(browser: Browser) -> None:
        browser.get("/account/delete")
        together.wait()
        answers.append(browser.send("/account/delete", current=PASSWORD, sure="yes").status_code)

    threads = [threading.Thread(target=leave, args=(browser,)) for browser in leaving]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [303, 400] == sorted(answers)
    assert 1 == len(admins(two))


def test_the_last_one_stays_for_apps_too(two: RunningServer) -> None:
    """KOSync's deletion spares the only admin of a server that others use, and nobody else."""
    ann, bea = (KosyncClient(two.base, name, md5(PASSWORD)) for name in ADMINS)
    bea.delete()
    ann.delete(check=403)
    KosyncClient(two.base, "carl", md5(PASSWORD)).delete()
    assert ["ann"] == admins(two)

    ann.delete()
    assert [] == admins(two)
