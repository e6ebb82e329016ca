"""Sending a library's file: in pieces, read in threads, with ranges and conditions; what a browser may do with it is nothing.

Knows no catalog. Sources: https://www.rfc-editor.org/rfc/rfc9110, https://www.rfc-editor.org/rfc/rfc6266
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from placekeeper.protocols.opds.conditions import State, Verdict, judge

PIECE: Final = 64 * 1024
"""Bytes read at once: few turns for a fast client; one so slow that it does not take them in time is given up."""
GUARDED: Final = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
"""What comes from a library's file must not act as a page of this server."""
_WHOLE, _PART, _UNSATISFIABLE = 200, 206, 416
_PLAIN: Final = " !#$&()+,-.;=@[]^_`{}~'"
"""Signs that a quoted file name holds as they are. KOReader decodes what looks percent-encoded, so the sign itself is not."""


class Cut(Exception):
    """The file changed while it was being sent: the connection ends, so that nobody takes a part or a mixture for the whole."""


class Download(StreamingResponse):
    """An answer that closes its file however it ends; when the client goes away, no more is read."""

    def __init__(self, file: BinaryIO, state: State, verdict: Verdict, headers: dict[str, str], media_type: str) -> None:
        """The file is this answer's from now on."""
        super().__init__(_pieces(file, verdict.start, verdict.stop, state), verdict.status, headers, media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            shut(self._file)


async def download(request: Request, file: BinaryIO, name: str, media_type: str) -> Response:
    """The answer that sends an open file, or tells about it, or says why not. The file is closed in the end."""
    try:
        state = await asyncio.to_thread(_state, file)
        verdict = judge(request.method, request.headers, state)
        headers = _headers(state, verdict, name)
        if request.method == "GET" and verdict.status in {_WHOLE, _PART}:
            answer: Response = Download(file, state, verdict, headers, media_type)
            return answer
    except BaseException:
        shut(file)
        raise
    shut(file)
    return Response(b"", verdict.status, headers, media_type)


def shut(file: BinaryIO) -> None:
    """Close a file in a thread, for one may be reading it still."""
    asyncio.get_running_loop().run_in_executor(None, file.close)


def disposition(name: str) -> str:
    """`Content-Disposition` with the name for all who can read it (RFC 8187), and percent-encoded for the others."""
    kind = "attachment"
    return f"{kind}; filename=\"{quote(name, safe=_PLAIN)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _state(file: BinaryIO) -> State:
    """The state of an open file: its tag changes when its bytes are written, or when another file takes its place."""
    found = os.fstat(file.fileno())
    tag = f'"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'
    return State(tag, found.st_mtime_ns // 1_000_000_000, found.st_size)


def _headers(state: State, verdict: Verdict, name: str) -> dict[str, str]:
    headers = {"etag": state.etag, "last-modified": state.last_modified, "cache-control": "private, no-cache", **GUARDED}
    headers["accept-ranges"] = "bytes"
    if verdict.status in {_WHOLE, _PART}:
        headers["content-disposition"] = disposition(name)
        headers["content-length"] = str(verdict.stop - verdict.start)
    if verdict.status == _PART:
        headers["content-range"] = f"bytes {verdict.start}-{verdict.stop - 1}/{state.size}"
    if verdict.status == _UNSATISFIABLE:
        headers["content-range"] = f"bytes */{state.size}"
    return headers


async def _pieces(file: BinaryIO, start: int, stop: int, state: State) -> AsyncIterator[bytes]:
    """The bytes, as long as they are those of one state of the file. Raises Cut, so that nobody takes a mixture for the whole."""

    def read(length: int, at: int | None) -> bytes:
        if at is not None:
            file.seek(at)
        piece = file.read(length)
        return piece if _state(file) == state else b""

    at: int | None = start
    while start < stop:
        piece: Any = await asyncio.to_thread(read, min(PIECE, stop - start), at)
        if not piece:
            raise Cut
        start, at = start + len(piece), None
        yield piece
