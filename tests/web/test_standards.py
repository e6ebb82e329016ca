"""All pages, held to what others have written down: WCAG, HTML, and our own promise to fetch nothing from elsewhere."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.npm import installed
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.chromium import chromium
from tests.web.looking import HERE, Seen, look
from tests.web.walk import NO_PAGES, Page, pages, walked

WINDOWS = [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark"), ("small", "light")]
RULES: dict[str, Any] = {
    "require-sri": ["error", {"target": "crossorigin"}],  # what the server itself sends needs no seal
    "no-implicit-button-type": "off",  # each button is one of a form, and sends it as HTML says
    "no-redundant-role": "off",  # tables that a phone shows as a grid lose their roles in browsers, unless they are said
}
"""What is otherwise than in html-validate's own sets of rules, and why."""
STANDARDS = ["html-validate:standard", "html-validate:a11y", "html-validate:document"]


@pytest.fixture(scope="module")
def every_page(past: RunningServer, fresh: RunningServer) -> list[Page]:
    return list(pages(past, fresh))


@pytest.fixture(scope="module", params=WINDOWS, ids="-".join)
def seen(request: pytest.FixtureRequest, past: RunningServer, every_page: list[Page]) -> Seen:
    """What Chromium has seen on all pages."""
    size, scheme = request.param
    with chromium() as browser:
        return look(browser, past, every_page, size, scheme)


def test_every_page_is_walked(routes: list[tuple[str, str]]) -> None:
    """Each page that the app has is looked at by these tests."""
    assert {path for method, path in routes if method == "GET"} - NO_PAGES == walked()


def test_markup_is_valid(past: RunningServer, every_page: list[Page], tmp_path: Path) -> None:
    """Every page, as it is served, is HTML as the standard has it, and keeps the rules of html-validate on accessibility."""
    readers = {"ann": Browser(past).sign_in(), "stranger": Browser(past), "founder": Browser(past)}
    for page in every_page:
        answer = readers[page.who].http.get(page.url, follow_redirects=True)
        assert "text/html; charset=utf-8" == answer.headers["content-type"], page.name
        (tmp_path / f"{page.name}.html").write_text(answer.text)
    tool = installed(HERE, "page-tests") / "html-validate/bin/html-validate.mjs"
    (tmp_path / "rules.json").write_text(json.dumps({"root": True, "extends": STANDARDS, "rules": RULES}))
    command = ["node", str(tool), "--formatter", f"json={tmp_path / 'found'}", "--config", str(tmp_path / "rules.json")]
    done = subprocess.run([*command, str(tmp_path / "*.html")], capture_output=True, text=True)
    found = json.loads((tmp_path / "found").read_text())

    assert len(every_page) == len(list(tmp_path.glob("*.html")))
    assert [] == [line for each in found for line in lines(each)]
    assert 0 == done.returncode, done.stderr


def lines(file: dict[str, Any]) -> list[str]:
    name = Path(file["filePath"]).stem
    return [f"{name} {each['line']}: {each['ruleId']} {each['message']} ({each['selector']})" for each in file["messages"]]


def test_everybody_can_use_them(seen: Seen, every_page: list[Page]) -> None:
    """On a phone and a desk, in light and dark, axe-core finds no breach of WCAG 2.2 AA, and of no good practice either."""
    assert len(every_page) + 2 == seen.pages > 15
    assert [] == seen.axe


def test_every_page_can_be_read(seen: Seen) -> None:
    """Nothing is wider than the window, all texts have contrast, all that can be used has a name, headings are in order."""
    assert [] == seen.wide
    assert [] == seen.weak
    assert [] == seen.nameless
    assert [] == seen.headings


def test_nothing_is_fetched_from_elsewhere(seen: Seen, past: RunningServer, fresh: RunningServer) -> None:
    """No page makes a browser ask anybody but the server itself."""
    assert {past.base, fresh.base} == seen.origins
