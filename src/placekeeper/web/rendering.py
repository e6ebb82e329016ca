"""Pages from templates: the environment, the style sheet's address, the headers that each page has. Knows no account.

Everything in a template is escaped. Titles, names of devices and files, and what apps say are other people's text.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from placekeeper.web import words

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "private, no-store",
}
"""Nothing runs here: there is no script at all. A page of an account is kept by no cache."""
FOREVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {"css": "text/css", "svg": "image/svg+xml"}
_ASSETS: Final = ("style.css", "icon.svg")


@cache
def _environment() -> Any:
    """Made with the first page: who only syncs need not load it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("placekeeper.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= words.FILTERS
    environment.globals["asset"] = {name: _named(name) for name in _ASSETS}
    return environment


def rendered(name: str, context: Mapping[str, Any]) -> str:
    """The text of a page."""
    text: str = _environment().get_template(name).render(context)
    return text


def page(name: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """A page as an answer."""
    return Response(rendered(name, context), status, HEADERS, media_type="text/html")


async def static(request: Request) -> Response:
    """A file of the pages, for ever: its name changes with its bytes."""
    found = _static().get(request.path_params["name"])
    if found is None:
        return Response("Not found\n", 404, {"x-content-type-options": "nosniff"}, media_type="text/plain")
    body, media_type = found
    return Response(body, 200, {"cache-control": FOREVER, "x-content-type-options": "nosniff"}, media_type=media_type)


def root_of(path: str) -> str:
    """How a page at this path reaches the root, so that it works below any path of a proxy."""
    return "../" * (path.count("/") - 1) or "./"


@cache
def _bytes(name: str) -> bytes:
    return files("placekeeper.web").joinpath("static", name).read_bytes()


def _named(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{blake2b(_bytes(name), digest_size=6).hexdigest()}.{kind}"


@cache
def _static() -> dict[str, tuple[bytes, str]]:
    return {_named(name): (_bytes(name), _TYPES[name.rpartition(".")[2]]) for name in _ASSETS}
