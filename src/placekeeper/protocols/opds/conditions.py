"""Conditions and ranges of a download: what to answer, from the headers of the request and the state of the file.

Knows nothing of files. One range is answered with a part; several, or units other than bytes, with the whole (RFC 9110, 14.2
allows both). Sources: https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests and #name-range-requests
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})\s*-\s*([0-9]{1,18})?|-\s*([0-9]{1,18}))\s*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class State:
    """A representation: its strong entity tag with quotes, when it changed (Unix seconds), its bytes."""

    etag: str
    modified: int
    size: int

    @property
    def last_modified(self) -> str:
        """The time as HTTP writes it."""
        return format_datetime(datetime.fromtimestamp(self.modified, UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status`: 200, 206, 304, 412 or 416. `start`, `stop`: the bytes to send, `stop` not included."""

    status: int
    start: int = 0
    stop: int = 0


def settled(request: Request, answer: Response) -> Response:
    """A small answer with its entity tag; without its body where the client has that already."""
    etag = f'"{blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    caching = answer.headers.get("cache-control", "private, no-cache")
    if knows(request.headers, etag):
        answer = Response(None, 304)
    answer.headers.update({"etag": etag, "cache-control": caching})
    return answer


def judge(method: str, headers: Mapping[str, str], state: State) -> Verdict:
    """What a GET or HEAD is to be answered, in the order of RFC 9110, 13.2.2."""
    if not _holds(headers, state):
        return Verdict(412)
    if _unchanged(headers, state):
        return Verdict(304)
    asked = headers.get("range")
    if asked is None or method != "GET" or not _still(headers.get("if-range"), state):
        return Verdict(200, 0, state.size)
    return _ranged(asked, state.size)


def knows(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client says that it has what this tag stands for (If-None-Match, by weak comparison)."""
    known = headers.get("if-none-match", "")
    return known.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _TAG.findall(known)}


def _holds(headers: Mapping[str, str], state: State) -> bool:
    """Whether the preconditions hold: If-Match by strong comparison, else If-Unmodified-Since."""
    wanted = headers.get("if-match")
    if wanted is not None:
        return wanted.strip() == "*" or state.etag in _TAG.findall(wanted)
    since = _seconds(headers.get("if-unmodified-since"))
    return since is None or state.modified <= since


def _unchanged(headers: Mapping[str, str], state: State) -> bool:
    """Whether the client has it already: If-None-Match by weak comparison, else If-Modified-Since."""
    if "if-none-match" in headers:
        return knows(headers, state.etag)
    since = _seconds(headers.get("if-modified-since"))
    return since is not None and state.modified <= since


def _still(validator: str | None, state: State) -> bool:
    """Whether what the client has a part of is still this: by the tag, or by the very date."""
    if validator is None:
        return True
    validator = validator.strip()
    if validator.startswith(('"', "W/")):
        return validator == state.etag
    return _seconds(validator) == state.modified


def _ranged(asked: str, size: int) -> Verdict:
    match = _RANGE.fullmatch(asked)
    if match is None:
        return Verdict(200, 0, size)
    first, last, suffix = (int(group) if group is not None else None for group in match.groups())
    if first is None:
        assert suffix is not None  # noqa: S101 - the expression has one or the other
        start, stop = max(0, size - suffix), size
    elif last is not None and last < first:
        return Verdict(200, 0, size)
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return Verdict(206, start, stop) if start < stop else Verdict(416)


def _seconds(date: str | None) -> int | None:
    """An HTTP date as Unix seconds; None for none and for nonsense, which is ignored."""
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
