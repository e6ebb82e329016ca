"""The admin's pages: accounts, who may register, quotas, health, a backup that is one."""

import re
import sqlite3
import time
from pathlib import Path

import pytest

from tests.annotations.client import BOOKMARKING, IDLING, PalaceClient, href_progression
from tests.kosync.client import KosyncClient, fresh, md5
from tests.opds_progression.client import ProgressionClient, document
from tests.running import RunningServer, command
from tests.web.browser import Browser
from tests.web.past import PASSWORD

FORMS = ("change", "password", "remove")


@pytest.fixture
def admin(home: RunningServer) -> Browser:
    """Ann, an admin."""
    return Browser(home).sign_in()


@pytest.fixture
def bob(home: RunningServer) -> KosyncClient:
    """Somebody who has registered with KOReader."""
    client = KosyncClient(home.base, fresh("bob"), md5(PASSWORD))
    client.register()
    return client


def page_of(admin: Browser, name: str) -> str:
    """The path of an account's page."""
    admin.get(f"/admin/accounts?q={name}")
    found = re.search(r"admin/accounts/[0-9a-f-]{36}", admin.text)
    assert found, admin.words
    admin.get("/" + found[0])
    return "/" + found[0]


def test_make_an_account(home: RunningServer, admin: Browser) -> None:
    """An account that an admin makes can sign in everywhere, and sees the library if it shall."""
    for library, status in (("yes", 200), ("", 403)):
        name = fresh("new")
        admin.get("/admin/accounts")
        admin.submit("/admin/accounts", name=name, password=PASSWORD, library=library)
        assert "The account is made" in admin.words
        KosyncClient(home.base, name, md5(PASSWORD)).authorize()
        assert status == Browser(home).http.get("/opds/v2", auth=(name, PASSWORD)).status_code


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "ann", "password": PASSWORD}, "there is an account named 'ann'"),
        ({"name": "a:b", "password": PASSWORD}, "a name has 1 to 255 characters"),
        ({"name": "", "password": PASSWORD}, "a name has 1 to 255 characters"),
        ({"name": "ann\N{RIGHT-TO-LEFT OVERRIDE}", "password": PASSWORD}, "a name has 1 to 255 characters"),
        ({"name": "new", "password": "short"}, "at least 8 characters"),
    ],
)
def test_accounts_that_none_can_be(admin: Browser, fields: dict[str, str], said: str) -> None:
    """What can't be an account is refused in plain words, on the page with what was typed."""
    admin.get("/admin/accounts")
    admin.submit("/admin/accounts", 400, **fields)

    assert said in admin.words


def test_let_into_the_library(home: RunningServer, admin: Browser, bob: KosyncClient) -> None:
    """An account sees the library as soon as the admin says so, and no longer than that."""
    stranger, path = Browser(home), page_of(admin, bob.user)
    for library, status in (("yes", 200), ("", 403)):
        admin.submit(f"{path}/change", library=library)
        assert "Changed. It counts at once" in admin.words
        assert status == stranger.http.get("/opds/v2", auth=(bob.user, PASSWORD)).status_code


