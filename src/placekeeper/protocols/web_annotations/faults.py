"""What can be wrong with a request, in the kinds that the protocol's statuses tell apart. Knows no HTTP answer.

* InvalidRequest
  - Malformed          no annotation that can be read, or one that lacks something
    . TooLarge         longer than annotations are
  - Fixed              a member that was set once and stays
  - WrongMethod        the resource has others
"""

from placekeeper.domain.errors import InvalidRequest


class Malformed(InvalidRequest):
    """No annotation that can be read, or one that lacks something; the message names the member."""


class TooLarge(Malformed):
    """The document is over the limit."""


class Fixed(InvalidRequest):
    """A member that was set once and stays; the message names it."""


class WrongMethod(InvalidRequest):
    """The resource has other methods. `allowed`: these."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        """`allowed`: the methods that it has."""
        super().__init__(f"here are {', '.join(allowed)}")
        self.allowed = allowed
