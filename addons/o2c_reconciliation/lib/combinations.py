"""Which open items of one partner add up to an amount exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, islice
from math import comb

LARGEST = 5  # items in one combination
LAST = 2  # the last items of a combination: instead of trying them, they are looked up by their sum
KEEP = 3  # combinations of one sum
POOL = 16  # items of which every combination is found, 6,884 of them


class Sums:
    """The sums of some amounts, for any number of targets.

    At most ``POOL`` amounts: uniqueness is proven only when all of them were searched.
    """

    def __init__(self, amounts: Sequence[Decimal]):
        if len(amounts) > POOL:
            raise ValueError(f"{len(amounts)} amounts cannot be searched exhaustively, {POOL} at most")
        self.count = len(amounts)
        self._whole = sum(amounts, Decimal(0))
        self._firsts = [list(_chosen(amounts, count)) for count in range(LARGEST - LAST + 1)]
        self._by_sum = [_by_sum(amounts, count) for count in range(LAST + 1)]

    def of(self, target: Decimal, keep: int = KEEP) -> list[tuple[int, ...]]:
        """Up to ``keep`` combinations of 1 to 5 positions whose amounts add up to the target.

        The smallest combinations come first, then those of the earliest positions.
        """
        return list(islice(self._found(target), keep))

    def rest_of(self, target: Decimal, keep: int = KEEP) -> list[tuple[int, ...]]:
        """Up to ``keep`` combinations of more than 5 positions: all, or all but 1 to 5.

        What is left out adds up to what the target lacks. All positions come first.
        """
        if self.count <= LARGEST:
            return []
        rests = [()] if target == self._whole else []
        left_out = self.of(self._whole - target, keep)
        rests += [rest for rest in left_out if self.count - len(rest) > LARGEST]
        return [
            tuple(position for position in range(self.count) if position not in rest) for rest in rests[:keep]
        ]

    def _found(self, target: Decimal) -> Iterator[tuple[int, ...]]:
        for size in range(1, LARGEST + 1):
            first = max(size - LAST, 0)
            last = self._by_sum[size - first]
            for positions, total in self._firsts[first]:
                for rest in last.get(target - total, ()):
                    if not positions or positions[-1] < rest[0]:
                        yield positions + rest


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
