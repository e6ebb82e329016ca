"""The HTTP server: uvicorn with httptools, hardened against slow, endless and half requests, and stopping without loss.

uvicorn bounds neither the time of a request nor the size of its head; both are bounded here. A stop answers every request
that was accepted, also on connections that were opened but not yet read when it came. Knows no protocol above HTTP.

Source: https://www.uvicorn.org/deployment/, https://httpwg.org/specs/rfc9112.html
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from placekeeper.domain.errors import Misconfigured

BACKLOG = 2048
HEAD_FACTOR = 16
"""A head this many times over its limit is not even read to its end to be answered."""
LINGER_SECONDS = 0.5
"""How long a stop keeps quiet connections: a request may have been sent already and not been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """See the settings of the same names in docs/configuration.md. Seconds and bytes."""

    header_bytes: int = 16_384
    request_seconds: int = 30
    idle_seconds: int = 20
    stop_seconds: int = 20
    connections: int = 2_048


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `waiting_since` is the loop's time from which on a request is awaited in vain, else None."""

    limits = ServerLimits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn itself
        """Count the connection; make room for it when there are too many."""
        super().connection_made(transport)
        self.head_bytes = 0
        self.lingering = False
        self.active_at = self.loop.time()
        self.waiting_since: float | None = self.active_at
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def on_message_begin(self) -> None:
        """A request begins: its time runs."""
        super().on_message_begin()
        self.head_bytes = 0
        self.active_at = self.waiting_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Take in the target, as far as the limit goes."""
        if self._fits(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header, as far as the limit goes."""
        if self._fits(len(name) + len(value)):
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the answer; after a stop was asked for, it is the last one on this connection."""
        super().on_headers_complete()
        if self.lingering:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The request is whole: its time is the server's from here on."""
        self.waiting_since = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets an answer that a client of any of the protocols can read."""
        del msg
        self.refuse(b"400 Bad Request")

    def shutdown(self) -> None:
        """A stop was asked for: finish what is under way, and give what may be on its way a moment."""
        self.lingering = True
        if self._under_way():
            super().shutdown()
        else:
            self.loop.call_later(LINGER_SECONDS, self._close_if_quiet)

    def overdue(self, now: float) -> bool:
        """Whether a request has taken too long to come."""
        return self.waiting_since is not None and now - self.waiting_since > self.limits.request_seconds

    def refuse(self, status: bytes) -> None:
        """Answer without the application, and close."""
        if self.transport.is_closing():
            return
        if not self._under_way() or not self.cycle.response_started:
            body = b'{"code":2003,"message":"Invalid request"}'
            head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
            self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + head + body)
        self.transport.close()

    def _fits(self, size: int) -> bool:
        """Whether so many more bytes of head are within the limit; if not, the application is told, and answers so."""
        self.head_bytes += size
        if self.head_bytes <= self.limits.header_bytes:
            return True
        cast("dict[str, Any]", self.scope)["oversized"] = True
        if self.head_bytes > self.limits.header_bytes * HEAD_FACTOR:
            self.refuse(b"431 Request Header Fields Too Large")
        return False

    def _under_way(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn types it as never None, and begins with None
        return cycle is not None and not cycle.response_complete

    def _close_if_quiet(self) -> None:
        if not self._under_way() and not self.transport.is_closing():
            self.transport.close()

    def _make_room(self) -> None:
        """Close the connection that has been quiet or unfinished longest, never one that is being answered."""
        others = [cast("GuardedProtocol", c) for c in self.connections if c is not self]
        quiet = [c for c in others if not c._under_way() or c.waiting_since is not None]  # noqa: SLF001 - of the same class
        if quiet:
            min(quiet, key=lambda c: c.active_at).transport.close()


class Server(uvicorn.Server):
    """uvicorn's server, with a sweep for overdue requests, and exit status 0 after a stop that was asked for."""

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        await super()._serve(sockets)
        self._captured_signals.clear()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, of which one is for the sweep."""
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, GuardedProtocol) and connection.overdue(now):
                    connection.refuse(b"408 Request Timeout")
        return await super().on_tick(counter)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises Misconfigured in one clear line."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Misconfigured(f"can't listen on {host} port {port}: {reason}") from error


def run(app: Any, listener: socket.socket, limits: ServerLimits) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted."""
    protocol = type("Protocol", (GuardedProtocol,), {"limits": limits})
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        loop="uvloop" if _has_uvloop() else "asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.stop_seconds,
        backlog=BACKLOG,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


def _has_uvloop() -> bool:
    try:
        import uvloop  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def lan_address() -> str | None:
    """The address of this machine in its own network, as other devices would reach it. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address
