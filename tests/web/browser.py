"""A browser as far as forms go: it keeps cookies, fills in the forms of the pages it is on, and follows."""

import re
from html import unescape
from typing import Any

import httpx2

from tests.kosync.client import _TLS
from tests.running import RunningServer
from tests.web.past import PASSWORD

TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


class Browser:
    """One browser. `page`: the last answer."""

    def __init__(self, server: RunningServer) -> None:
        self.base = server.base
        self.http = httpx2.Client(base_url=server.base, timeout=20, verify=_TLS, trust_env=False)
        self.page = self.get("/")

    def __del__(self) -> None:
        self.http.close()

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.page.text

    @property
    def words(self) -> str:
        """What stands on the page, in one line."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        found = TOKEN.search(self.text)
        assert found, self.text
        return found[1]

    def get(self, path: str, status: int = 200) -> httpx2.Response:
        """Go to a page."""
        self.page = self.http.get(path, follow_redirects=True)
        assert status == self.page.status_code, self.text
        return self.page

    def send(self, path: str, **fields: Any) -> httpx2.Response:
        """Send a form of this page; the answer itself."""
        return self.http.post(path, data={"token": self.token, **fields})

    def submit(self, path: str, status: int = 200, **fields: Any) -> httpx2.Response:
        """Send a form of this page, and go where that leads."""
        self.page = self.http.post(path, data={"token": self.token, **fields}, follow_redirects=True)
        assert status == self.page.status_code, self.text
        return self.page

    def sign_in(self, name: str = "ann", password: str = PASSWORD, status: int = 200) -> "Browser":
        """With the form of the front page."""
        self.get("/")
        self.submit("/sign-in", status, name=name, password=password)
        return self

    def work(self, title: str) -> str:
        """The path of a work that this page leads to, by its name."""
        before, found, _ = self.text.partition(title)
        links = re.findall(r"works/[0-9a-f-]{36}", before)
        assert found, f"{title} is not on the page: {self.words}"
        assert links, f"nothing leads to {title}"
        return f"/{links[-1]}"
