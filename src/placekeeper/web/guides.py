"""What to type into which app: the addresses as they are seen from outside, and a page for each app. Knows no protocol."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import NotFound
from placekeeper.services.accounts import Accounts, Registration
from placekeeper.services.library import Library
from placekeeper.web.door import Door, Visit
from placekeeper.web.qr import code_of

LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that no other machine reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One app. `address`: which of the addresses it takes. `paired`: whether it can redeem a code, by registering."""

    key: str
    name: str
    what: str
    address: str
    paired: bool = False


GUIDES: Final = (
    Guide(key="koreader", name="KOReader", what="on Kobo, Kindle, PocketBook, Android", address="kosync", paired=True),
    Guide(key="readest", name="Readest", what="on desk, phone and in the browser", address="kosync"),
    Guide(key="crosspoint", name="CrossPoint", what="on the Xteink X3 and X4", address="kosync"),
    Guide(key="thorium", name="Thorium", what="on Windows, macOS and Linux", address="opds"),
    Guide(key="enve", name="Enve", what="which reads OPDS catalogs", address="opds"),
    Guide(key="palace", name="Palace", what="on Android and iOS", address="palace"),
    Guide(key="other", name="Another app", what="that speaks KOSync or reads OPDS", address="kosync"),
)
BY_KEY: Final = {guide.key: guide for guide in GUIDES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How the server is reached from outside. `public_url`: as the settings say. `lan`: this machine's address in its network, if
    the server listens there, or "".
    """

    public_url: str | None
    lan: str

    def base(self, visit: Visit) -> str:
        """The address, without a slash at its end: as the browser asked, but for a browser on the server's own machine."""
        if self.public_url:
            return self.public_url
        asked = urlsplit(str(visit.request.base_url))
        if asked.hostname in LOCAL and self.lan:
            port = f":{asked.port}" if asked.port else ""
            return f"{asked.scheme}://{self.lan}{port}"
        return f"{asked.scheme}://{asked.netloc}"

    def is_local(self, visit: Visit) -> bool:
        """Whether no other machine reaches that."""
        return urlsplit(self.base(visit)).hostname in LOCAL


class Guides:
    """The pages."""

    def __init__(self, door: Door, outside: Outside, accounts: Accounts, library: Library, typed: tuple[str, ...]) -> None:
        """`typed`: what people type to see whether an app's address works."""
        self._outside, self._accounts, self._library = outside, accounts, library
        self.routes: list[Route] = [
            door.page("/apps", self.index, public=True),
            door.page("/apps/{app}", self._guide, public=True),
            *(door.page(path, self.index, public=True) for path in typed),
        ]

    async def index(self, visit: Visit) -> Response:
        """All apps."""
        return visit.show("apps.html", **self.overview(visit))

    def overview(self, visit: Visit) -> dict[str, Any]:
        """All apps, as lists show them."""
        return {"guides": GUIDES, "sees": self._sees(visit), **self.addresses(visit)}

    def _sees(self, visit: Visit) -> bool:
        """Whether the catalogs are open: to whoever has not signed in, where there are any."""
        return bool(self._library.folders) and (visit.visitor is None or visit.visitor.library)

    async def _guide(self, visit: Visit) -> Response:
        """One app."""
        guide = BY_KEY.get(str(visit.request.path_params["app"]))
        if guide is None:
            raise NotFound("there is no guide for such an app")
        return visit.show("guide.html", **await self.about(visit, guide))

    async def about(self, visit: Visit, guide: Guide) -> dict[str, Any]:
        """What the page of an app is made of."""
        addresses = self.addresses(visit)
        closed = await self._accounts.registration() is Registration.CLOSED
        return {
            "guide": guide,
            "sees": self._sees(visit),
            "pairing": guide.paired and not closed,
            "registering": await self._accounts.registration() is Registration.OPEN,
            "code": code_of(addresses[guide.address]),
            "local": self._outside.is_local(visit),
            **addresses,
        }

    def addresses(self, visit: Visit) -> dict[str, Any]:
        """What to type, by the protocol."""
        base = self._outside.base(visit)
        return {
            "kosync": base + "/kosync",
            "opds": base + "/opds",
            "palace": base + "/opds/v1.2",
            "host": urlsplit(base).netloc,
            "base": base,
        }