def test_a_full_account(home: RunningServer, admin: Browser, bob: KosyncClient) -> None:
    """An account that has as much as it may is told so by every protocol, keeps all it has, and goes on when it may have more."""
    bob.push("a" * 32, "/body/DocFragment[2].0", 0.2)
    path = page_of(admin, bob.user)
    admin.submit(f"{path}/change", quota="1", library="yes")
    assert "This account is full" in admin.words
    publication = re.search(r"covers/([0-9a-f-]{36})", admin.get("/search?q=alice").text)
    assert publication
    thorium = ProgressionClient(home.base, bob.user, publication[1], password=PASSWORD)

    refused = bob.push("a" * 32, "/body/DocFragment[3].0", 0.3, check=507)
    assert {"code": 2007, "message": "This account is full: an admin can allow more."} == refused
    assert 507 == thorium.send("PUT", json=document()).status_code
    annotation = {
        "@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "motivation": "highlighting", "target": "urn:x"
    }  # fmt: skip
    kept = admin.http.post("/annotations/w3c/", json=annotation, auth=(bob.user, PASSWORD))
    assert 507 == kept.status_code, kept.text
    palace, place = PalaceClient(home.base, bob.user, password=PASSWORD), href_progression("a.xhtml", 0.5)
    for motivation in (IDLING, BOOKMARKING):
        palace.post(palace.said(f"urn:uuid:{publication[1]}", place, motivation=motivation), check=507)
    assert 0.2 == bob.pull("a" * 32)["percentage"]
    assert "This account is full" in Browser(home).sign_in(bob.user).get("/account").text
    for quota in ("0", "1,000", ""):
        admin.submit(f"{page_of(admin, bob.user)}/change", quota=quota)
        bob.push("a" * 32, "/body/DocFragment[3].0", 0.3)


@pytest.mark.parametrize("quota", ["many", "-1", "1.5", "9" * 13, "\N{ARABIC-INDIC DIGIT FIVE}"])
def test_quotas_that_are_none(admin: Browser, bob: KosyncClient, quota: str) -> None:
    """What is no number is refused, and changes nothing."""
    path = page_of(admin, bob.user)
    admin.submit(f"{path}/change", 400, quota=quota)

    assert "a quota is a whole number" in admin.words.lower()


def test_registration_is_chosen(tmp_path: Path) -> None:
    """Who may register is chosen on a page, counts at once and after a restart, unless a setting says it."""
    command("user", "add", "ann", "--admin", "--password-stdin", data=tmp_path, stdin=PASSWORD + "\n")
    server = RunningServer(tmp_path)
    admin = Browser(server).sign_in()
    admin.get("/admin")
    admin.submit("/admin/registration", 400, mode="sometimes")
    admin.get("/admin")
    admin.submit("/admin/registration", mode="closed")
    assert 'value="closed" checked' in admin.text
    KosyncClient(server.base, "bob", md5(PASSWORD)).register(check=402)
    admin.get("/apps/koreader")
    assert "Make a code" not in admin.words
    admin.submit("/devices/pair", 400, device="Kobo", app="koreader")
    assert 0 == server.stop()

    for options, status in (((), 402), (("--registration", "open"), 201)):
        server = RunningServer(tmp_path, *options)
        KosyncClient(server.base, "bob", md5(PASSWORD)).register(check=status)
        assert status == 402 or "The server was started with the setting" in Browser(server).sign_in().get("/admin").text
        assert 0 == server.stop()


def test_set_a_password(home: RunningServer, admin: Browser, bob: KosyncClient) -> None:
    """A new password counts at once: the old one is dead, and the account's browsers are out."""
    his, path = Browser(home).sign_in(bob.user), page_of(admin, bob.user)
    admin.submit(f"{path}/password", 400, password="short")
    admin.get(path)
    admin.submit(f"{path}/password", password="battery staple")

    bob.authorize(check=401)
    assert 303 == his.http.get("/devices").status_code
    bob.who(bob.user, md5("battery staple")).authorize()


def test_remove_an_account(admin: Browser, bob: KosyncClient) -> None:
    """An account goes only when its name is typed; then all of it does."""
    path = page_of(admin, bob.user)
    admin.submit(f"{path}/remove", 400, name="somebody else")
    assert "nothing is deleted" in admin.words
    bob.authorize()
    admin.submit(f"{path}/remove", name=bob.user)

    assert "The account is deleted" in admin.words
    bob.authorize(check=401)
    admin.get(path, 404)


