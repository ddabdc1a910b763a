"""Which open items of one partner add up to an amount exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

LARGEST = 5  # items in one combination
POOL = 16  # items among which every combination is tried: 6,884 of them


def exact_combinations(
    amounts: Sequence[Decimal], targets: Iterable[Decimal], *, keep: int = 3
) -> dict[Decimal, list[tuple[int, ...]]]:
    """For each target, up to ``keep`` combinations of 1 to 5 positions whose amounts add up to it.

    The smallest combinations come first, then those of the earliest positions. The caller passes at most
    ``POOL`` amounts; uniqueness is proven only when all of them were tried, so a longer list is refused.
    """
    if len(amounts) > POOL:
        raise ValueError(f"{len(amounts)} amounts cannot be searched exhaustively, {POOL} at most")
    found: dict[Decimal, list[tuple[int, ...]]] = {target: [] for target in targets}
    positions = range(len(amounts))
    for size in range(1, min(LARGEST, len(amounts)) + 1):
        sums = map(sum, combinations(amounts, size))
        for chosen, total in zip(combinations(positions, size), sums, strict=True):
            hits = found.get(total)
            if hits is not None and len(hits) < keep:
                hits.append(chosen)
    return found
