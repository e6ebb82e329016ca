"""What people do with the pages, as they do it: in a real browser, on a phone at night and on a desk by day."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.kosync.client import KosyncClient, md5
from tests.npm import installed
from tests.running import RunningServer
from tests.shared import shared
from tests.web.chromium import chromium, opened, signed_in
from tests.web.looking import HERE
from tests.web.past import PASSWORD, digest_of
from tests.web.shelf import scanned
from tests.web.test_entrance import code_of

ALICE = "Alice's Adventures in Wonderland"
PLACE = "/body/DocFragment[5]/body/div/p[3]/text().12"
UNKNOWN = "fedcba9876543210" * 2
SCAN = """([pixels, width, height]) => {
  const found = jsQR(Uint8ClampedArray.from(pixels), width, height);
  return found && found.data;
}"""


@pytest.fixture(params=[("phone", "dark"), ("desk", "light")], ids="-".join)
def window(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str, str]]:
    """A browser, with the size and the scheme of its windows."""
    with chromium() as browser:
        yield browser, *request.param


def words(page: Any) -> str:
    return " ".join(page.locator("main").inner_text().split())


def test_the_first_day(window: tuple[Any, str, str], tmp_path: Path) -> None:
    """The first admin, a book, KOReader by a code, its first place, and that device shut out."""
    browser, size, scheme = window
    server = RunningServer(tmp_path / "data")
    page = opened(browser, size, scheme)
    page.goto(server.base)
    page.get_by_role("link", name="Make the first account").click()
    page.get_by_label("Code").fill(code_of(server))
    page.get_by_label("Name").fill("ann")
    for label in ("Password At least", "Password again"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    assert "Nothing here yet" in words(page)

    book = shared("corpus", "pg_alice.epub")
    page.get_by_role("link", name="Library").click()
    page.get_by_role("link", name="Upload").first.click()
    page.locator("input[type=file]").set_input_files(book)
    page.get_by_role("button", name="Upload").click()
    scanned(server, 1)
    page.goto(server.base + "/library")
    page.get_by_role("link", name=ALICE).click()
    assert "Lewis Carroll" in words(page)

    page.locator(".me summary").click()
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_role("link", name="KOReader").click()
    page.get_by_label("What the device is called").first.fill("Kobo of Ann")
    page.get_by_role("button", name="Make a code").click()
    code = page.locator(".secret").inner_text()
    kobo = KosyncClient(server.base, "ann", md5(code), device="Kobo")
    kobo.register()
    kobo.push(digest_of(book), PLACE, 0.25)
    page.get_by_role("link", name="Placekeeper", exact=True).click()
    assert "Kobo" in words(page)
    assert ALICE in words(page)

    page.get_by_role("link", name="Devices").click()
    page.get_by_role("button", name="Shut out").click()
    assert "at once and everywhere" in words(page)
    kobo.authorize(check=401)
    assert server.stop() == 0


def test_a_household(own: RunningServer, window: tuple[Any, str, str]) -> None:
    """An admin makes an account, its owner sees the library, and deletes the account again; the admin signs out."""
    browser, size, scheme = window
    page = signed_in(browser, own, size, scheme)
    page.locator(".me summary").click()
    page.get_by_role("link", name="Server").click()
    page.get_by_role("link", name="Accounts").click()
    page.get_by_label("Name", exact=True).fill("ben")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    other = opened(browser, size, scheme)
    other.goto(own.base)
    other.get_by_label("Name").fill("ben")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("link", name="Library").click()
    assert ALICE in words(other)
    other.locator(".me summary").click()
    other.get_by_role("link", name="Account").click()
    other.get_by_role("link", name="Delete this account").click()
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_label("Delete all of it").check()
    other.get_by_role("button", name="Delete the account").click()
    assert "Sign in" in words(other)

    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    assert "Sign in" in words(page)


def test_no_progress_found(own: RunningServer, window: tuple[Any, str, str]) -> None:
    """A document that got nothing is seen among what was asked, explained, and linked to the book that it is."""
    browser, size, scheme = window
    boox = KosyncClient(own.base, "ann", md5(PASSWORD), device="Boox")
    boox.pull(UNKNOWN)
    page = signed_in(browser, own, size, scheme)
    page.get_by_role("link", name="Devices").click()
    page.get_by_role("link", name=re.compile("^Why")).click()
    assert "no device of yours has told a place in it under this name" in words(page)
    page.get_by_placeholder("Title or author").fill("emma")
    page.locator("main").get_by_role("button", name="Search").click()
    page.get_by_role("button", name="It is this one").click()
    assert "That document belongs to the work now" in words(page)
    boox.push(UNKNOWN, "/body/DocFragment[3].0", 0.35)
    page.get_by_role("link", name="Devices").click()

    assert "Emma" in page.locator(".lately").inner_text()


@pytest.mark.parametrize("guide", ["koreader", "palace"])
def test_codes_are_read(past: RunningServer, window: tuple[Any, str, str], guide: str) -> None:
    """The QR code of a guide, as it is on the screen in light and dark, says the address that stands below it."""
    browser, size, scheme = window
    page = opened(browser, size, scheme, bypass_csp=True)
    page.goto(f"{past.base}/apps/{guide}")
    picture = Image.open(io.BytesIO(page.locator(".code").screenshot())).convert("RGBA")
    page.evaluate((installed(HERE, "page-tests") / "jsqr/dist/jsQR.js").read_text("utf-8"))

    assert page.locator(".code figcaption").inner_text() == page.evaluate(SCAN, [list(picture.tobytes()), *picture.size])
