"""The HTTP server: uvicorn with guarded connections, and stopping without loss.

A stop answers every request that was accepted, also on connections that were opened but not yet read when it came. Knows no
protocol above HTTP.

Source: https://www.uvicorn.org/deployment/
"""

import asyncio
import contextlib
import ctypes
import os
import resource
import socket
from dataclasses import replace
from typing import Any, cast

import uvicorn

from placekeeper.connection import CROWD, GuardedProtocol, ServerLimits
from placekeeper.domain.errors import Misconfigured

ANYWHERE = frozenset({"0.0.0.0", "::"})
"""Hosts that are all addresses of this machine."""
BACKLOG = 2048
SPARE_FILES = 64
"""Open files that are no connections: the database, the library, the log."""
DOOR_SECONDS = 0.1
"""How long a stop goes on taking connections: the system holds some that are made and were not seen yet."""
M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 2**20
"""Bytes from which on a block of memory is one of its own."""


class Server(uvicorn.Server):
    """uvicorn's server, with a sweep for overdue requests, and exit status 0 after a stop that was asked for."""

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        await super()._serve(sockets)
        self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, but take in first what waits at the door: who connected before the stop may have sent a request already."""
        await asyncio.sleep(DOOR_SECONDS)
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, of which one is for the sweep."""
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                cast("GuardedProtocol", connection).sweep(now)
        return await super().on_tick(counter)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises Misconfigured in one clear line."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        known = isinstance(error, OSError) and error.errno is not None and error.errno > 0
        reason = os.strerror(cast("OSError", error).errno or 0) if known else str(error)
        raise Misconfigured(f"can't listen on {host} port {port}: {reason}") from error


def run(app: Any, listener: socket.socket, limits: ServerLimits) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted."""
    give_back_memory()
    limits = replace(limits, connections=_affordable(limits.connections))
    protocol = type("Protocol", (GuardedProtocol,), {"limits": limits})
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        loop="uvloop" if _has_uvloop() else "asyncio",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.stop_seconds,
        backlog=BACKLOG,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


def _affordable(connections: int) -> int:
    """How many connections the system's limit on open files allows, raised as far as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections * CROWD + SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(connections, max(1, (wanted - SPARE_FILES) // CROWD))


def give_back_memory() -> None:
    """Let large blocks go back to the system when they are freed: glibc would keep argon2's 19 MiB for the next one.

    Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


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
