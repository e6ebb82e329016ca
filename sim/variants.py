"""Other rules to measure the arbiter's against: those first designed, and each change or threshold by itself.

A variant replaces conditions of rows, or thresholds, of the arbiter's one table while it is measured.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

from placekeeper.domain import arbiter
from placekeeper.domain.arbiter import Case, Rule
from placekeeper.domain.reading import Outcome, Reading

Condition = Callable[[Case, Reading], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """`conditions` by outcome, `thresholds` by the names that they have in the arbiter; `claims`: see Placekeeper."""

    name: str
    conditions: dict[Outcome, Condition] = field(default_factory=dict)
    thresholds: dict[str, Any] = field(default_factory=dict)
    claims: bool = True

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the arbiter judge so."""
        rules = tuple(self._changed(rule) for rule in arbiter.RULES)
        with patch.multiple(arbiter, RULES=rules, **self.thresholds):
            yield

    def _changed(self, rule: Rule) -> Rule:
        condition = self.conditions.get(rule.outcome)
        return replace(rule, applies=condition) if condition else rule


def _any_own(case: Case, head: Reading) -> bool:
    return case.report.device_id == head.report.device_id


def _any_seen(case: Case, head: Reading) -> bool:
    return case.standing.seen is not None and case.standing.seen.reading_id == head.id


def _one_sitting(case: Case, _head: Reading) -> bool:
    held, now = case.standing.held, case.report.received_at
    if held is None or held.progression >= case.report.progression:
        return False
    quiet = case.device_active_at is None or now - case.device_active_at >= arbiter.QUIET
    return quiet and arbiter.RESUME_AFTER <= now - held.received_at <= arbiter.RESUME_WITHIN


def _unbound(case: Case, head: Reading) -> bool:
    """`ahead`, but a device that never saw anything may be any distance ahead."""
    ahead: Condition = _rule(Outcome.AHEAD).applies
    return ahead(case, head) or (case.standing.seen is None and not arbiter.behind(case, head))


def _never(_case: Case, _head: Reading) -> bool:
    return False


def _rule(outcome: Outcome) -> Rule:
    return _ORIGINAL[outcome]


_ORIGINAL = {rule.outcome: rule for rule in arbiter.RULES}

RULES = Variant(name="these rules")
_OWN = {Outcome.SAME_DEVICE: _any_own, Outcome.INFORMED: _any_seen}
WRITTEN = Variant(name="as first designed", conditions=_OWN | {Outcome.RESUMED: _one_sitting}, claims=False)

CHANGES = (
    WRITTEN,
    Variant(name="without care for left-over items of the same device", conditions=dict(_OWN)),
    Variant(name="without `resumed` after one sitting", conditions={Outcome.RESUMED: _one_sitting}),
    Variant(name="without claims on what was fetched", claims=False),
    RULES,
)
"""What was changed since the first design: each of it taken away alone."""

ALTERNATIVES = (
    *(Variant(name=f"a stride of {stride}", thresholds={"STRIDE": stride}) for stride in (0.05, 0.075, 0.15, 0.2)),
    Variant(name="no stride for who never saw anything", conditions={Outcome.AHEAD: _unbound}),
    *(
        Variant(name=f"still reading for {minutes} min", thresholds={"STILL_READING": minutes * arbiter.MINUTE})
        for minutes in (0, 30, 120)
    ),
    *(
        Variant(name=f"without `{outcome}`", conditions={outcome: _never})
        for outcome in (Outcome.OPENED, Outcome.REPEAT, Outcome.YOUNG, Outcome.INFORMED, Outcome.RESTARTED, Outcome.RESUMED)
    ),
)
"""What was tried and left as it is."""
