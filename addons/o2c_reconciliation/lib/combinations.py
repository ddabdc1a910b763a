"""Which open items of one partner add up to an amount exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, islice
from math import comb

LARGEST = 5  # items in one combination
LAST = 2  # the last items of a combination: instead of trying them, they are looked up by their sum
POOL = 16  # items of which every combination is found, 6,884 of them


def exact_combinations(
    amounts: Sequence[Decimal], targets: Iterable[Decimal], *, keep: int = 3
) -> dict[Decimal, list[tuple[int, ...]]]:
    """For each target, up to ``keep`` combinations of 1 to 5 positions whose amounts add up to it.

    The smallest combinations come first, then those of the earliest positions. The caller passes at most
    ``POOL`` amounts; uniqueness is proven only when all of them were searched, so a longer list is refused.
    """
    if len(amounts) > POOL:
        raise ValueError(f"{len(amounts)} amounts cannot be searched exhaustively, {POOL} at most")
    by_sum = [_by_sum(amounts, count) for count in range(LAST + 1)]
    return {target: list(islice(_found(amounts, by_sum, target), keep)) for target in targets}


def exact_remainders(
    amounts: Sequence[Decimal], targets: Iterable[Decimal], *, keep: int = 3
) -> dict[Decimal, list[tuple[int, ...]]]:
    """For each target, up to ``keep`` combinations of more than 5 positions: all, or all but 1 to 5.

    What is left out adds up to what the target lacks. All positions come first.
    """
    targets = list(targets)
    whole = sum(amounts, Decimal(0))
    count = len(amounts)
    if count <= LARGEST:
        return {target: [] for target in targets}
    left_out = exact_combinations(amounts, {whole - target for target in targets}, keep=keep)
    found = {}
    for target in targets:
        rests = [()] if target == whole else []
        rests += [rest for rest in left_out[whole - target] if count - len(rest) > LARGEST]
        found[target] = [
            tuple(position for position in range(count) if position not in rest) for rest in rests[:keep]
        ]
    return found


def tried(count: int) -> int:
    """How many first parts of combinations of ``count`` amounts a search looks at, for one target."""
    return sum(comb(count, max(size - LAST, 0)) for size in range(1, LARGEST + 1))


def _chosen(amounts: Sequence[Decimal], count: int) -> Iterator[tuple[tuple[int, ...], Decimal]]:
    """All combinations of so many positions, in order, each with its sum."""
    positions = range(len(amounts))
    return zip(combinations(positions, count), map(sum, combinations(amounts, count)), strict=True)


def _by_sum(amounts: Sequence[Decimal], count: int) -> dict[Decimal, list[tuple[int, ...]]]:
    sums: dict[Decimal, list[tuple[int, ...]]] = defaultdict(list)
    for positions, total in _chosen(amounts, count):
        sums[total].append(positions)
    return sums


def _found(amounts: Sequence[Decimal], by_sum: list[dict], target: Decimal) -> Iterator[tuple[int, ...]]:
    for size in range(1, LARGEST + 1):
        first = max(size - LAST, 0)
        last = by_sum[size - first]
        for positions, total in _chosen(amounts, first):
            for rest in last.get(target - total, ()):
                if not positions or positions[-1] < rest[0]:
                    yield positions + rest
