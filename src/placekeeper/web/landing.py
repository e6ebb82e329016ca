"""The first page: that the server runs, and what to type into KOReader. Knows no account."""

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Placekeeper</title>
<h1>Placekeeper</h1>
<p>This server keeps your place in every book, on every device. It is running.</p>
<h2>KOReader</h2>
<ol>
<li>Open a book, then the menu: Tools, <b>Progress sync</b>.</li>
<li><b>Custom sync server</b>: <code>{url}</code></li>
<li><b>Register / Login</b>: your name and password.</li>
<li>Tick <b>Automatically keep documents in sync</b>.</li>
</ol>
{catalog}</html>
"""


_CATALOG = """<h2>Your books</h2>
<p>For KOReader's OPDS catalog, Thorium and other apps that read OPDS: <code>{url}</code>,
with the same name and password.</p>
"""


def landing(public_url: str | None, *, library: bool) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of the page. Without a public URL, the address is the one that the browser used.

    `library`: whether there are books to show.
    """

    async def page(request: Request) -> Response:
        base = public_url or str(request.base_url).rstrip("/")
        policy = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'", "x-content-type-options": "nosniff"}
        catalog = _CATALOG.format(url=escape(base + "/opds")) if library else ""
        return HTMLResponse(_PAGE.format(url=escape(base + "/kosync"), catalog=catalog), headers=policy)

    return page
