"""The bytes of KOSync: what requests must hold, what answers look like, which code says what. Knows no HTTP library.

Lenient in: unknown keys are ignored, numbers may come as strings and strings as numbers. Strict out: exactly the keys,
types and header values that KOReader's client can read.
"""

import re
from typing import Any

import msgspec

from placekeeper.domain.errors import (
    Full,
    InvalidDocument,
    InvalidRequest,
    NameTaken,
    NotFound,
    PairingRefused,
    PlacekeeperError,
    RegistrationOff,
    Unauthorized,
)
from placekeeper.domain.place import Notation, NotedPlace
from placekeeper.domain.work import Description
from placekeeper.services.matching import Named
from placekeeper.services.readings import Kept, Place, Push

PROTOCOL = "kosync"
MAX_IDENTIFIERS = 8
MAX_DOCUMENT = 512
"""Code points. KOReader sends 32; others have been seen with 200."""
MAX_PROGRESS = 4096
"""Code points. An XPointer of a deeply nested book takes a few hundred."""
MAX_NAME = 255
"""Code points of a device's name or id."""
MAX_NUMBER = 64
"""Characters of a number that comes as a string: a double takes 24."""
MAX_DESCRIPTION = 1024
"""Code points of a title, of authors, of a file name: a longer one is cut, for it must not cost the reading."""

_TYPE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_.]{0,127}")
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")


class BadJson(InvalidRequest):
    """The body is no JSON (code 103)."""


class NotAnObject(InvalidRequest):
    """The body is JSON, but no object (code 104)."""


class TooLarge(InvalidRequest):
    """Headers or body are over the limit."""


class NoSuchPath(InvalidRequest):
    """Nothing of the protocol is at this path."""


class WrongMethod(InvalidRequest):
    """The path exists, with other methods: the message lists them."""


_ERRORS: tuple[tuple[type[PlacekeeperError], int, int, str], ...] = (
    (BadJson, 400, 103, "Could not parse JSON in body."),
    (NotAnObject, 400, 104, "Body should be a JSON hash."),
    (TooLarge, 413, 2003, "Invalid request"),
    (NoSuchPath, 404, 2003, "Invalid request"),
    (WrongMethod, 405, 2003, "Invalid request"),
    (InvalidDocument, 403, 2004, "Field 'document' not provided."),
    (InvalidRequest, 403, 2003, "Invalid request"),
    (Unauthorized, 401, 2001, "Unauthorized"),
    (NameTaken, 402, 2002, "Username is already registered."),
    (PairingRefused, 402, 2005, "This pairing code is wrong or used up."),
    (RegistrationOff, 402, 2005, "User registration is disabled."),
    (NotFound, 404, 2006, "Account not found."),
    (Full, 507, 2007, "This account is full: an admin can allow more."),
    (PlacekeeperError, 502, 2000, "Unknown server error."),
)
"""Error, HTTP status, code, message: the first that fits."""


class Registration(msgspec.Struct):
    """Body of POST /users/create. `password` is KOReader's key, already the MD5 of what the person typed."""

    username: Any = None
    password: Any = None


class NewKey(msgspec.Struct):
    """Body of PUT /users/password."""

    password: Any = None


class Progress(msgspec.Struct):
    """Body of PUT /syncs/progress, before it is checked."""

    document: Any = None
    progress: Any = None
    percentage: Any = None
    device: Any = None
    device_id: Any = None
    metadata: Any = None
    identifiers: Any = msgspec.UNSET


class Answer(msgspec.Struct, omit_defaults=True):
    """Body of GET /syncs/progress/{document}. `timestamp`: Unix seconds. Keys that are None are left out."""

    document: str
    percentage: float
    progress: str
    device: str
    timestamp: int
    device_id: str | None = None
    match: str | None = None
    progress_match: str | None = None


class Stored(msgspec.Struct, omit_defaults=True):
    """Body of an accepted PUT /syncs/progress."""

    document: str
    timestamp: int
    match: str | None = None


encode = msgspec.json.Encoder().encode
_REGISTRATION = msgspec.json.Decoder(Registration)
_NEW_KEY = msgspec.json.Decoder(NewKey)
_PROGRESS = msgspec.json.Decoder(Progress)