@pytest.mark.parametrize("name", ["two  blanks", "long" * 63, "\N{OPEN BOOK}" * 255])
def test_remove_an_account_with_a_strange_name(home: RunningServer, admin: Browser, name: str) -> None:
    """Whatever somebody has registered as, its page shows the whole name, and takes it as it is shown."""
    client = KosyncClient(home.base, name, md5(PASSWORD))
    client.send("POST", "/users/create", json={"username": name, "password": client.key})
    path = page_of(admin, name[:4])
    shown = " ".join(name.split())
    assert shown in admin.words
    admin.submit(f"{path}/remove", name=shown)

    assert "The account is deleted" in admin.words


def test_an_admin_remains(home: RunningServer, admin: Browser, bob: KosyncClient) -> None:
    """An admin neither demotes nor deletes the own account, so that one always remains."""
    path = page_of(admin, "ann")
    admin.submit(f"{path}/change", library="yes")
    admin.submit(f"{path}/remove", 400, name="ann")
    admin.get("/account/delete")
    admin.submit("/account/delete", 400, current=PASSWORD, sure="yes")

    assert "you are the only admin" in admin.words
    assert "ann\tadmin" in command("user", "list", data=home.data).stdout


def test_only_for_admins(home: RunningServer, admin: Browser, bob: KosyncClient) -> None:
    """Who is no admin is refused on each of these pages and forms, and nothing comes of it."""
    his, path = Browser(home).sign_in(bob.user), page_of(admin, "ann")
    his.get("/devices")
    for page in ("/admin", "/admin/backup", "/admin/accounts", path, "/admin/accounts/none"):
        his.get(page, 403)
        assert "This is for admins" in his.words
    his.get("/devices")
    for form in ("/admin/registration", "/admin/accounts", *(f"{path}/{each}" for each in FORMS)):
        fields = {"name": "ann", "password": PASSWORD + "x", "mode": "closed", "admin": "yes", "library": "yes"}
        assert 403 == his.send(form, **fields).status_code, form

    assert "ann\tadmin" in command("user", "list", data=home.data).stdout
    assert "Server" not in his.get("/").text


def test_the_server_as_it_is(admin: Browser) -> None:
    """The page tells that the database takes writes, what the folder takes, and what the library holds."""
    admin.get("/admin")

    assert re.search(r"takes writes, in \d+\.\d ms to the disk", admin.words)
    assert "1 publications, not scanning now" in admin.words
    assert re.search(r"Database \d+ kB", admin.words)
    assert re.search(r"Free on this disk [\d.]+ [MG]B of [\d.]+ [MG]B", admin.words)


def test_backup(home: RunningServer, admin: Browser, bob: KosyncClient, tmp_path: Path) -> None:
    """A backup is a whole database, from which a server goes on with every account and place; nothing of it stays behind."""
    bob.push("a" * 32, "/body/DocFragment[2].0", 0.25)
    answer = admin.http.get("/admin/backup")
    file = tmp_path / "placekeeper.sqlite3"
    file.write_bytes(answer.content)
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert [] == list(home.data.glob("backup-*"))
    database = sqlite3.connect(file)
    assert [("ok",)] == database.execute("PRAGMA integrity_check").fetchall()
    database.close()
    server = RunningServer(tmp_path)
    there = KosyncClient(server.base, bob.user, bob.key).pull("a" * 32)
    server.kill()

    assert 0.25 == there["percentage"]


def test_backup_that_was_broken_off(home: RunningServer, admin: Browser, tmp_path: Path) -> None:
    """What a browser leaves unread, and what a killed server left behind, is taken away, and the next backup is whole."""
    for _ in range(3):
        with admin.http.stream("GET", "/admin/backup") as answer:
            assert answer.status_code in {200, 400}
    deadline = time.monotonic() + 10
    while (answer := admin.http.get("/admin/backup")).status_code != 200:
        assert "a backup is being sent already" in answer.text.lower()
        assert time.monotonic() < deadline
    assert b"SQLite format 3" == answer.content[:15]
    (tmp_path / "backup-0123.part").write_bytes(b"left")
    server = RunningServer(tmp_path)
    server.kill()

    assert [] == list(tmp_path.glob("backup-*"))
    assert [] == list(home.data.glob("backup-*"))
