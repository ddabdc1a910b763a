"""The matching engine on noisy bank data: precision, recall, and how work grows with size."""

import gc
import time
from statistics import median

from o2c_lib.o2c_reconciliation.lib.matching import match_lines
from tests.matching.measure import measure
from tests.matching.noise import RULES, make_world

SEEDS = range(100, 120)
SIZE = 300
SIZES = (5000, 10000, 20000)
ROUNDS = 7


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
    # What else the machine does can only add to a time: the shortest is the nearest to the work itself.
    shortest = [min(times) for times in zip(*rounds, strict=True)]
    middle = [median(times) for times in zip(*rounds, strict=True)]
    for place, world in enumerate(worlds):
        what = f"{len(world.lines)} lines against {len(world.items)} open items"
        bench.tell(
            what,
            middle[place],
            "s",
            at_most=10 if world is worlds[1] else None,
            note=f"median of {ROUNDS}, {shortest[place]:.2f} to {max(times[place] for times in rounds):.2f}",
        )
        if place:
            bench.tell(
                f"{what}, against half of it",
                shortest[place] / shortest[place - 1],
                "x",
                at_most=2.2,
                note=f"shortest of {ROUNDS}; by their medians {middle[place] / middle[place - 1]:.2f} x",
            )


def _time(world) -> float:
    """Seconds of processor time, without the rubbish of what ran before."""
    gc.collect()
    started = time.process_time()
    match_lines(world.lines, world.items, RULES)
    return time.process_time() - started
