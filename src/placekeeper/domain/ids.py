"""Identifiers of our own rows: UUID version 7 as text, so that rows made one after the other stand beside each other.

Source: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
"""

import random

_random = random.Random()  # noqa: S311 - ids must differ, they need not be secret; the system's source costs a call each

_LOW = (1 << 62) - 1


def new_id(now_ms: int) -> str:
    """A fresh UUIDv7 of 36 characters for the Unix time `now_ms` (milliseconds), sortable by time to the millisecond."""
    tail = _random.getrandbits(74)
    text = f"{now_ms << 80 | 7 << 76 | tail >> 62 << 64 | 2 << 62 | tail & _LOW:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
