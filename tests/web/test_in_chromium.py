"""The pages in a real browser, with scripts and without."""

import pytest

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.chromium import chromium, signed_in
from tests.web.past import PASSWORD


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_see_restore_undo(own: RunningServer, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Sign in, see the book where KOSync has put it, take a place back, and undo that: with scripts and without."""
    KosyncClient(own.base, "ann", md5(PASSWORD), device="Tolino").push("d" * 32, "/body/DocFragment[2].0", 0.42)
    with chromium() as browser:
        page = signed_in(browser, own, "phone", java_script_enabled=scripts)
        now = page.locator(".current").inner_text()
        page.goto(own.base + "/search?q=alice")
        page.get_by_role("link", name="Alice").click()
        before = page.locator("h1").inner_text()
        page.get_by_role("button", name="Go there (Boox)").click()
        restored = page.locator("main").inner_text()
        page.get_by_role("button", name="Undo").click()
        undone = page.locator(".current").inner_text()
        page.context.close()

    assert "42 %" in now.replace("\xa0", " ")
    assert "Tolino" in now
    assert "Alice" in before
    assert "That is your place now" in restored
    assert "you took back the place of Boox" in restored
    assert "60 %" in undone.replace("\xa0", " ")
