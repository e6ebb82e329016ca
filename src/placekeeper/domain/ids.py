"""Identifiers of our own rows: UUID version 7 as text, so that rows made one after the other stand one after the other.

Within a millisecond, the random part is counted up by a random step (method 2 of RFC 9562, 6.2), so that the order of ids is
the order of making, within one process. Source: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
"""

import random

_BITS = 74
_LOW = (1 << 62) - 1


class Ids:
    """A source of ids. Not for several threads at once."""

    def __init__(self) -> None:
        """Seeded by the system."""
        self._random = random.Random()  # noqa: S311 - ids must differ, they need not be secret
        self._last_ms = -1
        self._tail = 0

    def new(self, now_ms: int) -> str:
        """A fresh id of 36 characters for the Unix time `now_ms` (milliseconds)."""
        if now_ms == self._last_ms:
            self._tail += 1 + self._random.getrandbits(40)
        else:
            self._last_ms = now_ms
            self._tail = self._random.getrandbits(_BITS - 1)  # the highest bit is room for counting up
        tail = self._tail
        text = f"{now_ms << 80 | 7 << 76 | tail >> 62 << 64 | 2 << 62 | tail & _LOW:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


new_id = Ids().new
"""A fresh id for a time in Unix milliseconds: the source of this process."""


def time_of(id_: str) -> int:
    """The time of an id of ours, in Unix milliseconds."""
    return int(id_[:8] + id_[9:13], 16)
