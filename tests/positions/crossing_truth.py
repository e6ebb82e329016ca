"""Counts places that are lost between notations, over all shared books: `python -m tests.positions.crossing_truth [POINTS]`."""

import sys
import time

from placekeeper.formats.epub import open_epub
from placekeeper.positions.translate import Translator
from tests.positions.crossing import DIALECTS, crossings, random_points, settled
from tests.shared import ROOT


def main(count: int) -> int:
    """Print a line for each book; the number of crossings that lost their place."""
    total = bad = 0
    for path in sorted((ROOT / "corpus").rglob("*.epub")):
        if path.parent.name == "damaged":
            continue
        started = time.perf_counter()
        translator = Translator(open_epub(path))
        results = list(crossings(translator, count, seed=1))
        wrong = [result for result in results if result]
        silent = sum(
            settled(translator, point, dialect) is None for point in random_points(translator, count, 1) for dialect in DIALECTS
        )
        seconds = time.perf_counter() - started
        print(f"{path.stem[:50]:50} {len(results):8} crossings {len(wrong):4} lost, {silent} places not exact, {seconds:.1f} s")
        for result in wrong[:3]:
            print("    ", result)
        total, bad = total + len(results), bad + len(wrong)
    print(f"{total} crossings, {bad} lost: {100 - 100 * bad / max(1, total):.4f} % came back")
    return bad


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
