"""Identifiers of our own rows: UUID version 7 as text, so that rows made one after the other stand beside each other.

Source: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
"""

import secrets


def new_id(now_ms: int) -> str:
    """A fresh UUIDv7 of 36 characters for the Unix time `now_ms` (milliseconds), sortable by time to the millisecond."""
    tail = secrets.token_hex(10)
    variant = "89ab"[int(tail[3], 16) & 3]
    stamp = f"{now_ms:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{tail[:3]}-{variant}{tail[4:7]}-{tail[7:19]}"
