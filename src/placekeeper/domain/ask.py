"""What a device has asked or told lately, and what it got: so that a person can see why an app goes where it goes.

Must not know protocols: theirs is only a name here.
"""

import enum
from dataclasses import dataclass


class Answer(enum.StrEnum):
    """What somebody got who asked for a place."""

    PLACE = "place"
    """The place, as its writer has said it."""
    TRANSLATED = "translated"
    """The place, in words of the document that was asked for."""
    OTHER = "other"
    """The place can't be said in words of that document: an older one that can."""
    UNSAID = "unsaid"
    """The place can't be said in words of that document, nor any older one."""
    NOTHING = "nothing"
    """Nobody has said a place yet of what was asked for, or the document is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The latest of its sort: one asker, one document of a protocol, asked (`told` is False) or told.

    `asker`: the key of the device, where it is known, else the address it came from. `answer`: an `Answer`; of what was told, the
    outcome as the arbiter has named it. `progression`: of the place that was given or told; None where there was none. `at`:
    Unix milliseconds.
    """

    account_id: str
    asker: str
    protocol: str
    document: str
    told: bool
    at: int
    answer: str
    progression: float | None = None
    work_id: str | None = None
