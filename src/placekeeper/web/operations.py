"""For those who run the server: is it alive, does its database take writes, what does it count. Knows no protocol.

The metrics are for this machine itself, and for who shows an admin's token: they tell how much is read, and when.
"""

import ipaddress
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from placekeeper.domain.account import Scope
from placekeeper.domain.errors import PlacekeeperError, Unauthorized
from placekeeper.services.accounts import Accounts
from placekeeper.services.upkeep import Probe

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy. Where proxies are trusted they are used up before; seen here, somebody else stands behind this machine."""


class Operations:
    """The endpoints."""

    def __init__(self, probe: Probe, accounts: Accounts, page: Callable[[], bytes], *, proxied: bool) -> None:
        """`page` writes the metrics; `proxied`: forwarding headers have been taken into account already."""
        self._probe, self._accounts, self._page, self._proxied = probe, accounts, page, proxied
        self.routes = [
            Route("/livez", self._livez),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
        ]

    async def _livez(self, _request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    async def _readyz(self, _request: Request) -> Response:
        """The database takes writes."""
        try:
            await self._probe.milliseconds()
        except (PlacekeeperError, TimeoutError) as error:
            return PlainTextResponse(f"not ready: {str(error) or 'the database is busy'}\n", 503)
        return PlainTextResponse("ok\n")

    async def _metrics(self, request: Request) -> Response:
        if not self._is_here(request) and not await self._is_admin(request):
            return JSONResponse({"title": "Unauthorized"}, 401, {"www-authenticate": "Bearer"})
        return Response(self._page(), media_type="text/plain; version=0.0.4")

    def _is_here(self, request: Request) -> bool:
        """Whether this machine itself asks, and not somebody through a proxy on it."""
        if request.client is None or (not self._proxied and any(name in request.headers for name in FORWARDED)):
            return False
        try:
            address = ipaddress.ip_address(request.client.host)
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return (mapped or address).is_loopback

    async def _is_admin(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return False
        try:
            principal = await self._accounts.authenticate_bearer(token.strip(), request.client.host if request.client else "")
        except Unauthorized:
            return False
        return principal.may(Scope.ADMIN)
