"""Live the same lives with each server, and count. Deterministic: a seed decides a life, whatever else runs."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from placekeeper.domain.ports import Ledger
from sim.direct import in_fresh_store
from sim.model import Clock, Reader, Tally
from sim.servers import FurthestWins, LatestWins, Placekeeper
from sim.variants import Variant

BASELINES = {"last write wins": LatestWins, "furthest wins": FurthestWins}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What lives are lived with: a variant of the rules, with one address for all devices or not; or a baseline.

    `drains`: see Reader. `timed`: how many of the devices say when a place was read, see Placekeeper.
    """

    policy: Variant | str
    shared: bool = False
    drains: float = 1.0
    timed: int = 0


def live(course: Course, seed: int) -> Tally:
    """One life."""
    clock, policy = Clock(), course.policy
    if isinstance(policy, str):
        return Reader(seed, BASELINES[policy](clock), clock, course.drains).live()

    def unit(ledger: Ledger) -> Tally:
        server = Placekeeper(ledger, clock, shared=course.shared, claims=policy.claims, timed=course.timed)
        return Reader(seed, server, clock, course.drains).live()

    with policy.applied():
        return in_fresh_store(unit, clock())


def measure(courses: Sequence[Course], seeds: int, first: int = 0) -> list[Tally]:
    """Each course over the same seeds."""
    return [_total(course, seeds, first) for course in courses]


def measure_on_all_cores(courses: Sequence[Course], seeds: int, first: int = 0) -> list[Tally]:
    """The same, sooner."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(partial(_total, seeds=seeds, first=first), courses))


def _total(course: Course, seeds: int, first: int) -> Tally:
    total = Tally()
    for seed in range(first, first + seeds):
        total.add(live(course, seed))
    return total
