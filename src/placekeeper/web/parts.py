"""A form with files, taken in as it comes: part after part, never more of it in memory than one piece.

Knows no page, and writes nothing. Source: https://www.rfc-editor.org/rfc/rfc7578
"""

import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from placekeeper.domain.errors import InvalidRequest

LONGEST_SECONDS: Final = 6 * 3600
"""What one form may take, however well it goes on: 2 GiB at 100 kB/s."""
HEADER_BYTES: Final = 32_768
"""Of a part: names of files may be long, and each of their signs takes up to four bytes."""
FIELD_BYTES: Final = 4_096
"""Of a field that is no file."""
RENEW: Final = "placekeeper.renew"
"""In the scope's extensions: a function that lets the time for sending the request begin anew."""
CUT: Final = "the form did not come to its end: nothing of it was kept"


@dataclass(frozen=True, slots=True)
class Part:
    """A field begins. `filename`: None where it is no file; "" where no file was chosen."""

    name: str
    filename: str | None


class Parts:
    """The parts of one request's form."""

    def __init__(self, request: Request, octets: int) -> None:
        """`octets` caps the form. Nothing is read yet."""
        self._request, self._left = request, octets
        self._events: deque[Part | bytes | None] = deque()
        self._header: dict[bytes, bytes] = {}
        self._field, self._value = b"", b""
        self._parser: Any = None
        self._until = 0.0

    @property
    def announced(self) -> int:
        """How many bytes the browser is going to send; 0 where it does not say."""
        said = self._request.headers.get("content-length", "")
        return int(said) if said.isdecimal() and len(said) < 16 else 0  # noqa: PLR2004 - digits of a petabyte

    async def first(self, name: str) -> str:
        """The value of the first field, which must have that name: "" else. Raises InvalidRequest."""
        self._begin()
        part = await self.next()
        if part != Part(name, None):
            return ""
        value = b""
        while isinstance(piece := await self._peeked(), bytes):
            value += piece
            self._events.popleft()
            if len(value) > FIELD_BYTES:
                return ""
        return value.decode("utf-8", "replace")

    async def next(self) -> Part | bytes | None:
        """The next thing: a part that begins, a piece of its bytes, or None at the end. Raises InvalidRequest."""
        await self._peeked()
        return self._events.popleft()

    async def _peeked(self) -> Part | bytes | None:
        while not self._events:
            await self._take()
        return self._events[0]

    def _begin(self) -> None:
        from python_multipart.multipart import MultipartParser, parse_options_header  # who uploads nothing need not load it

        kind, options = parse_options_header(self._request.headers.get("content-type", ""))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:  # noqa: PLR2004 - RFC 2046, 5.1.1
            raise InvalidRequest("this is no form with files")
        if self.announced > self._left:
            raise self._too_large()
        callbacks = {
            "on_part_begin": self._header.clear,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
            "on_end": lambda: self._events.append(None),
        }
        self._parser = MultipartParser(boundary, callbacks, max_header_size=HEADER_BYTES)  # type: ignore[arg-type] # as it says
        self._stream, self._until = self._request.stream(), time.monotonic() + LONGEST_SECONDS

    async def _take(self) -> None:
        """One piece more of the request."""
        from python_multipart.exceptions import FormParserError

        try:
            piece = await anext(self._stream)
            self._left -= len(piece)
            if self._left < 0:
                raise self._too_large()
            if time.monotonic() > self._until:
                raise InvalidRequest("the form took too long: nothing of it was kept")
            self._request.scope.get("extensions", {}).get(RENEW, lambda: None)()
            self._parser.write(piece)
        except (ClientDisconnect, StopAsyncIteration) as error:
            raise InvalidRequest(CUT) from error
        except FormParserError as error:
            raise InvalidRequest("this is no form with files") from error

    def _too_large(self) -> InvalidRequest:
        return InvalidRequest("that is more than this server takes in one upload: send fewer files at once")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._header[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        from python_multipart.multipart import parse_options_header

        _kind, options = parse_options_header(self._header.get(b"content-disposition", b"").decode("latin-1"))
        filename = options.get(b"filename")
        self._events.append(Part(_text(options.get(b"name", b"")), None if filename is None else _text(filename)))


def _text(raw: bytes) -> str:
    """As browsers write names: UTF-8, with three signs percent-encoded."""
    text = raw.decode("utf-8", "replace")
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
