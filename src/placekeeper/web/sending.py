"""Files that are made for one answer and sent piece by piece: never kept by a cache, never shown. Knows no page."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final

from starlette.responses import StreamingResponse

from placekeeper.web.rendering import HEADERS

JSON: Final = "application/json"
DATABASE: Final = "application/vnd.sqlite3"


class Sending(StreamingResponse):
    """A file. `ended` is called however it ends, also where nobody has waited for the first byte."""

    def __init__(self, pieces: AsyncIterator[bytes], name: str, media_type: str, size: int | None = None) -> None:
        """`size`: in bytes, where it is known."""
        length = {} if size is None else {"content-length": str(size)}
        super().__init__(
            pieces, headers=HEADERS | length | {"content-disposition": f'attachment; filename="{name}"'}, media_type=media_type
        )
        self.ended: Callable[[], None] = lambda: None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.ended()


def dated(now: int, end: str) -> str:
    """What a file of today is called."""
    return f"placekeeper-{datetime.fromtimestamp(now / 1000).astimezone():%Y-%m-%d}{end}"
