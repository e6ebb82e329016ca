"""Which reading is the place? One pure function over one table of rules, the first that applies decides.

KOReader's offline queue carries no times, so arrival order is not reading order; and "furthest wins" breaks going back
and re-reading. The rules, their order and their figures are measured by `make sim` and told in docs/arbiter.md: change
a rule only together with that figure. Knows nothing of storage, protocols or the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass

from placekeeper.domain.account import ArbiterMode
from placekeeper.domain.reading import Effect, Outcome, Reading, Report
from placekeeper.domain.standing import Standing

SECOND = 1_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

START = 0.02
"""So near the start that a pointer which did not resolve may have led there: KOReader then opens on page 1."""
UNDER_WAY = (0.1, 0.95)
"""Between these a head is well inside the work: page 1 is then more likely an accident than a wish."""
END = 0.95
"""From here on a work counts as read to its end."""
RESTART = 0.1
"""Who is at most here while the head is at the end has begun anew."""
NEAR = 0.02
"""As close as this to a device's old place is still that old place."""
STRIDE = 0.1
"""How far past the head a device may continue from it without having fetched it."""
TOLERANCE = 0.02
"""How far apart the ratios of two protocols may be for one and the same page."""
YOUNG = 60 * SECOND
"""A work that nobody had for so long has no history to lose: arrival order decides."""
STILL_READING = 10 * MINUTE
"""Who reported so lately is still reading: what comes next is no old item of its queue."""
RESUME_AFTER = 30 * SECOND
RESUME_WITHIN = 30 * MINUTE
"""A device that reads on between these after a reading that was kept aside is being read. Later too, while the place stands."""
QUIET = 20 * SECOND
"""A device that said nothing of any work for so long is not draining a queue."""
RESEND_WITHIN = 28 * DAY
"""How long KOReader keeps an item in its queue."""
WRONG_CLOCK = 5 * MINUTE
"""Who has read so long after its report arrived has a clock that can't be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A report and a head that were written in different words, both found in one publication: how far each is, 0 to 1.

    `slack`: as close as this they are one place. `same`: the report says the head's place in words that mean just that.
    """

    head_id: str
    here: float
    there: float
    slack: float
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a decision rests on: the report, the head, the device's standing, and three times of work and device.

    `first_received_at`: the work's first reading; `restored_at`: when the person last restored or reset the work;
    `device_active_at`: the device's reading before this one, of any work. Unix milliseconds.

    What protocols that carry a time of reading know besides: `stored`, the head again in that protocol's own words, if it has
    said it; `again`: that document, or the head's own, has come once more; `later`: it is later than that one, by less than a
    millisecond perhaps; `answered`: the place is the head's, as it was answered to that protocol;
    `repeats`: it is an older place, as it was answered where the head could not be said.

    `measured`: where both were found in one publication, this is compared, and not the numbers of two apps.
    """

    report: Report
    head: Reading | None
    standing: Standing
    first_received_at: int | None = None
    restored_at: int | None = None
    device_active_at: int | None = None
    mode: ArbiterMode = ArbiterMode.RULES
    stored: Reading | None = None
    again: bool = False
    later: bool = False
    answered: bool = False
    repeats: bool = False
    measured: Measured | None = None

    @property
    def here(self) -> float:
        """How far the report is, as it is compared with the head."""
        return self.measured.here if self.measured is not None else self.report.progression


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The rule that applied, what it does, and why in words for the person."""

    outcome: Outcome
    effect: Effect
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `applies` sees the case and the head (never None but for `first`)."""

    outcome: Outcome
    effect: Effect
    applies: Callable[[Case, Reading], bool]
    says: Callable[[Case, Reading], str]


def decide(case: Case) -> Decision:
    """Judge one report. Pure and total: the last rule always applies."""
    report, head = case.report, case.head
    if head is None:
        return Decision(outcome=Outcome.FIRST, effect=Effect.HEAD, reason="the first reading of this work" + _fast(report))
    if case.mode is ArbiterMode.LATEST and not (case.again or case.answered or case.repeats):
        return Decision(outcome=Outcome.LATEST, effect=Effect.HEAD, reason="this account lets the latest reading win")
    for rule in RULES:
        if rule.applies(case, head):
            return Decision(outcome=rule.outcome, effect=rule.effect, reason=rule.says(case, head))
    raise AssertionError(f"no rule for {report}")


def behind(case: Case, head: Reading) -> bool:
    """Whether the report lies before the head. Ratios of two protocols are compared with a tolerance."""
    if case.measured is not None:
        slack = case.measured.slack
    else:
        slack = 0.0 if case.report.protocol == head.report.protocol else TOLERANCE
    return case.here < _there(case, head) - slack


def _there(case: Case, head: Reading) -> float:
    """How far the head is, as it is compared with the report."""
    return case.measured.there if case.measured is not None else head.report.progression


def _older(case: Case, head: Reading) -> bool:
    """Two times that are both ahead of ours are compared with each other where they are of one clock, or clearly ahead: ours
    may be the wrong one.
    """
    report, than = case.report, case.stored or head
    if report.observed_at is None or case.again:
        return False
    here, there = min(report.observed_at, report.received_at), than.time
    slack = 0 if report.device_id == than.report.device_id else WRONG_CLOCK
    if than.report.observed_at is not None and min(_ahead_by(report), _ahead_by(than.report)) > slack:
        here, there = report.observed_at, than.report.observed_at
    return here < there or (here == there and not case.later)


def _ahead_by(report: Report) -> int:
    """How far the device's clock is ahead of ours, at least."""
    return 0 if report.observed_at is None else report.observed_at - report.received_at


