"""Keeping a client that waits in silence from giving up. Knows no endpoint.

KOReader waits 2 s for each read from its socket, and loses for good what it was draining from its queue when that time is up.
But LuaSocket passes over an interim `100 Continue` and waits anew, so one each second keeps it there until a slow disk has
answered. Other clients have more patience, and some programs take any interim answer for the final one (nginx#1427,
ESP32's HTTPClient): only LuaSocket itself gets them. Its `Connection: close, TE` tells it, for no proxy passes that header on.

Sources: https://www.rfc-editor.org/rfc/rfc9110#section-15.2, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1,
https://github.com/lunarmodules/luasocket/blob/master/src/http.lua
"""

import asyncio
import time
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

INTERIM = "placekeeper.interim"
"""The extension of the scope that sends one interim answer."""
LUASOCKET = (b"connection", b"close, te")
STEP_SECONDS = 0.1
"""How often it is looked who has been waiting too long: one timer for all, for most are answered long before."""


class Patience:
    """All clients that wait. Those that can bear it hear an interim answer every `seconds`, at most `most` of them each."""

    def __init__(self, *, seconds: float, most: int) -> None:
        """Nobody waits yet."""
        self._seconds, self._most = seconds, most
        self._waiting: set[Wait] = set()
        self._looking = False

    def wait(self, scope: MutableMapping[str, Any]) -> "Wait":
        """A context within which the client of a request waits."""
        return Wait(self, scope, self._most)

    def begin(self, wait: "Wait") -> None:
        """One more waits."""
        self._waiting.add(wait)
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(STEP_SECONDS, self._look)

    def end(self, wait: "Wait") -> None:
        """It waits no more."""
        self._waiting.discard(wait)

    def _look(self) -> None:
        for wait in list(self._waiting):
            if wait.silence >= self._seconds:
                wait.speak()
        self._looking = bool(self._waiting)
        if self._looking:
            asyncio.get_running_loop().call_later(STEP_SECONDS, self._look)


class Wait:
    """One client, from its request to its answer."""

    __slots__ = ("_began_at", "_heard_at", "_left", "_patience", "_scope")

    def __init__(self, patience: Patience, scope: MutableMapping[str, Any], most: int) -> None:
        """It waits from here on."""
        self._patience, self._scope, self._left = patience, scope, most
        self._began_at = self._heard_at = time.monotonic()

    def __enter__(self) -> "Wait":
        """Look after it."""
        self._patience.begin(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The answer follows now."""
        self._patience.end(self)

    @property
    def waited(self) -> float:
        """For how many seconds the client has been waiting."""
        return time.monotonic() - self._began_at

    @property
    def silence(self) -> float:
        """For how many seconds it has heard nothing."""
        return time.monotonic() - self._heard_at

    def speak(self) -> None:
        """Send an interim answer, if this client can bear it and has not had too many."""
        send: Callable[[], None] | None = self._scope.get("extensions", {}).get(INTERIM)
        if send is None or not self._left or not any((key, value.lower()) == LUASOCKET for key, value in self._scope["headers"]):
            return
        send()
        self._left -= 1
        self._heard_at = time.monotonic()
