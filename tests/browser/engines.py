"""foliate-js and epub.js in a headless Chromium, ready to be asked.

The engines come from npm in exactly the versions of `package-lock.json`, once, into `.cache` beside the checkout's files. The
browser is the machine's own; `PLACEKEEPER_CHROMIUM` names another one. Where one of them can't be had the tests are skipped,
unless `CI` or `PLACEKEEPER_REQUIRE_BROWSER` is set: then they fail.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parent.parent / ".cache" / "browser-tests"
INPUTS = ("package.json", "package-lock.json", ".npmrc")
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
    browser, modules = _browser(), _modules()
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


def unavailable(why: str) -> NoReturn:
    """Skip the test, or fail it where browsers are required."""
    if os.environ.get("CI") or os.environ.get("PLACEKEEPER_REQUIRE_BROWSER"):
        pytest.fail(f"the browser tests can't run: {why}")
    pytest.skip(f"NO BROWSER TESTS: {why}")


def _browser() -> str:
    named = os.environ.get("PLACEKEEPER_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        unavailable("Chromium is not installed")
    return str(found)


def _modules() -> Path:
    """The folder with the engines, installed at the first use of these versions."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in INPUTS)).hexdigest()[:16]
    folder = CACHE / digest
    if not (folder / "done").exists():
        if not shutil.which("npm"):
            unavailable("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        for name in INPUTS:
            shutil.copy(HERE / name, folder / name)
        _run(["npm", "ci", "--prefer-offline"], folder)
        (folder / "done").touch()
    return folder / "node_modules"


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        unavailable(f"{command[0]} took longer than {SECONDS} s")
    if done.returncode:
        unavailable(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
