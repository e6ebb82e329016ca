"""What can be wrong with an annotation, in the three kinds that the protocol's problem documents tell apart. Knows no HTTP.

* InvalidRequest
  - Malformed          no annotation that can be read, or one whose body lacks something
  - BadTarget          not exactly one target, one source, one selector that can be read
    . BadLocator       the selector's value is no locator
  - BadMotivation      neither a reading position nor a bookmark
"""

import json
from typing import Any, Final

from placekeeper.domain.errors import InvalidRequest

_MAX_SHOWN: Final = 60


class Malformed(InvalidRequest):
    """No annotation that can be read, or one whose body lacks something; the message names the key."""


class BadTarget(InvalidRequest):
    """Not exactly one target with one source and one selector that can be read; the message names the key."""


class BadLocator(BadTarget):
    """A selector's value that is no locator; the message names the key and says why."""


class BadMotivation(InvalidRequest):
    """A motivation that is missing, or neither of the two that bookmarks have."""


def shown(value: Any) -> str:
    """A decoded value as a message can name it: as JSON, short and printable."""
    text = json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."
