"""One HTTP connection: uvicorn's, hardened against slow, endless and half requests.

uvicorn bounds neither the time of a request nor the size of its head, nor how many requests come ahead of their answers, nor
how long an answer may wait to be read; all of it is bounded here. Knows no protocol above HTTP.

Source: https://httpwg.org/specs/rfc9112.html
"""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_FACTOR = 16
"""A head this many times over its limit is not even read to its end to be answered."""
URL_KEPT = 256
"""Of a target over the limit so much is kept of each piece: enough to tell who answers."""
PIPELINED = 64
"""How many whole requests may wait on one connection for the answers before theirs. Known clients send one at a time."""
CROWD = 2
"""Connections over the limit are taken in as long as others are being answered: up to so many times the limit."""
INTERIM = "placekeeper.interim"
"""In the scope's extensions: a function that sends `100 Continue`, once per call, as long as the answer has not begun."""
RENEW = "placekeeper.renew"
"""As there: a function that lets the time for sending the request begin anew. For who takes in more than a form."""
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


class Joined:
    """The transport of one answer. The head waits for the body, which follows at once as a rule: both leave in one packet."""

    __slots__ = ("_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing is held yet."""
        self._transport, self._loop = transport, loop
        self._held: bytes | None = b""

    def write(self, data: bytes) -> None:
        """Hold the first piece until the second, at most until the loop's next turn."""
        held = self._held
        if held is None:
            self._transport.write(data)
        elif held:
            self._held = None
            self._transport.write(held + data)
        else:
            self._held = data
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def _flush(self) -> None:
        held, self._held = self._held, None
        if held and not self._transport.is_closing():
            self._transport.write(held)


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `waiting_since` is the loop's time from which on a request is awaited in vain, else None;
    `stalled_since` that from which on the client takes no bytes. `unparsed` counts what was read and gave no whole line yet.
    """

    limits = ServerLimits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn itself
        """Count the connection; make room for it when there are too many."""
        super().connection_made(transport)
        self.head_bytes = self.unparsed = 0
        self.in_head = True
        self.lingering = False
        self.answering: RequestResponseCycle | None = None
        self.extensions = ({RENEW: self._renew}, {RENEW: self._renew, INTERIM: self._send_interim})
        self.active_at = self.loop.time()
        self.waiting_since: float | None = self.active_at
        self.stalled_since: float | None = None
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more: uvicorn tells it to the request that came last, but the one being answered may be another."""
        super().connection_lost(exc)
        self.pipeline.clear()
        if self.answering is not None and not self.answering.response_complete:
            self.answering.disconnected = True
            self.answering.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Parse what came. The parser hoards a header until its line ends: that is bounded here."""
        self._unset_keepalive_if_required()
        self.unparsed += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.refuse(b"400 Bad Request")
        if self.unparsed > self.limits.header_bytes * HEAD_FACTOR:
            self.refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """A request begins: its time runs."""
        super().on_message_begin()
        self.head_bytes = self.unparsed = 0
        self.in_head = True
        self.active_at = self.waiting_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Take in the target, as far as the limit goes."""
        self.unparsed = 0
        self.head_bytes += len(url)
        if self.head_bytes > self.limits.header_bytes:
            self._oversized()
            url = url[:URL_KEPT]
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header, as far as the limit goes. A trailer is none (RFC 9112, 7.1.2): it could forge what a proxy says."""
        self.unparsed = 0
        self.head_bytes += len(name) + len(value)
        if self.head_bytes > self.limits.header_bytes:
            self._oversized()
        elif self.in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the answer; after a stop was asked for, it is the last one on this connection."""
        self.unparsed = 0
        if self.parser.should_upgrade() and self._upgrade_asked():
            return
        if len(self.pipeline) >= PIPELINED:
            raise ConnectionAbortedError
        modern = self.parser.get_http_version() >= "1.1"
        self.expect_100_continue &= modern  # RFC 9110, 10.1.1
        super().on_headers_complete()
        self.cycle.transport = cast("asyncio.Transport", Joined(self.transport, self.loop))
        self.in_head = False
        cast("dict[str, Any]", self.scope)["extensions"] = self.extensions[modern]
        if self.lingering or self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take in a part of the body."""
        self.unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: its time is the server's from here on."""
        if self.in_head:
            return
        self.waiting_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request; nothing more is read while others wait before it."""
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        super().pause_writing()
        self.stalled_since = self.loop.time()

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self.stalled_since = None

    def shutdown(self) -> None:
        """A stop was asked for: finish what is under way, and give what may be on its way a moment."""
        self.lingering = True
        if self._under_way():
            super().shutdown()
        else:
            self.loop.call_later(LINGER_SECONDS, self._close_if_quiet)

    def sweep(self, now: float) -> None:
        """Called each second: end what takes too long, be it the request to come or the answer to be taken."""
        if self.transport.is_closing() and self.stalled_since is None:
            self.stalled_since = now
        if self.stalled_since is not None and now - self.stalled_since > self.limits.request_seconds:
            self.transport.abort()
        elif self.waiting_since is not None:
            if now - self.waiting_since > self.limits.request_seconds:
                self.refuse(b"408 Request Timeout")
        elif self.timeout_keep_alive_task is None and not self._under_way():
            self.waiting_since, self.in_head = now, True  # bytes came that begin no request: empty lines don't buy time

    def refuse(self, status: bytes) -> None:
        """Answer without the application, and close. Requests that came whole before are answered first."""
        if self.transport.is_closing():
            return
        in_body = self._in_body()
        if self._under_way() and not in_body:
            self.waiting_since = None
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if not in_body or not (self.pipeline or self.cycle.response_started):
            body = b'{"code":2003,"message":"Invalid request"}'
            head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
            self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + head + body)
        self.transport.close()

    @property
    def expendable(self) -> bool:
        """Whether nobody is worse off without it: no request, half a request, or an answer that is not taken."""
        return self.stalled_since is not None or self._in_body() or not self._under_way()

    def _oversized(self) -> None:
        """The head is over its limit: the application is told, and answers so, if it ends at all."""
        cast("dict[str, Any]", self.scope)["oversized"] = True
        if self.head_bytes > self.limits.header_bytes * HEAD_FACTOR:
            self.refuse(b"431 Request Header Fields Too Large")

    def _upgrade_asked(self) -> bool:
        return any(name == b"upgrade" for name, _ in self.headers) and self.parser.get_method() != b"CONNECT"

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """The parser stops where another protocol is offered, and drops the body. We take none up (RFC 9110, 7.8): the same
        request again, without the offer.
        """
        if not self.in_head or "oversized" in self.scope:
            self.refuse(b"400 Bad Request")
            return
        first = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = [(name, value) for name, value in self.headers if name not in {b"upgrade", b"connection"}]
        named = b",".join(value for name, value in self.headers if name == b"connection").lower()
        kept += [(b"connection", b"close")] if b"close" in named else []
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(first + b"".join(b"%b: %b\r\n" % header for header in kept) + b"\r\n" + rest)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.answering = cycle
        super()._start_asgi_task(cycle, app)

    def _send_interim(self) -> None:
        """Tell the client that its request is being worked on (RFC 9110, 15.2)."""
        cycle = self.answering
        if cycle is not None and not (
            cycle.response_started or cycle.disconnected or self.flow.write_paused or self.transport.is_closing()
        ):
            cycle.waiting_for_100_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _renew(self) -> None:
        """The request that is being answered may take as long again to be sent."""
        cycle = self.answering
        if cycle is not None and cycle.more_body and not cycle.response_complete:
            self.active_at = self.waiting_since = self.loop.time()

    def _in_body(self) -> bool:
        return self.waiting_since is not None and not self.in_head

    def _under_way(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn types it as never None, and begins with None
        return cycle is not None and not cycle.response_complete

    def _close_if_quiet(self) -> None:
        if not self._under_way() and not self.transport.is_closing():
            self.transport.close()

    def _make_room(self) -> None:
        """Close the connection that has been quiet, unfinished or unread longest, never one that is being answered."""
        held = [c for c in cast("set[GuardedProtocol]", self.connections) if not c.transport.is_closing()]
        if len(held) <= self.limits.connections:
            return
        expendable = [c for c in held if c is not self and c.expendable]
        if expendable:
            oldest = min(expendable, key=lambda c: c.active_at)
            oldest.transport.close() if oldest.stalled_since is None else oldest.transport.abort()
        elif len(held) > self.limits.connections * CROWD:
            self.transport.abort()
