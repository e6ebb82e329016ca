"""A work: what one account reads, whatever the copy. Its documents lead to it, its readings belong to it."""

import enum
from dataclasses import dataclass

from placekeeper.domain.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What devices say about a work. Each part is None until somebody names it."""

    title: str | None = None
    authors: str | None = None
    filename: str | None = None

    def completed_by(self, other: "Description") -> "Description":
        """The newer description, with what it leaves out taken from this one: absent never clears."""
        return Description(
            title=other.title or self.title,
            authors=other.authors or self.authors,
            filename=other.filename or self.filename,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`run` counts how often the work was begun (1 the first time). Times: Unix milliseconds."""

    account_id: str
    id: str
    description: Description
    head: Reading | None
    run: int
    first_received_at: int | None
    restored_at: int | None
    created_at: int


class State(enum.StrEnum):
    """How it stands with a reading run."""

    READING = "reading"
    FINISHED = "finished"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that a work is read. `number`: 1 the first time. Times: Unix milliseconds; None where that has not happened, or is
    not known. One that was given up and finished after all is finished.
    """

    number: int
    started_at: int | None = None
    finished_at: int | None = None
    abandoned_at: int | None = None

    @property
    def state(self) -> State:
        """How it stands."""
        if self.finished_at is not None:
            return State.FINISHED
        return State.READING if self.abandoned_at is None else State.ABANDONED


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A typed value that recognises a work. `document` is the canonical document that it leads to."""

    type: str
    value: str
    work_id: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a work was like before another one was joined to it."""

    description: Description
    first_received_at: int | None
    restored_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two works that the person has joined: what led to `from_id` leads to `into_id`, until that is undone.

    `identifiers`: the (type, value) pairs that were repointed. `before_id`: the head of `into_id` until then; `head_id`: the
    reading that became its head with it, if any. `before`: what `into_id` was like, where that was kept. Times: Unix ms.
    """

    account_id: str
    id: str
    into_id: str
    from_id: str
    merged_at: int
    before_id: str | None
    head_id: str | None
    identifiers: tuple[tuple[str, str], ...]
    undone_at: int | None = None
    before: Before | None = None
