"""All pages that there are, to be walked: each page's route, with addresses that show it as people meet it.

A page that is added to the app is added here, or `test_standards.py` fails.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.kosync.client import KosyncClient, md5
from tests.running import RunningServer
from tests.web.browser import Browser
from tests.web.past import PASSWORD

NO_PAGES = {"/livez", "/readyz", "/metrics", "/static/{name}", "/covers/{publication}", "/files/{publication}"}
NO_PAGES |= {"/account/export", "/admin/backup"}
"""What is fetched and is no page of HTML."""
UNKNOWN = "0123456789abcdef" * 2
"""A document that an app has asked for, and nobody knows."""
SIGNED_IN: dict[str, tuple[str, ...]] = {
    "/": ("",),
    "/reading": ("reading",),
    "/finished": ("finished",),
    "/put-aside": ("put-aside",),
    "/search": ("search", "search?q=emma", "search?q=nothing+has+these+words"),
    "/works/{work}": ("{alice}", "{alice}?did=restored", "{emma}", "works/none"),
    "/works/{work}/history": ("{alice}/history",),
    "/works/{work}/belongs": ("{alice}/belongs", "{emma}/belongs?q=a"),
    "/password": ("password",),
    "/apps": ("apps",),
    "/apps/{app}": ("apps/koreader", "apps/palace", "apps/other", "apps/none"),
    "/kosync": ("kosync",),
    "/devices": ("devices", "devices?did=linked"),
    "/devices/why": (f"devices/why?document={UNKNOWN}", f"devices/why?document={UNKNOWN}&q=zzz"),
    "/account": ("account", "account?did=changed"),
    "/account/delete": ("account/delete",),
    "/admin": ("admin", "admin?did=registration"),
    "/admin/accounts": ("admin/accounts", "admin/accounts?q=zzz"),
    "/admin/accounts/{account}": ("{administered}", "{administered}?did=changed"),
    "/library": ("library", "library?q=zzz&kind=pdf", "library?author=Lewis+Carroll&sort=added"),
    "/library/by/{facet}": ("library/by/author", "library/by/subject", "library/by/series"),
    "/library/scan": ("library/scan",),
    "/library/upload": ("library/upload",),
    "/publications/{publication}": ("{published}",),
}
"""By route, what Ann sees who has read for weeks. `{alice}`: a work with a file; `{emma}`: one without."""
STRANGER: dict[str, tuple[str, ...]] = {
    "/": ("",),
    "/sign-in": ("sign-in", "sign-in?wanted=finished"),
    "/apps": ("apps",),
    "/apps/{app}": ("apps/koreader", "apps/thorium"),
}
"""By route, what anybody sees."""
FOUNDER: dict[str, tuple[str, ...]] = {"/": ("",), "/welcome": ("welcome",)}
"""By route, what anybody sees on a server without an account."""
SAME = {"/kosync/": "/kosync"}
"""Routes of pages that other routes show."""


@dataclass(frozen=True)
class Page:
    """One page. `who`: `ann`, `stranger` or `founder`; `address`: as it is written above; `url`: where it is."""

    who: str
    address: str
    url: str

    @property
    def name(self) -> str:
        """What names it in messages, and in a folder."""
        return f"{self.who} {re.sub(r'[^a-z0-9]+', ' ', self.address).strip() or 'front'}"


def walked() -> set[str]:
    """The routes of all pages that are walked."""
    return {*SIGNED_IN, *STRANGER, *FOUNDER, *SAME}


def found(browser: Browser, page: str, link: str) -> str:
    """What a page leads to."""
    there = re.search(link, browser.get(page).text)
    assert there, browser.words
    return there[0]


def pages(past: RunningServer, fresh: RunningServer) -> Iterator[Page]:
    """All pages: of Ann's server and of one that is new."""
    ann = Browser(past).sign_in()
    works = {"alice": ann.work("Adventures in Wonderland")[1:], "emma": ann.work("Emma")[1:]}
    works["administered"] = found(ann, "/admin/accounts", r"admin/accounts/[0-9a-f-]{36}")
    works["published"] = found(ann, "/library", r"publications/[0-9a-f-]{36}")
    KosyncClient(past.base, "ann", md5(PASSWORD)).pull(UNKNOWN)
    for who, routes, base in (("ann", SIGNED_IN, past.base), ("stranger", STRANGER, past.base), ("founder", FOUNDER, fresh.base)):
        for address in itertools.chain.from_iterable(routes.values()):
            yield Page(who, address, f"{base}/{address.format(**works)}")
