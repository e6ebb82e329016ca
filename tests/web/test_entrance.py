"""The first admin, signing in and out, the password."""

from collections.abc import Callable

import pytest

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer, command
from tests.web.browser import Browser
from tests.web.past import PASSWORD

Start = Callable[..., RunningServer]


def code_of(server: RunningServer) -> str:
    """What the server has printed for the first admin; "" where it has printed nothing."""
    return next((line.split()[-1] for line in server.said if "the code is" in line), "")


@pytest.fixture
def server(start: Start) -> RunningServer:
    """A server without any account."""
    return start()


@pytest.fixture
def ann(start: Start, tmp_path: object) -> RunningServer:
    """A server with an admin."""
    server = start()
    command("user", "add", "ann", "--admin", "--password-stdin", data=server.data, stdin=PASSWORD + "\n")
    return server


def test_first_admin(server: RunningServer) -> None:
    """Who has the code that the server printed makes the first admin, is signed in, and syncs with the same password."""
    browser = Browser(server)
    assert "There is no admin yet" in browser.words
    browser.get("/welcome")
    browser.submit("/welcome", code=code_of(server), name="ann", password=PASSWORD, again=PASSWORD)

    assert "Nothing here yet" in browser.words
    KosyncClient(server.base, "ann", md5(PASSWORD)).authorize()
    assert "ann\tadmin library" in command("user", "list", data=server.data).stdout
    Browser(server).get("/welcome", 404)
    assert "There is no admin yet" not in Browser(server).words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "wrong"}, "The code is wrong"),
        ({"code": ""}, "The code is wrong"),
        ({"again": "another one"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "at least 8 characters"),
        ({"name": "a:b"}, "a name has 1 to 255 characters"),
        ({"name": ""}, "a name has 1 to 255 characters"),
    ],
)
def test_no_admin_without_all_that_it_takes(server: RunningServer, change: dict[str, str], said: str) -> None:
    """Without the code, or with a name or password that can't be, nobody is made, and the code is good still."""
    browser, code = Browser(server), code_of(server)
    browser.get("/welcome")
    form = {"code": code, "name": "ann", "password": PASSWORD, "again": PASSWORD}
    browser.submit("/welcome", 400, **form | change)

    assert said in browser.words
    assert "" == command("user", "list", data=server.data).stdout
    browser.submit("/welcome", **form)


def test_registered_account_becomes_admin(server: RunningServer) -> None:
    """An account that a device has registered is the admin's with its own password, however short, and with no other one."""
    KosyncClient(server.base, "ann", md5("1234")).register()
    browser, form = Browser(server), {"code": code_of(server), "name": "ann"}
    browser.get("/welcome")
    browser.submit("/welcome", 400, password="another one", again="another one", **form)
    assert "has another password" in browser.words
    browser.submit("/welcome", password="1234", again="1234", **form)

    assert "ann\tadmin" in command("user", "list", data=server.data).stdout


def test_no_code_where_there_is_an_admin(ann: RunningServer, start: Start) -> None:
    """An admin who was made by command ends the first run, at once and for the next start."""
    browser = Browser(ann)
    browser.get("/welcome", 404)
    assert 0 == ann.stop()

    assert "" == code_of(start())


def test_sign_in_and_out(ann: RunningServer) -> None:
    """The right password opens the pages, a wrong one does not, and after signing out they are closed."""
    browser = Browser(ann)
    browser.sign_in(password="wrong", status=401)
    assert "don't fit together" in browser.words
    browser.sign_in()
    assert "Nothing here yet" in browser.words
    browser.submit("/sign-out")

    assert "Sign in" in browser.words
    browser.get("/finished")
    assert str(browser.page.url).endswith("/sign-in?wanted=finished")
    browser.submit("/sign-in", name="ann", password=PASSWORD, wanted="finished")
    assert str(browser.page.url).endswith("/finished")


def test_password_ends_other_browsers(ann: RunningServer) -> None:
    """A new password signs all other browsers out and leaves this one in; apps need the new one too."""
    here, there = Browser(ann).sign_in(), Browser(ann).sign_in()
    here.get("/password")
    here.submit("/password", 400, current="wrong", password="battery staple", again="battery staple")
    assert "The current password is another one" in here.words
    here.submit("/password", current=PASSWORD, password="battery staple", again="battery staple")

    assert "The password is changed" in here.words
    assert "Change password" in here.get("/password").text
    assert "/sign-in" in str(there.get("/password").url)
    KosyncClient(ann.base, "ann", md5("battery staple")).authorize()
    KosyncClient(ann.base, "ann", md5(PASSWORD)).authorize(check=401)


def test_device_credential_opens_no_pages(ann: RunningServer) -> None:
    """The secret of a device, which may only sync, opens no page."""
    token = command("user", "token", "ann", "--name", "kobo", data=ann.data).stdout.strip()
    browser = Browser(ann).sign_in(password=token, status=401)

    assert "this is the secret of a device" in browser.words.lower()
