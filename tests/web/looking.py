"""What a browser has to say of all pages: what axe-core finds, what it fetches, how wide they are, how they read."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.npm import installed
from tests.running import RunningServer
from tests.web.chromium import opened, signed_in
from tests.web.walk import Page

HERE = Path(__file__).parent
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async tags => {
  const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']};
  const {violations} = await axe.run(document, options);
  const folded = [...document.querySelectorAll('details')];
  folded.forEach(each => { each.open = true });
  if (folded.length) violations.push(...(await axe.run({include: folded}, options)).violations);
  const why = node => `${node.html.slice(0, 160)} ${node.any.map(each => each.message)}`;
  return violations.map(found => `${found.id}: ${found.nodes.map(why).join(' | ')}`);
}"""
"""What it finds: in the page as it is, and in what folds out, which then may cover the rest."""
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
"""Texts whose contrast is below what WCAG's level AA asks for, also those that axe can't tell of."""
NAMELESS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden], [hidden]), summary')].filter(e =>
  !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels && e.labels.length) && !e.closest('[aria-hidden]')
  && e.getAttribute('aria-hidden') !== 'true').map(e => e.outerHTML)"""
"""What can be used and has no name for who can't see it."""
LEVELS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])"
WIDER = "document.documentElement.scrollWidth - innerWidth"


@dataclass
class Seen:
    """What was found on all pages, in lines that begin with the page. `origins`: whom the browser has asked for anything."""

    pages: int = 0
    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)


def look(browser: Any, past: RunningServer, pages: list[Page], size: str, scheme: str) -> Seen:
    """Walk all pages in a window of that size and in that scheme."""
    seen = Seen()
    source = (installed(HERE, "page-tests") / "axe-core/axe.min.js").read_text("utf-8")
    tabs = {True: signed_in(browser, past, size, scheme), False: opened(browser, size, scheme)}
    for tab in tabs.values():
        tab.context.on("request", lambda request: seen.origins.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
    for page in pages:
        tab = tabs[page.who == "ann"]
        tab.goto(page.url)
        note(seen, tab, page.name, source)
    for app, button in (("koreader", "Make a code"), ("thorium", "Make a password")):
        tabs[True].goto(f"{past.base}/apps/{app}")
        tabs[True].get_by_role("button", name=button).click()
        tabs[True].locator(".secret").wait_for()
        note(seen, tabs[True], f"ann {button}", source)
    for tab in tabs.values():
        tab.context.close()
    return seen


def note(seen: Seen, tab: Any, name: str, axe: str) -> None:
    """Look at the page that is open. `axe`: its source."""
    levels = tab.evaluate(LEVELS)
    seen.pages += 1
    seen.wide += [name] if tab.evaluate(WIDER) > 0 else []
    seen.weak += [f"{name}: {found}" for found in tab.evaluate(CONTRAST)]
    seen.nameless += [f"{name}: {found}" for found in tab.evaluate(NAMELESS)]
    stepwise = all(after <= before + 1 for before, after in pairwise(levels))
    seen.headings += [] if stepwise and levels[:1] == [1] and levels.count(1) == 1 else [f"{name}: {levels}"]
    tab.evaluate(axe)
    seen.axe += [f"{name}: {found}" for found in tab.evaluate(AXE, TAGS)]
