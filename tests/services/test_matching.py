"""What an identifier leads to is decided once: no report, however it names things, leads it elsewhere."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placekeeper.domain.ports import Ledger
from placekeeper.services.matching import ALIAS, DOCUMENT, Match, Named, claim, find
from tests.services.stage import BEGAN, Stage

VALUES = ("v1", "v2", "v3", "v4")
LABELS = ("content", "structure", "name")
_accounts = itertools.count()

Report = tuple[str, tuple[Named, ...]]
Leads = dict[tuple[str, str], tuple[str, str] | None]


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A document, and how else its sender names it: a list that holds the document, or none."""
    document = draw(st.sampled_from(VALUES))
    others = draw(st.lists(st.sampled_from(VALUES), unique=True, max_size=3))
    if not others:
        return document, ()
    values = draw(st.permutations(list(dict.fromkeys([document, *others]))[:3]))
    weak = [draw(st.booleans()) for _ in values]
    return document, tuple(Named(label, value, is_weak) for label, value, is_weak in zip(LABELS, values, weak, strict=False))


def leads(ledger: Ledger, account: str) -> Leads:
    """Where each identifier leads: work and canonical document."""
    found = {(type_, value): ledger.identifier(account, type_, value) for type_ in (DOCUMENT, ALIAS) for value in VALUES}
    return {key: (identifier.work_id, identifier.document) if identifier else None for key, identifier in found.items()}


def check(before: Leads, after: Leads, report: Report, match: Match) -> None:
    """What one claim may and may not do."""
    document, named = report
    new = {key for key, place in after.items() if place is not None and before[key] is None}
    assert {key: place for key, place in before.items() if place} == {key: after[key] for key, place in before.items() if place}
    assert {(match.work.id, match.document)} >= {after[key] for key in new}
    assert (match.work.id, match.document) == after[DOCUMENT, match.document]
    for type_, value in new:
        if type_ == DOCUMENT:
            assert document == value == match.document
        else:
            assert before[DOCUMENT, value] is None
            assert value != match.document
    if match.rank is not None and not any(type_ == DOCUMENT for type_, _value in new):
        above = {entry.value for entry in named[: match.rank]}
        assert set() == {value for _type, value in new} & above
        assert not named[match.rank].weak or named[match.rank].value == document
    assert not named or match.rank is not None


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(reports(), min_size=1, max_size=8))
def agree(stage: Stage, sequence: list[Report]) -> None:
    account = f"account {next(_accounts)}"

    def unit(ledger: Ledger) -> None:
        for report in sequence:
            before = leads(ledger, account)
            match = claim(ledger, account, *report, BEGAN)
            check(before, leads(ledger, account), report, match)
            again = claim(ledger, account, *report, BEGAN)
            assert (match.work.id, match.document) == (again.work.id, again.document)

    stage.write(unit)


def test_identifiers_are_never_repointed(stage: Stage) -> None:
    """For any sequence of reports: an identifier goes on leading where it leads; an alias is made only for a value that is no
    document, and only for what stands below the match in the sender's list; a weak entry decides nothing unless it is the
    document; and the same report again finds the same work.
    """
    agree(stage)


def test_looking_changes_nothing(stage: Stage) -> None:
    """To look something up registers nothing, whatever is named."""
    named = (Named("content", "v1"), Named("name", "v2", weak=True))
    stage.write(lambda ledger: claim(ledger, "mina", "v1", (Named("content", "v1"),), BEGAN))
    before = stage.read(lambda ledger: leads(ledger, "mina"))
    for to_write in (False, True):
        assert stage.read(lambda ledger, w=to_write: find(ledger, "mina", "v1", named, to_write=w))
        assert None is stage.read(lambda ledger, w=to_write: find(ledger, "lucy", "v1", named, to_write=w))

    assert before == stage.read(lambda ledger: leads(ledger, "mina"))


def test_a_weak_name_finds_but_does_not_decide(stage: Stage) -> None:
    """A weak entry leads a reader to a work, and never a writer."""
    first = stage.write(lambda ledger: claim(ledger, "mina", "v1", (Named("content", "v1"), Named("name", "v2")), BEGAN))
    named = (Named("content", "v3"), Named("name", "v2", weak=True))

    found = stage.read(lambda ledger: find(ledger, "mina", "v3", named, to_write=False))
    assert found is not None
    assert (first.work.id, 1) == (found.work.id, found.rank)
    written = stage.write(lambda ledger: claim(ledger, "mina", "v3", named, BEGAN))
    assert first.work.id != written.work.id


def test_an_alias_is_no_document(stage: Stage) -> None:
    """Who names no identifiers finds documents only: an alias of that value is another work's affair."""
    first = stage.write(lambda ledger: claim(ledger, "mina", "v1", (Named("content", "v1"), Named("name", "v2")), BEGAN))
    second = stage.write(lambda ledger: claim(ledger, "mina", "v2", (), BEGAN))

    assert first.work.id != second.work.id
    again = stage.write(lambda ledger: claim(ledger, "mina", "v2", (), BEGAN))
    assert second.work.id == again.work.id
