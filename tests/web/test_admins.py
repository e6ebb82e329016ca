"""Who is an admin, and that one remains: whatever they do to themselves and each other, at once or by another way."""

import re
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


def test_a_token_of_an_admin_makes_no_admin(two: RunningServer) -> None:
    """A token of the scope `account` does not change an admin's password, by which its holder would be an admin; one of the scope
    `admin`, and that of an account that is no admin, do.
    """
    new, newer = "battery staple", "staple battery"
    for name, scope, status in (("ann", "account", 401), ("bea", "admin", 200), ("carl", "account", 200)):
        arguments = ("user", "token", name, "--name", "laptop", "--scope", "sync", "--scope", "account", "--scope", scope)
        token = command(*arguments, data=two.data).stdout.split()[-1]
        KosyncClient(two.base, name, md5(token)).change_key(md5(new), check=status)
        browser = Browser(two).sign_in(name, token)
        browser.get("/password")
        page = browser.http.post("/password", data={"token": browser.token, "current": token, "password": newer, "again": newer})
        assert (303 if status == 200 else 400) == page.status_code, name

    Browser(two).sign_in("ann")


def test_the_own_password_is_not_set_but_changed(two: RunningServer) -> None:
    """An admin's page of the own account sets no password: that would need no old one."""
    ann = Browser(two).sign_in()
    account = re.search(r"admin/accounts/[0-9a-f-]{36}", ann.get("/admin/accounts?q=ann").text)
    assert account
    ann.get(f"/{account[0]}")
    assert "Change your password" in ann.words
    ann.submit(f"/{account[0]}/password", 400, password="battery staple")

    Browser(two).sign_in("ann")