def _decode(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        if "at `$." in str(error):  # an object, but a number in it is larger than a double
            raise InvalidRequest(str(error)) from error
        raise NotAnObject(str(error)) from error
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise BadJson(str(error)) from error


def registration(body: bytes) -> tuple[str, str]:
    """Name and key of a registration. Raises BadJson, NotAnObject, InvalidRequest.

    Blanks around the name are dropped: older KOReaders send them here, and no HTTP header keeps them when signing in.
    """
    fields = _decode(_REGISTRATION, body)
    if not isinstance(fields.username, str) or not isinstance(fields.password, str):
        raise InvalidRequest("username and password are strings")
    return fields.username.strip(" \t"), fields.password


def new_key(body: bytes) -> str:
    """The new key. Raises InvalidRequest; for a body that is no object too, as the reference server does."""
    try:
        fields = _decode(_NEW_KEY, body)
    except NotAnObject as error:
        raise InvalidRequest("body is no object") from error
    if not isinstance(fields.password, str):
        raise InvalidRequest("password is a string")
    return fields.password


def push(body: bytes) -> Push:
    """A reading from the body of PUT /syncs/progress. Raises BadJson, NotAnObject, InvalidDocument, InvalidRequest."""
    fields = _decode(_PROGRESS, body)
    document = checked_document(fields.document)
    device_id = fields.device_id
    return Push(
        protocol=PROTOCOL,
        document=document,
        named=() if fields.identifiers is msgspec.UNSET else _identifiers(fields.identifiers, document),
        place=noted(_text("progress", fields.progress, MAX_PROGRESS)),
        progression=_ratio(fields.percentage),
        device_name=_text("device", fields.device, MAX_NAME),
        device_foreign_id=None if device_id is None else _text("device_id", device_id, MAX_NAME),
        description=_description(fields.metadata),
        measures=True,
    )


def checked_document(document: object) -> str:
    """The document id, if it can be one. Raises InvalidDocument."""
    if not isinstance(document, str) or not document or ":" in document or "\0" in document:
        raise InvalidDocument("document is a string, not empty, without colon")
    if len(document) > MAX_DOCUMENT:
        raise InvalidDocument(f"document has at most {MAX_DOCUMENT} characters")
    return document


def noted(progress: str) -> NotedPlace:
    """KOReader's progress: an XPointer for reflowable books, a page number for paged ones; else whatever it is."""
    if progress.startswith("/"):
        return NotedPlace(Notation.XPOINTER, progress)
    if progress.isascii() and progress.isdigit():
        return NotedPlace(Notation.PAGE, progress)
    return NotedPlace(Notation.OPAQUE, progress)


def asked_identifiers(ids: str, document: str) -> tuple[Named, ...]:
    """The `ids` parameter of a GET: `content:C1,structure:S1`. Raises InvalidRequest."""
    pairs = [part.partition(":") for part in ids.split(",")]
    return _checked([Named(type_, value) for type_, _, value in pairs], document)


def _identifiers(listed: object, document: str) -> tuple[Named, ...]:
    if not isinstance(listed, list):
        raise InvalidRequest("identifiers is a list")
    named = []
    for entry in listed:
        if not isinstance(entry, dict):
            raise InvalidRequest("an identifier is an object")
        type_, value = entry.get("type"), entry.get("value")
        if not isinstance(type_, str) or not isinstance(value, str):
            raise InvalidRequest("type and value of an identifier are strings")
        named.append(Named(type_, value, weak=entry.get("weak") is True))
    return _checked(named, document)


def _checked(named: list[Named], document: str) -> tuple[Named, ...]:
    if not 1 <= len(named) <= MAX_IDENTIFIERS:
        raise InvalidRequest(f"1 to {MAX_IDENTIFIERS} identifiers")
    for entry in named:
        if not _TYPE.fullmatch(entry.type) or not _VALUE.fullmatch(entry.value):
            raise InvalidRequest("an identifier's type or value is out of form")
    if len({entry.type for entry in named}) != len(named):
        raise InvalidRequest("no type twice")
    if all(entry.value != document for entry in named):
        raise InvalidRequest("one identifier is the document")
    return tuple(named)


def _text(name: str, value: object, limit: int) -> str:
    """A string; a number is taken for what it reads as."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = encode(value).decode()
    if not isinstance(value, str) or len(value) > limit or "\0" in value:
        raise InvalidRequest(f"{name} is a string of at most {limit} characters without NUL")
    return value


def _ratio(value: object) -> float:
    """A ratio 0..1; a numeric string is taken for its number, as Lua does."""
    if isinstance(value, str) and len(value) <= MAX_NUMBER and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:  # NaN is in no range
        raise InvalidRequest("percentage is a number from 0 to 1")
    return float(value)


def _description(metadata: object) -> Description | None:
    """What KOReader tells of the book, if it does. Whatever else stands there must not cost the reading."""
    if not isinstance(metadata, dict):
        return None

    def part(name: str) -> str | None:
        value = metadata.get(name)
        if not isinstance(value, str):
            return None
        return value.replace("\0", "").strip()[:MAX_DESCRIPTION] or None

    return Description(title=part("title"), authors=part("authors"), filename=part("filename"))


def stored(kept: Kept) -> bytes:
    """The answer to a kept reading: its document as it is known here, and when it was kept."""
    seconds = kept.reading.report.received_at // 1000
    return encode(Stored(document=kept.document, timestamp=seconds, match=kept.match))


def answer(place: Place | None) -> bytes:
    """The answer to a GET: the place as its writer wrote it, device and time included; `{}` where there is none."""
    if place is None:
        return b"{}"
    report = place.head.report
    return encode(
        Answer(
            document=place.document,
            percentage=report.progression,
            progress=report.place.value,
            device=report.device_name,
            device_id=report.device_foreign_id,
            timestamp=place.head.time // 1000,
            match=place.match,
            progress_match=place.progress_match,
        )
    )


def failure(error: PlacekeeperError) -> tuple[int, bytes]:
    """HTTP status and body for what went wrong."""
    for kind, status, code, message in _ERRORS:
        if isinstance(error, kind):
            return status, encode({"code": code, "message": message})
    raise AssertionError("the last row fits every error")
