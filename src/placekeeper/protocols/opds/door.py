"""Who comes in to the catalogs, and how they reach the server. Knows no feed."""

from starlette.requests import Request

from placekeeper.asking import client_of
from placekeeper.domain.account import Principal
from placekeeper.protocols.opds.addresses import Site, base_of
from placekeeper.protocols.opds.errors import NoLibrary
from placekeeper.services.accounts import Accounts
from placekeeper.services.authorization import authorized
from placekeeper.services.library import Library


class Door:
    """The only way in."""

    def __init__(self, accounts: Accounts, library: Library, public_url: str | None) -> None:
        """`public_url`: how apps reach the server; None: as they ask."""
        self._accounts, self._library, self._public_url = accounts, library, public_url

    async def principal(self, request: Request) -> Principal:
        """Who asks. Raises Unauthorized, and NoLibrary for who is known and may see nothing here."""
        principal = await authorized(self._accounts, request.headers.get("authorization", ""), client_of(request))
        if not self._library.sees(principal):
            raise NoLibrary("This account sees no library. An admin can change that.")
        return principal

    def base(self, request: Request) -> str:
        """How this client reaches the server. Raises InvalidRequest."""
        return base_of(request.url.scheme, request.headers, self._public_url)

    def site(self, request: Request, root: str) -> Site:
        """The server as this client reaches it, in the dialect with that root. Raises InvalidRequest."""
        return Site(self.base(request), root)
