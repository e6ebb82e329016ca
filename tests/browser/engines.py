"""foliate-js and epub.js in a headless Chromium, ready to be asked.

The engines come from npm, see `tests.npm`. The browser is the machine's own; `PLACEKEEPER_CHROMIUM` names another one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.npm import installed, unavailable

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120
LOAD_FOLIATE = """async source => {
    window.foliate = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))
}"""


@dataclass(frozen=True)
class Engines:
    """Calls functions of `engines.js` in the page."""

    page: Any

    def ask(self, name: str, *arguments: object) -> Any:
        return self.page.evaluate("([name, given]) => window[name](...given)", [name, list(arguments)])


@contextmanager
def started() -> Iterator[Engines]:
    """A page with both engines; ends the browser afterwards. Skips or fails where that can't be."""
    browser, modules = _browser(), installed(HERE, "browser-tests")
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        unavailable(str(error))
    with sync_playwright() as playwright:
        sandbox = [] if os.name == "posix" and os.getuid() else ["--no-sandbox"]  # as root Chromium refuses to have one
        try:
            running = playwright.chromium.launch(executable_path=browser, args=[*sandbox, "--disable-gpu"])
        except Error as error:
            unavailable(f"{browser} does not start: {error.message[:300]}")
        try:
            page = running.new_page()
            page.set_default_timeout(SECONDS * 1000)
            page.add_script_tag(content=(modules / "epubjs/dist/epub.js").read_text("utf-8"))
            page.evaluate(LOAD_FOLIATE, (modules / "foliate-js/epubcfi.js").read_text("utf-8"))
            page.add_script_tag(content=(HERE / "engines.js").read_text("utf-8"))
            yield Engines(page)
        finally:
            running.close()


def _browser() -> str:
    named = os.environ.get("PLACEKEEPER_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        unavailable("Chromium is not installed")
    return str(found)
