"""The matching engine on noisy bank data: precision, recall, and how work grows with size."""

import time
from statistics import median

from o2c_lib.o2c_reconciliation.lib.matching import match_lines
from tests.matching.measure import measure
from tests.matching.noise import RULES, make_world

SEEDS = range(100, 120)
SIZE = 300
SIZES = (2500, 5000, 10000)
ROUNDS = 5


def run(bench) -> None:
    result = measure(SEEDS, SIZE)
    note = f"{result.lines} noisy bank lines in {len(SEEDS)} worlds; {result.right} of {result.posted} right"
    bench.tell("precision of what is posted", 100 * result.precision, "%", at_least=99.9, note=note)
    bench.tell("recall", 100 * result.recall, "%")
    left = sum(result.missed.values())
    note = f"{left} lines that have a right answer and are left to people"
    bench.tell("of the rest, the right answer is proposed first", 100 * result.first / left, "%", note=note)
    worlds = [make_world(1, size) for size in SIZES]
    # In turn, so that a machine that slows down meanwhile does so for all of them.
    rounds = [[_time(world) for world in worlds] for _round in range(ROUNDS)]
    for place, world in enumerate(worlds):
        what = f"{len(world.lines)} lines against {len(world.items)} open items"
        if place:
            ratios = [times[place][1] / times[place - 1][1] for times in rounds]
            note = f"median of {ROUNDS}, from {min(ratios):.2f} to {max(ratios):.2f}"
            bench.tell(f"{what}, against half of it", median(ratios), "x", at_most=2.2, note=note)
    seconds, cpu = (median(times[-1][kind] for times in rounds) for kind in (0, 1))
    bench.tell(what, seconds, "s", at_most=10, note=f"{cpu:.1f} s of processor time")


def _time(world) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    started, cpu = time.perf_counter(), time.process_time()
    match_lines(world.lines, world.items, RULES)
    return time.perf_counter() - started, time.process_time() - cpu
