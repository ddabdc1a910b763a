"""The matching engine on noisy bank data: precision, recall, and how work grows with size."""

import time

from o2c_lib.o2c_reconciliation.lib.matching import match_lines
from tests.matching.measure import measure
from tests.matching.noise import RULES, make_world

SEEDS = range(100, 120)
SIZE = 300


def main() -> None:
    result = measure(SEEDS, SIZE)
    print(f"{result.lines} noisy bank lines in {len(SEEDS)} worlds of {SIZE}")
    print(f"  posted by itself: {result.posted}, of these right: {result.right}")
    print(f"  precision {result.precision:.4%}, recall {result.recall:.2%}")
    before = None
    for size in (2500, 5000, 10000):
        world = make_world(1, size)
        started = time.perf_counter()
        match_lines(world.lines, world.items, RULES)
        seconds = time.perf_counter() - started
        growth = f", {seconds / before:.2f} times the half" if before else ""
        print(f"  {len(world.lines)} lines against {len(world.items)} open items: {seconds:.2f} s{growth}")
        before = seconds


if __name__ == "__main__":
    main()
