"""Precision and recall of what the matching posts by itself."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from o2c_lib.o2c_reconciliation.lib.matching import Meter, match_lines

from .noise import RULES, World, make_world


@dataclass
class Measure:
    """Counts of bank lines. ``wrong`` holds (seed, line, its kind, what was posted)."""

    lines: int = 0
    knowable: int = 0
    posted: int = 0
    right: int = 0
    first: int = 0
    with_proposal: int = 0
    steps: int = 0
    wrong: list[tuple] = field(default_factory=list)
    missed: Counter = field(default_factory=Counter)
    seen: Counter = field(default_factory=Counter)

    @property
    def precision(self) -> Decimal:
        return Decimal(self.right) / self.posted if self.posted else Decimal(1)

    @property
    def recall(self) -> Decimal:
        return Decimal(self.right) / self.knowable if self.knowable else Decimal(1)


def measure(seeds, size: int) -> Measure:
    """Match one world per seed and compare with its truth."""
    result = Measure()
    for seed in seeds:
        add_world(result, seed, make_world(seed, size))
    return result


def add_world(result: Measure, seed: int, world: World) -> None:
    meter = Meter()
    matches = match_lines(world.lines, world.items, RULES, meter=meter)
    posted = {line: frozenset(m.items) for m in matches if m.posts for line in m.lines}
    result.lines += len(world.lines)
    result.knowable += len(world.truth)
    result.posted += len(posted)
    result.steps += meter.steps
    for line, items in posted.items():
        if world.truth.get(line) == items:
            result.right += 1
        else:
            result.wrong.append((seed, line, world.kinds[line], sorted(items)))
    best = {}
    for match in matches:
        if not match.posts:
            best.setdefault(match.lines[0], frozenset(match.items))
    for line, items in world.truth.items():
        kind = world.kinds[line]
        result.seen[kind] += 1
        if posted.get(line) != items:
            result.missed[kind] += 1
            result.with_proposal += line in best
            result.first += best.get(line) == items
