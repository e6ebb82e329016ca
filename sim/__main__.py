"""`python -m sim [--seeds N] [--changes]`: how often a device resumes at the wrong place, and the named scenes.

Exits with 1 when a scene went otherwise than it should.
"""

import argparse
import sys

from sim.report import changes, figures, scenes


def main() -> int:
    """Measure, play, print."""
    parser = argparse.ArgumentParser(prog="python -m sim", description="The simulated reader, and the named scenes.")
    parser.add_argument("--seeds", type=int, default=60, metavar="N", help="how many lives are lived (default: 60)")
    parser.add_argument("--changes", action="store_true", help="measure other rules and thresholds too (takes longer)")
    options = parser.parse_args()
    print(figures(options.seeds), flush=True)
    if options.changes:
        print("\n" + changes(options.seeds), flush=True)
    text, good = scenes()
    print("\n" + text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