def _echo(case: Case, head: Reading) -> bool:
    return case.again or case.answered or case.report.place == head.report.place


def _opened(case: Case, head: Reading) -> bool:
    at, (low, high) = _there(case, head), UNDER_WAY
    return case.report.observed_at is None and case.here < START and low < at < high


def _own(case: Case, head: Reading) -> bool:
    return case.report.device_id == head.report.device_id


def _same_device(case: Case, head: Reading) -> bool:
    """Onward; or back, where it can't be an old item: KOReader drains its queue after it has pushed a newer place directly.

    The queue is empty once the device has fetched (it drains first), and clocks tell the age of what has a time.
    """
    report = case.report
    if not _own(case, head):
        return False
    fetched = _fetched(case, head, since=0)
    lately = 0 <= report.received_at - head.report.received_at <= STILL_READING
    return fetched or lately or report.observed_at is not None or not behind(case, head)


def _repeat(case: Case, _head: Reading) -> bool:
    last = case.standing.last
    return case.repeats or (last is not None and last.place == case.report.place)


def _resent(case: Case, head: Reading) -> bool:
    """Unless the device has fetched the place since: then its queue is empty, and it has gone there anew."""
    report = case.report
    return any(
        mark.value == report.place.value
        and report.received_at - mark.received_at < RESEND_WITHIN
        and not _fetched(case, head, since=mark.received_at)
        for mark in case.standing.unanswered
    )


def _fetched(case: Case, head: Reading, *, since: int) -> bool:
    """Whether the device has fetched the place as it is now, after that time. To write it is not to fetch it."""
    seen = case.standing.seen
    return seen is not None and seen.reading_id == head.id and seen.at > max(since, head.report.received_at)


def _newer(case: Case, _head: Reading) -> bool:
    return case.report.observed_at is not None


def _young(case: Case, _head: Reading) -> bool:
    first = case.first_received_at
    return first is not None and 0 <= case.report.received_at - first < YOUNG


def _restored(case: Case, _head: Reading) -> bool:
    last = case.standing.last
    if case.restored_at is None or last is None or case.restored_at < last.received_at:
        return False
    return abs(case.report.progression - last.progression) <= NEAR


def _informed(case: Case, head: Reading) -> bool:
    seen = case.standing.seen
    return seen is not None and seen.reading_id == head.id and not _own(case, head)


def _ahead(case: Case, head: Reading) -> bool:
    if behind(case, head):
        return False
    seen = case.standing.seen
    known = seen is not None and head.report.progression >= seen.progression
    return known or case.here <= _there(case, head) + STRIDE


def begins_anew(report: Report, head: Reading) -> bool:
    """Whether someone who was at the end is near the start again, whichever rule believes it."""
    return head.report.progression >= END and report.progression <= RESTART


def _restarted(case: Case, head: Reading) -> bool:
    return begins_anew(case.report, head)


