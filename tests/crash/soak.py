"""`python -m tests.crash.soak --kills N [--seed S]`: kill the server under load N times; exit 1 if anything was lost."""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.killing import Killing, Tally

STEP = 10
"""Kills from one line of progress to the next."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder), options.seed)
        try:
            for number in range(1, options.kills + 1):
                killing.kill()
                if number % STEP == 0:
                    show(killing.tally)
            killing.end()
        finally:
            killing.abandon()
    show(killing.tally)
    return 0 if sound(killing.tally) else 1


def sound(tally: Tally) -> bool:
    """Whether all was as promised."""
    return not (tally.lost or tally.damage or tally.refused)


def show(tally: Tally) -> None:
    worst, median = max(tally.startups), statistics.median(tally.startups)
    print(
        f"{tally.kills} kills, {tally.answered} PUTs answered, {tally.unanswered} cut off, {len(tally.lost)} lost, "
        f"start-up worst {worst:.2f} s, median {median:.2f} s",
        flush=True,
    )
    for what, found in (("lost", tally.lost), ("damaged", tally.damage), ("refused", tally.refused)):
        if found:
            print(f"{what}: {list(found)[:10]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
