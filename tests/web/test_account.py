"""One's own account: all of it as one file, how places are judged, and the end of it."""

import json
from collections.abc import Iterator

import pytest

from tests.kosync.client import KosyncClient, fresh, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.past import PASSWORD


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that these tests change, with nobody there yet."""
    running = RunningServer(tmp_path_factory.mktemp("home"))
    yield running
    running.kill()


@pytest.fixture
def kobo(home: RunningServer) -> KosyncClient:
    """A new account that has read something."""
    client = KosyncClient(home.base, fresh("reader"), md5(PASSWORD), device="Kobo")
    client.register()
    for number in range(3):
        client.push(f"{number}" * 32, "/body/DocFragment[2].0", 0.2)
    return client


def test_export(home: RunningServer, kobo: KosyncClient) -> None:
    """All that the account has comes as one JSON file, to be kept and not to be shown; nothing secret is in it."""
    browser = Browser(home).sign_in(kobo.user)
    browser.get("/account")
    assert "Places that were told 3" in browser.words
    answer = browser.http.get("/account/export")
    whole = json.loads(answer.text)

    assert answer.headers["content-disposition"].startswith('attachment; filename="placekeeper-20')
    assert kobo.user == whole["account"]
    assert 3 == len(whole["works"])
    assert kobo.key not in answer.text


def test_judged_by_the_latest(home: RunningServer, kobo: KosyncClient) -> None:
    """Who prefers the latest report gets it from the next one on, and the rules again when they are chosen again."""
    browser = Browser(home).sign_in(kobo.user)
    browser.get("/account")
    browser.submit("/account/arbiter", arbiter="latest")
    assert "From now on, places are judged so" in browser.words
    assert 'value="latest" checked' in browser.text
    browser.submit("/account/arbiter", 400, arbiter="random")
    browser.get("/account")
    browser.submit("/account/arbiter", arbiter="rules")

    assert 'value="rules" checked' in browser.text


def test_delete_everything(home: RunningServer, kobo: KosyncClient) -> None:
    """With the password and the box ticked everything is gone: the browser is out, the name can be taken, and has nothing."""
    browser = Browser(home).sign_in(kobo.user)
    browser.get("/account/delete")
    for fields, said in (
        ({"current": PASSWORD}, "Tick the box"),
        ({"sure": "yes", "current": "wrong"}, "That is not your password"),
        ({"sure": "yes"}, "That is not your password"),
    ):
        browser.submit("/account/delete", 400, **fields)
        assert said in browser.words
        kobo.authorize()
    browser.submit("/account/delete", current=PASSWORD, sure="yes")

    assert "Sign in" in browser.words
    assert 303 == browser.http.get("/devices").status_code
    kobo.authorize(check=401)
    kobo.register()
    assert {} == kobo.pull("1" * 32)
