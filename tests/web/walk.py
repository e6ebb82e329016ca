"""All pages that there are, to be walked: each page's route, with addresses that show it as people meet it.

A page that is added to the app is added here, or `test_standards.py` fails.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.running import RunningServer
from tests.web.browser import Browser

NO_PAGES = {"/livez", "/readyz", "/metrics", "/static/{name}", "/covers/{publication}", "/files/{publication}"}
"""What is fetched and is no page of HTML."""
SIGNED_IN: dict[str, tuple[str, ...]] = {
    "/": ("",),
    "/reading": ("reading",),
    "/finished": ("finished",),
    "/put-aside": ("put-aside",),
    "/search": ("search", "search?q=emma", "search?q=nothing+has+these+words"),
    "/works/{work}": ("{alice}", "{alice}?did=restored", "{emma}", "works/none"),
    "/works/{work}/history": ("{alice}/history",),
    "/works/{work}/belongs": ("{alice}/belongs", "{emma}/belongs?q=a"),
    "/password": ("password", "password?did=changed"),
    "/apps": ("apps",),
    "/kosync": ("kosync",),
}
"""By route, what Ann sees who has read for weeks. `{alice}`: a work with a file; `{emma}`: one without."""
STRANGER: dict[str, tuple[str, ...]] = {"/": ("",), "/sign-in": ("sign-in", "sign-in?wanted=finished"), "/apps": ("apps",)}
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


def pages(past: RunningServer, fresh: RunningServer) -> Iterator[Page]:
    """All pages: of Ann's server and of one that is new."""
    ann = Browser(past).sign_in()
    works = {"alice": ann.work("Adventures in Wonderland")[1:], "emma": ann.work("Emma")[1:]}
    for who, routes, base in (("ann", SIGNED_IN, past.base), ("stranger", STRANGER, past.base), ("founder", FOUNDER, fresh.base)):
        for address in itertools.chain.from_iterable(routes.values()):
            yield Page(who, address, f"{base}/{address.format(**works)}")
