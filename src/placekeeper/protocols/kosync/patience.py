"""Keeping a client that waits in silence from giving up. Knows no endpoint.

KOReader waits 2 s for each read from its socket, and loses for good what it was draining from its queue when that time is up.
But LuaSocket passes over an interim `100 Continue` and waits anew, so one each second keeps it there until a slow disk has
answered. Other clients have more patience, and some programs take any interim answer for the final one (nginx#1427,
ESP32's HTTPClient): only LuaSocket itself gets them. Its `Connection: close, TE` tells it, for no proxy passes that header on.

Sources: https://www.rfc-editor.org/rfc/rfc9110#section-15.2, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1,
https://github.com/lunarmodules/luasocket/blob/master/src/http.lua
"""

import asyncio
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

INTERIM = "placekeeper.interim"
"""The extension of the scope that sends one interim answer."""
LUASOCKET = (b"connection", b"close, te")


class Patience:
    """A context: within it, a client that can bear it hears an interim answer every `seconds`, at most `most` of them."""

    def __init__(self, scope: MutableMapping[str, Any], *, seconds: float, most: int) -> None:
        """Nothing happens yet."""
        self._scope, self._seconds, self._left = scope, seconds, most
        self._loop = asyncio.get_running_loop()
        self._began_at = self._heard_at = self._loop.time()

    def __enter__(self) -> "Patience":
        """The client waits from here on."""
        self._timer = self._loop.call_later(self._seconds, self._tick)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The answer follows now."""
        self._timer.cancel()

    @property
    def waited(self) -> float:
        """For how many seconds the client has been waiting."""
        return self._loop.time() - self._began_at

    @property
    def silence(self) -> float:
        """For how many seconds it has heard nothing."""
        return self._loop.time() - self._heard_at

    def _tick(self) -> None:
        send: Callable[[], None] | None = self._scope.get("extensions", {}).get(INTERIM)
        if send is None or not self._left or not any((key, value.lower()) == LUASOCKET for key, value in self._scope["headers"]):
            return
        send()
        self._left -= 1
        self._heard_at = self._loop.time()
        self._timer = self._loop.call_later(self._seconds, self._tick)
