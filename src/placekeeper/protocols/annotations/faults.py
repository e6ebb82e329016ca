"""What can be wrong with an annotation, in the three kinds that the protocol's problem documents tell apart. Knows no HTTP.

* InvalidRequest
  - Malformed          no annotation that can be read, or one whose body lacks something
  - BadTarget          not exactly one target, one source, one selector that can be read
  - BadMotivation      neither a reading position nor a bookmark
"""

from placekeeper.domain.errors import InvalidRequest


class Malformed(InvalidRequest):
    """No annotation that can be read, or one whose body lacks something; the message names the key."""


class BadTarget(InvalidRequest):
    """Not exactly one target with one source and one selector that can be read; the message names the key."""


class BadMotivation(InvalidRequest):
    """A motivation that is missing, or neither of the two that bookmarks have."""
