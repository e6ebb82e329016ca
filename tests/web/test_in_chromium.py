"""The pages in a real browser, on a phone and on a desk, in light and dark, with scripts and without."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from tests.browser.engines import _browser
from tests.kosync.client import KosyncClient, md5
from tests.npm import unavailable
from tests.running import RunningServer
from tests.web.past import PASSWORD

SIZES = {"phone": (390, 844), "small": (360, 640), "desk": (1280, 800)}
CONTRAST = """() => {
  const luminance = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const below = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$|transparent/.test(c)) return c } return getComputedStyle(document.body).backgroundColor };
  const weak = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, .unseen, .skip') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const a = luminance(getComputedStyle(e).color), b = luminance(below(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`);
  }
  return weak
}"""
"""Texts whose contrast is below what WCAG's level AA asks for."""
NAMELESS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden], [hidden]), summary')].filter(e =>
  !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels && e.labels.length) && !e.closest('[aria-hidden]')
  && e.getAttribute('aria-hidden') !== 'true').map(e => e.outerHTML)"""
"""What can be used and has no name for who can't see it."""
LEVELS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])"


@contextmanager
def chromium() -> Iterator[Any]:
    """The machine's browser. Skips the test where there is none."""
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


def signed_in(browser: Any, server: RunningServer, size: str, scheme: str = "light", **more: Any) -> Any:
    """A page of Ann's, in a window of that size."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
    page = context.new_page()
    page.goto(server.base + "/")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(server.base + "/")
    return page


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_read(past: RunningServer, size: str, scheme: str) -> None:
    """Nothing is wider than the window, all texts have contrast, all that can be used has a name, headings are in order."""
    with chromium() as browser:
        page = signed_in(browser, past, size, scheme)
        work = page.locator(".current h2 a").get_attribute("href")
        addresses = ["", "finished", "search?q=emma", "password", "apps", "works/none"]
        addresses += [work, f"{work}/belongs?q=a", f"{work}/history"]
        addresses += ["library", "library?q=zzz&kind=pdf", "library/by/subject", "library/scan", "library/upload"]
        page.goto(f"{past.base}/library?q=alice")
        addresses.append("publications/" + page.locator(".card a").get_attribute("href").rpartition("/")[2])
        for address in addresses:
            page.goto(f"{past.base}/{address}")
            levels = page.evaluate(LEVELS)
            assert 0 >= page.evaluate("document.documentElement.scrollWidth - innerWidth"), address
            assert [] == page.evaluate(CONTRAST), address
            assert [] == page.evaluate(NAMELESS), address
            assert 1 == levels[0] == levels.count(1), address
            assert all(after <= before + 1 for before, after in pairwise(levels)), address
        page.context.close()
