"""What all protocols do alike with a request: where it comes from, and its body, up to a limit. Knows no protocol."""

from starlette.requests import ClientDisconnect, Request

from placekeeper.domain.errors import InvalidRequest


def client_of(request: Request) -> str:
    """The client's address, as far as trusted proxies tell it."""
    return request.client.host if request.client else ""


async def body_of(request: Request, most: int, what: str = "a body", too_large: type[InvalidRequest] = InvalidRequest) -> bytes:
    """The whole body. Raises `too_large` once it has more than `most` bytes, InvalidRequest where the client goes away.

    `what`: what it is called when it is too large.
    """
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > most:
                raise too_large(f"{what} has at most {most} bytes")
    except ClientDisconnect as error:
        raise InvalidRequest("the client went away") from error
    return bytes(body)
