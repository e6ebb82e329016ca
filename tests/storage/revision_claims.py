"""A work's revision tells whether what somebody remembers of it still holds: it must grow with each change, by one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from placekeeper.domain.ports import Ledger
from placekeeper.domain.standing import NOWHERE, Sight, Unanswered
from placekeeper.domain.work import Work
from tests.storage.claims import Claims
from tests.storage.engine import Opened
from tests.storage.samples import NOW, a_device, a_read_work, a_reading, an_account, an_identifier

ME, HER, WORK, OTHER = "mina", "lucy", "work", "other work"
SIGHT = Sight(reading_id="head", progression=0.5, at=NOW)
MARK = Unanswered(value="place", received_at=NOW)

CHANGES: dict[str, Callable[[Ledger, Work], None]] = {
    "save_work": lambda ledger, work: ledger.save_work(replace(work, run=9)),
    "save_work as it is": lambda ledger, work: ledger.save_work(work),
    "move_head": lambda ledger, work: ledger.move_head(replace(work, head=None)),
    "move_head as it is": lambda ledger, work: ledger.move_head(work),
    "touch": lambda ledger, work: ledger.touch(ME, work.id),
    "save_sight": lambda ledger, work: ledger.save_sight(ME, work.id, "device", SIGHT),
    "mark_unanswered": lambda ledger, work: ledger.mark_unanswered(ME, work.id, "device", MARK),
    "clear_unanswered": lambda ledger, work: ledger.clear_unanswered(ME, work.id, "device", "place"),
}
"""What may change what a push rests on."""
OTHERS: dict[str, Callable[[Ledger, Work], None]] = {
    "save_standing": lambda ledger, work: ledger.save_standing(ME, work.id, "device", NOWHERE),
    "add_reading": lambda ledger, work: ledger.add_reading(ME, a_reading(work.id)),
    "register": lambda ledger, work: ledger.register(ME, an_identifier(work.id), NOW),
    "save_device": lambda ledger, _work: ledger.save_device(a_device(ME)),
}
"""What goes along with one of the changes above, or changes nothing that a push rests on."""


class Spoilt(Exception):
    """What undoes a unit."""


def revisions(opened: Opened) -> list[tuple[int, int] | None]:
    """Those of the work, of another work of the account, and of another account's work of the same id."""
    places = ((ME, WORK), (ME, OTHER), (HER, WORK))
    return [opened.read(lambda ledger, place=place: ledger.revisions(*place)) for place in places]


class RevisionClaims(Claims):
    @pytest.fixture
    def work(self, opened: Opened) -> Work:
        """A work whose account has the credential revision 7, beside another work and another account's of the same id."""

        def store(ledger: Ledger) -> Work:
            ledger.save_account(an_account(id=ME, credential_revision=7))
            ledger.save_account(an_account(id=HER, credential_revision=8))
            a_read_work(ledger, ME, "other", id=OTHER)
            a_read_work(ledger, HER, id=WORK)
            return a_read_work(ledger, ME, id=WORK)

        return opened.write(store)

    @pytest.mark.parametrize("change", CHANGES)
    def test_a_change_raises_it_by_one(self, opened: Opened, work: Work, change: str) -> None:
        """Each change of a work, its head, or what stands beside it raises its revision by one, and no other's."""
        before = revisions(opened)
        opened.write(lambda ledger: CHANGES[change](ledger, work))

        assert before[0] is not None
        assert [(7, before[0][1] + 1), *before[1:]] == revisions(opened)

    @pytest.mark.parametrize("other", OTHERS)
    def test_nothing_else_raises_it(self, opened: Opened, work: Work, other: str) -> None:
        """What is no change of its own leaves the revision as it is."""
        before = revisions(opened)
        opened.write(lambda ledger: OTHERS[other](ledger, work))

        assert before == revisions(opened)

    @pytest.mark.parametrize("change", CHANGES)
    def test_what_is_undone_does_not_count(self, opened: Opened, work: Work, change: str) -> None:
        """A change that is undone leaves the revision as it was."""
        before = revisions(opened)

        def undone(ledger: Ledger) -> None:
            CHANGES[change](ledger, work)
            raise Spoilt

        with pytest.raises(Spoilt):
            opened.write(undone)
        assert before == revisions(opened)

    def test_credential_revision_beside_it(self, opened: Opened, work: Work) -> None:
        """The account's credential revision is told in the same look-up; without account or work there is neither."""
        before = revisions(opened)
        opened.write(lambda ledger: ledger.save_account(an_account(id=ME, credential_revision=9)))
        assert before[0] is not None
        assert (9, before[0][1]) == revisions(opened)[0]
        assert None is opened.read(lambda ledger: ledger.revisions(ME, "no such work"))

        opened.write(lambda ledger: ledger.erase_account(ME, NOW))
        assert [None, None, before[2]] == revisions(opened)