def _resumed(case: Case, head: Reading) -> bool:
    """On from what was kept aside: within one sitting, or at any time while nobody else has moved the place since."""
    held, now = case.standing.held, case.report.received_at
    if held is None or held.progression >= case.report.progression:
        return False
    quiet = case.device_active_at is None or now - case.device_active_at >= QUIET
    waited = now - held.received_at
    return quiet and waited >= RESUME_AFTER and (waited <= RESUME_WITHIN or head.report.received_at <= held.received_at)


def _left_over(case: Case, head: Reading) -> bool:
    return _own(case, head) and behind(case, head)


def _behind(case: Case, head: Reading) -> bool:
    return behind(case, head)


def _always(_case: Case, _head: Reading) -> bool:
    return True


def _words(text: str) -> Callable[[Case, Reading], str]:
    def says(case: Case, head: Reading) -> str:
        here, there = case.here, _there(case, head)
        return text.format(device=case.report.device_name, here=here, there=there, other=head.report.device_name)

    return says


def _timed(text: str) -> Callable[[Case, Reading], str]:
    """Words about times, with what they say about clocks."""
    plain = _words(text)

    def says(case: Case, head: Reading) -> str:
        return plain(case, head) + _clock(case, head)

    return says


def _clock(case: Case, head: Reading) -> str:
    """A hint where the device's clock is clearly wrong: ahead of ours, or behind what the device has fetched."""
    observed = case.report.observed_at
    if observed is not None and observed < head.time - WRONG_CLOCK and _fetched(case, head, since=0):
        return "; it had fetched the place before, so its clock seems to be behind"
    return _fast(case.report)


def _fast(report: Report) -> str:
    """A hint where a clock is clearly ahead, in the largest unit that leaves two of it or more."""
    if _ahead_by(report) <= WRONG_CLOCK:
        return ""
    by = _ahead_by(report)
    size, unit = next((size, unit) for size, unit in _UNITS if by >= 2 * size)
    return f"; its clock is {by // size} {unit} ahead, so the time of arrival counts"


_UNITS = ((DAY, "days"), (60 * MINUTE, "hours"), (MINUTE, "minutes"))


_HERE = "({here:.1%}; the place is {there:.1%}, from {other})"

RULES: tuple[Rule, ...] = (
    Rule(Outcome.OLDER, Effect.HELD, _older, _timed("read before the place was, by its own clock " + _HERE)),
    Rule(Outcome.ECHO, Effect.SIGHTING, _echo, _words("the place again, as {other} said it")),
    Rule(Outcome.REPEAT, Effect.SIGHTING, _resent, _words("sent again: it was accepted before, but the answer came too late")),
    Rule(Outcome.OPENED, Effect.HELD, _opened, _words("{device} opened the book at its start, perhaps by accident " + _HERE)),
    Rule(Outcome.SAME_DEVICE, Effect.HEAD, _same_device, _timed("{device} reads on")),
    Rule(Outcome.REPEAT, Effect.SIGHTING, _repeat, _words("{device} opened and closed the book without turning a page")),
    Rule(Outcome.NEWER, Effect.HEAD, _newer, _timed("read after the place was, by its own clock")),
    Rule(Outcome.YOUNG, Effect.HEAD, _young, _words("the work is new here: the latest reading counts")),
    Rule(Outcome.RESTORED, Effect.HELD, _restored, _words("{device} repeats what it had before you restored a place " + _HERE)),
    Rule(Outcome.INFORMED, Effect.HEAD, _informed, _words("{device} knew the place and moved on from it " + _HERE)),
    Rule(Outcome.AHEAD, Effect.HEAD, _ahead, _words("{device} is further on " + _HERE)),
    Rule(Outcome.RESTARTED, Effect.HEAD, _restarted, _words("begun anew after the end " + _HERE)),
    Rule(Outcome.RESUMED, Effect.HEAD, _resumed, _words("{device} is being read, on from what was kept aside " + _HERE)),
    Rule(Outcome.BEHIND, Effect.HELD, _left_over, _words("{device} has sent a later place before: perhaps an old one " + _HERE)),
    Rule(Outcome.BEHIND, Effect.HELD, _behind, _words("{device} did not know the place and is behind it " + _HERE)),
    Rule(Outcome.APART, Effect.HELD, _always, _words("{device} did not know the place and is far ahead of it " + _HERE)),
)
"""Every case of the arbiter, in order. `first` (no head yet) stands before it, for all other rules need a head."""
