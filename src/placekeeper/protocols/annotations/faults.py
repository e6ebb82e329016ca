"""What can be wrong with an annotation, in the kinds that the protocol's problem documents tell apart. Knows no HTTP answer.

* InvalidRequest
  - Malformed          no annotation that can be read, or one whose body lacks something
    . TooLarge         longer than annotations are
  - BadTarget          not exactly one target, one source, one selector that can be read
  - BadMotivation      neither a reading position nor a bookmark
  - WrongType          a document of another media type than the resource takes
  - WrongMethod        the resource has others
"""

from placekeeper.domain.errors import InvalidRequest


class Malformed(InvalidRequest):
    """No annotation that can be read, or one whose body lacks something; the message names the key."""


class TooLarge(Malformed):
    """The document is over the limit."""


class BadTarget(InvalidRequest):
    """Not exactly one target with one source and one selector that can be read; the message names the key and says why."""


class BadMotivation(InvalidRequest):
    """A motivation that is missing, or neither of the two that bookmarks have."""


class WrongType(InvalidRequest):
    """A document of another media type than the resource takes; the message names the right one."""


class WrongMethod(InvalidRequest):
    """The resource has other methods. `allowed`: these."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        """`allowed`: the methods that it has."""
        super().__init__(f"here are {', '.join(allowed)}")
        self.allowed = allowed
