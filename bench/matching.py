"""The matching engine on noisy bank data: precision, recall, and how work grows with size."""

import time

from o2c_lib.o2c_reconciliation.lib.matching import match_lines
from tests.matching.measure import measure
from tests.matching.noise import RULES, make_world

SEEDS = range(100, 120)
SIZE = 300
ROUNDS = 3


def run(bench) -> None:
    result = measure(SEEDS, SIZE)
    note = f"{result.lines} noisy bank lines in {len(SEEDS)} worlds; {result.right} of {result.posted} right"
    bench.tell("precision of what is posted", 100 * result.precision, "%", at_least=99.9, note=note)
    bench.tell("recall", 100 * result.recall, "%")
    left = sum(result.missed.values())
    note = f"{left} lines that have a right answer and are left to people"
    bench.tell("of the rest, the right answer is proposed first", 100 * result.first / left, "%", note=note)
    before = None
    for size in (2500, 5000, 10000):
        world = make_world(1, size)
        seconds, cpu = sorted(_time(world) for _round in range(ROUNDS))[ROUNDS // 2]
        what = f"{len(world.lines)} lines against {len(world.items)} open items"
        if before:
            bench.tell(f"{what}, against half of it", cpu / before, "x", at_most=2.2)
        before = cpu
    bench.tell(what, seconds, "s", at_most=10, note=f"{cpu:.1f} s of processor time")


def _time(world) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    started, cpu = time.perf_counter(), time.process_time()
    match_lines(world.lines, world.items, RULES)
    return time.perf_counter() - started, time.process_time() - cpu
