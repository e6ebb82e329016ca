"""Whether a file may be more than one fragment: crengine begins a new one at each `body`.

Must not know what is in a body. Source: https://github.com/koreader/crengine/blob/master/crengine/src/epubfmt.cpp
"""

from typing import Final

_MARKS: Final = (b"<body", b"<BODY")


def may_split(data: bytes) -> bool:
    """Whether the bytes of a file have several tags that could begin a body."""
    return sum(map(data.count, _MARKS)) > 1
