"""The machine's Chromium on the pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser.engines import _browser
from tests.npm import unavailable
from tests.running import RunningServer
from tests.web.past import PASSWORD

SIZES = {"phone": (390, 844), "small": (360, 640), "desk": (1280, 800)}


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser. Skips the test where there is none."""
    path = _browser()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        unavailable(str(error))
    sandbox = [] if os.name == "posix" and os.getuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*sandbox, "--disable-gpu"])
        yield running
        running.close()


def opened(browser: Any, size: str, scheme: str = "light", **more: Any) -> Any:
    """An empty page in a window of that size."""
    width, height = SIZES[size]
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more).new_page()


def signed_in(browser: Any, server: RunningServer, size: str, scheme: str = "light", **more: Any) -> Any:
    """A page of Ann's."""
    page = opened(browser, size, scheme, **more)
    page.goto(server.base + "/")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(server.base + "/")
    return page
