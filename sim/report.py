"""The figures and the scenes as tables for a terminal."""

from collections.abc import Iterable, Sequence

from sim.measure import BASELINES, Course, measure_on_all_cores
from sim.model import Tally
from sim.scenes import SCENES
from sim.stage import Played, play
from sim.variants import ALTERNATIVES, CHANGES, RULES, WRITTEN, Variant

SOME_DRAIN = 0.5
"""In a harder world, only every other opening online drains the queue: KOReader drains when a network comes up."""


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns under titles."""
    lines = [titles, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:]])


def figures(seeds: int) -> str:
    """Wrong resumes per online opening for each policy, and what had led to those of the rules."""
    courses = [
        *(Course(policy=name) for name in BASELINES),
        *(Course(policy=RULES, shared=shared, timed=timed) for timed in (1, 2) for shared in (False, True)),
        *(Course(policy=policy, shared=shared) for policy in (WRITTEN, RULES) for shared in (False, True)),
    ]
    tallies = measure_on_all_cores(courses, seeds)
    rows = [(_named(course), f"{tally.rate:.2f} %") for course, tally in zip(courses, tallies, strict=True)]
    openings = f"{tallies[0].openings} online openings in {seeds} lives"
    return "\n\n".join([table((openings, "wrong"), rows), _causes(tallies[-2], tallies[-1])])


def changes(seeds: int) -> str:
    """The rules with each change taken away, with other thresholds, and all in a harder world."""
    variants = [*CHANGES, *ALTERNATIVES]
    return "\n\n".join([_compared("", variants, seeds, 1.0), _compared("in the harder world: ", CHANGES, seeds, SOME_DRAIN)])


def scenes() -> tuple[str, bool]:
    """Each scene with the head that it expects and gets; and whether all went as expected."""
    played = [play(scene) for scene in SCENES]
    rows = [(one.scene.name, one.scene.head, one.lines[-1].got, _verdict(one)) for one in played]
    text = [table(("scene", "expected", "got", "steps"), rows)]
    text += [f"{one.scene.name}: {line.told}: {line.expected} expected, {line.got}" for one in played for line in one.wrong]
    return "\n".join(text), not any(one.wrong for one in played)


def _verdict(one: Played) -> str:
    steps = len(one.lines) - 1
    return f"{steps - sum(line in one.lines[:-1] for line in one.wrong)} of {steps} as expected"


def _causes(apart: Tally, shared: Tally) -> str:
    """What the rules were wrong by, as shares of all online openings."""
    names = sorted(apart.causes | shared.causes, key=lambda name: (-apart.causes[name], name))
    rows = [(name, *(f"{100 * tally.causes[name] / tally.openings:.2f} %" for tally in (apart, shared))) for name in names]
    return table(("what led to the wrong resumes of these rules", "own addresses", "one address"), rows)


def _compared(world: str, variants: Sequence[Variant], seeds: int, drains: float) -> str:
    courses = [Course(policy=one, shared=shared, drains=drains) for one in variants for shared in (False, True)]
    courses += [Course(policy=name, drains=drains) for name in BASELINES]
    rates = [f"{tally.rate:.2f} %" for tally in measure_on_all_cores(courses, seeds)]
    pairs = zip(rates[: 2 * len(variants) : 2], rates[1 : 2 * len(variants) : 2], strict=True)
    rows = [(world + one.name, apart, shared) for one, (apart, shared) in zip(variants, pairs, strict=True)]
    rows += [(world + name, rate, rate) for name, rate in zip(BASELINES, rates[2 * len(variants) :], strict=True)]
    return table(("rules", "own addresses", "one address"), rows)


def _named(course: Course) -> str:
    if isinstance(course.policy, str):
        return course.policy
    address = ", all devices behind one address" if course.shared else ", an address for each device"
    return course.policy.name + address + (f", {course.timed} of 3 apps with a clock" if course.timed else "")
